"""A question that leans on the one before it, in words that stand alone.

Without a language model nothing can be rewritten; but what a follow-up leaves out stands in the question before it,
and the search takes both. Whoever asked is shown what was looked up, and can have the words taken alone.
"""

from __future__ import annotations

import re

from memory.memory import LONGEST_QUESTION

# How a follow-up begins, in English, Afrikaans, isiZulu and isiXhosa.
_OPENINGS = (
    *(
        "and",
        "but",
        "or",
        "also",
        "so",
        "then",
        "what about",
        "how about",
        "what if",
        "why not",
        "since when",
        "which of",
    ),
    *("en", "maar", "of", "ook", "dan", "wat van", "hoe van"),
    *("futhi", "kodwa", "pho", "ngakho", "kwaye", "kanti", "kuthiwani nge"),
)
# Words that stand for something said before.
_POINTERS = frozenset(
    "it its they them their theirs that those these this he she him her his one ones there then same such "
    "dit dié hulle hul daardie hierdie daar sy haar hom "
    "lokho lokhu leyo lezo yena bona khona oko oku leyo ezo apho".split()
)
# In a longer question "it" is mostly the "it" of "what does it cost to ...".
_POINTER_WORDS = 7
# A question as short as this names hardly anything of its own.
_FEW_WORDS = 3
_WORD = re.compile(r"[^\W_]+")


def leans(question: str) -> bool:
    """Whether a question leaves out what the one before it said."""
    words = _WORD.findall(question.lower())
    line = " ".join(words)
    opens = any(line == opening or line.startswith(f"{opening} ") for opening in _OPENINGS)
    points = len(words) <= _POINTER_WORDS and not _POINTERS.isdisjoint(words)
    return opens or points or len(words) <= _FEW_WORDS


def standalone(question: str, before: str) -> str:
    """The question as it is looked up: after `before`, when it leans on it; "" when nothing was asked before."""
    joined = f"{before.rstrip()} {question}"
    return joined if before and leans(question) and len(joined) <= LONGEST_QUESTION else question
