"""What documents of a selection speak of, by their headings: what one could ask about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from memory import catalogue
from memory.access import Selection
from memory.catalogue import documents, kind, versions
from memory.schema import passages

_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Titled:
    """A version of a selection, with its document and title."""

    version_id: int
    document_id: int
    title: str


def titled(connection: Connection, selection: Selection, kinds: Collection[str]) -> list[Titled]:
    """The newest English version of each document of those kinds, by document."""
    columns = (func.max(versions.c.id), versions.c.document_id, documents.c.title)
    query: Select[Any] = select(*columns).join_from(versions, documents)
    query = catalogue.selected(query, selection, catalogue.ended_by(connection, selection))
    english = or_(versions.c.language.is_(None), versions.c.language == _ENGLISH)
    query = query.where(kind.in_(kinds), english).group_by(versions.c.document_id).order_by(versions.c.document_id)
    return [Titled(*row) for row in connection.execute(query)]


def headings(connection: Connection, version_ids: Sequence[int]) -> dict[int, list[tuple[str, ...]]]:
    """The heading paths of each version's passages, in their order, each once."""
    query = select(passages.c.version_id, passages.c.heading).where(passages.c.version_id.in_(version_ids))
    found: dict[int, dict[tuple[str, ...], None]] = {number: {} for number in version_ids}
    for version_id, path in connection.execute(query.order_by(passages.c.version_id, passages.c.ordinal)):
        found[version_id].setdefault(tuple(path))
    return {version_id: list(paths) for version_id, paths in found.items()}
