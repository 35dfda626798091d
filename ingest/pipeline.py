"""Paths in, a memory brought up to date out: read, cut, embed, one transaction, caches.

Incremental: unchanged bytes are skipped, the same bytes are one version, the same words are embedded once. What is
committed stays, whatever happens next; the rest is done by the next run.
"""

from __future__ import annotations

import errno
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from ingest import extraction, ledger, optical, record
from ingest.discover import Source, discover
from ingest.pool import Pool
from ingest.readers import media_type
from ingest.record import Prepared
from ingest.report import BAD, FileOutcome, Progress, Report, Silent
from memory import catalogue, holdings
from memory.errors import ReadFailed
from memory.memory import Memory

# Texts embedded and committed together: enough to fill batches of even length, little enough to lose nothing.
_BATCH_PASSAGES = 192
_BATCH_SECONDS = 5.0
_PUBLISH_SECONDS = 120.0
_DEEPEST_ATTACHMENT = 3
_MOST_ATTACHMENTS = 200


@dataclass(frozen=True, slots=True)
class Options:
    """How to ingest. `label` None: the manifest's, else public; `ocr` False leaves scans for a later run."""

    collection: str | None = None
    label: str | None = None
    prune: bool = False
    ocr: bool = True
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """A file to read. For an attachment `path` is its parent's path, "#" and its name, and `file` a copy of it."""

    source: Source
    path: str
    file: Path
    file_name: str
    size: int
    mtime_ns: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Unread:
    """A job that gave no pages: its outcome, and what stays known of the file."""

    job: _Job
    sha256: str
    outcome: str
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Same:
    """A job whose bytes are remembered already, in the same collection under the same label."""

    job: _Job
    sha256: str


def ingest(
    memory: Memory, paths: Sequence[Path], options: Options = Options(), progress: Progress | None = None
) -> Report:
    """Bring the memory up to date with the files at or below `paths`.

    Raises:
        Misuse: a path is missing, or holds no file.
        IngestRunning: another process is writing to this memory.
    """
    began = time.monotonic()
    progress = progress or Silent()
    sources = discover(paths, options.collection, options.label)
    report = Report()
    with memory.store.noting() as connection:
        roots = [str(path.resolve()) for path in paths]
        holdings.note_roots(connection, roots, options.collection, options.label)
    with memory.store.writing(), Pool(options.workers) as pool, tempfile.TemporaryDirectory() as folder:
        _Run(memory, pool, progress, report, Path(folder)).files(sources)
        if options.prune:
            report.files += ledger.prune(memory, paths, {str(source.path) for source in sources})
        memory.publish()
        if options.ocr:
            report.ocr_done = optical.read_waiting(memory, pool, progress)
            if report.ocr_done:
                memory.publish()
        report.extracted = extraction.extract(memory, progress)
    with memory.store.reading() as connection:
        report.ocr_waiting = catalogue.counts(connection, catalogue.EVERYTHING)["pages_waiting_for_ocr"]
    report.seconds = time.monotonic() - began
    return report


