"""A reading becomes rows of the catalogue: document, version, pages, passages and their vectors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, select

from ingest.discover import Entry, Source
from ingest.document import Metadata, Reading, ReadPage, page_from_json, page_to_json
from ingest.split import embedded, split
from memory import catalogue, schema
from memory.catalogue import NewPassage, Vector, unpack_layout
from memory.embed import Embedder
from memory.records import Document, Version

_NO_TITLE = re.compile(
    r"^(untitled|microsoft \w+ -.*|document\d*|slide \d+|.*\.(docx?|pdf|xlsx?|pptx?|indd|dot)|\W*)$", re.I
)
# What of a page stands in the `layout` column.
_LAYOUT = frozenset({"blocks", "lines", "pointers"})
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file read and cut, ready to be written. `reading` has passed `sound`."""

    source: Source
    path: str
    sha256: str
    size: int
    mtime_ns: int
    file_name: str
    media_type: str
    reading: Reading
    title: str
    passages: tuple[NewPassage, ...]
    seconds: float
    depth: int = 0


def title_of(metadata: Metadata, source: Source, file_name: str) -> str:
    """The manifest's title, else the file's own, else its name made readable."""
    own = " ".join(metadata.title.split())
    stem = re.sub(r"[_\-]+", " ", PurePath(file_name).stem).strip()
    return source.entry.get("title") or (own[:300] if own and not _NO_TITLE.match(own) else stem or file_name)


def sound(reading: Reading) -> Reading:
    """The reading with text that UTF-8 can hold: a lone surrogate becomes U+FFFD, so offsets stay."""
    pages = tuple(
        replace(page, text=_SURROGATE.sub("\ufffd", page.text)) if _SURROGATE.search(page.text) else page
        for page in reading.pages
    )
    return replace(reading, pages=pages)


def cut(reading: Reading, title: str, embedder: Embedder) -> tuple[NewPassage, ...]:
    """The reading's passages."""
    return tuple(split(reading.pages, title, embedder))


def embed(connection: Connection, passages: Sequence[NewPassage], embedder: Embedder) -> list[Vector]:
    """Vectors of those passages whose words were never embedded before."""
    missing = catalogue.missing_vectors(connection, {p.text_hash for p in passages})
    fresh = list({p.text_hash: p for p in passages if p.text_hash in missing}.values())
    encodings = embedder.encode([embedded(p.context, p.text) for p in fresh])
    return [
        Vector(p.text_hash, e.vector.astype(np.float16).tobytes(), e.codes.tobytes())
        for p, e in zip(fresh, encodings, strict=True)
    ]


def page_row(version_id: int, page: ReadPage) -> dict[str, Any]:
    """A page as a row of the `pages` table."""
    values = page_to_json(page)
    layout = catalogue.pack_layout(values.pop("blocks"), values.pop("lines"), values.pop("pointers"))
    return values | {"version_id": version_id, "layout": layout}


def stored_pages(connection: Connection, version_id: int) -> list[ReadPage]:
    """A version's pages as a reader gave them."""
    pages = schema.pages
    rows = connection.execute(select(pages).where(pages.c.version_id == version_id).order_by(pages.c.number))
    return [_read_page(row) for row in rows]


def _read_page(row: Row[Any]) -> ReadPage:
    values = {name: getattr(row, name) for name in ReadPage.__slots__ if name not in _LAYOUT}
    return page_from_json(values | unpack_layout(row.layout))


def same_entry(source: Source, document: Document, version: Version) -> bool:
    """Whether the manifest says of these bytes what is remembered of them; without a manifest, always."""
    entry = source.entry
    return (
        entry.get("document") in {None, document.key}
        and entry.get("version") in {None, str(version.number)}
        and all(
            entry.get(name) in {None, version.stated.get("manifest", {}).get(name), getattr(version, name)}
            for name in ("status", "in_force_from", "in_force_to")
        )
    )


def document_for(connection: Connection, item: Prepared, before: Document | None) -> Document:
    """The document that the manifest names, else the one that the path gave `before`, else a new one."""
    entry = item.source.entry
    document = Document(
        id=0,
        key=entry.get("document"),
        title=item.title,
        collection=item.source.collection,
        label=item.source.label,
        kind=entry.get("kind"),
        department=entry.get("department"),
        custodian=entry.get("custodian"),
    )
    if document.key:
        before = catalogue.document_by_key(connection, document.key, document.collection, document.label)
    if before is None:
        return replace(document, id=catalogue.add_document(connection, document))
    if entry.get("status") in {None, "current"}:
        catalogue.update_document(connection, replace(document, id=before.id))
    return before


def add_version(connection: Connection, item: Prepared, document: Document, parent_id: int | None) -> int:
    """A version with its pages and passages; the vectors are there already."""
    entry, metadata = item.source.entry, item.reading.metadata
    taken = {version.number for version in catalogue.list_versions(connection, document.id)}
    wanted = int(entry.get("version") or 0)
    version = Version(
        id=0,
        document_id=document.id,
        number=wanted if wanted > 0 and wanted not in taken else max(taken, default=0) + 1,
        sha256=item.sha256,
        file_name=item.file_name,
        media_type=item.media_type,
        size=item.size,
        status=entry.get("status") or "current",
        title=item.title,
        authors=metadata.authors,
        language=entry.get("language") or metadata.language,
        created=_day(metadata.created),
        published=_day(metadata.published),
        in_force_from=_day(entry.get("in_force_from") or metadata.in_force_from),
        in_force_to=_day(entry.get("in_force_to") or metadata.in_force_to),
        identity=metadata.identity,
        ingested_at=catalogue.now(),
        parent_id=parent_id,
        extra=metadata.extra,
        notes=item.reading.notes,
        stated=_stated(entry, metadata),
    )
    version_id = catalogue.add_version(connection, version)
    catalogue.add_pages(connection, [page_row(version_id, page) for page in item.reading.pages])
    catalogue.add_passages(connection, version_id, item.passages)
    return version_id


def _stated(entry: Entry, metadata: Metadata) -> dict[str, dict[str, str]]:
    """What the manifest and the file say of status and dates, each where it says something."""
    named = {name: entry.get(name) for name in ("status", "in_force_from", "in_force_to")}
    own = {"in_force_from": _day(metadata.in_force_from), "in_force_to": _day(metadata.in_force_to)}
    said = {"manifest": named, "metadata": own}
    return {who: {name: value for name, value in values.items() if value} for who, values in said.items()}


def _day(value: str | None) -> str | None:
    return value[:10] if value else None
