"""Why a passage stands where it does: what each stage said of it, how that ranks among the candidates, what it adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memory.fuse import Weights
from memory.retrieve import Ranking


@dataclass(frozen=True, slots=True)
class Stage:
    """`score`: as the stage gives it, None where it did not see the passage; `rank`: from 1, among all candidates;
    `adds`: its part of the fused score."""

    name: str
    score: float | None
    rank: int | None
    weight: float
    adds: float


def explain(ranking: Ranking, at: int, weights: Weights = Weights()) -> tuple[Stage, ...]:
    """The stages of the passage at place `at` (from 0) of a ranking; what they add sums to its fused score."""
    late = None if np.isnan(ranking.late[at]) else weights.late * float(ranking.late[at])
    parts = {
        "dense": weights.dense * float(ranking.dense[at]),
        # Whoever is not compared piece by piece stands below all who are.
        "late": -2 * weights.late if late is None and weights.late else late or 0.0,
        "exact": weights.exact * float(ranking.exact[at]),
        "document": weights.document * float(ranking.document[at]),
        "rule": weights.rule * float(ranking.rule[at]),
    }
    # A neighbour's words count too, so the terms' part is what the others leave.
    parts["terms"] = float(ranking.fused[at]) - sum(parts.values())
    return tuple(
        Stage(name, *_placed(getattr(ranking, name), at), getattr(weights, name), parts[name])
        for name in ("dense", "terms", "late", "exact", "document", "rule")
    )


def _placed(scores: NDArray[np.float32], at: int) -> tuple[float | None, int | None]:
    """A passage's score and its rank."""
    score = float(scores[at])
    if np.isnan(score):
        return None, None
    return score, 1 + int((np.nan_to_num(scores, nan=-np.inf) > scores[at]).sum())
