"""Against what somebody read in the same minutes: `eval/annotations`, and the sample corpus's own sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eval.decisions import Score, annotated, inexact, read_file, score
from ingest.pool import Pool
from memory import register
from memory.access import Scope
from memory.memory import Memory
from memory.register import Wanted

SOURCES = Path(__file__).resolve().parents[3] / "corpus" / "sources"
HEAD = re.compile(r"^\W*([A-Z]{1,3}\d+/20\d\d)\W+(?:RESOLVED|RECOMMENDED)", re.M)


def scored(folder: Path, title: str) -> Score:
    pairs, quotes = [], 0
    files = {path.name: path for path in folder.rglob("*")}
    with Pool(1) as pool:
        for name, true in annotated()[title].items():
            minutes, pages = read_file(pool, files[name])
            pairs.append((name, true, minutes.decisions if minutes else ()))
            quotes += inexact(minutes, pages) if minutes else 0
    assert quotes == 0
    return score(pairs)


def test_township_minutes_are_read_as_annotated(shared: Path) -> None:
    found = scored(shared / "docs" / "nipissing-council" / "minutes", "nipissing")
    for name in ("number", "mover", "seconder", "outcome", "text"):
        tally = found.fields[name].to_json()
        assert tally["precision"] >= 0.98, (name, found.wrong)
        assert tally["recall"] >= 0.97, (name, found.wrong)


@pytest.mark.parametrize("sample", ["limerick", "limerick-second"])
def test_irish_minutes_are_read_as_annotated(shared: Path, sample: str) -> None:
    found = scored(shared / "docs" / "limerick-minutes", sample)
    for tally in (found.proposals, found.fields["mover"], found.fields["seconder"], found.fields["outcome"]):
        assert tally.to_json()["precision"] >= 0.9, found.wrong
        assert tally.to_json()["recall"] >= 0.9, found.wrong


def test_every_resolution_of_the_sample_corpus_is_in_the_register(sample_memory: Memory) -> None:
    written = {number for file in SOURCES.rglob("*.md") for number in HEAD.findall(file.read_text("utf-8"))}
    with sample_memory.store.reading() as connection:
        found = register.find(connection, Wanted(), Scope.operator(), limit=1000)
    numbered = [d.decision for d in found if d.decision.number]
    assert len(written) > 200
    assert written - {d.number for d in numbered} == set()
    assert all(d.body and d.day and d.text and d.outcome for d in numbered)
