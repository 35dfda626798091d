"""How likely it is that the passages found answer the question: a small logistic mix of the first hits' scores.

Fitted by `python -m eval.support` on the even questions of squad2_dev and of the gold questions; what it reaches on
the others stands in `eval/README.md`. No single score tells answerable from unanswerable well, so a trained reader
will take this place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from memory.records import Hit
from memory.terms import analyze
from memory.text import searchable


@dataclass(frozen=True, slots=True)
class Features:
    """Of the best hits: cosine, late interaction, margin to the fifth, share of the question's terms in the first."""

    dense: float
    late: float
    margin: float
    coverage: float


# Weights of the features, in their order, and the intercept.
_WEIGHTS = (3.0, 6.0, 1.0, 2.0)
_INTERCEPT = -5.0
# Below it the asker is told that the memory does not know.
THRESHOLD = 0.35


def features(question: str, hits: Sequence[Hit]) -> Features:
    """What the mix looks at; `hits` best first, not empty."""
    top = hits[:3]
    fifth = hits[min(4, len(hits) - 1)].scores.fused
    return Features(
        dense=max(hit.scores.dense or 0.0 for hit in top),
        late=max(hit.scores.late or 0.0 for hit in top),
        margin=hits[0].scores.fused - fifth,
        coverage=max(_coverage(question, hit) for hit in top),
    )


def support(question: str, hits: Sequence[Hit]) -> float:
    """The probability, 0..1, that the passages answer."""
    if not hits:
        return 0.0
    found = features(question, hits)
    values = (found.dense, found.late, found.margin, found.coverage)
    return 1 / (1 + exp(-_INTERCEPT - sum(w * v for w, v in zip(_WEIGHTS, values, strict=True))))


def _coverage(question: str, hit: Hit) -> float:
    wanted = analyze(searchable(question))
    have = set(analyze(f"{hit.passage.context} {searchable(hit.passage.text)}"))
    return sum(term in have for term in wanted) / len(wanted) if wanted else 0.0
