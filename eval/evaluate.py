"""How well the memory finds things on a test collection: the set's documents become a memory of their own, every
question is asked through the real read path, and documents are ranked by their best passage.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.datasets import Dataset, load_beir
from eval.ingest_set import Progress, remember
from eval.kept import KeptEmbedder
from eval.measures import MRR_10, NDCG_10, RECALL_10, RECALL_100, auroc, false_answers, mean
from memory.access import Scope, Selection
from memory.embed import Embedder
from memory.errors import Misuse
from memory.fuse import Weights
from memory.memory import LONGEST_QUESTION, Memory
from memory.question import Steps
from memory.retrieve import Ranking
from service.support import support

# Documents of a run for each query, as TREC and BEIR have it.
DEPTH = 100
_TAG = "khumbula"
# Share of the answerable questions that may be refused when false answers are counted.
_REFUSED = 0.05


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well questions with an answer are told from those without, by the score that the answer is gated with."""

    answerable: int
    unanswerable: int
    auroc: float
    false_answers_at_5_percent_refused: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A set's figures; `queries` counts those with a judgement > 0. Latencies of one search, in milliseconds."""

    dataset: str
    queries: int
    ndcg_10: float
    recall_10: float
    recall_100: float
    mrr_10: float
    abstention: Abstention | None
    p50_ms: float
    p95_ms: float

    def to_json(self) -> dict[str, Any]:
        """The contract of `khumbula eval --json`."""
        found = self.abstention
        return {
            "dataset": self.dataset,
            "queries": self.queries,
            "ndcg@10": round(self.ndcg_10, 4),
            "recall@10": round(self.recall_10, 4),
            "recall@100": round(self.recall_100, 4),
            "mrr@10": round(self.mrr_10, 4),
            "abstention": found
            and {
                "answerable": found.answerable,
                "unanswerable": found.unanswerable,
                "auroc": round(found.auroc, 4),
                "false_answers@5%_refused": round(found.false_answers_at_5_percent_refused, 4),
            },
            "latency_ms": {"p50": round(self.p50_ms, 1), "p95": round(self.p95_ms, 1)},
        }


@dataclass(frozen=True, slots=True)
class Ranked:
    """Documents of one query, best first, each with the score of its best passage."""

    names: tuple[str, ...]
    scores: tuple[float, ...]


class Asked:
    """A set's memory, opened for questions. `owners`: version id -> document id of the set."""

    def __init__(self, memory: Memory, owners: dict[int, str]) -> None:
        self.memory = memory
        self._owners = owners
        self._selection = Selection.on(Scope.operator())

    def ranked(self, question: str, *, weights: Weights = Weights(), steps: Steps = Steps()) -> Ranked:
        """The first DEPTH documents."""
        ranking, owners = self.ranking(question, weights=weights, steps=steps)
        best: dict[str, float] = {}
        for owner, score in zip(owners, ranking.fused, strict=True):
            best.setdefault(owner, float(score))
        found = list(best.items())[:DEPTH]
        return Ranked(tuple(name for name, _ in found), tuple(score for _, score in found))

    def ranking(
        self, question: str, *, weights: Weights = Weights(), steps: Steps = Steps()
    ) -> tuple[Ranking, list[str]]:
        """All candidates, best first, and the document of each."""
        asked = question[:LONGEST_QUESTION]
        ranking, generation = self.memory.rank(asked, self._selection, weights=weights, steps=steps)
        return ranking, [self._owners[int(version)] for version in generation.versions[ranking.rows]]

    def owner(self, version_id: int) -> str:
        """The document of the set that a version is of."""
        return self._owners[version_id]

    def supported(self, question: str) -> tuple[float, float]:
        """How well the passages found support an answer, and the milliseconds that the search took."""
        began = time.perf_counter()
        hits = self.memory.search(question[:LONGEST_QUESTION], self._selection, k=10).hits
        took = (time.perf_counter() - began) * 1000
        return support(hits), took


def evaluate(
    folder: Path,
    embedder: Embedder,
    *,
    run: Path | None = None,
    kept: Path | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluate a folder in BEIR layout; `run` gets a TREC run; `kept`: a folder for encodings, for the next time.

    Raises:
        Misuse: the folder is not in that layout, or no query has a judgement.
    """
    dataset = load_beir(folder)
    if not dataset.judged:
        raise Misuse(f"{folder}: no query has a judgement > 0 in qrels/test.tsv")
    with tempfile.TemporaryDirectory(prefix="khumbula-eval-") as aside:
        asked = opened(dataset, Path(aside), embedder, kept, progress)
        ranked = {query: asked.ranked(dataset.queries[query]) for query in dataset.judged}
        supports = {query: asked.supported(question) for query, question in dataset.queries.items()}
    if run is not None:
        write_run(run, ranked)
    return _figures(dataset, ranked, supports)


def opened(dataset: Dataset, aside: Path, embedder: Embedder, kept: Path | None, progress: Progress | None) -> Asked:
    """The set remembered in `aside`. Questions are never taken from `kept`: their encoding is part of a search."""
    writer = KeptEmbedder(embedder, kept) if kept else embedder
    owners = remember(dataset.texts, aside, writer, progress)
    return Asked(Memory(aside / "memory", embedder), owners)


def _figures(dataset: Dataset, ranked: dict[str, Ranked], supports: dict[str, tuple[float, float]]) -> Evaluation:
    names = {query: found.names for query, found in ranked.items()}
    p50, p95 = np.percentile([took for _, took in supports.values()], [50, 95])
    return Evaluation(
        dataset=dataset.name,
        queries=len(dataset.judged),
        ndcg_10=mean(NDCG_10, dataset.qrels, names),
        recall_10=mean(RECALL_10, dataset.qrels, names),
        recall_100=mean(RECALL_100, dataset.qrels, names),
        mrr_10=mean(MRR_10, dataset.qrels, names),
        abstention=abstention(
            [supports[query][0] for query in dataset.judged], [supports[query][0] for query in dataset.unjudged]
        ),
        p50_ms=float(p50),
        p95_ms=float(p95),
    )


def abstention(answerable: Sequence[float], unanswerable: Sequence[float]) -> Abstention | None:
    """From the support of each question; None where one kind is missing."""
    if not answerable or not unanswerable:
        return None
    return Abstention(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        auroc=auroc(answerable, unanswerable),
        false_answers_at_5_percent_refused=false_answers(answerable, unanswerable, refused=_REFUSED),
    )


def write_run(path: Path, ranked: dict[str, Ranked]) -> None:
    """A TREC run. Scores fall strictly, so that no tool breaks a tie in another order than ours."""
    lines = []
    for query, found in ranked.items():
        before = float("inf")
        for rank, (name, score) in enumerate(zip(found.names, found.scores, strict=True), start=1):
            before = min(score, before - 1e-5)
            lines.append(f"{query} Q0 {name} {rank} {before:.6f} {_TAG}\n")
    try:
        path.write_text("".join(lines), "utf-8")
    except OSError as error:
        raise Misuse(f"{path}: cannot write the run: {error.strerror}") from error


def report_progress(done: int, total: int) -> None:
    """A line on stderr."""
    print(f"{done:,} of {total:,} documents", file=sys.stderr)
