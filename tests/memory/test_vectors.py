"""FAISS with the selection inside against brute force over the same float16 vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.embed import unit
from memory.vectors import VectorIndex


def made(seed: int, rows: int, dim: int = 16) -> tuple[VectorIndex, np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    vectors = unit(generator.normal(size=(rows, dim))).astype(np.float16)
    index = VectorIndex.empty(dim)
    index.add(vectors.astype(np.float32))
    return index, vectors, unit(generator.normal(size=dim)), generator.random(rows) < generator.random()


@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(1, 70))
def test_masked_search_equals_scoring_the_allowed_rows_alone(seed: int, rows: int, k: int) -> None:
    index, vectors, question, allowed = made(seed, rows)
    cosines = vectors.astype(np.float32) @ question
    inside = np.flatnonzero(allowed)
    expected = inside[np.argsort(-cosines[inside])][:k]
    found, scores = index.search(question, k, allowed)
    assert set(found.tolist()) <= set(inside.tolist())
    assert len(found) == len(set(found.tolist())) == len(expected)
    np.testing.assert_allclose(scores, cosines[expected], atol=1e-4)


@pytest.mark.parametrize("k", [1, 10, 500])
def test_search_without_a_mask_is_search_with_a_full_one(k: int) -> None:
    index, _, question, _ = made(1, 100)
    free, masked = index.search(question, k, None), index.search(question, k, np.ones(100, bool))
    assert free[0].tolist() == masked[0].tolist()
    assert free[1].tolist() == masked[1].tolist()


def test_nothing_is_found_where_nothing_is_allowed() -> None:
    index, _, question, _ = made(2, 100)
    assert [part.tolist() for part in index.search(question, 10, np.zeros(100, bool))] == [[], []]


def test_scores_of_chosen_rows_are_their_cosines() -> None:
    index, vectors, question, _ = made(3, 30)
    rows = np.array([29, 0, 7])
    np.testing.assert_allclose(index.score(question, rows), vectors[rows].astype(np.float32) @ question, atol=1e-6)
    assert index.score(question, np.zeros(0, np.int64)).tolist() == []


def test_saved_index_holds_the_same_rows(tmp_path: Path) -> None:
    index, vectors, _, _ = made(4, 30)
    index.save(tmp_path / "vectors.faiss")
    assert np.array_equal(VectorIndex.load(tmp_path / "vectors.faiss").stored(), vectors)
