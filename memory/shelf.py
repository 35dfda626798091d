"""What stands in a selection, counted and listed: documents by collection, department and kind, in SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, select

from memory import catalogue
from memory.access import Selection
from memory.catalogue import dated, documents, kind, versions
from memory.records import Document


@dataclass(frozen=True, slots=True)
class Count:
    """A value of a facet, and how many documents of the selection have it."""

    value: str
    documents: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The documents of a selection by each property; each facet counted as if it itself were not narrowed."""

    total: int
    collection: tuple[Count, ...]
    department: tuple[Count, ...]
    kind: tuple[Count, ...]
    earliest: str | None
    latest: str | None


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document of a selection with its newest version there, and the day that this one is dated by."""

    document: Document
    version: int
    status: str
    dated: str | None


def facets(connection: Connection, selection: Selection) -> Facets:
    """What the selection holds, by collection, department and kind; and the days between which it is dated."""
    ended = catalogue.ended_by(connection, selection)
    anytime = replace(selection, filters=replace(selection.filters, since=None, until=None))
    days = catalogue.selected(select(func.min(dated), func.max(dated)).join_from(versions, documents), anytime, ended)
    earliest, latest = connection.execute(days).one()
    number = select(func.count(documents.c.id.distinct())).join_from(versions, documents)
    return Facets(
        total=int(connection.scalar(catalogue.selected(number, selection, ended)) or 0),
        collection=_counted(connection, documents.c.collection, replace(selection, collection=None), ended),
        department=_counted(connection, documents.c.department, _without(selection, "department"), ended),
        kind=_counted(connection, kind, _without(selection, "kind"), ended),
        earliest=earliest,
        latest=latest,
    )


def _without(selection: Selection, name: str) -> Selection:
    return replace(selection, filters=replace(selection.filters, **{name: None}))


def _counted(connection: Connection, column: Any, selection: Selection, ended: Collection[int]) -> tuple[Count, ...]:
    """How many documents have each value, most frequent first."""
    number = func.count(documents.c.id.distinct())
    query = catalogue.selected(select(column, number).join_from(versions, documents), selection, ended)
    rows = connection.execute(query.where(column.is_not(None)).group_by(column).order_by(number.desc(), column))
    return tuple(Count(value, count) for value, count in rows)


def shelved(connection: Connection, selection: Selection, *, limit: int, offset: int = 0) -> list[Shelved]:
    """Documents of the selection, by title."""
    newest = func.row_number().over(partition_by=versions.c.document_id, order_by=versions.c.number.desc())
    columns = (versions.c.document_id, versions.c.number, versions.c.status, dated.label("day"), newest.label("rank"))
    ended = catalogue.ended_by(connection, selection)
    inner = catalogue.selected(select(*columns).join_from(versions, documents), selection, ended).subquery()
    query = (
        select(documents, inner.c.number, inner.c.status, inner.c.day)
        .join(inner, inner.c.document_id == documents.c.id)
        .where(inner.c.rank == 1)
        .order_by(documents.c.title, documents.c.id)
    )
    rows = connection.execute(query.limit(limit).offset(offset))
    return [Shelved(catalogue.document_from(row), row.number, row.status, row.day) for row in rows]
