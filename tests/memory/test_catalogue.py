"""What stands in the catalogue: versions over time, scope in every list, passages replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from memory import catalogue
from memory.access import Scope, Selection
from memory.memory import Memory

PUBLIC = Scope.of({"public"})
OPERATOR = Scope.operator()
Remember = Callable[..., int]


def document_of(memory: Memory, version: int) -> int:
    with memory.store.reading() as connection:
        found = catalogue.get_version_by_id(connection, version)
    assert found is not None
    return found.document_id


def found_on(memory: Memory, day: str | None) -> list[str]:
    selection = Selection.on(PUBLIC, date.fromisoformat(day) if day else None)
    return [hit.passage.text for hit in memory.search("refuse tariff", selection).hits]


@pytest.fixture
def three(memory: Memory, remember: Remember, publish: Callable[[Memory], None]) -> Memory:
    """One document: in force from 2019, changed from July 2021, changed again from July 2023."""
    first = remember(memory, ["The refuse tariff is R 100."], title="Tariffs", in_force_from="2019-07-01")
    document = document_of(memory, first)
    for number, (price, day) in enumerate([("R 120", "2021-07-01"), ("R 150", "2023-07-01")], 2):
        text = f"The refuse tariff is {price}."
        remember(memory, [text], title="Tariffs", document=document, number=number, in_force_from=day)
    publish(memory)
    return memory


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (None, ["The refuse tariff is R 150."]),
        ("2023-07-01", ["The refuse tariff is R 150."]),
        ("2023-06-30", ["The refuse tariff is R 120."]),
        ("2021-07-01", ["The refuse tariff is R 120."]),
        ("2021-06-30", ["The refuse tariff is R 100."]),
        ("2019-06-30", []),
    ],
)
def test_question_is_answered_from_the_version_of_its_day(three: Memory, day: str | None, expected: list[str]) -> None:
    assert found_on(three, day) == expected


def test_superseded_versions_stay_listed(three: Memory) -> None:
    with three.store.reading() as connection:
        versions = catalogue.list_versions(connection, 1)
    assert [(v.number, v.status) for v in versions] == [(1, "superseded"), (2, "superseded"), (3, "current")]


def test_undated_version_counts_from_the_day_that_its_successor_came(
    memory: Memory, remember: Remember, publish: Callable[[Memory], None]
) -> None:
    document = document_of(memory, remember(memory, ["The refuse tariff is R 1."]))
    remember(memory, ["The refuse tariff is R 2."], document=document, number=2, ingested_at="2024-05-01T10:00:00Z")
    publish(memory)
    assert found_on(memory, "2024-04-30") == ["The refuse tariff is R 1."]
    assert found_on(memory, "2024-05-01") == ["The refuse tariff is R 2."]


def test_version_dated_on_the_first_day_of_the_calendar_is_taken_in(memory: Memory, remember: Remember) -> None:
    document = document_of(memory, remember(memory, ["one"]))
    remember(memory, ["two"], document=document, number=2, in_force_from="0001-01-01")
    with memory.store.reading() as connection:
        assert [v.status for v in catalogue.list_versions(connection, document)] == ["superseded", "current"]


@pytest.mark.parametrize("status", ["withdrawn", "draft", "repealed"])
def test_version_that_is_not_current_is_not_answered_from_today(three: Memory, status: str) -> None:
    with three.store.transaction() as connection:
        catalogue.set_status(connection, 3, status)
    assert found_on(three, None) == []
    assert found_on(three, "2024-01-01") == (["The refuse tariff is R 150."] if status == "repealed" else [])


def test_version_that_is_not_in_force_yet_waits(
    memory: Memory, remember: Remember, publish: Callable[[Memory], None]
) -> None:
    remember(memory, ["The refuse tariff is R 9."], in_force_from="2999-01-01")
    publish(memory)
    assert found_on(memory, None) == []
    assert found_on(memory, "2999-01-01") == ["The refuse tariff is R 9."]


def test_collection_narrows_the_question(memory: Memory, remember: Remember, publish: Callable[[Memory], None]) -> None:
    remember(memory, ["The refuse tariff is R 1."], title="A", collection="north")
    remember(memory, ["The refuse tariff is R 2."], title="B", collection="south")
    publish(memory)
    hits = memory.search("refuse tariff", Selection.on(PUBLIC, collection="south")).hits
    assert [hit.document.collection for hit in hits] == ["south"]


def test_passages_cut_again_replace_the_old_ones_in_every_search(three: Memory) -> None:
    with three.store.transaction() as connection:
        (passage, _, _) = catalogue.get_passages(connection, [3], OPERATOR)[3]
        hash_of = connection.exec_driver_sql("SELECT text_hash FROM passages WHERE id = 1").scalar()
        again = catalogue.NewPassage(passage.spans, "The refuse tariff is R 151.", "Tariffs", (), True, str(hash_of))
        catalogue.replace_passages(connection, 3, [again])
    with three.store.writing():
        three.publish()
    assert found_on(three, None) == ["The refuse tariff is R 151."]


def test_scope_decides_over_lists_documents_versions_passages_and_counts(memory: Memory, remember: Remember) -> None:
    open_version = remember(memory, ["open"], title="Open")
    closed_version = remember(memory, ["closed", "too"], title="Closed", label="closed-session")
    with memory.store.reading() as connection:
        closed = catalogue.get_version_by_id(connection, closed_version)
        assert closed is not None
        for scope, titles, passages in (
            (PUBLIC, ["Open"], 1),
            (OPERATOR, ["Closed", "Open"], 3),
            (Scope.of([]), [], 0),
        ):
            assert [d.title for d in catalogue.list_documents(connection, scope, limit=10)] == titles
            assert catalogue.counts(connection, scope) == {
                "documents": len(titles),
                "versions": len(titles),
                "pages": len(titles),
                "passages": passages,
                "pages_waiting_for_ocr": 0,
            }
            assert len(catalogue.get_passages(connection, [1, 2, 3], scope)) == passages
        assert catalogue.get_document(connection, closed.document_id, PUBLIC) is None
        assert catalogue.get_version(connection, closed.document_id, 1, PUBLIC) is None
        assert catalogue.get_passage(connection, 2, PUBLIC) is None
        assert catalogue.labels(connection, PUBLIC) == {"public"}
        assert catalogue.get_page(connection, open_version, 1) is not None


def test_grants_are_replaced_whole_and_everybody_holds_public(memory: Memory) -> None:
    with memory.store.transaction() as connection:
        catalogue.grant(connection, "clerk", ["finance", "finance", "closed-session"])
        catalogue.grant(connection, "clerk", ["finance"])
    assert memory.scope_of("clerk") == Scope.of({"finance", "public"})
    assert memory.scope_of("stranger") == Scope.of({"public"})


def test_lists_longer_than_one_statement_are_looked_up_in_parts(memory: Memory, remember: Remember) -> None:
    remember(memory, ["one"])
    with memory.store.reading() as connection:
        known = connection.exec_driver_sql("SELECT text_hash FROM vectors").scalar()
        wanted = {str(n) for n in range(25_000)}
        assert catalogue.missing_vectors(connection, wanted | {str(known)}) == wanted
