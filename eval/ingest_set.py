"""A set's documents become a memory of their own: plain text, read, cut and written as any file would be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from eval.datasets import Text
from ingest import record
from ingest.document import Reading
from ingest.readers import text as plain
from memory import catalogue
from memory.access import PUBLIC
from memory.catalogue import NewPassage
from memory.embed import Embedder
from memory.memory import Memory
from memory.records import Document, Version

# Documents cut, embedded and committed together.
_BATCH = 1_000

# Called with how many documents are done, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Cut:
    """A text read and cut into passages."""

    text: Text
    title: str
    reading: Reading
    passages: tuple[NewPassage, ...]


def remember(
    texts: Sequence[Text], folder: Path, embedder: Embedder, progress: Progress | None = None
) -> dict[int, str]:
    """A new memory in `folder` / "memory" with the texts; version id -> text id."""
    memory = Memory(folder / "memory", embedder, create=True)
    owners: dict[int, str] = {}
    with memory.store.writing():
        for start in range(0, len(texts), _BATCH):
            batch = [cut(text, folder, embedder) for text in texts[start : start + _BATCH]]
            owners |= store(memory, batch)
            if progress is not None:
                progress(min(start + _BATCH, len(texts)), len(texts))
        memory.publish()
    return owners


def cut(text: Text, folder: Path, embedder: Embedder) -> Cut:
    """Read a text as a plain text file (written into `folder`) and cut it."""
    path = folder / "document.txt"
    path.write_text(text.text, "utf-8", errors="replace")
    reading = record.sound(plain.read(path)) if text.text.strip() else Reading(pages=())
    title = " ".join(text.title.split())
    return Cut(text, title, reading, record.cut(reading, title, embedder))


def store(memory: Memory, batch: Sequence[Cut]) -> dict[int, str]:
    """Write texts to the catalogue, in one transaction; version id -> text id. The caller holds the write lock."""
    passages = [passage for item in batch for passage in item.passages]
    with memory.store.transaction() as connection:
        catalogue.add_vectors(connection, record.embed(connection, passages, memory.embedder))
        return {_add(connection, item): item.text.id for item in batch}


def _add(connection: Connection, item: Cut) -> int:
    document = Document(id=0, key=item.text.id, title=item.title, collection="eval", label=PUBLIC)
    content = item.text.text.encode("utf-8", "replace")
    version = Version(
        id=0,
        document_id=catalogue.add_document(connection, document),
        number=1,
        sha256=hashlib.sha256(content).hexdigest(),
        file_name="document.txt",
        media_type="text/plain",
        size=len(content),
        status="current",
        title=item.title,
        ingested_at=catalogue.now(),
    )
    version_id = catalogue.add_version(connection, version)
    catalogue.add_pages(connection, [record.page_row(version_id, page) for page in item.reading.pages])
    catalogue.add_passages(connection, version_id, item.passages)
    return version_id
