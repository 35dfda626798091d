"""Measures over rankings: judged documents and a ranking in, one number in 0..1 out; the mean over queries.

A query with no results scores 0 and counts. The values are those of trec_eval's `ndcg_cut`, `recall` and
`recip_rank` (cross-checked in the tests against ir_measures).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

# One query's judgements: document id -> grade, 0 for judged and not relevant.
Judgements = Mapping[str, int]
Ranking = Sequence[str]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with its cutoff: printed as `nDCG@10`, called on one query's judgements and ranking."""

    name: str
    cutoff: int
    formula: Callable[[Judgements, Ranking, int], float]

    def __call__(self, judgements: Judgements, ranking: Ranking) -> float:
        """The value for one query, in 0..1."""
        return self.formula(judgements, ranking, self.cutoff)

    def __str__(self) -> str:
        return f"{self.name}@{self.cutoff}"


def ndcg(judgements: Judgements, ranking: Ranking, cutoff: int) -> float:
    """Järvelin and Kekäläinen 2002, with the grade itself as gain and log2(rank + 1) as discount (trec_eval)."""
    ideal = _discounted(sorted((g for g in judgements.values() if g > 0), reverse=True)[:cutoff])
    found = _discounted([max(judgements.get(name, 0), 0) for name in ranking[:cutoff]])
    return found / ideal if ideal else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def recall(judgements: Judgements, ranking: Ranking, cutoff: int) -> float:
    """The share of the relevant documents that are among the first `cutoff`."""
    relevant = {name for name, grade in judgements.items() if grade > 0}
    return len(relevant.intersection(ranking[:cutoff])) / len(relevant) if relevant else 0.0


def reciprocal_rank(judgements: Judgements, ranking: Ranking, cutoff: int) -> float:
    """1 / rank of the first relevant document; 0 when it is not among the first `cutoff` (Voorhees 1999)."""
    ranks = (rank for rank, name in enumerate(ranking[:cutoff], start=1) if judgements.get(name, 0) > 0)
    return 1 / next(ranks, float("inf"))


NDCG_10 = Measure("nDCG", 10, ndcg)
RECALL_10 = Measure("R", 10, recall)
RECALL_100 = Measure("R", 100, recall)
MRR_10 = Measure("RR", 10, reciprocal_rank)


def mean(measure: Measure, qrels: Mapping[str, Judgements], run: Mapping[str, Ranking]) -> float:
    """The mean over every query of `qrels` that has a relevant document, found or not; 0 where there is none."""
    judged = {query: grades for query, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
    values = [measure(grades, run.get(query, ())) for query, grades in judged.items()]
    return float(np.mean(values)) if values else 0.0


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """How likely a positive scores above a negative, ties counting half (Mann and Whitney 1947; Fawcett 2006).

    Raises:
        ValueError: one of the two is empty.
    """
    if not positives or not negatives:
        raise ValueError("AUROC needs scores of both kinds")
    ranks = _mid_ranks(np.asarray([*positives, *negatives], np.float64))
    n, m = len(positives), len(negatives)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def _mid_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, equal values sharing the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse], np.float64)


def false_answers(positives: Sequence[float], negatives: Sequence[float], *, refused: float = 0.05) -> float:
    """The share of `negatives` answered at the threshold that refuses at most `refused` of the `positives`."""
    threshold = np.sort(np.asarray(positives))[int(refused * len(positives))]
    return float((np.asarray(negatives) >= threshold).mean())
