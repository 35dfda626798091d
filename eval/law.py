"""`python -m eval.law FOLDER [--data DIR]`: what is extracted of by-laws, against the publisher's own metadata.

FOLDER holds `pdf/`, `akn-xml/` and `meta/` (JSON, one file for each by-law). Two memories are made by the real
pipeline: of the PDFs, where the text is all there is, and of the Akoma Ntoso files. Printed: precision and recall of
commencement, amendments and repeals, every miss, and for `--pairs` generated (by-law, day) pairs whether an answer
ever cites a version that was not in force; for every repealed by-law, whether its successor answers today and it
itself on the day before.

Each by-law that differs is listed by its name with the reason (`annotations/by_laws.csv`, read by hand: what the
text, the publisher's file and his metadata say), or as `unexplained`.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ingest.pipeline import Options, ingest
from memory import catalogue, schema
from memory.access import Scope, Selection
from memory.effects import effects
from memory.embed import load
from memory.memory import Memory
from memory.records import Answer
from memory.settings import Settings
from service.answer import answer

ANNOTATED = Path(__file__).parent / "annotations" / "by_laws.csv"
_SEED = 4
# The municipalities of the set, which one memory of a municipality would not hold together.
_PLACES = {
    "za-cpt": "Cape Town",
    "za-eth": "eThekwini",
    "za-jhb": "Johannesburg",
    "za-wc011": "Matzikama",
    "za-wc033": "Cape Agulhas",
}
_UNEXPLAINED = "unexplained"
_FIRST_DAY, _LAST_DAY = date(1995, 1, 1), date(2018, 12, 31)


@dataclass(frozen=True, slots=True)
class Known:
    """What the publisher says of a by-law."""

    name: str
    uri: str
    title: str
    published: str | None
    commencement: str | None
    amendments: frozenset[str]
    repealed: str | None
    repealed_by: str | None

    @property
    def begins(self) -> str:
        """The day from which it is in force: section 13 of Act 32 of 2000 where nothing else is said."""
        return self.commencement or self.published or ""

    def in_force(self, day: str) -> bool:
        """Whether it is in force on a day."""
        return self.begins <= day and (self.repealed is None or day < self.repealed)


@dataclass(frozen=True, slots=True)
class Difference:
    """A by-law of which something else was found than its publisher says."""

    by_law: str
    found: list[str]
    missed: list[str]


@dataclass(slots=True)
class Counted:
    """Right, wrong and missing; `listed`: each that is not right.

    `silent`: found where the publisher says nothing, so that nobody can tell from the metadata.
    """

    right: int = 0
    wrong: int = 0
    missing: int = 0
    silent: int = 0
    listed: list[Difference] = field(default_factory=list)

    def count(self, name: str, found: set[str], wanted: set[str], *, told: bool = True) -> None:
        """Compare what was found of one by-law. `told`: whether the publisher speaks of it at all."""
        self.right += len(found & wanted)
        self.missing += len(wanted - found)
        extra = found - wanted
        self.wrong += len(extra) if told else 0
        self.silent += 0 if told else len(extra)
        if found != wanted:
            self.listed.append(Difference(name, sorted(extra), sorted(wanted - found)))

    def to_json(self, reasons: dict[str, str] | None = None) -> dict[str, Any]:
        """With precision and recall; `precision_strict` counts the silent as wrong. `reasons`: by by-law, "*" all."""
        known = reasons or {}
        listed = [asdict(one) | {"why": known.get(one.by_law, known.get("*", _UNEXPLAINED))} for one in self.listed]
        return {
            "precision": _share(self.right, self.right + self.wrong),
            "precision_strict": _share(self.right, self.right + self.wrong + self.silent),
            "recall": _share(self.right, self.right + self.missing),
            "right": self.right,
            "wrong": self.wrong,
            "missing": self.missing,
            "silent": self.silent,
            "unexplained": sum(one["why"] == _UNEXPLAINED for one in listed),
            "listed": listed,
        }


def known_of(folder: Path) -> dict[str, Known]:
    """The publisher's metadata by file name without suffix."""
    found = {}
    for path in sorted((folder / "meta").glob("*.json")):
        meta = json.loads(path.read_text("utf-8"))
        repeal = meta["repeal"] or {}
        found[path.stem] = Known(
            name=path.stem,
            uri=meta["frbr_uri"],
            title=meta["title"],
            published=meta["publication_date"],
            commencement=meta["commencement_date"],
            amendments=frozenset(amendment["date"] for amendment in meta["amendments"]),
            repealed=repeal.get("date"),
            repealed_by=repeal.get("repealing_uri"),
        )
    return found


