"""Acts and ordinances that a text names: in full, or by the short name that it has given them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingest.extract.titles import Named, placed, section_before, title_before
from memory.law import Reference

_YEAR = r"(?:19|20)\d\d"
# A PDF may have lost the blank before it ("TransportAct"). What names the kind; its title is read backwards from there.
_WORD = r"(?:\b|(?<=[a-z]))(?P<word>Act|Ordinance|Wet)\b"
_ACT = re.compile(
    rf"{_WORD},?\s*(?:"
    rf"(?P<y1>{_YEAR})?,?\s*\(\s*(?:Act|Wet|Ordinance)?,?\s*(?:No\.?\s*)?(?P<n1>\d{{1,3}})\s+(?:of|van)\s+(?P<yy1>{_YEAR})\s*\)"
    rf"|(?:No\.?\s*)?(?P<n2>\d{{1,3}})\s+(?:of|van)\s+(?P<y2>{_YEAR})"
    rf"|No\.?\s*(?P<n3>\d{{1,3}})(?!\d)"
    rf"|(?P<y3>{_YEAR})(?!\d))"
)
# Not where the name is given.
_SHORT = re.compile(rf"{_WORD}(?!,?\s*(?:No\b|\d|\()|\s*[”\"’']\s*(?:means|\)))")
# "Systems Act" means the Local Government: Municipal Systems Act, ...
_DEFINED = re.compile(r"[\"“'‘]\s*(?P<short>[A-Z][^\"”'’\n]{2,90}?(?:Act|Ordinance))\s*[\"”'’][^.;\"“]{0,60}$")
# ... Act, 2000 (Act 32 of 2000) (hereinafter the "Systems Act")
_CALLED = re.compile(r"[\s,(\[]*(?:herein\w*\s+)?(?:referred\s+to\s+as\s+|called\s+)?(?:the\s+)?[\"“'‘](?:the\s+)?"
                     r"(?P<short>[A-Z][^\"”'’\n]{2,90}?(?:Act|Ordinance))[\"”'’]")  # fmt: skip
_BEFORE, _AFTER = 160, 130
_FAMILY = re.compile(r"^local\s+government\b\W*", re.I)
# "the Constitution and the Expropriation Act", "regulation F1 to the Building Standards Act"
_OTHER = re.compile(r"^(?:Constitution\s+and\s+(?:the\s+)?|(?:(?!\bAct\b).){1,40}?\sto\s+the\s+(?=[A-Z]))")
_SAYS_NOTHING = frozenset("principal said such same relevant present new old that each any this an".split())


def acts(text: str) -> Iterator[Named]:
    """Acts that are named with a number or a year."""
    for words in _ACT.finditer(text):
        number = words["n1"] or words["n2"] or words["n3"] or ""
        year = words["yy1"] or words["y2"] or words["y3"] or ""
        start, title = _title(text, words.end("word"))
        if title in {"Act", "Wet", "Ordinance"}:
            if not number or not year:
                continue
            title = ""
        identity = f"/za/act/{year}/{number}" if number and year and words["word"] != "Ordinance" else ""
        start, section = section_before(text, start)
        sure = 0.92 if number and year else 0.8
        yield placed(text, start, words.end(), Reference(
            "refers_to", "", "text", sure, kind="act", number=number, title=title, year=year, section=section,
            identity=identity,
        ))  # fmt: skip


def _title(text: str, end: int) -> tuple[int, str]:
    start, title = title_before(text, end)
    bare = _OTHER.sub("", title)
    return (start, title) if bare == title else (end - len(bare), bare)


class ShortNames:
    """The acts that a text names in full somewhere, by the names that it uses elsewhere ("the Systems Act")."""

    def __init__(self, pages: Iterable[str]) -> None:
        self._full: dict[str, Reference] = {}
        self._short: dict[str, Reference] = {}
        for text in pages:
            for item in acts(text):
                if item.reference.number:
                    self._learn(text, item)

    def _learn(self, text: str, item: Named) -> None:
        act = item.reference
        if act.title:
            self._full.setdefault(_key(act.title), act)
        defined = _DEFINED.search(text, max(0, item.start - _BEFORE), item.start)
        called = _CALLED.match(text, item.end, item.end + _AFTER)
        for found in filter(None, (defined, called)):
            self._short.setdefault(_key(found["short"]), act)

    def acts(self, text: str) -> Iterator[Named]:
        """Acts that are named by their title alone; one that the text nowhere names in full stays open."""
        for words in _SHORT.finditer(text):
            start, title = _title(text, words.end("word"))
            key = _key(title)
            if len(key.split()) < 2 or key.split()[0] in _SAYS_NOTHING:
                continue
            start, section = section_before(text, start)
            named = Reference("refers_to", "", "text", 0.7, kind="act", title=title, section=section)
            if act := self._meant(key):
                named = replace(named, confidence=0.85, number=act.number, year=act.year, identity=act.identity)
            yield placed(text, start, words.end(), named)

    def _meant(self, key: str) -> Reference | None:
        """The act of that name; else the only one whose title ends with it."""
        act = self._short.get(key) or self._full.get(key)
        if act:
            return act
        ending = {(act.number, act.year): act for name, act in self._full.items() if name.endswith(f" {key}")}
        return next(iter(ending.values())) if len(ending) == 1 else None


def _key(title: str) -> str:
    return " ".join(
        re.sub(r"[^a-z ]", " ", _FAMILY.sub("", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title)).lower()).split()
    )
