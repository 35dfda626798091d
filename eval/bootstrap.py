"""How sure a gain is: paired bootstrap intervals over questions (Efron and Tibshirani 1993, ch. 13; for retrieval,
Sakai 2006). Two runs answer the same questions, so what is drawn again is the questions' differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
_SEED = 2016
# Two-sided 95 %.
_TAILS = (0.025, 0.975)
# Resamples drawn at once: what they hold stays below some tens of megabytes.
_AT_ONCE = 500

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean difference and the interval that holds it in 95 % of the resamples."""

    mean: float
    low: float
    high: float

    @property
    def significant(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    def to_json(self) -> dict[str, float]:
        """Rounded to four digits."""
        return {"mean": round(self.mean, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def interval(differences: Values) -> Interval:
    """Of the mean of one set's differences, one for each question. (n,)"""
    return _interval(float(differences.mean()), _means(differences, np.random.default_rng(_SEED)))


def over_sets(differences: Sequence[Values]) -> Interval:
    """Of the mean over sets, each weighing the same and drawn again by itself."""
    chance = np.random.default_rng(_SEED)
    drawn = np.mean([_means(one, chance) for one in differences], axis=0)
    return _interval(float(np.mean([one.mean() for one in differences])), drawn)


def _interval(mean: float, drawn: Values) -> Interval:
    low, high = np.quantile(drawn, _TAILS)
    return Interval(mean, float(low), float(high))


def _means(values: Values, chance: np.random.Generator) -> Values:
    """The means of RESAMPLES draws of as many values, with replacement. (RESAMPLES,)"""
    size = len(values)
    drawn = (values[chance.integers(0, size, (_AT_ONCE, size))].mean(axis=1) for _ in range(RESAMPLES // _AT_ONCE))
    return np.concatenate(list(drawn))
