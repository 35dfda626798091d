"""A bounded gate before costly work: so many at once, a few wait a moment, the next is told to come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# For each that is inside.
_WAITING = 8


class GateFull(Exception):
    """Everything is in use. `retry_after`: seconds until it is worth trying again."""

    def __init__(self, name: str, size: int, retry_after: int) -> None:
        super().__init__(f"{name}: {size} are under way already; try again in {retry_after} s")
        self.retry_after = retry_after


class Gate:
    """Lets `size` threads in at once. A few times as many may wait for `patience` seconds: more would take the threads
    of the routes that need no gate."""

    def __init__(self, name: str, size: int, *, patience: float = 0.0, retry_after: int = 1) -> None:
        self.name = name
        self.size = size
        self.inside = 0
        self.waiting = 0
        self.refused = 0
        self._patience = patience
        self._retry_after = retry_after
        self._change = threading.Condition()

    @property
    def most(self) -> int:
        """How many may be inside or wait."""
        return self.size + (_WAITING * self.size if self._patience else 0)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be inside.

        Raises:
            GateFull: `size` others are, and remained.
        """
        with self._change:
            if self.inside >= self.size and not self._waited():
                self.refused += 1
                raise GateFull(self.name, self.size, self._retry_after)
            self.inside += 1
        try:
            yield
        finally:
            with self._change:
                self.inside -= 1
                self._change.notify()

    def _waited(self) -> bool:
        """Whether there came to be room in time."""
        if self.inside + self.waiting >= self.most:
            return False
        self.waiting += 1
        try:
            return self._change.wait_for(lambda: self.inside < self.size, self._patience)
        finally:
            self.waiting -= 1
