"""Learning how telling the pieces of a question are: what is read, the gradient, and that something is learned."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.telling import Example, first_right, learn, loss, read

DIM = 16


def examples(count: int, seed: int) -> list[Example]:
    """Questions of four pieces, of which the one whose first sign is 1 is matched by the right candidate alone."""
    generator = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        signs = generator.choice([-1.0, 1.0], (4, DIM))
        signs[:, 0] = [1, -1, -1, -1]
        cosines = generator.uniform(0, 1, (4, 5))
        answers = np.arange(5) == generator.integers(5)
        cosines[0] = np.where(answers, 0.9, 0.3)
        made.append(Example(signs, cosines, answers))
    return made


def test_gradient_is_that_of_the_loss() -> None:
    found = examples(6, seed=1)
    values = np.random.default_rng(2).normal(0, 0.3, DIM + 2)
    _, gradient = loss(values, found)
    step = 1e-6
    for at in range(len(values)):
        aside = np.eye(len(values))[at] * step
        slope = (loss(values + aside, found)[0] - loss(values - aside, found)[0]) / (2 * step)
        assert gradient[at] == pytest.approx(slope, abs=1e-5)


def test_piece_that_tells_is_found_and_holds_for_others() -> None:
    values, others = learn(examples(200, seed=3)), examples(200, seed=4)
    assert first_right(values, others) > first_right(np.zeros(DIM + 2), others) + 0.1
    assert values[0] == values[:DIM].max() > 0


def test_what_the_collections_hold_is_left_out(tmp_path: Path) -> None:
    bench = tmp_path / "bench" / "set"
    (bench / "qrels").mkdir(parents=True)
    (bench / "corpus.jsonl").write_text('{"_id": "d", "title": "", "text": "Dogs are kept on a leash."}\n', "utf-8")
    (bench / "queries.jsonl").write_text('{"_id": "q", "text": "Where may dogs run?"}\n', "utf-8")
    (bench / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n", "utf-8")

    def row(question: str, passage: str, **more: Any) -> dict[str, Any]:
        return {"question": question, "passage": passage, "source": "here", "label": 1} | more

    pairs = [
        row("Who feeds cats?", "Cats are fed by their keepers."),
        row("Who feeds cats?", "Cats sleep.", label=0),
        row("where may dogs run", "A park has trees."),
        row("What is a leash for?", "Dogs are kept on a leash."),
        row("Is it true?", "A claim.", source="fever_part"),
    ]
    spans = [row("Who feeds cats?", "Keepers feed their cats.", answer="Keepers")]
    for name, rows in (("pairs", pairs), ("spans", spans)):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in rows)
    found = read(tmp_path, tmp_path / "bench")
    assert list(found) == ["Who feeds cats?"]
    assert list(found["Who feeds cats?"].passages) == ["Cats are fed by their keepers.", "Keepers feed their cats."]
    assert found["Who feeds cats?"].answers == {"keepers"}
