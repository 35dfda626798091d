"""Figures as pictures: the reliability diagram and the risk-coverage curves of `eval.abstention`, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SOFT, _BRAND = "#8a97a3", "#0b6e4f"


def reliability_diagram(bins: Sequence[Mapping[str, float]], error: float, path: Path) -> None:
    """Chance against the share that has an answer, and below it how many questions get such a chance."""
    figure, (upper, lower) = _figure(2, (5.4, 5.6), height_ratios=[4, 1])
    chances = [one["chance"] for one in bins]
    upper.plot([0, 1], [0, 1], color=_SOFT, linestyle="--", linewidth=1, label="as sure as right")
    upper.plot(chances, [one["answerable"] for one in bins], color=_BRAND, marker="o", label="questions of the sets")
    upper.set(xlim=(0, 1), ylim=(0, 1), ylabel="share that has an answer")
    upper.set_title(f"Reliability (expected calibration error {error:.3f})", fontsize=11, loc="left")
    upper.legend(frameon=False, loc="upper left")
    lower.bar(chances, [one["part"] for one in bins], width=0.06, color=_BRAND)
    lower.set(xlim=(0, 1), xlabel="probability given", ylabel="questions")
    _save(figure, path)


def risk_coverage_curves(curves: Mapping[str, Mapping[str, Sequence[float]]], prior: float, path: Path) -> None:
    """For each set, which part of the answers is false when only the surest part of the questions is answered."""
    figure, (axes,) = _figure(1, (7.6, 4.6))
    for name, curve in curves.items():
        axes.plot(curve["coverage"], curve["risk"], linewidth=1.8, label=name)
    axes.axhline(1 - prior, color=_SOFT, linestyle="--", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(0, None), xlabel="part of the questions answered", ylabel="part of the answers false")
    axes.set_title("Risk and coverage (dashed: everything answered)", fontsize=11, loc="left")
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    _save(figure, path)


def _figure(rows: int, size: tuple[float, float], **grid: Any) -> tuple[Any, Sequence[Any]]:
    """A figure and its axes, drawn without a screen."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    found = figure.subplots(rows, 1, squeeze=False, gridspec_kw=grid or None)
    for axes in found[:, 0]:
        axes.spines[["top", "right"]].set_visible(False)
    return figure, list(found[:, 0])


def _save(figure: Any, path: Path) -> None:
    """The same figures give the same bytes."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": path.stem}):
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
