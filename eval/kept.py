"""An embedder that keeps what it encoded on disk, so that an evaluation run again takes seconds.

One SQLite file for each model fingerprint; a text is named by its SHA-256. Vectors are kept in float16, as in the
catalogue, so what is evaluated is what the memory would hold.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from memory.embed import Embedder, Encoding, load
from memory.settings import Settings

# Encoded and written together: an interrupted run loses no more than this.
_BATCH = 512


class KeptEmbedder:
    """What `embedder` gives, encoded once. Of one thread."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self.fingerprint = embedder.fingerprint
        self.dim = embedder.dim
        self.max_tokens = embedder.max_tokens
        self._queries: dict[str, Encoding] = {}
        self._kept = sqlite3.connect(folder / f"{embedder.fingerprint}.sqlite", timeout=60)
        self._kept.execute("PRAGMA journal_mode=WAL")
        self._kept.execute("CREATE TABLE IF NOT EXISTS kept (hash TEXT PRIMARY KEY, vector BLOB, codes BLOB)")

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text has."""
        return self._embedder.lengths(texts)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each of them begins and ends in the text."""
        return self._embedder.spans(text)

    def encode_query(self, text: str) -> Encoding:
        """The encoding of a question, kept for this process: how questions are read may change with the next."""
        if text not in self._queries:
            self._queries[text] = self._embedder.encode_query(text)
        return self._queries[text]

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """One encoding for each text, in order."""
        hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        missing = {h: text for h, text in zip(hashes, texts, strict=True) if self._get(h) is None}
        # Longest first, so that the texts of one batch are about as long as each other.
        ordered = sorted(missing.items(), key=lambda pair: -len(pair[1]))
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            self._keep([h for h, _ in batch], self._embedder.encode([text for _, text in batch]))
        found = [self._get(h) for h in hashes]
        return [encoding for encoding in found if encoding is not None]

    def _get(self, name: str) -> Encoding | None:
        row = self._kept.execute("SELECT vector, codes FROM kept WHERE hash = ?", (name,)).fetchone()
        if row is None:
            return None
        codes = np.frombuffer(row[1], np.uint8).reshape(-1, self.dim // 8)
        return Encoding(np.frombuffer(row[0], np.float16).astype(np.float32), codes)

    def _keep(self, hashes: Sequence[str], encodings: Sequence[Encoding]) -> None:
        rows = [
            (h, e.vector.astype(np.float16).tobytes(), e.codes.tobytes())
            for h, e in zip(hashes, encodings, strict=True)
        ]
        with self._kept:
            self._kept.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Let go of the file."""
        self._kept.close()


def kept_embedder() -> KeptEmbedder:
    """The embedder of the settings, its encodings kept below the model cache."""
    chosen = Settings()
    return KeptEmbedder(load(chosen.model, chosen.model_cache), chosen.model_cache / "eval")