def reasons() -> dict[str, dict[str, str]]:
    """Why by-laws differ: by "akn commencement" and the like, then by by-law."""
    found: dict[str, dict[str, str]] = {}
    with ANNOTATED.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(f"{row['read']} {row['what']}", {})[row["by_law"]] = row["why"]
    return found


def compare(memory: Memory, known: dict[str, Known]) -> dict[str, Counted]:
    """Publication, commencement, amendments and repeal of all by-laws of a memory."""
    counted = {name: Counted() for name in ("publication", "commencement", "amendment", "repeal", "repealed_by")}
    by_uri = {law.uri: law.name for law in known.values()}
    with memory.store.reading() as connection:
        versions = {v.id: v for v in map(catalogue.version_from, connection.execute(select(schema.versions)))}
        facts: dict[tuple[int, str], list[Any]] = {}
        for row in connection.execute(select(schema.facts).order_by(schema.facts.c.confidence.desc())):
            facts.setdefault((row.version_id, row.name), []).append(row)
        ended = effects(connection, Scope.operator())
    names = {version.id: Path(version.file_name).stem for version in versions.values()}
    for version in versions.values():
        law = known[names[version.id]]
        said = {name: [row.value for row in facts.get((version.id, name), []) if row.value] for name in counted}
        found = set(said["publication"][:1]) or ({version.published} if version.published else set())
        counted["publication"].count(law.name, found, _some(law.published), told=bool(found))
        commenced = set(said["commencement"][:1])
        if (stated := version.stated.get("metadata", {}).get("in_force_from")) and not commenced:
            surmised = version.extra.get("commencement", "").startswith("publication")
            commenced = set() if surmised and law.commencement is None else {stated}
        counted["commencement"].count(law.name, commenced, _some(law.commencement), told=law.commencement is not None)
        counted["amendment"].count(law.name, set(said["amendment"]), set(law.amendments))
        effect = ended.get(version.id)
        repealed = set(said["repeal"][:1]) or ({effect.day} if effect and effect.exact else set())
        # Where the text gives no date of its own beginning, that a by-law is repealed is still found.
        by = names[effect.by] if effect else _named(version.extra.get("repealed_by", ""), by_uri)
        counted["repeal"].count(law.name, repealed, _some(law.repealed))
        counted["repealed_by"].count(law.name, _some(by), _some(by_uri.get(law.repealed_by or "")))
    return counted


def pooled(counted: dict[str, Counted]) -> dict[str, Any]:
    """Commencement, amendment and repeal together."""
    together = Counted()
    for name in ("commencement", "amendment", "repeal"):
        one = counted[name]
        together.right, together.wrong = together.right + one.right, together.wrong + one.wrong
        together.missing, together.silent = together.missing + one.missing, together.silent + one.silent
    return together.to_json()


def _named(written: str, by_uri: dict[str, str]) -> str | None:
    return next((name for uri, name in by_uri.items() if uri in written), None)


def _some(value: str | None) -> set[str]:
    return {value} if value else set()


