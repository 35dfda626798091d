"""Where a question is broad, what answers it stands in several places: the first passages come from several documents,
and none says what another has said.

Nothing is left out and no score changes; what is passed over follows after the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# A best passage that stands out so far from the tenth makes any question a narrow one: it has an answer.
_STANDS_OUT = 0.4
_FIRST = 10
_SEEN = 50
# Of one document among the first.
_MOST = 3
# Cosine from which a passage says what another does (Carbonell and Goldstein 1998, with a threshold for the penalty).
_ALIKE = 0.95


def is_flat(fused: NDArray[np.float32]) -> bool:
    """Whether no passage stands out. `fused`: (n,), best first."""
    return len(fused) >= _FIRST and float(fused[0] - fused[_FIRST - 1]) < _STANDS_OUT


def spread(owners: NDArray[np.int64], vectors: NDArray[np.float32], *, one_document: bool) -> NDArray[np.int64]:
    """Places, best first, after what repeats or crowds was passed over.

    `owners`: version ids, (n,), best first; `vectors`: (m, dim), rows of unit length, of the first m <= n; with
    `one_document` a document is asked for, and may have all the places.
    """
    likeness = vectors @ vectors.T
    kept: list[int] = []
    for at in range(len(vectors)):
        crowds = not one_document and int((owners[kept] == owners[at]).sum()) >= _MOST
        if len(kept) < _FIRST and not crowds and not (likeness[at, kept] >= _ALIKE).any():
            kept.append(at)
    others = np.setdiff1d(np.arange(len(owners)), kept)
    return np.concatenate([np.array(kept, np.int64), others])


def seen(count: int) -> int:
    """How many of the best are looked at."""
    return min(count, _SEEN)
