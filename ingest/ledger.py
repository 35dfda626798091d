"""The ledger of paths: which file gave which version, what failed and why, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ingest.report import FileOutcome
from memory import catalogue, schema
from memory.memory import Memory
from memory.records import Document, Version

paths = schema.paths
# Between a file's path and the name of what is attached to it.
ATTACHED = "#"


@dataclass(frozen=True, slots=True)
class KnownPath:
    """A row of the ledger. `version_id` None: the file could not be read."""

    path: str
    version_id: int | None
    sha256: str
    size: int
    mtime_ns: int
    profile: str
    outcome: str
    reason: str


def known_paths(connection: Connection) -> dict[str, KnownPath]:
    """Every path that was ever ingested and is not withdrawn."""
    columns = [paths.c[name] for name in KnownPath.__slots__]
    return {row.path: KnownPath(*row) for row in connection.execute(select(*columns))}


def write(connection: Connection, row: KnownPath) -> None:
    """Set a path's row."""
    values: dict[str, Any] = {name: getattr(row, name) for name in KnownPath.__slots__} | {"at": catalogue.now()}
    changed = connection.execute(update(paths).where(paths.c.path == row.path).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(paths).values(values))


def known(connection: Connection, path: str) -> KnownPath | None:
    """A path's row."""
    columns = [paths.c[name] for name in KnownPath.__slots__]
    row = connection.execute(select(*columns).where(paths.c.path == path)).first()
    return None if row is None else KnownPath(*row)


def others_of(connection: Connection, version_id: int, path: str) -> bool:
    """Whether another path gives the same version."""
    query = select(paths.c.path).where(paths.c.version_id == version_id, paths.c.path != path).limit(1)
    return connection.scalar(query) is not None


def document_to_continue(connection: Connection, path: str, collection: str, label: str) -> Document | None:
    """The document that a changed file at `path` is a new version of: what the path gave before, if only it did."""
    row = known(connection, path)
    version = catalogue.get_version_by_id(connection, row.version_id) if row and row.version_id else None
    if row is None or version is None or others_of(connection, version.id, path):
        return None
    document = catalogue.get_document(connection, version.document_id, catalogue.EVERYTHING)
    if document is None or (document.collection, document.label) != (collection, label):
        return None
    return document


def leave(connection: Connection, path: str, *, unless: int | None = None) -> None:
    """Before `path` gives another version: withdraw the one it gave if it is current and no other path gives it."""
    row = known(connection, path)
    if row is None or row.version_id is None or row.version_id == unless:
        return
    version = catalogue.get_version_by_id(connection, row.version_id)
    if version and version.status == "current" and not others_of(connection, version.id, path):
        catalogue.set_status(connection, version.id, "withdrawn")


def revive(connection: Connection, version: Version) -> None:
    """A withdrawn version whose file is back is current again."""
    if version.status == "withdrawn":
        catalogue.set_status(connection, version.id, "current")


def prune(memory: Memory, roots: Sequence[Path], present: set[str]) -> list[FileOutcome]:
    """Withdraw what stood at or below `roots` and is gone."""
    with memory.store.reading() as connection:
        gone = [path for path in known_paths(connection) if _gone(path, roots, present)]
    if gone:
        with memory.store.transaction() as connection:
            for path in gone:
                leave(connection, path)
                connection.execute(delete(paths).where(paths.c.path == path))
    return [FileOutcome(path, "withdrawn") for path in sorted(gone)]


def _gone(path: str, roots: Iterable[Path], present: set[str]) -> bool:
    file = next((path[:at] for at in _cuts(path) if path[:at] in present), None)
    return file is None and any(Path(path).is_relative_to(root.resolve()) for root in roots)


def _cuts(path: str) -> list[int]:
    """Where a file's own path may end: at its end, or before the name of an attachment."""
    return [len(path), *(i for i, letter in enumerate(path) if letter == ATTACHED)]
