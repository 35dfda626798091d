"""Which document is meant: questions that name one of many nearly identical documents; is the first hit of that one?

`python -m eval.which --data MEMORY` asks of a memory that holds the sample corpus, nipissing-council/minutes and
za-bylaws/akn-xml. Questions are made from what the documents themselves are called: the day of a meeting, the
municipality and title of a by-law with a heading that by-laws of other municipalities have too.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from eval.lookups import PLACES
from memory import catalogue, schema
from memory.access import Scope, Selection
from memory.dates import periods
from memory.embed import load
from memory.fuse import Weights
from memory.memory import Memory
from memory.settings import Settings

_EVERYBODY = Selection.on(Scope.operator())
_MEETING = (
    "Who was present at the council meeting of {day}?",
    "When did the council meeting on {day} end?",
    "Which accounts were approved at the meeting of {day}?",
    "minutes {day}, declarations of interest",
)
_BY_LAW = ("What does the {title} of {place} say about {heading}?", "{heading}, {title} ({place})")
_HEADING = re.compile(r"^\d+[A-Z]?\.\s+(.{6,70})$")
# Every so many headings, so that no by-law has more than its part.
_STEP = 7


@dataclass(frozen=True, slots=True)
class Named:
    """A question and the file names of the documents that it names."""

    kind: str
    question: str
    files: frozenset[str]


def questions(memory: Memory) -> list[Named]:
    """Every question, always the same."""
    v, p = schema.versions.c, schema.passages.c
    with memory.store.reading() as connection:
        current = catalogue.selected_versions(connection, _EVERYBODY).tolist()
        held = connection.execute(select(v.id, v.file_name, v.title).where(v.id.in_(current))).all()
        headings = connection.execute(select(p.version_id, p.heading).where(p.version_id.in_(current))).all()
    names = {row.id: (row.file_name, row.title) for row in held}
    return _meetings(sorted(names.values())) + _by_laws(names, [(row.version_id, row.heading) for row in headings])


def _meetings(names: Sequence[tuple[str, str]]) -> list[Named]:
    by_day: dict[str, set[str]] = defaultdict(set)
    for name, _ in names:
        if name.startswith(("Minutes-", "council-")) and (days := periods(name.rpartition(".")[0])):
            by_day[days[0].key].add(name)
    found = []
    for at, (day, files) in enumerate(sorted(by_day.items())):
        said = date.fromisoformat(day).strftime("%-d %B %Y" if at % 2 else "%B %-d, %Y")
        found.append(Named("meeting", _MEETING[at % 4].format(day=said), frozenset(files)))
    return found


def _by_laws(names: dict[int, tuple[str, str]], headings: Sequence[tuple[int, list[str]]]) -> list[Named]:
    """Headings that stand in by-laws of at least two municipalities, asked of each."""
    places: dict[str, set[str]] = defaultdict(set)
    asked: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for version, path in headings:
        file, title = names[version]
        code = file.removeprefix("za-").partition("__")[0]
        match = _HEADING.match(path[-1]) if path else None
        if match and code in PLACES and file.endswith(".xml"):
            heading = match[1].lower()
            places[heading].add(code)
            asked[heading, code, _topic(title)].add(file)
    shared = sorted((key, files) for key, files in asked.items() if len(places[key[0]]) > 1)[::_STEP]
    return [
        Named(
            "by-law",
            _BY_LAW[at % 2].format(title=topic, place=PLACES[code].removeprefix("City of "), heading=heading),
            frozenset(files),
        )
        for at, ((heading, code, topic), files) in enumerate(shared)
    ]


def _topic(title: str) -> str:
    """A title without its municipality and year."""
    for place in PLACES.values():
        title = title.replace(f"{place}:", "").replace(f"of the {place}", "").replace(place, "")
    return " ".join(re.sub(r",? ?(?:(?:19|20)\d\d|as amended)", "", title).split())


def right_document(memory: Memory, named: Named, weights: Weights) -> bool:
    """Whether the first hit is of a document that the question names."""
    hits = memory.search(named.question, _EVERYBODY, k=1, weights=weights).hits
    return bool(hits) and hits[0].version.file_name in named.files


def main(arguments: Sequence[str]) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.which", description="Evaluate which document is meant.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--misses", action="store_true", help="list the questions that failed on stderr")
    given = parser.parse_args(arguments)
    settings = Settings()
    memory = Memory(given.data, load(settings.model, settings.model_cache))
    asked = questions(memory)
    before = [right_document(memory, one, Weights(exact=0, document=0)) for one in asked]
    after = [right_document(memory, one, Weights()) for one in asked]
    if given.misses:
        print("\n".join(one.question for one, good in zip(asked, after, strict=True) if not good), file=sys.stderr)
    print(json.dumps(_figures(asked, before, after), indent=1))


def _figures(asked: Sequence[Named], before: Sequence[bool], after: Sequence[bool]) -> dict[str, dict[str, float]]:
    found = {}
    for kind in ("meeting", "by-law", "all"):
        at = [i for i, one in enumerate(asked) if kind in {one.kind, "all"}]
        found[kind] = {
            "questions": len(at),
            "right document first, before": _share(before, at),
            "right document first": _share(after, at),
            "odd half, before": _share(before, at[1::2]),
            "odd half": _share(after, at[1::2]),
        }
    return found


def _share(values: Sequence[bool], at: Sequence[int]) -> float:
    return round(sum(values[i] for i in at) / len(at), 4) if at else 0.0


if __name__ == "__main__":
    main(sys.argv[1:])
