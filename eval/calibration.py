"""How sure the memory is against how right it is: reliability, risk at each coverage, and what thresholds cost.

A set has as many questions without an answer as with one, or whatever its makers chose; people ask more that have
one. So each kind is weighed by its share among what is asked (`PRIOR`), in every set alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Share of the questions that have an answer, as `service/support.py` takes it.
PRIOR = 0.8
_BINS = 10

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A set's questions: the chance that each was given. `answerable`: (n,); `unanswerable`: (m,)."""

    name: str
    answerable: Values
    unanswerable: Values

    @property
    def chances(self) -> Values:
        """Of both kinds, the answerable first. (n + m,)"""
        return np.concatenate([self.answerable, self.unanswerable])

    @property
    def labels(self) -> Values:
        """1 where there is an answer. (n + m,)"""
        return np.concatenate([np.ones(len(self.answerable)), np.zeros(len(self.unanswerable))])

    @property
    def weights(self) -> Values:
        """What each question weighs; 1 together. (n + m,)"""
        return np.concatenate(
            [
                np.full(len(self.answerable), PRIOR / len(self.answerable)),
                np.full(len(self.unanswerable), (1 - PRIOR) / len(self.unanswerable)),
            ]
        )


def reliability(sets: Sequence[Judged]) -> list[dict[str, float]]:
    """Over all sets, each weighing the same: for each tenth of the chances that holds any, the mean chance, the share
    that has an answer, and the part of all questions that falls there."""
    chances, labels, weights = (np.concatenate([getattr(one, name) for one in sets]) for name in _PARTS)
    weights = weights / len(sets)
    at = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    found = []
    for bin_ in np.unique(at):
        of = weights * (at == bin_)
        whole = float(of.sum())
        found.append(
            {
                "chance": round(float(of @ chances) / whole, 4),
                "answerable": round(float(of @ labels) / whole, 4),
                "part": round(whole, 4),
            }
        )
    return found


_PARTS = ("chances", "labels", "weights")


def calibration_error(bins: Sequence[dict[str, float]]) -> float:
    """Expected calibration error: how far chance and share lie apart, on average (Naeini et al. 2015)."""
    return sum(one["part"] * abs(one["chance"] - one["answerable"]) for one in bins)


def risk_coverage(one: Judged) -> dict[str, list[float]]:
    """The part of the questions that is answered, the surest first, and which part of these answers is false
    (El-Yaniv and Wiener 2010); at every twentieth of the coverage."""
    order = np.argsort(-one.chances, kind="stable")
    weights, wrong = one.weights[order], (1 - one.labels)[order]
    coverage = np.cumsum(weights)
    risk = np.cumsum(weights * wrong) / coverage
    points = np.arange(1, 21) / 20
    at = np.minimum(np.searchsorted(coverage, points - 1e-9), len(coverage) - 1)
    return {"coverage": np.round(points, 2).tolist(), "risk": np.round(risk[at], 4).tolist()}


def at_thresholds(one: Judged, answered: float, close: float) -> dict[str, float]:
    """What becomes of the questions: shares of each kind by the state that the asker is shown."""
    found = {}
    for kind, chances in (("answerable", one.answerable), ("unanswerable", one.unanswerable)):
        found[f"{kind}: answered"] = float((chances >= answered).mean())
        found[f"{kind}: closest"] = float(((chances >= close) & (chances < answered)).mean())
        found[f"{kind}: nothing"] = float((chances < close).mean())
    return {name: round(value, 4) for name, value in found.items()}
