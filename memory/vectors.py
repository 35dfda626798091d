"""Meaning: exact search over float16 vectors with FAISS, the selection applied inside the search.

Row numbers, not passage ids, are the FAISS ids here; `memory.generations` keeps the table between the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from memory.embed import Vectors


class VectorIndex:
    """Unit vectors in float16; inner product, so a score is a cosine."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def empty(cls, dim: int) -> VectorIndex:
        """No rows yet."""
        return cls(faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT))

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """From a file whose checksum has been verified: `read_index` itself checks next to nothing."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """To a file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Append rows. `vectors`: float32 (n, dim), rows of unit length."""
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, np.float32))

    def stored(self) -> NDArray[np.float16]:
        """The rows as they are stored, a view. (n, dim)"""
        codes = self._index.codes
        if not codes.size():
            return np.zeros((0, self._index.d), np.float16)
        return np.asarray(faiss.rev_swig_ptr(codes.data(), codes.size()).view(np.float16).reshape(-1, self._index.d))

    def rows(self, rows: NDArray[np.int64]) -> Vectors:
        """What is stored of `rows`. (len(rows), dim)"""
        return np.asarray(self.stored()[rows], np.float32)

    def score(self, vector: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """Cosines of `rows` with `vector`. (len(rows),)"""
        return np.asarray(self.rows(rows) @ vector, np.float32)

    def search(self, vector: Vectors, k: int, allowed: NDArray[np.bool_] | None) -> tuple[NDArray[np.int64], Vectors]:
        """The k nearest rows and their cosines, best first; `allowed`: a mask over rows, None: all of them."""
        options = None
        if allowed is not None:
            bitmap = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(allowed), faiss.swig_ptr(bitmap))
            options = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        k = min(k, len(self))
        if k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        # For one question FAISS has nothing to share out, and still waits until each of its threads had a turn.
        faiss.omp_set_num_threads(1)
        scores, rows = self._index.search(vector[None, :], k, params=options)
        found = rows[0] >= 0
        return rows[0][found].astype(np.int64), scores[0][found]
