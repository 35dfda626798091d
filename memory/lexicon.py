"""What one access label's passages are written in: its words, acronyms, exact references and document openings.

A cache beside that label's term index, one JSON file in a generation, harvested from the passages as they are added;
like the term statistics it is kept per label, so that no correction or expansion tells of what one may not see.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memory.references import Mention, ReferenceKind, mentions
from memory.terms import analyze_all

# An opening is read for the names and dates that a document begins with: characters, and passages.
_OPENING = 240
_OPENING_PASSAGES = 12
_SECTION_HEADING = re.compile(r"(?:\d|chapter|part|schedule|section|annexure)", re.IGNORECASE)
_MUNICIPALITY = re.compile(
    r"\b(?:(?i:city|municipality|township|town|county) of (?P<of>[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2})|"
    r"(?P<plain>(?:[A-Z][\w'-]+ ){0,2}[\w'-]*[A-Z][\w'-]+) (?:Local |District |Metropolitan )?Municipality(?! of\b))\b"
)
_ACRONYM = re.compile(r"\(\s?(?P<acronym>[A-Z][A-Z&]{1,7})s?\s?\)")
_EXPLAINED = re.compile(r"(?<![\w(])(?P<acronym>[A-Z][A-Z&]{1,7})s? \((?P<words>[A-Za-z][A-Za-z ,'&/-]{4,90})\)")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w\u00c0-\u024f]+")
_NO_NAME = frozenset(
    "the local district metropolitan category a this that our any each every in of by city and council electricity "
    "water code name may must shall manager mayor by-law by-laws bylaw bylaws neighbouring another other municipality "
    "greater transitional".split()
)
# Small words that an acronym passes over, or takes its letter from.
_SMALL = frozenset("a an and as at by for in of on or the to with & en van die vir".split())


@dataclass(frozen=True, slots=True)
class LexiconRow:
    """What is harvested of a passage. `row`: its row number in the generation; `ordinal` counts within its version."""

    row: int
    version_id: int
    ordinal: int
    heading: tuple[str, ...]
    text: str


@dataclass(slots=True)
class Lexicon:
    """`words`: in how many passages each stands; `names`: how often it has a capital inside a sentence;
    `acronyms`: IDP -> {expansion: times}; `places`: "kind key" -> rows, those that declare it and those that
    mention it; `openings`: version id -> what it begins with; `municipalities`: version id -> those that it names,
    and how often."""

    words: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    acronyms: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    declared: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    mentioned: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    openings: dict[int, str] = field(default_factory=dict)
    municipalities: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, rows: Iterable[LexiconRow]) -> None:
        """Harvest passages; those of a version come in reading order."""
        for row in rows:
            self.words.update(analyze_all(row.text))
            self.names.update(name.lower() for name in _NAME.findall(row.text))
            for acronym, expansion in acronyms(row.text):
                self.acronyms[acronym][expansion] += 1
            for mention in sorted(mentions(row.text, row.heading), key=lambda m: (m.kind, m.key, m.declares)):
                self._place(mention, row.row)
            self.municipalities[row.version_id].update(municipalities(row.text))
            self._open(row)

    def _place(self, mention: Mention, row: int) -> None:
        (self.declared if mention.declares else self.mentioned)[f"{mention.kind} {mention.key}"].append(row)

    def _open(self, row: LexiconRow) -> None:
        opening = self.openings.get(row.version_id)
        if row.ordinal == 0:
            opening = " ".join(row.text[:_OPENING].split())
        heading = row.heading[0][:_OPENING] if row.heading else ""
        named = heading and not _SECTION_HEADING.match(heading) and heading not in (opening or "")
        if row.ordinal < _OPENING_PASSAGES and named:
            opening = f"{opening}\n{heading}" if opening else heading
        if opening is not None:
            self.openings[row.version_id] = opening

    def rows(self, kind: ReferenceKind, key: str) -> tuple[list[int], list[int]]:
        """(rows that declare it, rows that only mention it)."""
        name = f"{kind} {key}"
        return self.declared.get(name, []), self.mentioned.get(name, [])

    def save(self, path: Path) -> None:
        """To a file; the same passages give the same bytes."""
        values = {
            "words": self.words,
            "names": {name: count for name, count in self.names.items() if name in self.words},
            "acronyms": self.acronyms,
            "declared": self.declared,
            "mentioned": self.mentioned,
            "openings": self.openings,
            "municipalities": self.municipalities,
        }
        path.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True), "utf-8")

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """From a file whose checksum has been verified."""
        values = json.loads(path.read_text("utf-8"))
        return cls(
            Counter(values["words"]),
            Counter(values["names"]),
            defaultdict(Counter, {name: Counter(found) for name, found in values["acronyms"].items()}),
            defaultdict(list, values["declared"]),
            defaultdict(list, values["mentioned"]),
            {int(version): opening for version, opening in values["openings"].items()},
            defaultdict(Counter, {int(v): Counter(found) for v, found in values["municipalities"].items()}),
        )


def municipalities(text: str) -> list[str]:
    """The municipalities, cities and townships that a text names, without those words."""
    found = []
    for match in _MUNICIPALITY.finditer(text):
        name = match["of"] or match["plain"]
        words = name.split()
        while words and words[0].lower() in _NO_NAME:
            del words[0]
        while words and words[-1].lower() in _NO_NAME:
            del words[-1]
        if words:
            found.append(" ".join(words))
    return found


def acronyms(text: str) -> list[tuple[str, str]]:
    """(acronym, expansion) of each acronym that the text itself explains, either way round."""
    found = []
    for match in _ACRONYM.finditer(text):
        before = text[max(0, match.start() - 120) : match.start()].split()
        if expansion := _expansion(match["acronym"], before):
            found.append((match["acronym"], expansion))
    for match in _EXPLAINED.finditer(text):
        words = match["words"].split()
        if _expansion(match["acronym"], words) == " ".join(words):
            found.append((match["acronym"], match["words"]))
    return found


def _expansion(acronym: str, words: Sequence[str]) -> str | None:
    """The last words of `words` whose initials are the acronym's letters; small words may be passed over."""
    letters = acronym.replace("&", "").lower()
    at, left = len(words), len(letters)
    while at and left:
        at -= 1
        word = words[at].strip("\"'\u201c\u201d\u2018\u2019(").lower()
        if word[:1] == letters[left - 1]:
            left -= 1
        elif word not in _SMALL:
            return None
        if len(words) - at > 2 * len(letters) + 2 or word[-1:] in ".;:)":
            return None
    return None if left else " ".join(words[at:])
