"""MaxSim over codes against the formula written out."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memory.late import hamming, maxsim


def slow(question: list[list[int]], passage: list[list[int]]) -> float:
    """ColBERT, eq. 3, averaged; cos(pi * h / D) for h differing bits of D."""
    if not question or not passage:
        return -1.0
    bits = len(question[0]) * 8
    best = [
        max(math.cos(math.pi * sum((a ^ b).bit_count() for a, b in zip(q, p, strict=True)) / bits) for p in passage)
        for q in question
    ]
    return sum(best) / len(best)


@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.lists(st.integers(0, 7), max_size=6))
def test_maxsim_equals_the_loop(seed: int, asked: int, lengths: list[int]) -> None:
    generator = np.random.default_rng(seed)
    question = generator.integers(0, 256, (asked, 48), np.uint8)
    passages = [generator.integers(0, 256, (n, 48), np.uint8) for n in lengths]
    expected = np.array([slow(question.tolist(), p.tolist()) for p in passages], np.float32)
    np.testing.assert_allclose(maxsim(question, passages), expected, atol=1e-6)


def test_text_scores_one_with_itself_and_minus_one_with_its_opposite() -> None:
    codes = np.random.default_rng(0).integers(0, 256, (5, 48), np.uint8)
    one = codes[:1]
    assert maxsim(codes, [codes]).tolist() == [1.0]
    assert maxsim(one, [~one]).tolist() == [-1.0]


def test_hamming_counts_every_bit() -> None:
    zeros, ones = np.zeros((1, 48), np.uint8), np.full((2, 48), 255, np.uint8)
    assert hamming(zeros, np.concatenate([zeros, ones])).tolist() == [[0, 384, 384]]
