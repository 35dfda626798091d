"""`python -m eval.telling TRAIN BENCH`: learn how telling each word piece of a question is (`memory.telling`).

TRAIN holds pairs.jsonl.gz and spans.jsonl.gz: questions with the passages that answer them. What stands in the
collections below BENCH is left out, so that they stay unseen. The passages are remembered by the real pipeline, each
question is searched for without late interaction, and the weights are learned that set what answers above the rest of
what was found: softmax over the candidates, late interaction as the score. Two thousand questions are kept for judging.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.datasets import Dataset, Text, load_beir
from eval.evaluate import Asked, opened, report_progress
from eval.kept import kept_embedder
from memory.access import Scope, Selection
from memory.fuse import Weights
from memory.late import best_cosines, rarity
from memory.telling import LEARNED, signs

# Claims to be judged, and answers that a passage holds only by inference.
_LEFT_OUT = frozenset({"fever_part", "begin", "scifact_train"})
_OF_A_SOURCE = 5000
_LONGEST_QUESTION = 500
# Letters by which a passage is known again.
_ALIKE = 200
_CANDIDATES = 14
_JUDGED = 2000
# L-BFGS rounds, and the penalty on the squares of the weights.
_ROUNDS, _DECAY = 60, 0.01


@dataclass(slots=True)
class Known:
    """What is known of a question: the passages that answer it, and the answer's words where they are marked."""

    source: str
    passages: dict[str, str] = field(default_factory=dict)
    answers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Example:
    """`signs`: (q, dim), of the question; `cosines`: (q, n), of each piece with each candidate; `answers`: (n,)."""

    signs: NDArray[np.float64]
    cosines: NDArray[np.float64]
    answers: NDArray[np.bool_]


def read(train: Path, bench: Path) -> dict[str, Known]:
    """Question -> what is known of it, at most _OF_A_SOURCE of each source, always the same."""
    sets = [load_beir(folder) for folder in sorted(bench.iterdir()) if (folder / "corpus.jsonl").exists()]
    questions = {_plain(text) for one in sets for text in one.queries.values()}
    passages = {_plain(text.text)[:_ALIKE] for one in sets for text in one.texts}
    found: dict[str, Known] = {}
    for row in _rows(train):
        question = " ".join(row["question"].split())
        unseen = _plain(question) not in questions and _plain(row["passage"])[:_ALIKE] not in passages
        if not unseen or row.get("passage_in_heldout_corpus") or len(question) > _LONGEST_QUESTION:
            continue
        known = found.setdefault(question, Known(row["source"]))
        known.passages[row["passage"]] = row.get("title") or ""
        if row.get("answer"):
            known.answers.add(_plain(row["answer"]))
    by_source = defaultdict(list)
    for question, known in found.items():
        by_source[known.source].append(question)
    chance = random.Random(1)
    chosen = [q for _, of in sorted(by_source.items()) for q in chance.sample(of, min(len(of), _OF_A_SOURCE))]
    return {question: found[question] for question in chosen}