class _Run:
    """One pass over the files: readers work in parallel, the calling thread embeds and writes."""

    def __init__(self, memory: Memory, pool: Pool, progress: Progress, report: Report, folder: Path) -> None:
        self.memory, self.pool, self.progress, self.report, self.folder = memory, pool, progress, report, folder
        self._waiting: list[Prepared] = []
        self._since = self._published = time.monotonic()
        self._attachments = 0

    def files(self, sources: Sequence[Source]) -> None:
        """Ingest every source and, after it, what is attached to it."""
        self.progress.begin("reading", len(sources))
        with ThreadPoolExecutor(self.pool.workers, thread_name_prefix="khumbula-read") as threads:
            try:
                self._drive(self._changed(sources), threads)
            except BaseException:
                # Ctrl-C or a full disk: end the readers, or leaving this block would wait for them.
                self.pool.close()
                raise
        self._commit()

    def _drive(self, jobs: Iterator[_Job], threads: ThreadPoolExecutor) -> None:
        """Keep the readers busy; what is attached to a file comes before the next file."""
        attached: list[_Job] = []
        running: set[Future[Prepared | _Unread | _Same]] = set()
        more = True
        while more or attached or running:
            while len(running) < 2 * self.pool.workers and (attached or more):
                job = attached.pop() if attached else next(jobs, None)
                if job is None:
                    more = False
                else:
                    running.add(threads.submit(self._read, job))
            if running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    attached += self._take(future.result())

    def _changed(self, sources: Sequence[Source]) -> Iterator[_Job]:
        """Jobs for what is new or changed; outcomes for the rest."""
        with self.memory.store.reading() as connection:
            known = ledger.known_paths(connection)
        for source in sources:
            path = str(source.path)
            try:
                stat = source.path.stat()
            except OSError as error:
                self._tell(FileOutcome(path, "failed", reason=f"{source.path.name}: {error.strerror}"))
                continue
            row = known.get(path)
            if row and (row.size, row.mtime_ns, row.profile) == (stat.st_size, stat.st_mtime_ns, source.profile):
                self._tell(FileOutcome(path, row.outcome if row.outcome in BAD else "unchanged", reason=row.reason))
            else:
                yield _Job(source, path, source.path, source.path.name, stat.st_size, stat.st_mtime_ns)

    def _read(self, job: _Job) -> Prepared | _Unread | _Same:
        """In a reader thread: keep the original, read it, cut it into passages."""
        began = time.monotonic()
        sha256 = ""
        try:
            sha256, original = self.memory.store.keep_original(job.file)
            if self._remembered(job, sha256):
                return _Same(job, sha256)
            reading = record.sound(self.pool.read(original, job.file_name))
            kind = media_type(original, job.file_name)
        except ReadFailed as error:
            return _Unread(job, sha256, error.outcome, str(error), time.monotonic() - began)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
                raise
            reason = f"{job.file_name}: cannot be read: {error.strerror}"
            return _Unread(job, sha256, "failed", reason, time.monotonic() - began)
        title = record.title_of(reading.metadata, job.source, job.file_name)
        return Prepared(
            source=job.source,
            path=job.path,
            sha256=sha256,
            size=job.size,
            mtime_ns=job.mtime_ns,
            file_name=job.file_name,
            media_type=kind,
            depth=job.depth,
            reading=reading,
            title=title,
            passages=record.cut(reading, title, self.memory.embedder),
            seconds=time.monotonic() - began,
        )

    def _remembered(self, job: _Job, sha256: str) -> bool:
        with self.memory.store.reading() as connection:
            found = catalogue.document_of_bytes(connection, sha256, job.source.collection, job.source.label)
            return found is not None and record.same_entry(job.source, *found)

    def _take(self, result: Prepared | _Unread | _Same) -> list[_Job]:
        """Queue or write a result; jobs for what is attached to it."""
        if isinstance(result, Prepared):
            self._waiting.append(result)
            size = sum(len(item.passages) for item in self._waiting)
            if size >= _BATCH_PASSAGES or time.monotonic() - self._since > _BATCH_SECONDS:
                self._commit()
            return list(self._attached(result))
        # The same bytes may be among those that wait to be written.
        self._commit()
        with self.memory.store.transaction() as connection:
            outcome = self._same(connection, result) if isinstance(result, _Same) else _unread(connection, result)
        self._tell(outcome, step=result.job.depth == 0)
        return []

    def _attached(self, item: Prepared) -> Iterator[_Job]:
        if item.depth >= _DEEPEST_ATTACHMENT:
            return
        for attachment in item.reading.attachments[:_MOST_ATTACHMENTS]:
            self._attachments += 1
            file = self.folder / str(self._attachments)
            file.write_bytes(attachment.content)
            source = replace(item.source, entry=item.source.entry.for_attachment())
            path = f"{item.path}{ledger.ATTACHED}{attachment.name}"
            yield _Job(source, path, file, attachment.name, len(attachment.content), item.mtime_ns, item.depth + 1)

    def _commit(self) -> None:
        """Embed what waits and write it, in one transaction."""
        items, self._waiting, self._since = self._waiting, [], time.monotonic()
        if not items:
            return
        passages = [passage for item in items for passage in item.passages]
        with self.memory.store.reading() as connection:
            vectors = record.embed(connection, passages, self.memory.embedder)
        with self.memory.store.transaction() as connection:
            catalogue.add_vectors(connection, vectors)
            outcomes = [_write(connection, item) for item in items]
        self.report.embedded += len(vectors)
        for item, outcome in zip(items, outcomes, strict=True):
            self._tell(outcome, step=item.depth == 0)
        if time.monotonic() - self._published > _PUBLISH_SECONDS:
            self.memory.publish()
            self._published = time.monotonic()

    def _same(self, connection: Connection, same: _Same) -> FileOutcome:
        """Another path of a version that is there, or the same path with new times."""
        job, source = same.job, same.job.source
        found = catalogue.document_of_bytes(connection, same.sha256, source.collection, source.label)
        before = ledger.known(connection, job.path)
        if found is None:
            return FileOutcome(job.path, "failed", reason=f"{job.file_name}: changed while it was read; run it again")
        version = found[1]
        ledger.leave(connection, job.path, unless=version.id)
        ledger.revive(connection, version)
        ledger.write(connection, _row(job, same.sha256, version.id, "same", ""))
        unchanged = before is not None and before.version_id == version.id
        return FileOutcome(job.path, "unchanged" if unchanged else "same")

    def _tell(self, outcome: FileOutcome, *, step: bool = True) -> None:
        self.report.files.append(outcome)
        if step:
            self.progress.step("reading", outcome.path)


