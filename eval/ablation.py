"""What each stage of retrieval is worth: nDCG@10 of each alone and of all together, on test collections.

`python -m eval.ablation FOLDER...` prints a row for each set and keeps its figures as JSON in eval/results/.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval.datasets import Dataset, load_beir
from eval.evaluate import Asked, Ranked, abstention, opened, report_progress
from eval.kept import kept_embedder
from eval.measures import MRR_10, NDCG_10, RECALL_10, RECALL_100, Measure, mean
from memory.embed import Embedder
from memory.fuse import Weights

RESULTS = Path(__file__).parent / "results"
STAGES: dict[str, Weights] = {
    "dense": Weights(dense=1, terms=0, late=0, exact=0, document=0),
    "terms": Weights(dense=0, terms=1, late=0, exact=0, document=0),
    "first stage": replace(Weights(), late=0, exact=0, document=0),
    "without names": replace(Weights(), exact=0, document=0),
    "all": Weights(),
}


@dataclass(frozen=True, slots=True)
class Ablation:
    """A set's figures. `stages`: nDCG@10 of each; `halves`: of all stages, over the questions at even positions
    (those that constants are tuned on) and at odd ones."""

    dataset: str
    queries: int
    stages: dict[str, float]
    halves: dict[str, float]
    measures: dict[str, float]
    abstention: dict[str, float] | None

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded to four digits."""
        return {
            "dataset": self.dataset,
            "queries": self.queries,
            "ndcg@10": _rounded(self.stages),
            "halves": _rounded(self.halves),
            "measures": _rounded(self.measures),
            "abstention": self.abstention and _rounded(self.abstention),
        }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def ablate(folder: Path, embedder: Embedder) -> Ablation:
    """Every stage on one set in BEIR layout."""
    dataset = load_beir(folder)
    with tempfile.TemporaryDirectory(prefix="khumbula-eval-") as aside:
        asked = opened(dataset, Path(aside), embedder, None, report_progress)
        runs = {name: _run(asked, dataset, weights) for name, weights in STAGES.items()}
        found = _abstention(asked, dataset)
    return Ablation(
        dataset=dataset.name,
        queries=len(dataset.judged),
        stages={name: mean(NDCG_10, dataset.qrels, run) for name, run in runs.items()},
        halves={
            "even": _over(dataset.judged[0::2], NDCG_10, dataset, runs["all"]),
            "odd": _over(dataset.judged[1::2], NDCG_10, dataset, runs["all"]),
        },
        measures={str(m): mean(m, dataset.qrels, runs["all"]) for m in (RECALL_10, RECALL_100, MRR_10)},
        abstention=found,
    )


def _run(asked: Asked, dataset: Dataset, weights: Weights) -> dict[str, tuple[str, ...]]:
    ranked: dict[str, Ranked] = {q: asked.ranked(dataset.queries[q], weights=weights) for q in dataset.judged}
    return {query: found.names for query, found in ranked.items()}


def _over(queries: Sequence[str], measure: Measure, dataset: Dataset, run: Mapping[str, tuple[str, ...]]) -> float:
    return mean(measure, {query: dataset.qrels[query] for query in queries}, run)


def _abstention(asked: Asked, dataset: Dataset) -> dict[str, float] | None:
    if not dataset.unjudged:
        return None
    supports = {query: asked.supported(question)[0] for query, question in dataset.queries.items()}
    found = abstention([supports[q] for q in dataset.judged], [supports[q] for q in dataset.unjudged])
    return (
        None
        if found is None
        else {
            "auroc": found.auroc,
            "false answers at 5 % refused": found.false_answers_at_5_percent_refused,
        }
    )


def keep(found: Ablation, folder: Path = RESULTS) -> None:
    """Write the figures to `folder`/DATASET.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{found.dataset}.json").write_text(json.dumps(found.to_json(), indent=1) + "\n", "utf-8")


def row(found: Ablation) -> str:
    """One line of the Markdown table in eval/README.md."""
    stages = " | ".join(f"{found.stages[name]:.3f}" for name in STAGES)
    return f"| {found.dataset} | {found.queries:,} | {stages} | {found.halves['odd']:.3f} |"


def main(folders: Sequence[str]) -> None:
    """Ablate every folder; encodings are kept for the next run."""
    embedder = kept_embedder()
    print("| set | questions | " + " | ".join(STAGES) + " | all, odd half |")
    print("|---" * (len(STAGES) + 3) + "|")
    for folder in folders:
        found = ablate(Path(folder), embedder)
        keep(found)
        print(row(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
