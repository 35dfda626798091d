"""Facets are counted in SQL inside the scope; a plain count over the same documents is their slow twin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from memory import catalogue, shelf
from memory.access import Filters, Scope, Selection
from memory.memory import Memory
from memory.shelf import Count

PUBLIC, FINANCE = Scope.of({"public"}), Scope.of({"public", "finance"})
SHELF = (
    ("Refuse by-law", "laws", "public", "2014-01-01"),
    ("Dog by-law", "laws", "public", "2019-06-30"),
    ("Council minutes", "minutes", "public", "2019-07-01"),
    ("Budget memo", "memos", "finance", "2020-02-02"),
)


@pytest.fixture
def shelved(memory: Memory, remember: Callable[..., int]) -> Memory:
    for title, collection, label, day in SHELF:
        remember(memory, [f"{title}: words."], title=title, collection=collection, label=label, published=day)
    return memory


def counted(memory: Memory, selection: Selection) -> dict[str, dict[str, int]]:
    with memory.store.reading() as connection:
        found = shelf.facets(connection, selection)
    return {
        "total": {"": found.total},
        "collection": {count.value: count.documents for count in found.collection},
    }


@pytest.mark.parametrize("labels", [[], ["public"], ["finance"], ["public", "finance"]])
def test_counts_are_those_of_the_documents_that_the_scope_sees(shelved: Memory, labels: list[str]) -> None:
    seen = Counter(collection for _, collection, label, _ in SHELF if label in labels)
    expected = {"total": {"": seen.total()}, "collection": dict(seen)}
    assert counted(shelved, Selection.on(Scope.of(labels))) == expected


def test_facet_is_counted_as_if_it_were_not_narrowed_itself(shelved: Memory) -> None:
    chosen = Selection.on(PUBLIC, collection="minutes")
    assert counted(shelved, chosen) == {"total": {"": 1}, "collection": {"laws": 2, "minutes": 1}}


def test_days_narrow_the_documents_and_not_the_span_that_is_told(shelved: Memory) -> None:
    in_2019 = Selection.on(PUBLIC, filters=Filters(since=date(2019, 1, 1), until=date(2019, 6, 30)))
    with shelved.store.reading() as connection:
        found = shelf.facets(connection, in_2019)
        listed = shelf.shelved(connection, in_2019, limit=10)
    assert found.collection == (Count("laws", 1),)
    assert (found.earliest, found.latest) == ("2014-01-01", "2019-07-01")
    assert [(one.document.title, one.version, one.dated) for one in listed] == [("Dog by-law", 1, "2019-06-30")]


def test_document_is_listed_once_with_its_newest_version_of_the_selection(
    shelved: Memory, remember: Callable[..., int]
) -> None:
    with shelved.store.reading() as connection:
        document = catalogue.list_documents(connection, PUBLIC, limit=1)[0]
    remember(
        shelved, ["Other words."], title=document.title, document=document.id, number=2, in_force_from="2021-01-01"
    )
    with shelved.store.reading() as connection:
        now = shelf.shelved(connection, Selection.on(PUBLIC), limit=1)
        then = shelf.shelved(connection, Selection.on(PUBLIC, date(2020, 1, 1)), limit=1)
        whole = shelf.shelved(connection, Selection.on(PUBLIC), limit=10)
    assert [(one.document.title, one.version) for one in (*now, *then)] == [
        ("Council minutes", 2),
        ("Council minutes", 1),
    ]
    assert [one.document.title for one in whole] == ["Council minutes", "Dog by-law", "Refuse by-law"]


def test_filters_reach_the_search_itself(shelved: Memory, publish: Callable[[Memory], None]) -> None:
    publish(shelved)
    late = Selection.on(FINANCE, filters=Filters(since=date(2019, 7, 1)))
    titles = {hit.document.title for hit in shelved.search("words", late).hits}
    assert titles == {"Council minutes", "Budget memo"}
    nothing = Selection.on(FINANCE, filters=Filters(department="Finance"))
    assert shelved.search("words", nothing).hits == ()
