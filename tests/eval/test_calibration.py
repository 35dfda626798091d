from pathlib import Path

import numpy as np
import pytest

from eval.calibration import Judged, at_thresholds, calibration_error, reliability, risk_coverage
from eval.pictures import reliability_diagram, risk_coverage_curves

TOLD = Judged("told", np.array([0.95, 0.85, 0.85, 0.45]), np.array([0.45, 0.05]))


def test_states_are_shares_of_each_kind() -> None:
    assert at_thresholds(TOLD, answered=0.5, close=0.2) == {
        "answerable: answered": 0.75,
        "answerable: closest": 0.25,
        "answerable: nothing": 0.0,
        "unanswerable: answered": 0.0,
        "unanswerable: closest": 0.5,
        "unanswerable: nothing": 0.5,
    }


def test_each_kind_weighs_as_much_as_people_ask_of_it() -> None:
    bins = reliability([TOLD])
    assert [(one["chance"], one["answerable"], one["part"]) for one in bins] == [
        (0.05, 0.0, 0.1),
        (0.45, 0.6667, 0.3),
        (0.85, 1.0, 0.4),
        (0.95, 1.0, 0.2),
    ]
    assert calibration_error(bins) == pytest.approx(0.1 * 0.05 + 0.3 * 0.2167 + 0.4 * 0.15 + 0.2 * 0.05)


def test_risk_grows_from_none_to_the_part_that_has_no_answer() -> None:
    curve = risk_coverage(TOLD)
    assert len(curve["coverage"]) == len(curve["risk"]) == 20
    assert curve["risk"][:12] == [0.0] * 12
    assert curve["risk"][-1] == 0.2


def test_pictures_of_the_same_figures_are_the_same_file(tmp_path: Path) -> None:
    bins = reliability([TOLD])
    for name in ("a.svg", "b.svg"):
        folder = tmp_path / name
        folder.mkdir()
        reliability_diagram(bins, calibration_error(bins), folder / "reliability.svg")
        risk_coverage_curves({"told": risk_coverage(TOLD)}, 0.8, folder / "risk.svg")
    for picture in ("reliability.svg", "risk.svg"):
        first, second = ((tmp_path / name / picture).read_bytes() for name in ("a.svg", "b.svg"))
        assert first == second
        assert first.startswith(b"<?xml")
