"""Catalogue against caches (by passage id and vector hash), and against the originals (by SHA-256)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from memory import catalogue, schema
from memory.generations import CodesDamaged, Generation
from memory.memory import Memory

_BATCH = 5_000


@dataclass(slots=True)
class Verified:
    """What was compared, and everything that does not hold, named."""

    documents: int = 0
    passages: int = 0
    rows: int = 0
    originals: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether everything holds."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"clean": self.clean, **asdict(self)}


def verify(memory: Memory) -> Verified:
    """Compare everything. A damaged cache has been rebuilt by then: opening the memory does so."""
    found = Verified()
    generation = memory.generation()
    with memory.store.reading() as connection:
        counts = catalogue.counts(connection, catalogue.EVERYTHING)
        found.documents, found.passages, found.rows = counts["documents"], counts["passages"], len(generation.ids)
        _compare_vectors(connection, generation, found)
        _compare_terms(generation, found)
        _compare_codes(generation, found)
        _compare_quotes(connection, found)
        hashes = list(connection.scalars(select(schema.versions.c.sha256).distinct()))
    for sha256 in hashes:
        _compare_original(memory, sha256, found)
    return found


def _compare_vectors(connection: Connection, generation: Generation, found: Verified) -> None:
    query = (
        select(schema.passages.c.id, schema.vectors.c.vector)
        .select_from(
            schema.passages.outerjoin(schema.vectors, schema.vectors.c.text_hash == schema.passages.c.text_hash)
        )
        .order_by(schema.passages.c.id)
    )
    rows = {int(passage_id): row for row, passage_id in enumerate(generation.ids)}
    stored = generation.vectors.stored()
    for passage_id, vector in connection.execution_options(yield_per=_BATCH).execute(query):
        row = rows.pop(passage_id, None)
        if vector is None:
            found.problems.append(f"passage {passage_id}: has no vector in the catalogue")
        elif row is None:
            found.problems.append(f"passage {passage_id}: is not in the caches; run khumbula rebuild")
        elif _digest(vector) != _digest(stored[row].tobytes()):
            found.problems.append(f"passage {passage_id}: its vector differs; run khumbula rebuild")
    found.problems += [f"passage {passage_id}: is in the caches alone" for passage_id in rows]


def _digest(vector: bytes) -> bytes:
    return hashlib.sha256(vector).digest()


def _compare_terms(generation: Generation, found: Verified) -> None:
    parts = [index.rows() for index in generation.terms.values()]
    rows = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
    if not np.array_equal(rows, np.arange(len(generation.ids))):
        found.problems.append("the term index does not hold every passage once; run khumbula rebuild")


def _compare_codes(generation: Generation, found: Verified) -> None:
    for row, passage_id in enumerate(generation.ids):
        try:
            generation.codes(row)
        except CodesDamaged:
            found.problems.append(f"passage {passage_id}: its token codes are damaged; run khumbula rebuild")


def _compare_quotes(connection: Connection, found: Verified) -> None:
    """Every passage is what its spans say, on its pages."""
    p = schema.passages
    version_id, texts = None, {}
    for row in connection.execute(select(p).order_by(p.c.version_id, p.c.ordinal)):
        if row.version_id != version_id:
            version_id = row.version_id
            where = schema.pages.c.version_id == version_id
            query = select(schema.pages.c.number, schema.pages.c.text).where(where)
            texts = {page.number: page.text for page in connection.execute(query)}
        passage = catalogue.passage_from(row)
        if "\n".join(texts.get(s.page, "")[s.start : s.end] for s in passage.spans) != passage.text:
            found.problems.append(f"passage {passage.id}: is not what stands on its pages")


def _compare_original(memory: Memory, sha256: str, found: Verified) -> None:
    path = memory.store.original(sha256)
    try:
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError as error:
        found.problems.append(f"original {sha256}: {error.strerror}")
        return
    found.originals += 1
    if not same:
        found.problems.append(f"original {sha256}: its bytes have changed; restore it from a backup")
