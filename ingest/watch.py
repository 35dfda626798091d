"""Following folders: file events are a hint, a periodic scan is the truth (events are lost on network shares)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

# Milliseconds without events after which the folders are scanned all the same.
SCAN_EVERY_MS = 60_000
# Milliseconds that events are gathered: a copy of many files is one change.
_GATHER_MS = 1_600


def changes(paths: Sequence[Path], *, every_ms: int = SCAN_EVERY_MS) -> Iterator[None]:
    """Yields whenever the folders should be looked at again; ends on Ctrl-C."""
    from watchfiles import watch

    for _ in watch(*paths, debounce=_GATHER_MS, rust_timeout=every_ms, yield_on_timeout=True, raise_interrupt=True):
        yield
