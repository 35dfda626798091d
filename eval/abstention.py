"""Telling answerable from unanswerable questions: fits the constants of `service/support.py` and says how well it does.

`python -m eval.abstention FOLDER...` fits on the questions at even positions of each set in BEIR layout and reports on
those at odd ones. A set without unanswerable questions gets them made: its own questions, asked of a memory without
the documents that answer them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.ablation import RESULTS, keep
from eval.calibration import (
    PRIOR,
    Judged,
    at_thresholds,
    calibration_error,
    reliability,
    risk_coverage,
)
from eval.datasets import Dataset, load_beir
from eval.evaluate import Asked, opened, report_progress
from eval.kept import KeptEmbedder, kept_embedder
from eval.measures import auroc, false_answers
from eval.origin import commit
from eval.pictures import reliability_diagram, risk_coverage_curves
from memory.retrieve import Ranking
from service.support import CLOSE, READ, THRESHOLD, Evidence, evidence, probability

NAMES = ("cosine", "late interaction", "coverage", "margin")
# Questions of one kind taken from a set.
_MOST = 600
_RIDGE = 1e-2
# Questions without an answer that people asked weigh as four sets of made ones: of 1, 2, 3, 4, 5 and 8 the weight with
# which, on the even halves, the mix falls least below the best single score of a set.
_ASKED = 4.0
_STEPS = 30

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Evidence for questions with an answer and without, (n, 4) each. `made`: the latter lack their documents."""

    name: str
    made: bool
    answerable: Rows
    unanswerable: Rows

    def half(self, first: int) -> Sample:
        """Every second question, from `first` on."""
        return Sample(self.name, self.made, self.answerable[first::2], self.unanswerable[first::2])


@dataclass(frozen=True, slots=True)
class Fitted:
    """A logistic curve: the probability of an answer is 1 / (1 + exp(-bias - weights . evidence))."""

    weights: Rows
    bias: float

    def __call__(self, rows: Rows) -> Rows:
        """(n,) for (n, 4)."""
        return np.asarray(1 / (1 + np.exp(-self.bias - rows @ self.weights)))


def sample(folder: Path, embedder: KeptEmbedder) -> Sample:
    """The evidence of a set's questions."""
    dataset = load_beir(folder)
    with tempfile.TemporaryDirectory(prefix="khumbula-abstention-") as aside:
        asked = opened(dataset, Path(aside), embedder, None, report_progress)
        judged = _spread(dataset.judged)
        with_answer = [_evidence(asked, dataset, query, left_out=False) for query in judged]
        others, made = (_spread(dataset.unjudged), False) if dataset.unjudged else (judged, True)
        without = [_evidence(asked, dataset, query, left_out=made) for query in others]
    return Sample(dataset.name, made, np.array(with_answer), np.array(without))


