"""How often: a token bucket for each caller, in this process alone."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

_CALLERS = 10_000


class TooOften(Exception):
    """A caller asked too often. `retry_after`: seconds until the next is let through."""

    def __init__(self, what: str, per_minute: float, retry_after: int) -> None:
        super().__init__(f"{what}: more than {per_minute:g} a minute; try again in {retry_after} s")
        self.retry_after = retry_after


class Rate:
    """Lets each caller through `per_minute` times a minute on the average, and as often at once."""

    def __init__(self, what: str, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._per_minute, self._clock = what, per_minute, clock
        # Left over, and when that was true; the longest unheard of are dropped, which gives them a full bucket.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._change = threading.Lock()

    def take(self, caller: str) -> None:
        """Let a caller through once.

        Raises:
            TooOften: he has used up what he may.
        """
        with self._change:
            now = self._clock()
            left, since = self._left.pop(caller, (self._per_minute, now))
            left = min(self._per_minute, left + (now - since) * self._per_minute / 60)
            self._left[caller] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _CALLERS:
                self._left.popitem(last=False)
        if left < 1:
            raise TooOften(self._what, self._per_minute, ceil((1 - left) * 60 / self._per_minute))
