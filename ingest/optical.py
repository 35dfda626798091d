"""The second pass: pages that are pictures, read by OCR one by one, so that text is searchable long before."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select, update

from ingest import record
from ingest.document import Reading, ReadPage
from ingest.pool import Pool
from ingest.readers.pdf_running import without_running
from ingest.report import Progress
from memory import catalogue, schema
from memory.errors import ReadFailed
from memory.memory import Memory
from memory.records import Version


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A page that waits for OCR."""

    version: Version
    page: int


def read_waiting(memory: Memory, pool: Pool, progress: Progress) -> int:
    """Read every page that waits, cut its version's passages again when its last page is read; pages read."""
    with memory.store.reading() as connection:
        waiting = list(_waiting(connection))
        stale = [version for version in _stale(connection) if version not in {w.version.id for w in waiting}]
    for version_id in stale:
        _cut_again(memory, version_id)
    if not waiting:
        return 0
    progress.begin("OCR", len(waiting))
    left: dict[int, int] = {}
    for item in waiting:
        left[item.version.id] = left.get(item.version.id, 0) + 1
    with ThreadPoolExecutor(pool.workers, thread_name_prefix="khumbula-ocr") as threads:
        try:
            for item, page in _in_parallel(memory, pool, threads, waiting):
                with memory.store.transaction() as connection:
                    _write_page(connection, item, page)
                left[item.version.id] -= 1
                if left[item.version.id] == 0:
                    _cut_again(memory, item.version.id)
                progress.step("OCR", f"{item.version.file_name}, page {item.page}")
        except BaseException:
            pool.close()
            raise
    return len(waiting)


def _in_parallel(
    memory: Memory, pool: Pool, threads: ThreadPoolExecutor, waiting: list[_Waiting]
) -> Iterator[tuple[_Waiting, ReadPage | str]]:
    """Each page as it is read: the page, or why it could not be."""
    running: dict[Future[ReadPage | str], _Waiting] = {}
    todo = iter(waiting)
    more = True
    while more or running:
        while more and len(running) < 2 * pool.workers:
            item = next(todo, None)
            if item is None:
                more = False
            else:
                running[threads.submit(_read, memory, pool, item)] = item
        if running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()


def _read(memory: Memory, pool: Pool, item: _Waiting) -> ReadPage | str:
    original = memory.store.original(item.version.sha256)
    try:
        return pool.ocr_page(original, item.page, item.version.file_name)
    except ReadFailed as error:
        return f"page {item.page}: OCR gave nothing: {error}"


def _write_page(connection: Connection, item: _Waiting, page: ReadPage | str) -> None:
    if isinstance(page, str):
        notes = [*item.version.notes, page]
        where = schema.versions.c.id == item.version.id
        connection.execute(update(schema.versions).where(where).values(notes=notes, stale=True))
        values = (schema.pages.c.version_id == item.version.id, schema.pages.c.number == item.page)
        connection.execute(update(schema.pages).where(*values).values(needs_ocr=False))
        return
    before = catalogue.get_page(connection, item.version.id, item.page)
    anchor, label = (before.anchor, before.label) if before else (page.anchor, page.label)
    read = replace(page, number=item.page, anchor=anchor, label=page.label or label, needs_ocr=False)
    catalogue.replace_page(connection, record.page_row(item.version.id, read))


def _cut_again(memory: Memory, version_id: int) -> None:
    """All pages are read: running lines are recognised over them, and the passages cut anew."""
    with memory.store.reading() as connection:
        version = catalogue.get_version_by_id(connection, version_id)
        pages = without_running(record.stored_pages(connection, version_id))
        if version is None:
            return
        passages = record.cut(Reading(tuple(pages)), version.title, memory.embedder)
        vectors = record.embed(connection, passages, memory.embedder)
    with memory.store.transaction() as connection:
        for page in pages:
            if page.ocr:
                catalogue.replace_page(connection, record.page_row(version_id, page))
        catalogue.add_vectors(connection, vectors)
        catalogue.replace_passages(connection, version_id, passages)


def _waiting(connection: Connection) -> Iterator[_Waiting]:
    """Pages that wait, of versions that may be answered from, file by file."""
    query = (
        select(schema.pages.c.version_id, schema.pages.c.number)
        .join(schema.versions)
        .where(schema.pages.c.needs_ocr, schema.versions.c.status != "withdrawn")
        .order_by(schema.pages.c.version_id, schema.pages.c.number)
    )
    versions: dict[int, Version | None] = {}
    for version_id, number in connection.execute(query):
        if version_id not in versions:
            versions[version_id] = catalogue.get_version_by_id(connection, version_id)
        version = versions[version_id]
        if version is not None:
            yield _Waiting(version, number)


def _stale(connection: Connection) -> list[int]:
    return list(connection.scalars(select(schema.versions.c.id).where(schema.versions.c.stale)))
