"""Files in, readings out, by confined worker processes: as many as there are cores, kept and recycled.

Every call blocks the calling thread until its result; call from as many threads as there are workers.
"""

from __future__ import annotations

import logging
import os
import threading
from base64 import b64decode
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from ingest.child import MIB, Child, Limits
from ingest.document import Reading, ReadPage, page_from_json, reading_from_json
from memory.errors import ReadFailed

_log = logging.getLogger(__name__)

# What each kind of work may take. OpenVINO maps its model and arenas, LibreOffice its libraries: address
# space that is mostly never touched, so only their resident memory is held to that of a reader. OCR of the
# largest page in ../shared/nasty took 882 MiB.
LIMITS = {
    "read": Limits(address_space=1024 * MIB, resident=1024 * MIB),
    "convert": Limits(address_space=8192 * MIB, resident=1024 * MIB),
    "ocr": Limits(address_space=16384 * MIB, resident=1024 * MIB),
}
# A worker is replaced after so many answers, or when it holds so many bytes between two.
_ANSWERS = 500
_HELD = {"read": 300 * MIB, "convert": 300 * MIB, "ocr": 700 * MIB}

_SECONDS = 25.0
# A real 80 MiB PDF of 1,000 pages is read at some 4 MiB/s; ten times that is patience enough.
_SECONDS_PER_MIB = 2.5
_FREE_MIB = 2.0
_SECONDS_AT_MOST = 300.0
_CONVERT_SECONDS = 60.0
_OCR_SECONDS = 120.0
_PICTURE_SECONDS = 25.0
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Pool:
    """Workers that read files. A context manager; safe to call from many threads.

    `workers`: how many at work at once, the cores that this process may use when None. Idle ones of another
    kind (OCR with its model loaded) are kept beside them, as many again at most.
    `seconds`: wall-clock limit for reading a small file; larger files get more, up to 300 s.
    After the end of the `with` block a call that is still waiting raises concurrent.futures.CancelledError.
    """

    def __init__(self, workers: int | None = None, *, seconds: float = _SECONDS) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))
        self._seconds = seconds
        self._change = threading.Condition()
        self._idle: list[tuple[str, Child]] = []
        self._busy: set[Child] = set()
        self._starting = 0
        self._closed = False
        # Workers end with the thread that started them; this one lives as long as the pool.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="khumbula-starter")

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path, name: str | None = None) -> Reading:
        """The reading of the file at `path`; `name` is the file's own name where `path` is a stored copy.

        Raises: ReadFailed, of the kind that fits (Locked, Damaged, Unsupported, LimitExceeded).
        """
        shown = name or path.name
        kind, seconds = self._kind_of(path, shown)
        request = {"task": "read", "path": str(path.absolute()), "name": shown}
        return reading_from_json(self._ask(kind, request, shown, "reading", seconds)["reading"])

    def ocr_page(self, path: Path, number: int, name: str | None = None) -> ReadPage:
        """Page `number` (from 1) of the PDF or picture at `path`, read by OCR. Raises as `read`."""
        shown = name or path.name
        request = {"task": "ocr", "path": str(path.absolute()), "page": number, "name": shown}
        doing = f"OCR of page {number}"
        return page_from_json(self._ask("ocr", request, shown, doing, _OCR_SECONDS)["page"])

    def picture(
        self,
        path: Path,
        number: int,
        scale: float,
        highlights: Sequence[tuple[float, float, float, float]] = (),
        name: str | None = None,
    ) -> bytes:
        """A PNG of page `number` (from 1), `scale` pixels a point, `highlights` (points, x0 y0 x1 y1) marked.

        Raises as `read`.
        """
        shown = name or path.name
        request = {
            "task": "picture",
            "path": str(path.absolute()),
            "page": number,
            "scale": scale,
            "highlights": [list(box) for box in highlights],
            "name": shown,
        }
        doing = f"drawing page {number}"
        return b64decode(self._ask("read", request, shown, doing, _PICTURE_SECONDS)["png"])

    def close(self) -> None:
        """End all workers, also those at work."""
        with self._change:
            self._closed = True
            idle = [child for _, child in self._idle]
            self._idle.clear()
            for child in self._busy:
                # The thread that waits for it sees the end of its pipe and closes it.
                child.kill()
            self._change.notify_all()
        for child in idle:
            child.close()
        self._starter.shutdown()

    def _kind_of(self, path: Path, name: str) -> tuple[str, float]:
        """Kind of work and wall-clock seconds, from the file's first bytes and size."""
        try:
            with path.open("rb") as file:
                ole = file.read(len(_OLE_MAGIC)) == _OLE_MAGIC
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise ReadFailed(f"{name}: cannot be opened ({error.strerror})") from error
        extra = max(0.0, size / MIB - _FREE_MIB) * _SECONDS_PER_MIB
        if ole:
            return "convert", min(max(self._seconds, _CONVERT_SECONDS) + extra, _SECONDS_AT_MOST)
        return "read", min(self._seconds + extra, _SECONDS_AT_MOST)

    def _ask(self, kind: str, request: dict[str, Any], name: str, doing: str, seconds: float) -> dict[str, Any]:
        # The wall clock stops a worker first; processor time is for when nobody watches any more.
        request["seconds"] = (seconds + 5) * self.workers
        with self._worker(kind) as child:
            try:
                return child.ask(request, name, doing, seconds)
            except ReadFailed as error:
                if self._closed:
                    raise CancelledError(f"{name}: the pool was closed while {doing}") from error
                raise

    @contextmanager
    def _worker(self, kind: str) -> Iterator[Child]:
        child = self._take(kind)
        try:
            yield child
        finally:
            self._give_back(kind, child)

    def _take(self, kind: str) -> Child:
        surplus: Child | None = None
        with self._change:
            while True:
                if self._closed:
                    raise CancelledError("the pool is closed")
                free = len(self._busy) + self._starting < self.workers
                child = self._pick(kind) if free else None
                if child is not None:
                    self._busy.add(child)
                    return child
                if free:
                    break
                self._change.wait()
            self._starting += 1
            if len(self._idle) > self.workers:
                surplus = self._idle.pop(0)[1]
        if surplus is not None:
            surplus.close()
        return self._start(kind)

    def _pick(self, kind: str) -> Child | None:
        """An idle worker for `kind`, the one used last; those that ended in the meantime are dropped."""
        for entry in [entry for entry in self._idle if not entry[1].alive]:
            self._idle.remove(entry)
            entry[1].close()
        for entry in reversed(self._idle):
            if entry[0] == kind:
                self._idle.remove(entry)
                return entry[1]
        return None

    def _start(self, kind: str) -> Child:
        child: Child | None = None
        try:
            child = self._made(kind)
            child.wait_ready()
        finally:
            with self._change:
                self._starting -= 1
                if child is not None and child.alive:
                    self._busy.add(child)
                self._change.notify()
                closed = self._closed
        if closed:
            child.close()
            raise CancelledError("the pool is closed")
        if child.weakness:
            _log.warning("readers are less confined than they should be: %s", child.weakness)
        return child

    def _made(self, kind: str) -> Child:
        try:
            return self._starter.submit(Child, LIMITS[kind]).result()
        except RuntimeError as error:  # the starter takes no more: `close` came in between
            raise CancelledError("the pool is closed") from error

    def _give_back(self, kind: str, child: Child) -> None:
        keep = child.alive and child.answered < _ANSWERS and child.resident() < _HELD[kind]
        with self._change:
            self._busy.discard(child)
            keep = keep and not self._closed
            if keep:
                self._idle.append((kind, child))
            self._change.notify()
        if not keep:
            child.close()
