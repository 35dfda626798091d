import numpy as np
import pytest

from eval.bootstrap import Interval, interval, over_sets


def test_interval_is_that_of_means_drawn_one_by_one() -> None:
    values = np.random.default_rng(7).normal(0.02, 0.2, 150)
    chance = np.random.default_rng(1)
    drawn = sorted(float(np.mean([values[i] for i in chance.integers(0, 150, 150)])) for _ in range(4_000))
    found = interval(values)
    assert found.mean == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((drawn[100], drawn[3_900]), abs=0.003)


def test_interval_is_the_same_each_time() -> None:
    values = np.array([0.0, 0.5, -0.25, 1.0])
    assert interval(values) == interval(values)


def test_nothing_gained_is_not_significant_and_a_gain_everywhere_is() -> None:
    assert interval(np.zeros(9)) == Interval(0.0, 0.0, 0.0)
    assert not interval(np.zeros(9)).significant
    assert interval(np.full(9, 0.1)).significant


def test_sets_weigh_the_same_however_many_questions_they_have() -> None:
    small, large = np.full(2, 1.0), np.zeros(200)
    assert over_sets([small, large]) == Interval(0.5, 0.5, 0.5)
