"""A bounded gate before costly work: so many at once, the next is told to come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class GateFull(Exception):
    """Everything is in use. `retry_after`: seconds until it is worth trying again."""

    def __init__(self, name: str, size: int, retry_after: int) -> None:
        super().__init__(f"{name}: {size} are under way already; try again in {retry_after} s")
        self.retry_after = retry_after


class Gate:
    """Lets `size` threads in at once. Nobody waits: waiting threads would starve the routes that need no gate."""

    def __init__(self, name: str, size: int, *, retry_after: int = 1) -> None:
        self.name = name
        self.size = size
        self.inside = 0
        self.refused = 0
        self._retry_after = retry_after
        self._change = threading.Lock()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be inside.

        Raises:
            GateFull: `size` others are.
        """
        with self._change:
            if self.inside >= self.size:
                self.refused += 1
                raise GateFull(self.name, self.size, self._retry_after)
            self.inside += 1
        try:
            yield
        finally:
            with self._change:
                self.inside -= 1
