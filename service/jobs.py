"""The queue of what is to be ingested: one thread, one job after another, while questions go on being answered.

Jobs are kept in memory; what was uploaded lies in <data>/uploads/<collection>/<label>/ and is taken up again after a
restart.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TypeVar

from ingest.pipeline import Options, ingest
from memory import catalogue, holdings
from memory.errors import IngestRunning, KhumbulaError
from memory.memory import Memory
from service.logs import log

_T = TypeVar("_T")
_KEPT = 200
# Seconds between two looks at a memory that another process is writing to.
_BUSY_SECONDS = 2.0
_STOP_SECONDS = 10.0


class JobStopped(KhumbulaError):
    """The service ends; what was committed is kept."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `state`: waiting, running, done or failed; `total` steps of `stage`, `done` of them."""

    id: int
    what: str
    by: str
    at: str
    state: str = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    message: str = ""
    outcomes: dict[str, int] = field(default_factory=dict)
    ended_at: str | None = None


class Jobs:
    """The queue of one service."""

    def __init__(self, memory: Memory, workers: int | None = None) -> None:
        self._memory, self._workers = memory, workers
        self._work: deque[tuple[int, Callable[[int], Counter[str]]]] = deque()
        self._jobs: dict[int, Job] = {}
        self._numbers = count(1)
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    @property
    def uploads(self) -> Path:
        """Where uploaded files lie."""
        return self._memory.store.data / "uploads"

    def listed(self, by: str | None = None) -> list[Job]:
        """Jobs, newest first; `by`: one user's alone."""
        with self._change:
            return [job for job in reversed(self._jobs.values()) if by in {None, job.by}]

    def open(self) -> int:
        """How many wait or run."""
        with self._change:
            return sum(job.ended_at is None for job in self._jobs.values())

    def ingest(self, path: Path, *, collection: str | None, label: str | None, by: str, what: str) -> Job:
        """Bring the memory up to date with a file or folder."""
        options = Options(collection, label, workers=self._workers)
        return self._add(what, by, lambda number: self._ingest(number, path, options))

    def rewrite(self, document_id: int, *, by: str) -> Job:
        """Bring the caches up to a document's new label."""
        return self._add(f"new label of document {document_id}", by, lambda number: self._rewrite(number, document_id))

    def resume(self) -> None:
        """Take up what was uploaded and not ingested when the service last ended."""
        for folder in sorted(self.uploads.glob("*/*/")):
            files = [str(file.resolve()) for file in folder.iterdir() if file.is_file() and file.name[0] != "."]
            with self._memory.store.reading() as connection:
                known = holdings.known_paths(connection, files)
            if set(files) - known:
                name, label = folder.parent.name, folder.name
                self.ingest(folder, collection=name, label=label, by="khumbula", what=f"uploads to {name}")

    def close(self) -> None:
        """End: the job under way stops after the file at hand."""
        self._ending.set()
        with self._change:
            self._change.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(_STOP_SECONDS)

    def _add(self, what: str, by: str, work: Callable[[int], Counter[str]]) -> Job:
        with self._change:
            job = Job(next(self._numbers), what, by, catalogue.now())
            self._jobs[job.id] = job
            for old in [number for number, kept in self._jobs.items() if kept.ended_at][: len(self._jobs) - _KEPT]:
                del self._jobs[old]
            self._work.append((job.id, work))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="khumbula-jobs", daemon=True)
                self._thread.start()
            self._change.notify_all()
        return job

    def _run(self) -> None:
        while True:
            with self._change:
                while not self._work and not self._ending.is_set():
                    self._change.wait()
                if self._ending.is_set():
                    return
                number, work = self._work.popleft()
            self._perform(number, work)

    def _perform(self, number: int, work: Callable[[int], Counter[str]]) -> None:
        self._set(number, state="running")
        try:
            outcomes = work(number)
        except (KhumbulaError, OSError) as error:
            log.warning("job failed", job=number, reason=type(error).__name__)
            self._set(number, state="failed", message=str(error), ended_at=catalogue.now())
        else:
            self._set(number, state="done", outcomes=dict(sorted(outcomes.items())), ended_at=catalogue.now())

    def _set(self, number: int, **values: object) -> None:
        with self._change:
            self._jobs[number] = replace(self._jobs[number], **values)  # type: ignore[arg-type]

    def _ingest(self, number: int, path: Path, options: Options) -> Counter[str]:
        progress = _Steps(self, number, self._ending)
        report = self._when_free(number, lambda: ingest(self._memory, [path], options, progress))
        if report.failures:
            self._set(number, message="; ".join(file.reason for file in report.failures[:5]))
        return Counter(file.outcome for file in report.files)

    def _rewrite(self, number: int, document_id: int) -> Counter[str]:
        self._when_free(number, lambda: self._rewritten(document_id))
        return Counter()

    def _rewritten(self, document_id: int) -> None:
        with self._memory.store.writing():
            with self._memory.store.transaction() as connection:
                holdings.rewrite(connection, document_id)
            self._memory.publish()

    def _when_free(self, number: int, work: Callable[[], _T]) -> _T:
        """Do it once no other process writes to the memory."""
        while True:
            try:
                return work()
            except IngestRunning as error:
                self._set(number, message=str(error))
                if self._ending.wait(_BUSY_SECONDS):
                    raise JobStopped("the service ended before its turn came") from error


class _Steps:
    """An ingest's progress, shown in the queue; also where it is stopped."""

    def __init__(self, jobs: Jobs, number: int, ending: threading.Event) -> None:
        self._jobs, self._number, self._ending, self._done = jobs, number, ending, 0

    def begin(self, stage: str, total: int) -> None:
        """A stage begins."""
        self._done = 0
        self._jobs._set(self._number, stage=stage, total=total, done=0, message="")

    def step(self, stage: str, done: str) -> None:  # noqa: ARG002
        """One step is done.

        Raises:
            JobStopped: the service ends.
        """
        if self._ending.is_set():
            raise JobStopped("the service ended; what was done is kept, and the rest is taken up at the next start")
        self._done += 1
        self._jobs._set(self._number, done=self._done)