def _row(item: _Job | Prepared, sha256: str, version_id: int | None, outcome: str, reason: str) -> ledger.KnownPath:
    return ledger.KnownPath(
        item.path, version_id, sha256, item.size, item.mtime_ns, item.source.profile, outcome, reason
    )


def _unread(connection: Connection, unread: _Unread) -> FileOutcome:
    """Remember that a file failed, and why; what it gave before stays."""
    job = unread.job
    before = ledger.known(connection, job.path)
    version_id = before.version_id if before else None
    ledger.write(connection, _row(job, unread.sha256, version_id, unread.outcome, unread.reason))
    return FileOutcome(job.path, unread.outcome, reason=unread.reason, seconds=round(unread.seconds, 2))


def _write(connection: Connection, item: Prepared) -> FileOutcome:
    """A version of the document that the manifest or the path names, or of a new one."""
    source = item.source
    before = ledger.document_to_continue(connection, item.path, source.collection, source.label)
    same = catalogue.document_of_bytes(connection, item.sha256, source.collection, source.label)
    if same and record.same_entry(source, *same):
        version_id, outcome = same[1].id, "same"
        ledger.leave(connection, item.path, unless=version_id)
        ledger.revive(connection, same[1])
    else:
        document = record.document_for(connection, item, before)
        outcome = "changed" if ledger.known(connection, item.path) else "new"
        parent = item.path.rpartition(ledger.ATTACHED)[0] if item.depth else ""
        parent_row = ledger.known(connection, parent) if parent else None
        if before is None or document.id != before.id:
            ledger.leave(connection, item.path)
        version_id = record.add_version(connection, item, document, parent_row.version_id if parent_row else None)
    words = any(page.text.strip() for page in item.reading.pages)
    waiting = sum(page.needs_ocr for page in item.reading.pages)
    reason = "; ".join(item.reading.notes)
    if not words and not waiting:
        outcome, reason = "empty", reason or f"{item.file_name}: no words in it"
    ledger.write(connection, _row(item, item.sha256, version_id, outcome, reason))
    return FileOutcome(
        item.path, outcome, len(item.reading.pages), len(item.passages), waiting, reason, round(item.seconds, 2)
    )
