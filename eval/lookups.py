"""Exact lookups made from the documents' own structure: resolutions of minutes, sections and definitions of by-laws.

`python -m eval.lookups DOCS --data MEMORY` asks them of a memory that holds DOCS/nipissing-council/minutes and
DOCS/za-bylaws/akn-xml, and prints how often the right passage comes first. What is right is read from the files
themselves: the line that a resolution's number opens, and the section's own words.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from eval.places import loose
from memory import catalogue, schema
from memory.access import Scope, Selection
from memory.embed import load
from memory.fuse import Weights
from memory.memory import Memory
from memory.records import Hit
from memory.settings import Settings

PLACES = {
    "cpt": "City of Cape Town",
    "eth": "eThekwini Municipality",
    "jhb": "City of Johannesburg",
    "wc011": "Matzikama Municipality",
    "wc033": "Cape Agulhas Municipality",
}
_RESOLUTION = re.compile(r"^R(\d{4})-(\d{3}) ", re.MULTILINE)
_ASK_RESOLUTION = (
    "What did resolution {code} decide?",
    "{code}",
    "What was resolved in resolution number {number} of {year}?",
    "what does resolution {year}-{number} say",
)
_ASK_SECTION = ("What does section {number} of the {title} say?", "{title}, s {number}", "section {number} {title}")
_ASK_TERM = ('What does "{term}" mean in the {title}?', "definition of {term} in the {title}")
# Letters of the right passage's own words that are looked for.
_LETTERS = 60
_RESOLUTION_STEP, _SECTION_STEP, _TERM_STEP = 9, 11, 17
_AT = "{http://www.akomantoso.org/2.0}"


@dataclass(frozen=True, slots=True)
class Lookup:
    """`files`: where it stands, those of the same title and place; `words`: those that the right passage holds."""

    kind: str
    question: str
    files: frozenset[str]
    words: str


def lookups(docs: Path, texts: dict[str, str], held: set[str]) -> list[Lookup]:
    """Every lookup, always the same. `texts`: file name -> text of the minutes; `held`: files that are in force."""
    minutes = [lookup for name in sorted(texts) for lookup in _resolutions(name, texts[name])]
    paths = sorted((docs / "za-bylaws" / "akn-xml").glob("*.xml"))
    by_laws = [_ByLaw(path) for path in paths if path.name in held]
    same: dict[str, set[str]] = {}
    for by_law in by_laws:
        same.setdefault(_bare(by_law.title), set()).add(by_law.path.name)
    sections = [one for by_law in by_laws for one in by_law.sections(frozenset(same[_bare(by_law.title)]))]
    terms = [one for by_law in by_laws for one in by_law.terms(frozenset(same[_bare(by_law.title)]))]
    return _numbered(minutes[::_RESOLUTION_STEP]) + _numbered(sections[::_SECTION_STEP]) + terms[::_TERM_STEP]


def _bare(title: str) -> str:
    """A title without years, numbers and case: an asker who leaves these out may mean either."""
    words = re.sub(r"[^a-z ]", " ", title.lower().replace("as amended", "").replace("by-law", "bylaw")).split()
    return " ".join(sorted({word.rstrip("s") for word in words} - {"of", "the", "municipality", "city"}))


def _numbered(found: Sequence[Lookup]) -> list[Lookup]:
    return [
        Lookup(one.kind, one.question.split("\n")[i % len(one.question.split("\n"))], one.files, one.words)
        for i, one in enumerate(found)
    ]


def _resolutions(name: str, text: str) -> Iterator[Lookup]:
    for match in _RESOLUTION.finditer(text):
        code, year, number = match.group().strip(), match[1], int(match[2])
        asked = "\n".join(ask.format(code=code, year=year, number=number) for ask in _ASK_RESOLUTION)
        yield Lookup("resolution", asked, frozenset({name}), text[match.start() :].partition("\n")[0])


class _ByLaw:
    """One Akoma Ntoso file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root = ElementTree.parse(path).getroot()
        alias = self._root.find(f".//{_AT}FRBRalias")
        name = alias.get("value", "") if alias is not None else ""
        place = PLACES[path.name.removeprefix("za-").partition("__")[0]]
        own = place.replace(" Municipality", "").replace("City of ", "").lower()
        self.title = name if own in name.lower() else f"{name} of {place}"

    def sections(self, files: frozenset[str]) -> Iterator[Lookup]:
        """Sections with a number and, where they have some, their second subsection."""
        body = self._root.find(f".//{_AT}body")
        for section in body.iter(f"{_AT}section") if body is not None else ():
            number = "".join(section.findtext(f"{_AT}num", "").split()).rstrip(".")
            heading = " ".join(section.findtext(f"{_AT}heading", "").split())
            if not re.fullmatch(r"\d{1,3}[A-Z]?", number) or not heading:
                continue
            yield self._section(number, f"{number}. {heading}", files)
            parts = section.findall(f"{_AT}subsection")
            if len(parts) > 1 and parts[1].findtext(f"{_AT}num", "").strip() == "(2)":
                yield self._section(f"{number}(2)", "(2) " + _text(parts[1].find(f"{_AT}content")), files)

    def _section(self, number: str, words: str, files: frozenset[str]) -> Lookup:
        asked = "\n".join(ask.format(number=number, title=self.title) for ask in _ASK_SECTION)
        return Lookup("section", asked, files, words)

    def terms(self, files: frozenset[str]) -> Iterator[Lookup]:
        """Defined terms, with the beginning of what they mean."""
        for at, paragraph in enumerate(self._root.iter(f"{_AT}p")):
            found = paragraph.find(f"{_AT}def")
            term = " ".join("".join(found.itertext()).split()) if found is not None else ""
            words = _text(paragraph)
            if len(term) > 3 and loose(words).startswith(loose(term)):
                yield Lookup("term", _ASK_TERM[at % 2].format(term=term, title=self.title), files, words)


