"""What each stage of retrieval is worth: nDCG@10 of each alone, of all together, and of all with each off in turn.

`python -m eval.ablation FOLDER...` keeps each set's figures and the pooled ones as JSON in eval/results/, with paired
bootstrap intervals and the commit; `python -m eval.tables` makes the tables of eval/README.md from them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.bootstrap import Interval, Values, interval, over_sets
from eval.datasets import Dataset, load_beir
from eval.evaluate import Asked, opened, report_progress
from eval.kept import kept_embedder
from eval.measures import MRR_10, NDCG_10, RECALL_10, RECALL_100, Measure
from eval.origin import commit
from memory.embed import Embedder
from memory.fuse import Weights
from memory.question import Steps

RESULTS = Path(__file__).parent / "results"
POOLED = "pooled"


@dataclass(frozen=True, slots=True)
class Stage:
    """What acts in one run."""

    weights: Weights = field(default_factory=Weights)
    steps: Steps = field(default_factory=Steps)


# The model as it comes.
_PLAIN = Steps(asking=False)
ALL = "all"
FIRST = "first stage"
ALONE: dict[str, Stage] = {
    "dense": Stage(Weights(dense=1, terms=0, late=0, exact=0, document=0, phrases=0), _PLAIN),
    "terms": Stage(Weights(dense=0, terms=1, late=0, exact=0, document=0, phrases=0)),
    FIRST: Stage(replace(Weights(), late=0, exact=0, document=0, phrases=0), _PLAIN),
}
# What is off in each run. The weight of rules is not among them: no document of these sets is known to be one.
OFF: dict[str, Stage] = {
    "vectors": Stage(replace(Weights(), dense=0)),
    "terms": Stage(replace(Weights(), terms=0)),
    "neighbours": Stage(replace(Weights(), neighbour=0)),
    "late interaction": Stage(replace(Weights(), late=0)),
    "exact lookups": Stage(replace(Weights(), exact=0)),
    "documents named": Stage(replace(Weights(), document=0)),
    "spelling": Stage(steps=Steps(spelling=False)),
    "acronyms": Stage(steps=Steps(acronyms=False)),
    "staff's words": Stage(steps=Steps(parlance=False)),
    "phrasebook": Stage(replace(Weights(), phrases=0)),
    "learned questions": Stage(steps=_PLAIN),
    "framing": Stage(steps=Steps(framing=False)),
    "spreading": Stage(steps=Steps(spreading=False)),
}


@dataclass(frozen=True, slots=True)
class Ablation:
    """A set's figures. `alone` and `off`: nDCG@10 of each question, (n,), by stage; `whole`: of all stages together;
    `measures`: means over all questions."""

    dataset: str
    alone: dict[str, Values]
    off: dict[str, Values]
    whole: Values
    measures: dict[str, float]

    def differences(self) -> dict[str, Values]:
        """What all stages gain over the first alone and over all but one, for each question."""
        without = {f"without {name}": self.whole - values for name, values in self.off.items()}
        return {FIRST: self.whole - self.alone[FIRST]} | without

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded to four digits. Constants are tuned on the questions at even positions."""
        runs = self.alone | {f"without {name}": values for name, values in self.off.items()} | {ALL: self.whole}
        return {
            "dataset": self.dataset,
            "queries": len(self.whole),
            "commit": commit(),
            "ndcg@10": _means(runs),
            "even": _means({name: values[0::2] for name, values in runs.items()}),
            "odd": _means({name: values[1::2] for name, values in runs.items()}),
            "gain over": {name: interval(values).to_json() for name, values in self.differences().items()},
            "measures": {name: round(value, 4) for name, value in self.measures.items()},
        }


def _means(runs: Mapping[str, Values]) -> dict[str, float]:
    return {name: round(float(values.mean()), 4) for name, values in runs.items()}


def ablate(folder: Path, embedder: Embedder) -> Ablation:
    """Every stage on one set in BEIR layout."""
    dataset = load_beir(folder)
    with tempfile.TemporaryDirectory(prefix="khumbula-eval-") as aside:
        asked = opened(dataset, Path(aside), embedder, None, report_progress)
        whole = _run(asked, dataset, Stage())
        alone = {name: _values(NDCG_10, dataset, _run(asked, dataset, stage)) for name, stage in ALONE.items()}
        off = {name: _values(NDCG_10, dataset, _run(asked, dataset, stage)) for name, stage in OFF.items()}
    further = {str(m): float(_values(m, dataset, whole).mean()) for m in (RECALL_10, RECALL_100, MRR_10)}
    return Ablation(dataset.name, alone, off, _values(NDCG_10, dataset, whole), further)


def _run(asked: Asked, dataset: Dataset, stage: Stage) -> dict[str, tuple[str, ...]]:
    """The documents of each judged question, best first."""
    return {
        query: asked.ranked(dataset.queries[query], weights=stage.weights, steps=stage.steps).names
        for query in dataset.judged
    }


def _values(measure: Measure, dataset: Dataset, run: Mapping[str, Sequence[str]]) -> Values:
    """The measure of each judged question, in the set's order."""
    return np.array([measure(dataset.qrels[query], run[query]) for query in dataset.judged])


def pooled(found: Sequence[Ablation]) -> dict[str, Any]:
    """What the stages gain over all sets: each set weighing the same, and each question."""
    differences = [one.differences() for one in found]
    names = list(differences[0])
    sets: dict[str, Interval] = {name: over_sets([one[name] for one in differences]) for name in names}
    questions = {name: interval(np.concatenate([one[name] for one in differences])) for name in names}
    return {
        "sets": [one.dataset for one in found],
        "queries": sum(len(one.whole) for one in found),
        "commit": commit(),
        "gain over, sets alike": {name: one.to_json() for name, one in sets.items()},
        "gain over, questions alike": {name: one.to_json() for name, one in questions.items()},
    }


def keep(name: str, found: Mapping[str, Any], folder: Path = RESULTS) -> None:
    """Write figures to `folder`/NAME.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def main(folders: Sequence[str]) -> None:
    """Ablate every folder; encodings are kept for the next run."""
    embedder = kept_embedder()
    found = []
    for folder in folders:
        found.append(ablate(Path(folder), embedder))
        figures = found[-1].to_json()
        keep(found[-1].dataset, figures)
        print(found[-1].dataset, json.dumps(figures["ndcg@10"]), flush=True)
    if len(found) > 1:
        figures = pooled(found)
        keep(POOLED, figures)
        print(POOLED, json.dumps(figures["gain over, sets alike"]))


if __name__ == "__main__":
    main(sys.argv[1:])
