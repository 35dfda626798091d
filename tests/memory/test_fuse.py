"""Fusion by hand-worked numbers."""

from __future__ import annotations

import numpy as np

from memory.fuse import Weights, first_stage


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_terms_count_over_their_maximum_and_cosines_as_they_are() -> None:
    fused = first_stage(floats(0.5, 0.2, 0.0), floats(0.0, 4.0, 8.0), Weights(dense=0.7, terms=0.3))
    np.testing.assert_allclose(fused, [0.35, 0.29, 0.3], atol=1e-6)


def test_without_term_scores_the_cosines_decide() -> None:
    np.testing.assert_allclose(first_stage(floats(0.5, -0.5), floats(0, 0), Weights(dense=1)), [0.5, -0.5])
    assert first_stage(floats(), floats(), Weights()).tolist() == []