def out_of_force(memory: Memory, known: dict[str, Known], count: int) -> tuple[int, list[str]]:
    """Ask about by-laws as of generated days: citations shown, and those of a version not in force then."""
    chance = random.Random(_SEED)
    laws, shown, wrong = sorted(known.values(), key=lambda law: law.name), 0, []
    for _ in range(count):
        law = chance.choice(laws)
        # Half of the days near a border of its life, half anywhere.
        borders = [date.fromisoformat(day) for day in (law.begins, law.repealed) if day]
        near = chance.choice(borders) + timedelta(days=chance.randint(-400, 400))
        anywhere = _FIRST_DAY + timedelta(days=chance.randrange((_LAST_DAY - _FIRST_DAY).days))
        day = chance.choice([near, anywhere])
        given = answer(memory, _subject(law), Selection.on(Scope.operator(), day))
        for name in _cited(given):
            shown += 1
            if not known[name].in_force(day.isoformat()):
                wrong.append(f"{day}: {_subject(law)}: {name}, in force {known[name].begins} to {known[name].repealed}")
    return shown, wrong


def successions(memory: Memory, known: dict[str, Known]) -> Iterator[dict[str, Any]]:
    """For each repealed by-law whose successor is held: who answers today, and on the day before the repeal."""
    by_uri = {law.uri: law.name for law in known.values()}
    for law in known.values():
        successor = by_uri.get(law.repealed_by or "")
        if not law.repealed or not successor:
            continue
        # The day before both the repeal and, where it is known to differ, the successor's own beginning.
        before = date.fromisoformat(min(law.repealed, known[successor].begins)) - timedelta(days=1)
        last = successor
        while known[last].repealed and known[last].repealed_by in by_uri:
            last = by_uri[known[last].repealed_by or ""]
        now = answer(memory, _subject(law), Selection.on(Scope.operator()))
        then = answer(memory, _subject(law), Selection.on(Scope.operator(), before))
        yield {
            "by_law": law.name,
            "today": list(dict.fromkeys(_cited(now))),
            "successor_answers_today": last in _cited(now),
            "old_cited_today": law.name in _cited(now),
            "replacement_shown": [note.text for note in now.notes if note.kind == "replaced"],
            "before": before.isoformat(),
            "itself_before": law.name in _cited(then),
            "replacement_shown_before": [note.text for note in then.notes if note.kind == "replaced_by"],
        }


def _subject(law: Known) -> str:
    """A question on its subject."""
    subject = law.title.partition(":")[2].strip() or law.title
    for word in ("By-laws", "By-law", "By-Law", "Bylaws", "by-law", "as amended"):
        subject = subject.replace(word, "")
    place = _PLACES.get(law.name.split("__")[0], "")
    return f"What are the rules on {' '.join(subject.split()).strip(' ,')} in {place}?"


def _cited(given: Answer) -> list[str]:
    return [Path(citation.file_name).stem for citation in (*given.citations, *given.closest)]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def remembered(data: Path, folder: Path) -> Memory:
    """A memory of the files of a folder; brought up to date when it is there already."""
    settings = Settings()
    memory = Memory(data, load(settings.model, settings.model_cache), create=True)
    ingest(memory, [folder], Options(ocr=False))
    return memory


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.law", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, help="keep the memories there for the next run")
    parser.add_argument("--pairs", type=int, default=200)
    given = parser.parse_args(arguments)
    known = known_of(given.folder)
    with tempfile.TemporaryDirectory(prefix="khumbula-law-") as aside:
        data = given.data or Path(aside)
        pdf, akn = (remembered(data / name, given.folder / name) for name in ("pdf", "akn-xml"))
        from_pdf, why = compare(pdf, known), reasons()
        shown, wrong = out_of_force(akn, known, given.pairs)
        print(
            json.dumps(
                {
                    "akn": {n: counted.to_json(why.get(f"akn {n}")) for n, counted in compare(akn, known).items()},
                    "pdf": {n: counted.to_json(why.get(f"pdf {n}")) for n, counted in from_pdf.items()},
                    "pdf_pooled": pooled(from_pdf),
                    "pairs": {"asked": given.pairs, "citations": shown, "not_in_force": wrong},
                    "repealed": list(successions(akn, known)),
                },
                indent=1,
            )
        )


if __name__ == "__main__":
    main()
