"""MaxSim over codes against the formula written out."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memory.late import hamming, maxsim, meaning


def best_cosines(question: list[list[int]], passage: list[list[int]]) -> list[float]:
    """For each piece of the question its best piece's cos(pi * h / D), for h differing bits of D."""
    bits = len(question[0]) * 8
    return [
        max(math.cos(math.pi * sum((a ^ b).bit_count() for a, b in zip(q, p, strict=True)) / bits) for p in passage)
        for q in question
    ]


def slow(question: list[list[int]], passages: list[list[list[int]]], telling: list[float]) -> list[float]:
    """ColBERT, eq. 3, each piece weighted by one less its mean over the passages, times how telling it is; -1 where
    there is nothing."""
    found = [best_cosines(question, p) if p and question else [] for p in passages]
    held = [cosines for cosines in found if cosines]
    if not held:
        return [-1.0] * len(passages)
    rarity = [1 - sum(one) / len(held) + 1e-6 for one in zip(*held, strict=True)]
    weights = [rare * tells for rare, tells in zip(rarity, telling, strict=True)]
    return [
        sum(w * c for w, c in zip(weights, cosines, strict=True)) / sum(weights) if cosines else -1.0
        for cosines in found
    ]


@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.lists(st.integers(0, 7), max_size=6))
def test_maxsim_equals_the_loop(seed: int, asked: int, lengths: list[int]) -> None:
    generator = np.random.default_rng(seed)
    question = generator.integers(0, 256, (asked, 48), np.uint8)
    passages = [generator.integers(0, 256, (n, 48), np.uint8) for n in lengths]
    telling = generator.uniform(0.01, 3, asked).astype(np.float32)
    expected = np.array(slow(question.tolist(), [p.tolist() for p in passages], telling.tolist()), np.float32)
    np.testing.assert_allclose(maxsim(question, passages, telling), expected, atol=1e-5)


def test_text_scores_one_with_itself_and_minus_one_with_its_opposite() -> None:
    codes = np.random.default_rng(0).integers(0, 256, (5, 48), np.uint8)
    one = codes[:1]
    telling = np.ones(5, np.float32)
    np.testing.assert_allclose(maxsim(codes, [codes], telling), [1.0])
    np.testing.assert_allclose(maxsim(one, [~one], telling[:1]), [-1.0])


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 7), max_size=6))
def test_meaning_is_the_cosine_with_the_mean_of_the_signs(seed: int, lengths: list[int]) -> None:
    generator = np.random.default_rng(seed)
    question = generator.normal(size=384).astype(np.float32)
    question /= np.linalg.norm(question)
    parts = [generator.integers(0, 256, (n, 48), np.uint8) for n in lengths]
    means = [[sum(2 * int(bit) - 1 for bit in column) for column in np.unpackbits(p, axis=1).T] for p in parts]
    expected = [np.dot(question, m) / max(math.hypot(*m), 1e-9) for m in means]
    np.testing.assert_allclose(meaning(question, parts), expected, atol=1e-5)


def test_hamming_counts_every_bit() -> None:
    zeros, ones = np.zeros((1, 48), np.uint8), np.full((2, 48), 255, np.uint8)
    assert hamming(zeros, np.concatenate([zeros, ones])).tolist() == [[0, 384, 384]]
