"""A service in a process of its own, as `khumbula serve` starts it: its address, and what it takes of the machine."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_SAMPLED_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Process:
    """The process that serves."""

    url: str
    popen: subprocess.Popen[str]

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.popen.poll() is None

    def figure(self, name: str) -> int:
        """One figure of /proc/PID/status: kB of memory (VmRSS), or a number (Threads)."""
        status = Path(f"/proc/{self.popen.pid}/status").read_text("utf-8")
        return int(status.split(f"{name}:")[1].split()[0])

    def rss_mb(self) -> int:
        """Resident memory, MiB."""
        return round(self.figure("VmRSS") / 1024)


@dataclass(slots=True)
class Peak:
    """The most that was seen: MiB of resident memory, threads."""

    rss_mb: int = 0
    threads: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def started(data: Path) -> Iterator[Process]:
    """Serve a memory on a free port of loopback."""
    popen = subprocess.Popen(
        [sys.executable, "-m", "service", "serve", "--port", "0", "--data", str(data)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert popen.stderr is not None
        told = list(_until_address(popen.stderr))
        if not told or " is at " not in told[-1]:
            raise SystemExit(f"the service did not start: {''.join(told)}")
        threading.Thread(target=popen.stderr.read, daemon=True).start()
        yield Process(told[-1].split(" is at ")[1].strip().rstrip("/"), popen)
    finally:
        popen.terminate()
        popen.wait()


def _until_address(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if " is at " in line:
            return


@contextmanager
def watched(process: Process | None) -> Iterator[Peak]:
    """Look at the process all the while; None: one that cannot be looked at."""
    peak = Peak()

    def look() -> None:
        while process is not None and not peak._ended.wait(_SAMPLED_EVERY) and process.alive():
            peak.rss_mb = max(peak.rss_mb, process.rss_mb())
            peak.threads = max(peak.threads, process.figure("Threads"))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        time.sleep(_SAMPLED_EVERY)
        peak._ended.set()
        thread.join()
