"""Late interaction: for each piece of the question its best piece of the passage (MaxSim), averaged.

Khattab and Zaharia 2020, ColBERT, eq. 3, over binary token codes: with D bits, a Hamming distance h estimates
the angle h/D * pi between the vectors (Charikar 2002), so the cosine is cos(pi * h / D). A piece that every
candidate has ("what", "the") tells nothing: pieces count by how far they are from being matched everywhere, and by how
telling they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from memory.embed import Codes, Vectors


def maxsim(question: Codes, passages: list[Codes], telling: NDArray[np.float32]) -> NDArray[np.float32]:
    """One score in -1..1 for each passage. `question`: uint8 (q, dim / 8); a passage: uint8 (t, dim / 8); `telling`:
    how much each piece of the question counts, (q,)."""
    scores = np.full(len(passages), -1.0, np.float32)
    sized = [i for i, codes in enumerate(passages) if len(codes)]
    if not len(question) or not sized:
        return scores
    cosines = best_cosines(question, [passages[i] for i in sized])
    weights = telling * rarity(cosines)
    scores[sized] = weights / weights.sum() @ cosines
    return scores


def meaning(question: Vectors, parts: list[Codes]) -> NDArray[np.float32]:
    """The cosine of a question's vector with the mean of each part's pieces, which were read in their passage (late
    chunking, Günther et al. 2024); 0 for an empty part. `question`: (dim,). (n,)"""
    found = np.zeros(len(parts), np.float32)
    for at, codes in enumerate(parts):
        signs = 2 * np.unpackbits(codes, axis=1).sum(axis=0, dtype=np.int32) - len(codes)
        if signs.any():
            found[at] = question @ signs / np.linalg.norm(signs)
    return found


def best_cosines(question: Codes, passages: list[Codes]) -> NDArray[np.float64]:
    """The cosine of each piece of the question with its best piece of each passage; none may be empty. (q, n)"""
    distances = hamming(question, np.concatenate(passages))
    starts = np.concatenate(([0], np.cumsum([len(codes) for codes in passages])[:-1]))
    best = np.minimum.reduceat(distances, starts, axis=1)
    return np.asarray(np.cos(np.pi * best / (question.shape[1] * 8)))


def rarity(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each piece is from being matched everywhere. (q,)"""
    # Rounding may take the sum of all to 0 where every piece is.
    return np.asarray(1 - cosines.mean(axis=1) + 1e-6)


def hamming(left: Codes, right: Codes) -> NDArray[np.uint16]:
    """Bits that differ, each row of `left` with each of `right`. (len(left), len(right))"""
    word_type = np.uint64 if left.shape[1] % 8 == 0 else np.uint8
    a = np.ascontiguousarray(left).view(word_type)
    b = np.ascontiguousarray(right).view(word_type).T.copy()
    found = np.zeros((len(left), len(right)), np.uint16)
    for word in range(a.shape[1]):
        found += np.bitwise_count(a[:, word, None] ^ b[word])
    return found
