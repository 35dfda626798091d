"""First questions for who does not know what to ask: from the headings of rules in force that he may see.

Each is asked before it is shown: what is offered is answered, from the section that it names.
"""

from __future__ import annotations

import random
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice

from memory import headings
from memory.access import Selection
from memory.memory import Memory
from service.answer import answering

COUNT = 4
# What holds, in the words of who made it; minutes and letters have headings that say little.
_KINDS = ("by-law", "policy", "sop", "circular")
_NUMBER = re.compile(
    r"^\W*(?:(?:chapter|part|section|schedule|annexure)\s+)?(?:[\dIVX]+(?:\.\d+)*[A-Z]?)?[\s.:)–—-]+", re.I
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z ,'’-]+")
_TAIL = re.compile(r"\s*(?:\([^)]*\)|,?\s*\b(?:19|20)\d\d)\s*$")
# Headings that every rule has; nobody asks for them.
_USUAL = frozenset(
    "aim aims amendment amendments annexure appeal appeals application background basis chapter closing "
    "commencement conclusion contents definition definitions delegation delegations enforcement "
    "exceptions follows gazette general interpretation introduction legal miscellaneous monitoring "
    "municipality objectives objects offence offences opening part penalties penalty preamble principles "
    "provisions purpose references repeal repeals responsibilities review savings schedule scope section "
    "short table title transitional version whom".split()
)
# A heading that leans on the title above it.
_LEANING = re.compile(r"(?:at|by|for|from|in|of|on|to|with)\b", re.I)
_WORDS = (2, 7)
_LONGEST = 110
_MANY = ("by-laws", "policies", "regulations", "rules")
# Documents whose headings are read, and questions that are tried, at most: it must not take long.
_DOCUMENTS, _TRIED = 16, 10
_KEPT = 64


class Suggestions:
    """Suggested questions, kept for each scope until the memory changes or the day ends."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._kept: OrderedDict[object, tuple[str, ...]] = OrderedDict()
        self._change = threading.Lock()

    def kept(self, selection: Selection) -> tuple[str, ...] | None:
        """Those found before, if they are still good."""
        with self._change:
            return self._kept.get(self._key(selection))

    def find(self, selection: Selection) -> tuple[str, ...]:
        """COUNT questions at most, each of another document; the same ones all day."""
        key = self._key(selection)
        found = tuple(islice(self._answered(selection), COUNT))
        with self._change:
            self._kept[key] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _key(self, selection: Selection) -> object:
        return selection, self._memory.generation().facts.number

    def _answered(self, selection: Selection) -> Iterator[str]:
        for document_id, path, question in islice(self._candidates(selection), _TRIED):
            hit = answering(self._memory, question, selection)
            if hit is not None and hit.document.id == document_id and hit.passage.heading[-1:] == path[-1:]:
                yield question

    def _candidates(self, selection: Selection) -> Iterator[tuple[int, tuple[str, ...], str]]:
        """For each of some documents, drawn anew each day, a heading and a question of what stands under it."""
        chance = random.Random(selection.as_of.toordinal())
        with self._memory.store.reading() as connection:
            shelf = headings.titled(connection, selection, _KINDS)
            drawn = chance.sample(shelf, min(_DOCUMENTS, len(shelf)))
            paths = headings.headings(connection, [one.version_id for one in drawn])
        for one in drawn:
            asked = [(path, q) for path in paths[one.version_id] if (q := question_of(one.title, path)) is not None]
            if asked:
                yield one.document_id, *chance.choice(asked)


def question_of(title: str, path: tuple[str, ...]) -> str | None:
    """What one could ask of a passage under a heading; None: its heading tells too little, or too much."""
    heading, name = subject(path[-1]) if path else None, name_of(title)
    if heading is None or name is None or heading.lower() in name.lower():
        return None
    does = "do" if name.lower().endswith(_MANY) else "does"
    question = f"What {does} the {name} say about {heading}?"
    return question if len(question) <= _LONGEST else None


def subject(heading: str) -> str | None:
    """A heading as it stands within a sentence: "18. Waste of water" is "waste of water"."""
    words = _NUMBER.sub("", heading, count=1).strip(" .:;")
    if not _PLAIN.fullmatch(words) or not _WORDS[0] <= len(words.split()) <= _WORDS[1]:
        return None
    if _LEANING.match(words) or _USUAL & set(re.findall(r"[a-z]+", words.lower())):
        return None
    if words.isupper():
        return words.lower()
    return words if words[1].isupper() else words[0].lower() + words[1:]


def name_of(title: str) -> str | None:
    """A title as it stands within a sentence, without its year: "Water Services By-law, 2016"."""
    name = _TAIL.sub("", _TAIL.sub("", title)).removeprefix("The ").strip(" ,")
    return name if len(name.split()) >= 2 and name[0].isupper() and "\n" not in name else None
