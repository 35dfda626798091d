"""An explanation's parts against the ranking that it explains."""

from __future__ import annotations

import numpy as np
import pytest

from memory.explain import explain
from memory.fuse import Weights
from memory.retrieve import Ranking


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


WEIGHTS = Weights(dense=0.5, terms=0.5, late=1, exact=2, document=1, rule=0.25)
RANKING = Ranking(
    rows=np.array([7, 3, 9]),
    beside=(),
    fused=column(1.5, 0.5, -1.5),
    dense=column(0.4, 0.6, 0.2),
    terms=column(8, np.nan, 4),
    late=column(0.5, 0.2, np.nan),
    exact=column(0, 0, 0),
    document=column(0, 0, 0),
    rule=column(1, 0, 0),
    coverage=column(0.8, 0, 0.4),
)


def test_parts_add_up_to_the_fused_score() -> None:
    for at in range(3):
        parts = [stage.adds for stage in explain(RANKING, at, WEIGHTS)]
        assert sum(parts) == pytest.approx(float(RANKING.fused[at]))


def test_each_stage_is_told_with_score_and_rank() -> None:
    told = {stage.name: (stage.score, stage.rank) for stage in explain(RANKING, 0, WEIGHTS)}
    assert told["dense"] == (float(RANKING.dense[0]), 2)
    assert told["terms"] == (8.0, 1)
    assert told["late"] == (0.5, 1)
    assert told["rule"] == (1.0, 1)


def test_stage_that_did_not_see_the_passage_says_nothing() -> None:
    terms = next(stage for stage in explain(RANKING, 1, WEIGHTS) if stage.name == "terms")
    late = next(stage for stage in explain(RANKING, 2, WEIGHTS) if stage.name == "late")
    assert (terms.score, terms.rank, late.score, late.rank) == (None, None, None, None)
    assert late.adds == -2
