from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ingest.correct import correct
from ingest.extraction import extract
from ingest.pipeline import ingest
from memory import catalogue, schema
from memory.errors import Misuse, NotFound
from memory.memory import Memory
from memory.standing import kinds_of

Remember = Callable[..., int]
TEXT = "# Credit Control Policy\n\nIn force from 1 July 2019. The R500 deposit rests on the Water By-law, 2016.\n"


@pytest.fixture
def policy(memory: Memory, tmp_path: Path) -> Memory:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "credit.md").write_text(TEXT, "utf-8")
    ingest(memory, [tmp_path / "policies"])
    return memory


def rows(memory: Memory) -> list[tuple[object, ...]]:
    """Facts and links, without their ids."""
    with memory.store.reading() as connection:
        facts = select(schema.facts.c.name, schema.facts.c.value, schema.facts.c.start, schema.facts.c.end)
        links = select(schema.links.c.relation, schema.links.c.words, schema.links.c.start, schema.links.c.end)
        return [tuple(row) for query in (facts, links) for row in connection.execute(query)]


def begins(memory: Memory) -> str | None:
    with memory.store.reading() as connection:
        version = catalogue.get_version_by_id(connection, 1)
    return version.in_force_from if version else None


def test_ingest_ends_with_the_facts_of_what_is_new(policy: Memory) -> None:
    assert begins(policy) == "2019-07-01"
    with policy.store.writing():
        assert extract(policy) == 0


def test_extraction_again_gives_the_same_without_the_file(policy: Memory, tmp_path: Path) -> None:
    before = rows(policy)
    (tmp_path / "policies" / "credit.md").unlink()
    with policy.store.reading() as connection:
        passages = connection.scalar(select(func.max(schema.passages.c.id)))
    with policy.store.writing():
        assert extract(policy, everything=True) == 1
    with policy.store.reading() as connection:
        assert connection.scalar(select(func.max(schema.passages.c.id))) == passages
    assert rows(policy) == before != []


def test_kinds_of_the_memorys_own_are_used_and_read_again(policy: Memory) -> None:
    own = policy.store.data / "kinds.toml"
    own.write_text('[[kind]]\nname = "rule"\nauthority = 33\ntitle = "policy"\n', "utf-8")
    with policy.store.writing():
        assert extract(policy) == 1
    with policy.store.reading() as connection:
        assert kinds_of(connection, [1]) == {1: ("rule", 33)}


def test_correction_counts_more_than_the_text_and_outlives_extraction(policy: Memory) -> None:
    assert correct(policy, 1, "commencement", "2018-01-01", by="records") == 1
    with policy.store.writing():
        extract(policy, everything=True)
    assert begins(policy) == "2018-01-01"
    correct(policy, 1, "commencement", "")
    assert begins(policy) == "2019-07-01"


def test_kind_that_is_corrected_brings_its_authority(policy: Memory) -> None:
    correct(policy, 1, "kind", "circular")
    with policy.store.reading() as connection:
        assert kinds_of(connection, [1]) == {1: ("circular", 40)}


@pytest.mark.parametrize(
    ("document", "name", "value", "error"),
    [
        (9, "kind", "policy", NotFound),
        (1, "colour", "red", Misuse),
        (1, "kind", "ukase", Misuse),
        (1, "status", "dead", Misuse),
        (1, "expiry", "soon", Misuse),
    ],
)
def test_correction_that_cannot_be_is_refused(
    policy: Memory, document: int, name: str, value: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        correct(policy, document, name, value)
