"""Decisions read out of minutes against annotations made by hand: precision and recall of each field, and the unread.

`python -m eval.decisions FOLDER` reads the minutes at or below FOLDER that `eval/annotations` knows by file name
(`--all`: every file, without figures for what is not annotated) and prints JSON. A field counts as found where a
decision read stands beside one annotated and both say the same; `text` where its first and last words agree.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.document import ReadPage
from ingest.extract.decisions import read
from ingest.pool import Pool
from memory.errors import ReadFailed
from memory.minutes import Decision, Minutes

ANNOTATIONS = Path(__file__).parent / "annotations"
_FIELDS = ("number", "mover", "seconder", "outcome", "text")
# What two must have in common to be taken for the same decision: the last words, or both names, or the number.
_WEIGHTS = {"number": 4.0, "text": 3.0, "last": 2.0, "mover": 1.0, "seconder": 1.0, "outcome": 0.5}
_ENOUGH = 2.0
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Annotated:
    """A decision as somebody read it: `first` and `last` are the first and last words of its text."""

    number: str
    mover: str
    seconder: str
    outcome: str
    first: str
    last: str


@dataclass(slots=True)
class Tally:
    """`right` of `said` values read, and of `true` values annotated."""

    right: int = 0
    said: int = 0
    true: int = 0

    def to_json(self) -> dict[str, Any]:
        """With precision and recall; null where there is nothing to divide by."""
        return {
            "right": self.right,
            "read": self.said,
            "annotated": self.true,
            "precision": round(self.right / self.said, 4) if self.said else None,
            "recall": round(self.right / self.true, 4) if self.true else None,
        }


@dataclass(slots=True)
class Score:
    """Figures of one set of annotations. `proposals`: decisions with a mover; `decisions`: all."""

    fields: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in _FIELDS})
    decisions: Tally = field(default_factory=Tally)
    proposals: Tally = field(default_factory=Tally)
    wrong: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Every tally by its name, and what was wrong."""
        tallies = {"decisions": self.decisions, "proposals": self.proposals, **self.fields}
        return {name: tally.to_json() for name, tally in tallies.items()} | {"wrong": self.wrong}


def annotated(folder: Path = ANNOTATIONS) -> dict[str, dict[str, list[Annotated]]]:
    """Set name -> file name -> its decisions, in the order of the file; a file without any has none."""
    sets: dict[str, dict[str, list[Annotated]]] = {}
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                found = sets.setdefault(path.stem, {}).setdefault(row["file"], [])
                values = {name: row.get(name) or "" for name in Annotated.__slots__}
                if any(values.values()):
                    found.append(Annotated(**values))
    return sets


def score(pairs: Iterable[tuple[str, Sequence[Annotated], Sequence[Decision]]]) -> Score:
    """Figures over (file name, annotated, read)."""
    total = Score()
    for name, true, said in pairs:
        beside = align(true, said)
        total.decisions.true += len(true)
        total.decisions.said += len(said)
        total.decisions.right += len(beside)
        total.proposals.true += sum(bool(t.mover) for t in true)
        total.proposals.said += sum(bool(s.mover) for s in said)
        total.proposals.right += sum(bool(true[t].mover and said[s].mover) for t, s in beside.items())
        _count(total, name, true, said, beside)
    return total


def _count(
    total: Score, name: str, true: Sequence[Annotated], said: Sequence[Decision], beside: dict[int, int]
) -> None:
    for what in _FIELDS:
        tally = total.fields[what]
        tally.true += sum(bool(_true(t, what)) for t in true)
        tally.said += sum(bool(getattr(s, what)) for s in said)
        for t, s in beside.items():
            agree = _agree(true[t], said[s], what)
            tally.right += bool(_true(true[t], what)) and agree
            if not agree:
                total.wrong.append(f"{name}: {what}: {_true(true[t], what)!r}, read {getattr(said[s], what)[-80:]!r}")
    total.wrong += [f"{name}: not read: {true[t]}" for t in range(len(true)) if t not in beside]
    read_too_much = set(range(len(said))) - set(beside.values())
    total.wrong += [f"{name}: no decision: {said[s].text[:80]!r}" for s in sorted(read_too_much)]