def _spread(queries: Sequence[str]) -> Sequence[str]:
    """At most _MOST of them, from all over the set."""
    return queries[:: -(-len(queries) // _MOST)]


def _evidence(asked: Asked, dataset: Dataset, query: str, *, left_out: bool) -> Evidence:
    ranking, owners = asked.ranking(dataset.queries[query])
    gone = dataset.qrels[query] if left_out else {}
    kept = [at for at, owner in enumerate(owners) if not gone.get(owner)][:READ]
    return _of(ranking, kept)


def _of(ranking: Ranking, kept: Sequence[int]) -> Evidence:
    if not kept:
        return 0.0, 0.0, 0.0, 0.0
    dense, late, coverage = (float(part[kept[0]]) for part in (ranking.dense, ranking.late, ranking.coverage))
    return evidence(dense, 0.0 if np.isnan(late) else late, coverage, ranking.fused[kept].tolist())


def fit(samples: Sequence[Sample]) -> Fitted:
    """Logistic regression (Newton's method with a ridge) in which each kind weighs the same."""
    rows = np.concatenate([part for s in samples for part in (s.answerable, s.unanswerable)])
    labels = np.concatenate([np.full(len(part), y) for s in samples for part, y in _kinds(s)])
    weights = np.concatenate([np.full(len(part), _of_set(s) / len(part)) for s in samples for part, _ in _kinds(s)])
    weights /= weights.sum()
    middle, scale = rows.mean(axis=0), rows.std(axis=0)
    design = np.column_stack([(rows - middle) / scale, np.ones(len(rows))])
    penalty = np.diag([_RIDGE] * rows.shape[1] + [0.0])
    found = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (weights * (chance - labels)) + penalty @ found
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + penalty
        found -= np.linalg.solve(curve, slope)
    return Fitted(found[:-1] / scale, float(found[-1] - (found[:-1] * middle / scale).sum()))


def _of_set(one: Sample) -> float:
    """What a set weighs."""
    return 1.0 if one.made else _ASKED


def _kinds(one: Sample) -> tuple[tuple[Rows, float], tuple[Rows, float]]:
    return (one.answerable, 1.0), (one.unanswerable, 0.0)


def figures(one: Sample, fitted: Fitted) -> dict[str, float | int]:
    """AUROC of each score alone and of the mix; unanswerable questions answered at 5 and at 10 % refused."""
    yes, no = fitted(one.answerable).tolist(), fitted(one.unanswerable).tolist()
    alone = {
        name: auroc(one.answerable[:, at].tolist(), one.unanswerable[:, at].tolist()) for at, name in enumerate(NAMES)
    }
    return {
        "answerable": len(yes),
        "unanswerable": len(no),
        **{name: round(value, 4) for name, value in alone.items()},
        "mix": round(auroc(yes, no), 4),
        "answered at 5 % refused": round(false_answers(yes, no, refused=0.05), 4),
        "answered at 10 % refused": round(false_answers(yes, no, refused=0.10), 4),
    }


def judged(one: Sample) -> Judged:
    """The chances that the constants of `service/support.py` give."""
    answerable, unanswerable = (
        np.array([probability(row) for row in rows.tolist()]) for rows in (one.answerable, one.unanswerable)
    )
    return Judged(_called(one), answerable, unanswerable)


def _called(one: Sample) -> str:
    return one.name + (" (left out)" if one.made else "")


def results(samples: Sequence[Sample], fitted: Fitted) -> dict[str, Any]:
    """All figures, over the odd halves; what is shipped, and what was fitted on the even ones."""
    odd = [one.half(1) for one in samples]
    shipped = [judged(one) for one in odd]
    bins = reliability(shipped)
    return {
        "commit": commit(),
        "weights": fitted.weights.round(4).tolist(),
        "bias": round(fitted.bias, 4),
        "sets": {_called(one): figures(one, fitted) for one in odd},
        "thresholds": {"answered": THRESHOLD, "close": CLOSE},
        "states": {one.name: at_thresholds(one, THRESHOLD, CLOSE) for one in shipped},
        "reliability": bins,
        "calibration error": round(calibration_error(bins), 4),
        "risk coverage": {one.name: risk_coverage(one) for one in shipped},
    }


def draw(found: Mapping[str, Any], folder: Path) -> None:
    """The pictures of these figures."""
    reliability_diagram(found["reliability"], found["calibration error"], folder / "reliability.svg")
    risk_coverage_curves(found["risk coverage"], PRIOR, folder / "risk-coverage.svg")


def main(folders: Sequence[str]) -> None:
    """Fit, print the constants and where thresholds would lie; keep the figures as JSON and pictures."""
    embedder = kept_embedder()
    samples = [sample(Path(folder), embedder) for folder in folders]
    fitted = fit([one.half(0) for one in samples])
    print(f"weights {np.round(fitted.weights, 2).tolist()}, bias {fitted.bias:.2f}")
    chances = [judged(one.half(0)).answerable for one in samples]
    thresholds = {
        share: round(float(np.mean([np.quantile(of, share) for of in chances])), 3) for share in (0.01, 0.02, 0.05, 0.1)
    }
    print("refused share -> threshold, mean over the sets' even halves:", thresholds)
    found = results(samples, fitted)
    print(json.dumps(found["sets"], indent=1))
    keep("abstention", found)
    draw(found, RESULTS)


if __name__ == "__main__":
    main(sys.argv[1:])
