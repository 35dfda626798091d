"""One worker process under watch: a request goes in, its answer or the right ReadFailed comes out.

The watch is on the wall clock, on the resident memory of the process and all its descendants (proc(5)),
and on the size of the answer. Whoever goes over is killed with everything that it started.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memory.errors import Damaged, KhumbulaError, LimitExceeded, Locked, ReadFailed, Unsupported

MIB = 1 << 20
# Seconds between two looks at memory and clock: below what it takes to fill a GiB.
_TICK = 0.05
_START_SECONDS = 60.0
_PIPE_READ = MIB
_PAGE = os.sysconf("SC_PAGE_SIZE")
_FAILURES: dict[str, type[ReadFailed]] = {
    kind.outcome: kind for kind in (ReadFailed, Locked, Damaged, Unsupported, LimitExceeded)
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one kind of work may take; all in bytes. `resident` counts the process with its descendants."""

    address_space: int
    resident: int
    file_size: int = 512 * MIB
    answer: int = 256 * MIB


class ChildGone(Exception):
    """The process ended without an answer; `status` as in subprocess (negative: a signal)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"ended with status {status}")
        self.status = status


class Child:
    """A worker process, in a session and a temporary folder of its own. Not for two threads at once.

    `command`: what is started; the limits and this process's id are its last three arguments.
    The kernel ends the child when the *thread* that made it ends (PR_SET_PDEATHSIG): make it in one that
    stays.
    """

    def __init__(self, limits: Limits, command: tuple[str, ...] = ("-m", "ingest.worker")) -> None:
        self.limits = limits
        self.weakness = ""
        self.answered = 0
        self._ending = threading.Lock()
        self._folder = tempfile.mkdtemp(prefix="khumbula-")
        arguments = [str(limits.address_space), str(limits.file_size), str(os.getpid())]
        self._process = subprocess.Popen(
            [sys.executable, *command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(self._folder),
            # No Ctrl-C from the terminal, and one group to kill.
            start_new_session=True,
            bufsize=0,
        )
        self.pid = self._process.pid

    def wait_ready(self) -> None:
        """Block until the child is confined. Raises KhumbulaError where it cannot even start."""
        try:
            self.weakness = str(self._answer("worker", "starting", _START_SECONDS).get("weakness", ""))
        except (ChildGone, LimitExceeded) as error:
            self.close()
            raise KhumbulaError(f"a reader process does not start: {error}") from error

    def ask(self, request: dict[str, Any], name: str, doing: str, seconds: float) -> dict[str, Any]:
        """The answer to `request` within `seconds` of wall-clock time.

        `name` and `doing` ("reading") are for messages. Raises ReadFailed of the right kind; the child is
        closed (`alive` is then False) when it went over a limit or ended by itself.
        """
        try:
            _write(self._process, json.dumps(request).encode() + b"\n")
            answer = self._answer(name, doing, seconds)
        except LimitExceeded:
            self.close()
            raise
        except ChildGone as gone:
            self.close()
            raise _explain(gone, name, doing) from gone
        self.answered += 1
        if answer["outcome"] in _FAILURES:
            raise _FAILURES[answer["outcome"]](answer["message"])
        return answer

    def _answer(self, name: str, doing: str, seconds: float) -> dict[str, Any]:
        pipe = self._process.stdout
        assert pipe is not None
        poll = select.poll()
        poll.register(pipe, select.POLLIN | select.POLLHUP)
        received = bytearray()
        deadline = time.monotonic() + seconds
        next_look = time.monotonic() + _TICK
        while not received.endswith(b"\n"):
            if poll.poll(_TICK * 1000):
                chunk = os.read(pipe.fileno(), _PIPE_READ)
                if not chunk:
                    raise ChildGone(self._status())
                received += chunk
            now = time.monotonic()
            if now >= next_look:
                next_look = now + _TICK
                self._check(name, doing, now > deadline, seconds, len(received))
        record: dict[str, Any] = json.loads(received)
        return record

    def _check(self, name: str, doing: str, late: bool, seconds: float, received: int) -> None:
        if late:
            raise LimitExceeded(f"{name}: {doing} took more than {seconds:.0f} s and was stopped")
        if received > self.limits.answer:
            size = self.limits.answer // MIB
            raise LimitExceeded(f"{name}: {doing} gave more than {size} MiB and was stopped")
        if self.resident() > self.limits.resident:
            size = self.limits.resident // MIB
            raise LimitExceeded(f"{name}: {doing} took more than {size} MiB of memory and was stopped")

    @property
    def alive(self) -> bool:
        """Whether the process still runs; it is not collected by asking."""
        if self._process.returncode is not None:
            return False
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, options) is None

    def resident(self) -> int:
        """Bytes in memory of the process and all its descendants; shared pages count for each."""
        return sum(_resident(pid) for pid in (self.pid, *_descendants(self.pid)))

    def kill(self) -> None:
        """Kill the process and everything below it; from any thread. `close` has to follow in its own."""
        with self._ending:
            if self._process.returncode is not None:
                return
            # Not collected yet: so the id is still its own, even if it has ended.
            below = _descendants(self.pid)
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            for pid in below:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill, collect, and remove the child's folder. May be called again."""
        self.kill()
        with self._ending:
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _status(self) -> int:
        """Exit status after the end of the pipe, without collecting the process (`close` needs its id)."""
        options = os.WEXITED | os.WNOWAIT
        ended = os.waitid(os.P_PID, self.pid, options)
        if ended is None:
            return 0
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def _environment(folder: str) -> dict[str, str]:
    """What a reader may know: where programs and this code lie, and a folder that is its own."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        # One thread a worker: the pool has as many workers as there are cores, and each thread's stack
        # and heap counts against the address space.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _write(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdin is not None
    # A pipe that is closed at the other end shows as the end of the answers right after.
    with suppress(BrokenPipeError):
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(process.stdin.fileno(), rest) :]


def _explain(gone: ChildGone, name: str, doing: str) -> ReadFailed:
    if gone.status == -signal.SIGXCPU:
        return LimitExceeded(f"{name}: {doing} took too much processor time and was stopped")
    if gone.status == -signal.SIGKILL:
        return LimitExceeded(f"{name}: {doing} was stopped by the system, most likely for want of memory")
    if gone.status < 0:
        return Damaged(f"{name}: the reader crashed (signal {-gone.status})")
    return Damaged(f"{name}: the reader ended without an answer (exit status {gone.status})")


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):  # it has just ended
        return 0


def _descendants(pid: int) -> list[int]:
    """Process ids below `pid`, from proc(5) /proc/PID/task/TID/children."""
    found: list[int] = []
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for task in tasks:
        with suppress(OSError):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found
