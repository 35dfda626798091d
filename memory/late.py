"""Late interaction: for each piece of the question its best piece of the passage (MaxSim), averaged.

Khattab and Zaharia 2020, ColBERT, eq. 3, over binary token codes: with D bits, a Hamming distance h estimates
the angle h/D * pi between the vectors (Charikar 2002), so the cosine is cos(pi * h / D). A piece that every
candidate has ("what", "the") tells nothing: pieces count by how far they are from being matched everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from memory.embed import Codes


def maxsim(question: Codes, passages: list[Codes]) -> NDArray[np.float32]:
    """One score in -1..1 for each passage. `question`: uint8 (q, dim / 8); a passage: uint8 (t, dim / 8)."""
    scores = np.full(len(passages), -1.0, np.float32)
    sized = [i for i, codes in enumerate(passages) if len(codes)]
    if not len(question) or not sized:
        return scores
    distances = hamming(question, np.concatenate([passages[i] for i in sized]))
    starts = np.concatenate(([0], np.cumsum([len(passages[i]) for i in sized])[:-1]))
    best = np.minimum.reduceat(distances, starts, axis=1)
    cosines = np.cos(np.pi * best / (question.shape[1] * 8))
    # Rounding may take the sum of all to 0 where every piece is matched everywhere.
    rarity = 1 - cosines.mean(axis=1) + 1e-6
    scores[sized] = rarity / rarity.sum() @ cosines
    return scores


def hamming(left: Codes, right: Codes) -> NDArray[np.uint16]:
    """Bits that differ, each row of `left` with each of `right`. (len(left), len(right))"""
    word_type = np.uint64 if left.shape[1] % 8 == 0 else np.uint8
    a = np.ascontiguousarray(left).view(word_type)
    b = np.ascontiguousarray(right).view(word_type).T.copy()
    found = np.zeros((len(left), len(right)), np.uint16)
    for word in range(a.shape[1]):
        found += np.bitwise_count(a[:, word, None] ^ b[word])
    return found