def _true(annotated: Annotated, what: str) -> str:
    return annotated.last if what == "text" else str(getattr(annotated, what))


def align(true: Sequence[Annotated], said: Sequence[Decision]) -> dict[int, int]:
    """Which decision read stands for which annotated one, in order: the pairs with most in common (LCS by weight)."""
    best = [[0.0] * (len(said) + 1) for _ in range(len(true) + 1)]
    likes = [[_likeness(t, s) for s in said] for t in true]
    for i in range(len(true) - 1, -1, -1):
        for j in range(len(said) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + likes[i][j])
    found: dict[int, int] = {}
    i = j = 0
    while i < len(true) and j < len(said):
        if likes[i][j] and best[i][j] == best[i + 1][j + 1] + likes[i][j]:
            found[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(true: Annotated, said: Decision) -> float:
    total = sum(
        _WEIGHTS[what]
        for what in ("number", "mover", "seconder", "text")
        if _true(true, what) and _agree(true, said, what)
    )
    if true.last and _words(said.text)[-1:] == _words(true.last)[-1:]:
        total += _WEIGHTS["last"]
    return total + _WEIGHTS["outcome"] * (true.outcome == said.outcome) if total >= _ENOUGH else 0.0


def _agree(true: Annotated, said: Decision, what: str) -> bool:
    if what == "text":
        first, last, text = _words(true.first), _words(true.last), _words(said.text)
        return not last or (text[: len(first)] == first and text[-len(last) :] == last)
    if what in {"mover", "seconder"}:
        return _same_name(getattr(true, what), getattr(said, what))
    return "".join(getattr(true, what).split()) == "".join(getattr(said, what).split())


def _words(text: str) -> list[str]:
    return re.sub(r"[^\w$€]+", " ", text.lower().replace("_", " ")).split()


def _same_name(left: str, right: str) -> bool:
    """The same surname, and the same initials where both give them."""
    (a, initials_a), (b, initials_b) = _name(left), _name(right)
    return a == b and (not initials_a or not initials_b or initials_a == initials_b)


def _name(name: str) -> tuple[list[str], list[str]]:
    parts = _LETTERS.findall(name.replace("’", "'").lower())
    return [p for p in parts if len(p) > 1], sorted(p for p in parts if len(p) == 1)


def read_file(pool: Pool, file: Path) -> tuple[Minutes | None, Sequence[ReadPage]]:
    """The minutes of a file in its own style, and its pages."""
    pages = pool.read(file).pages
    return read(pages), pages


def inexact(minutes: Minutes, pages: Sequence[ReadPage]) -> int:
    """Quotes that are not what stands on their page."""
    texts = {page.number: page.text for page in pages}
    places = [e for d in minutes.decisions for e in (d.head, *d.wording, d.mover_at, d.seconder_at, d.outcome_at) if e]
    return sum(texts[e.page][e.start : e.end] != e.quote for e in places)


def _measured(folder: Path, *, everything: bool) -> dict[str, Any]:
    known = annotated()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    of_set = {name: (title, true) for title, files_of in known.items() for name, true in files_of.items()}
    sets: dict[str, list[tuple[str, Sequence[Annotated], Sequence[Decision]]]] = {}
    unread: list[str] = []
    counts: Counter[str] = Counter()
    with Pool(1) as pool:
        for file in files:
            if not everything and file.name not in of_set:
                continue
            try:
                minutes, pages = read_file(pool, file)
            except ReadFailed as error:
                unread.append(f"{file.name}: {error}")
                continue
            counts["files"] += 1
            said: Sequence[Decision] = minutes.decisions if minutes else ()
            counts["decisions"] += len(said)
            if minutes is None:
                unread.append(f"{file.name}: in the style of no house")
            else:
                counts["quotes that are not exact"] += inexact(minutes, pages)
                unread += [f"{file.name}: page {u.evidence.page}: {u.reason}" for u in minutes.unread]
            if file.name in of_set:
                title, true = of_set[file.name]
                sets.setdefault(title, []).append((file.name, true, said))
    figures = {title: score(pairs).to_json() for title, pairs in sets.items()}
    return {"counts": dict(counts), "annotated": figures, "unread": unread}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="read every file, annotated or not")
    options = parser.parse_args()
    json.dump(_measured(options.folder, everything=options.all), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