def _text(element: ElementTree.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def texts_of_minutes(memory: Memory) -> dict[str, str]:
    """File name -> text of all pages, of every file whose name begins as minutes do."""
    v, p = schema.versions.c, schema.pages.c
    query = select(v.file_name, p.text).join(schema.pages, p.version_id == v.id).order_by(v.id, p.number)
    found: dict[str, str] = {}
    with memory.store.reading() as connection:
        for name, text in connection.execute(query.where(v.file_name.like("Minutes-%"))):
            found[name] = found.get(name, "") + text + "\n"
    return found


def _held(memory: Memory) -> set[str]:
    """File names of the versions that are in force."""
    v = schema.versions.c
    with memory.store.reading() as connection:
        current = catalogue.selected_versions(connection, Selection.on(Scope.operator()))
        return set(connection.scalars(select(v.file_name).where(v.id.in_(current.tolist()))))


def right_first(memory: Memory, lookup: Lookup, weights: Weights = Weights()) -> bool:
    """Whether the first passage is of a right file and holds the words."""
    hits = memory.search(lookup.question, Selection.on(Scope.operator()), k=1, weights=weights).hits
    return bool(hits) and _holds(hits[0], lookup)


def _holds(hit: Hit, lookup: Lookup) -> bool:
    """A by-law that is held as PDF too is the same by-law."""
    right = {Path(name).stem for name in lookup.files}
    return Path(hit.version.file_name).stem in right and loose(lookup.words)[:_LETTERS] in loose(hit.passage.text)


def main(arguments: Sequence[str]) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.lookups", description="Evaluate exact lookups.")
    parser.add_argument("docs", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--misses", action="store_true", help="list the lookups that failed on stderr")
    given = parser.parse_args(arguments)
    settings = Settings()
    memory = Memory(given.data, load(settings.model, settings.model_cache))
    asked = lookups(given.docs, texts_of_minutes(memory), _held(memory))
    right = [right_first(memory, lookup) for lookup in asked]
    plain = [right_first(memory, lookup, Weights(exact=0, document=0)) for lookup in asked]
    if given.misses:
        for lookup, good in zip(asked, right, strict=True):
            if not good:
                print(f"{lookup.kind}: {lookup.question} -> {lookup.words[:_LETTERS]}", file=sys.stderr)
    print(json.dumps(_figures(asked, right, plain), indent=1))


def _figures(asked: Sequence[Lookup], right: Sequence[bool], plain: Sequence[bool]) -> dict[str, dict[str, float]]:
    """For each kind and all: how many, right first with and without exact lookups, over all and at odd positions."""
    found = {}
    for kind in ("resolution", "section", "term", "all"):
        at = [i for i, lookup in enumerate(asked) if kind in {lookup.kind, "all"}]
        found[kind] = {
            "lookups": len(at),
            "right first": _share(right, at),
            "right first, odd half": _share(right, at[1::2]),
            "right first without exact lookups": _share(plain, at),
        }
    return found


def _share(values: Sequence[bool], at: Sequence[int]) -> float:
    return round(sum(values[i] for i in at) / len(at), 4) if at else 0.0


if __name__ == "__main__":
    main(sys.argv[1:])
