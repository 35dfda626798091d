"""How likely it is that the passages found answer the question, from the scores of the best hits.

Scores cannot tell a passage that speaks of the matter from one that answers; what this one reaches stands in
`eval/README.md`, and `python -m eval.abstention` fits it again. A small trained
reader, tried there too, did not tell them apart either.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

import numpy as np

from memory.records import Hit

Evidence = tuple[float, float, float, float]
# A logistic curve over the evidence, fitted on the questions at even positions of the public sets.
_WEIGHTS = (0.75, 3.31, 0.58, 0.88)
# Fitted with as many questions without an answer as with one; of those that people ask, four in five have one.
_BIAS = -3.39 + log(4)
# Below it the asker is shown what came closest, and told that it is no more than that.
THRESHOLD = 0.42
# Below it nothing comes close, and nothing is shown: one in a hundred of the questions that have an answer in the
# sample corpus lies there, and what is asked of another world.
CLOSE = 0.37
# Hits that the best one is compared with.
READ = 10


def support(hits: Sequence[Hit]) -> float:
    """The probability, 0..1, that the passages (best first) answer."""
    if not hits:
        return 0.0
    scores = [hit.scores for hit in hits[:READ]]
    best = scores[0]
    return probability(evidence(best.dense or 0.0, best.late or 0.0, best.coverage, [s.fused for s in scores]))


def evidence(dense: float, late: float, coverage: float, fused: Sequence[float]) -> Evidence:
    """The best hit's cosine, late interaction and share of the question's words, and how far it stands out: its score
    less the mean of all. `fused`: the hits' scores, best first."""
    return dense, late, coverage, float(fused[0] - np.mean(fused))


def probability(values: Sequence[float]) -> float:
    """Of an answer, given the evidence."""
    return 1 / (1 + exp(-_BIAS - sum(w * v for w, v in zip(_WEIGHTS, values, strict=True))))
