"""What the memory holds and how it came in, for those who run it: files, collections, labels, room on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, distinct, func, insert, or_, select, update

from memory import catalogue, schema
from memory.catalogue import NewPassage
from memory.errors import NotFound
from memory.records import Span
from memory.schema_doors import roots
from memory.store import CATALOGUE

_paths, _documents, _versions = schema.paths, schema.documents, schema.versions


@dataclass(frozen=True, slots=True)
class File:
    """A file that was ingested, or failed to be. `path`: an attachment has its parent's, "#" and its name."""

    path: str
    outcome: str
    reason: str
    size: int
    at: str
    document_id: int | None


@dataclass(frozen=True, slots=True)
class Root:
    """A file or folder that was to be ingested, and as what."""

    path: str
    collection: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """How much stands in a collection under one label."""

    collection: str
    label: str
    documents: int
    versions: int


@dataclass(frozen=True, slots=True)
class LabelHolders:
    """An access label: how many documents carry it, and who holds it."""

    label: str
    documents: int
    users: tuple[str, ...]


def list_files(
    connection: Connection, outcomes: Iterable[str] | None, words: str = "", *, limit: int, offset: int = 0
) -> tuple[int, list[File]]:
    """How many files, and those from `offset` on, newest first. `words`: what the path or the reason must hold."""
    query = select(_paths, _versions.c.document_id).outerjoin(_versions, _paths.c.version_id == _versions.c.id)
    if outcomes is not None:
        query = query.where(_paths.c.outcome.in_(list(outcomes)))
    if words:
        query = query.where(
            or_(_paths.c.path.contains(words, autoescape=True), _paths.c.reason.contains(words, autoescape=True))
        )
    total = int(connection.scalar(select(func.count()).select_from(query.subquery())) or 0)
    rows = connection.execute(query.order_by(_paths.c.at.desc(), _paths.c.path).limit(limit).offset(offset))
    return total, [File(**{name: getattr(row, name) for name in File.__slots__}) for row in rows]


def outcomes(connection: Connection) -> dict[str, int]:
    """How many files came to which outcome."""
    query = select(_paths.c.outcome, func.count()).group_by(_paths.c.outcome).order_by(_paths.c.outcome)
    return {outcome: int(count) for outcome, count in connection.execute(query)}


def forget_failures(connection: Connection, bad: Iterable[str], paths: Iterable[str] | None = None) -> list[str]:
    """Let the next ingest read failed files again; of `paths` alone where given. The paths."""
    query = select(_paths.c.path).where(_paths.c.outcome.in_(list(bad)))
    if paths is not None:
        query = query.where(_paths.c.path.in_(list(paths)))
    found = list(connection.scalars(query.order_by(_paths.c.path)))
    # What a file gave before it failed stays known by its version; a size that no file has makes it differ.
    connection.execute(update(_paths).where(_paths.c.path.in_(found)).values(size=-1))
    return found


def note_roots(connection: Connection, paths: Iterable[str], collection: str | None, label: str | None) -> None:
    """Keep what was asked to be ingested, so that it can be again."""
    for path in paths:
        connection.execute(delete(roots).where(roots.c.path == path))
        connection.execute(insert(roots).values(path=path, collection=collection, label=label, at=catalogue.now()))


def list_roots(connection: Connection) -> list[Root]:
    """What was ever asked to be ingested."""
    return [Root(row.path, row.collection, row.label) for row in connection.execute(select(roots))]


def known_paths(connection: Connection, paths: Iterable[str]) -> set[str]:
    """Those of `paths` that were ingested, or failed to be."""
    return set(connection.scalars(select(_paths.c.path).where(_paths.c.path.in_(list(paths)))))


def shelves(connection: Connection) -> list[Shelf]:
    """Every collection by label."""
    query = (
        select(
            _documents.c.collection,
            _documents.c.label,
            func.count(distinct(_documents.c.id)).label("documents"),
            func.count(_versions.c.id).label("versions"),
        )
        .outerjoin(_versions, _versions.c.document_id == _documents.c.id)
        .group_by(_documents.c.collection, _documents.c.label)
        .order_by(_documents.c.collection, _documents.c.label)
    )
    return [Shelf(*row) for row in connection.execute(query)]


def label_holders(connection: Connection) -> list[LabelHolders]:
    """Every label that a document carries or a user holds."""
    carried = select(_documents.c.label, func.count()).group_by(_documents.c.label)
    counts = {label: int(count) for label, count in connection.execute(carried)}
    held: dict[str, list[str]] = {}
    for label, user in connection.execute(select(schema.grants.c.label, schema.grants.c.user)):
        held.setdefault(label, []).append(user)
    labels = sorted(counts.keys() | held.keys())
    return [LabelHolders(label, counts.get(label, 0), tuple(sorted(held.get(label, ())))) for label in labels]


def set_label(connection: Connection, document_id: int, label: str) -> str:
    """Who may see a document, from this moment on; the label before. Within `store.transaction`.

    Raises:
        NotFound: there is no such document.
    """
    document = catalogue.get_document(connection, document_id, catalogue.EVERYTHING)
    if document is None:
        raise NotFound(f"document {document_id}: there is none")
    connection.execute(update(_documents).where(_documents.c.id == document_id).values(label=label))
    return document.label


def rewrite(connection: Connection, document_id: int) -> None:
    """Write a relabelled document's passages afresh: caches keep each label apart, and know passages by their ids.

    Within `store.transaction`; the caller holds the write lock and publishes afterwards.
    """
    for version in catalogue.list_versions(connection, document_id):
        this = _versions.c.id == version.id
        passages, stale = _again(connection, version.id), connection.scalar(select(_versions.c.stale).where(this))
        catalogue.replace_passages(connection, version.id, passages)
        connection.execute(update(_versions).where(this).values(stale=stale))


def _again(connection: Connection, version_id: int) -> list[NewPassage]:
    passages = schema.passages
    query = select(passages).where(passages.c.version_id == version_id).order_by(passages.c.ordinal)
    return [
        NewPassage(
            tuple(Span(*span) for span in row.spans), row.text, row.context, tuple(row.heading), row.ocr, row.text_hash
        )
        for row in connection.execute(query)
    ]


def room(data: Path) -> dict[str, int]:
    """Bytes that the parts of a memory's folder take."""
    catalogue = _bytes(data / name for name in (CATALOGUE, f"{CATALOGUE}-wal"))
    return {"catalogue": catalogue} | {
        # `os.walk` passes over a folder that goes meanwhile.
        name: _bytes(Path(at) / file for at, _, files in os.walk(data / name) for file in files)
        for name in ("originals", "caches", "uploads")
    }


def _bytes(files: Iterable[Path]) -> int:
    """Bytes of files; one with several names counts once, one that goes meanwhile not at all."""
    seen: dict[int, int] = {}
    for file in files:
        with suppress(FileNotFoundError):
            stat = file.stat()
            seen[stat.st_ino] = stat.st_size
    return sum(seen.values())
