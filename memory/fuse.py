"""Fusion by score (Bruch, Gai and Ingber 2023): one convex combination of cosine, term score and late interaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each stage counts. Chosen on the even half of the public questions; see eval/README.md."""

    dense: float = 0.6
    terms: float = 0.4
    late: float = 2.0
    exact: float = 2.0
    document: float = 0.8
    rule: float = 0.15
    # Part of a passage's term score that its neighbour in the text gains: what it speaks of often stands there.
    neighbour: float = 0.1
    # What a word of the phrasebook counts beside one that was said, where its question is the same.
    phrases: float = 5.0


def first_stage(cosines: Scores, terms: Scores, weights: Weights) -> Scores:
    """Cosine as it is (its scale means the same for every question), terms over their maximum. (n,)"""
    top = float(terms.max(initial=0.0))
    return np.asarray(weights.dense * cosines + weights.terms * (terms / top if top > 0 else terms), np.float32)
