"""What a question wants done with its matter: "summarise the discussion about", "what did the meeting say about".

These words stand in few passages that answer and in many that do not, so the search is for the matter alone. And a
question that is framed so is a broad one: what answers it stands in several places.
"""

from __future__ import annotations

import re

from memory.terms import analyze

_TALK = r"(?:discussions?|debates?|conversations?|talks?|deliberations?|opinions?|views?|statements?|main\s+points?)"
_ABOUT = r"(?:about|on|of|over|regarding|concerning)"
_PEOPLE = r"(?:meeting|group|committee|council|board|members|participants|team|documents?|minutes|memory|they)"
_SAY = r"(?:discuss(?:ed)?|talk(?:ed)?|say|said|think|thought|mention(?:ed)?|speak|spoken)"
_FRAMES = tuple(
    re.compile(rf"^\s*(?:please\s+|can\s+you\s+|could\s+you\s+)*{frame}\s+", re.IGNORECASE)
    for frame in (
        rf"(?:summari[sz]e|describe|outline|explain)\s+(?:the\s+)?(?:whole\s+)?{_TALK}\s+{_ABOUT}",
        r"summari[sz]e",
        r"(?:give\s+(?:me\s+|us\s+)?)?(?:an?\s+|the\s+)?(?:overview|summary|outline)\s+of",
        r"(?:tell|show)\s+(?:me|us)\s+(?:everything|all|more)?\s*(?:that\s+)?(?:you\s+(?:have|know)\s+)?(?:about|on)",
        r"(?:what|everything|all)\s+(?:do\s+)?you\s+(?:have|know)\s+(?:about|on)",
        rf"what\s+(?:did|do|does|has|have)\s+(?:the\s+)?{_PEOPLE}\s+{_SAY}(?:\s+{_ABOUT})?",
        rf"what\s+(?:is|was|were|has\s+been)\s+{_SAY}\s+{_ABOUT}",
        rf"according\s+to\s+the\s+{_PEOPLE}\s*,?",
    )
)
_ALL_OF = re.compile(
    r"^\s*(?:list|name)\b|\b(?:which|what)\b.*\bare\s+there\b|\ball\s+(?:the\s+)?(?:rules|by-?laws|policies|decisions|"
    r"resolutions|reports|documents)\b|^\s*(?:what|which)\s+(?:rules|by-?laws|policies|decisions|documents)\b",
    re.IGNORECASE,
)
# A word or sign that makes a line a question for something in particular.
_ASKS = re.compile(
    r"\?|\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|may|must|should|will|has|"
    r"have|wie|wat|watter|wanneer|waar|hoekom|hoe|mag|moet|ubani|yini|nini|kuphi|ngobani)\b|\d",
    re.IGNORECASE,
)
_FEW_WORDS = 3


def matter(question: str) -> str:
    """The question without its frame; as it is where it has none, or hardly anything else."""
    for frame in _FRAMES:
        rest = frame.sub("", question, count=1)
        if rest != question:
            # "Summarise it" is about nothing of its own.
            return rest if analyze(rest) else question
    return question


def is_broad(question: str) -> bool:
    """Whether a question asks for what there is on a matter: it is framed so, asks for all of a kind, or is no more
    than the name of the matter."""
    if matter(question) != question or _ALL_OF.search(question):
        return True
    return _ASKS.search(question) is None and len(analyze(question)) <= _FEW_WORDS