def _rows(train: Path) -> Iterator[dict[str, Any]]:
    for name in ("pairs.jsonl.gz", "spans.jsonl.gz"):
        with gzip.open(train / name, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["source"] not in _LEFT_OUT and row.get("label", 1) == 1:
                    yield row


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


def examples(asked: Asked, known: dict[str, Known], ids: dict[str, str]) -> Iterator[Example]:
    """Each question whose answer is among the candidates. `ids`: passage -> id of its document."""
    selection, off = Selection.on(Scope.operator()), replace(Weights(), late=0)
    for question, one in known.items():
        found = asked.memory.search(question, selection, k=_CANDIDATES, weights=off)
        right = {ids[passage] for passage in one.passages}
        pairs = []
        for hit, codes in zip(found.hits, asked.memory.passage_codes([h.passage for h in found.hits]), strict=True):
            text = _plain(hit.passage.text)
            holds = any(answer in text for answer in one.answers)
            is_right = asked.owner(hit.version.id) in right
            # The answer's words elsewhere may answer too; a part of the right passage without them does not.
            if len(codes) and (is_right == holds or not one.answers):
                pairs.append((codes, is_right))
        answers = np.array([is_right for _, is_right in pairs], bool)
        if len(found.encoding.codes) and answers.any() and not answers.all():
            cosines = best_cosines(found.encoding.codes, [codes for codes, _ in pairs])
            yield Example(signs(found.encoding.codes).astype(np.float64), cosines, answers)


def loss(values: NDArray[np.float64], found: Sequence[Example]) -> tuple[float, NDArray[np.float64]]:
    """(how improbable what answers is on average, its gradient). `values`: weights, bias, temperature's logarithm."""
    weights, bias, temperature = values[:-2], values[-2], np.exp(values[-1])
    total, gradient = 0.0, np.zeros_like(values)
    for one in found:
        told = one.signs @ weights + bias
        rare = rarity(one.cosines)
        counts = np.logaddexp(0, told) * rare
        scores = counts @ one.cosines / counts.sum()
        likely = np.exp(temperature * (scores - scores.max()))
        right = likely * one.answers
        total += float(np.log(likely.sum() / right.sum()))
        off = likely / likely.sum() - right / right.sum()
        of_told = temperature * (one.cosines @ off - scores @ off) / counts.sum() * rare / (1 + np.exp(-told))
        gradient[:-2] += of_told @ one.signs
        gradient[-2] += of_told.sum()
        gradient[-1] += temperature * scores @ off
    gradient /= len(found)
    gradient[:-2] += 2 * _DECAY * weights
    return total / len(found) + _DECAY * float(weights @ weights), gradient


def learn(found: Sequence[Example]) -> NDArray[np.float64]:
    """The values of least loss, by L-BFGS from weights that are all alike."""
    dim = found[0].signs.shape[1]
    result = minimize(
        loss, np.append(np.zeros(dim), [0.5, 3.0]), (found,), "L-BFGS-B", jac=True, options={"maxiter": _ROUNDS}
    )
    return np.asarray(result.x)


def first_right(values: NDArray[np.float64], found: Sequence[Example]) -> float:
    """The share of examples of which late interaction alone puts what answers first."""
    right = 0
    for one in found:
        counts = np.logaddexp(0, one.signs @ values[:-2] + values[-2]) * rarity(one.cosines)
        right += bool(one.answers[(counts @ one.cosines).argmax()])
    return right / len(found)


def main(arguments: Sequence[str]) -> None:
    """Learn, judge, write memory/telling.json."""
    parser = argparse.ArgumentParser(prog="python -m eval.telling", description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("bench", type=Path)
    given = parser.parse_args(arguments)
    known = read(given.train, given.bench)
    titles = {passage: title for one in known.values() for passage, title in one.passages.items()}
    ids = {passage: f"p{number}" for number, passage in enumerate(titles)}
    texts = tuple(Text(ids[passage], title, passage) for passage, title in titles.items())
    embedder = kept_embedder()
    with tempfile.TemporaryDirectory(prefix="khumbula-eval-") as aside:
        dataset = Dataset("train", texts, {}, {})
        found = list(examples(opened(dataset, Path(aside), embedder, None, report_progress), known, ids))
    random.Random(1).shuffle(found)
    judged, values = found[:_JUDGED], learn(found[_JUDGED:])
    figures = {
        "questions": len(known),
        "passages": len(ids),
        "examples": len(found),
        "right first, all alike": round(first_right(np.zeros(embedder.dim + 2), judged), 4),
        "right first, learned": round(first_right(values, judged), 4),
    }
    print(json.dumps(figures))
    weights = [round(float(weight), 4) for weight in values[:-2]]
    kept = {"model": embedder.fingerprint, "bias": round(float(values[-2]), 4), "weights": weights}
    LEARNED.write_text(json.dumps(kept) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
