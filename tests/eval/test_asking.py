"""Learning how people ask: the model as it reads questions, held against what the memory does."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from eval.asking import Collection, Reader
from memory.embed import OpenVinoEmbedder
from memory.late import maxsim
from memory.telling import telling

QUESTIONS = ["the guy next door has forty chickens", "what happens to a car that is left in the street"]
PASSAGES = [
    "No person may keep more than ten head of poultry without a permit.",
    "An abandoned vehicle may be removed and impounded.",
    "The library is closed on public holidays.",
    "Fees are payable in advance.",
    "A grave may be reserved.",
    "Minutes are confirmed at the next meeting.",
    "The speaker presides over the council.",
    "A hoarding needs the consent of the engineer.",
    "Trees on pavements are pruned by the municipality.",
]


@pytest.fixture(scope="module")
def reader(embedder: OpenVinoEmbedder) -> Reader:
    return Reader(embedder.centre)


def test_before_it_learns_questions_are_read_as_the_model_reads(reader: Reader, embedder: OpenVinoEmbedder) -> None:
    with torch.no_grad():
        vectors, pieces = reader.read(QUESTIONS)
    passages = embedder.encode(PASSAGES)
    for vector, own, expected in zip(vectors, pieces, embedder.encode(QUESTIONS), strict=True):
        assert float(vector.numpy() @ expected.vector) > 0.999
        codes = [passage.codes for passage in passages]
        theirs = maxsim(expected.codes, codes, telling(expected.codes, embedder.fingerprint))
        ours = reader.late(own, codes).numpy()
        np.testing.assert_allclose(ours, theirs, atol=0.02)
        assert ours.argmax() == theirs.argmax()


def test_a_step_brings_questions_nearer_to_what_answers(reader: Reader, embedder: OpenVinoEmbedder) -> None:
    random.seed(1)
    read = embedder.encode([*PASSAGES, *QUESTIONS])
    held = Collection(
        QUESTIONS,
        [[0], [1]],
        torch.from_numpy(np.stack([one.vector for one in read[: len(PASSAGES)]])),
        [one.codes for one in read[: len(PASSAGES)]],
        np.array([range(1, 9), [0, *range(2, 9)]]),
        torch.from_numpy(np.stack([one.vector for one in read[len(PASSAGES) :]])),
    )
    steps = [value for step in reader.stepped.values() for value in (step.up, step.down)]
    optimiser = torch.optim.Adam(steps, lr=1e-3)
    losses = []
    for _ in range(4):
        loss = reader.loss(held, [0, 1])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    assert all(weight.grad is None for name, weight in reader.bert.named_parameters() if "layer.weight" in name)
    reader.take(0)
    with torch.no_grad():
        vectors, _ = reader.read(QUESTIONS)
    assert float((vectors * held.own).sum(1).min()) > 0.999
