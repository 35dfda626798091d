"""Texts in, unit vectors and token codes out, on the CPU through OpenVINO.

A token code is the sign of each centred dimension of a token's last hidden state, packed to bits: what late
interaction compares (Khattab and Zaharia 2020, ColBERT; binary as in Santhanam et al. 2022, ColBERTv2).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from memory.model import Graph, prepared

Vectors = NDArray[np.float32]
Codes = NDArray[np.uint8]

# Rows of a batch are padded to its longest; beyond about 4,000 word pieces a batch gained nothing on 2 cores.
_BATCH_TOKENS = 4096
_BATCH_ROWS = 32


@dataclass(frozen=True, slots=True)
class Encoding:
    """One text. `vector`: float32 (dim,), unit length. `codes`: uint8 (word pieces, dim / 8), without the
    special tokens."""

    vector: Vectors
    codes: Codes


class Embedder(Protocol):
    """What the memory needs of a model."""

    @property
    def fingerprint(self) -> str:
        """Names weights and conversion: vectors of different fingerprints never meet."""
        ...

    @property
    def dim(self) -> int:
        """Width of a sentence vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """Word pieces that the model reads, special tokens included; the rest is lost to it."""
        ...

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """One encoding for each text, in order."""
        ...

    def encode_query(self, text: str) -> Encoding:
        """The encoding of a question, to be compared with those of passages."""
        ...

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text has, without the special tokens, never truncated."""
        ...

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each of these word pieces begins and ends in the text."""
        ...


class OpenVinoEmbedder:
    """The converted graphs, in bf16 where the processor has it. What only asks never loads that of passages."""

    def __init__(self, graph: Graph, *, precision: str | None = None) -> None:
        # Its threads take about 1 ms to wake, longer than it takes to cut a question; an ingest gains nothing by them.
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        from tokenizers import Tokenizer

        self._graph, self._precision = graph, precision
        facts = json.loads((graph.folder / "graph.json").read_text("utf-8"))
        self.fingerprint: str = graph.fingerprint
        self.dim: int = graph.dim
        self.max_tokens: int = graph.max_tokens
        self._inputs: list[str] = facts["inputs"]
        self.centre: Vectors = np.asarray(facts["centre"], np.float32)
        self._tokenizer = Tokenizer.from_file(str(graph.folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._special = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self._asking = self._compiled("question.xml") if (graph.folder / "question.xml").exists() else self._reading

    @cached_property
    def _reading(self) -> Any:
        return self._compiled("graph.xml")

    def _compiled(self, name: str) -> Any:
        import openvino as ov

        core = ov.Core()
        capable = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        return core.compile_model(
            self._graph.folder / name,
            "CPU",
            {
                "CACHE_DIR": str(self._graph.folder / "compiled"),
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_PRECISION_HINT": self._precision or ("bf16" if "BF16" in capable else "f32"),
            },
        )

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text has, without the special tokens, never truncated."""
        return [len(row) for row in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each of these word pieces begins and ends in the text."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).offsets)

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """One encoding for each text, in order; rows of about the same length share a batch."""
        ids = self._ids(texts)
        found: list[Encoding | None] = [None] * len(ids)
        for rows in _batches([len(row) for row in ids]):
            for row, encoding in zip(rows, self._infer(self._reading, [ids[row] for row in rows]), strict=True):
                found[row] = encoding
        return [encoding for encoding in found if encoding is not None]

    def encode_query(self, text: str) -> Encoding:
        """The encoding of a question, by the graph that learned how people ask."""
        return next(self._infer(self._asking, self._ids([text])))

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        ids = [row.ids for row in self._tokenizer.encode_batch_fast(list(texts))]
        # A longer text keeps its closing special token, as sentence-transformers truncates.
        return [row if len(row) <= self.max_tokens else row[: self.max_tokens - 1] + row[-1:] for row in ids]

    def _infer(self, model: Any, ids: list[list[int]]) -> Iterator[Encoding]:
        width = max(map(len, ids))
        tokens = np.zeros((len(ids), width), np.int64)
        mask = np.zeros((len(ids), width), np.int64)
        for row, values in enumerate(ids):
            tokens[row, : len(values)] = values
            mask[row, : len(values)] = 1
        feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        # One request for each call: a compiled model's own request is not safe between threads.
        out = model.create_infer_request().infer([feed[name] for name in self._inputs])
        vectors, hidden = (out[port] for port in model.outputs)
        for row, values in enumerate(ids):
            inner = hidden[row, 1 : len(values) - self._special + 1]
            yield Encoding(unit(vectors[row]), self._codes(inner))

    def _codes(self, hidden: NDArray[Any]) -> Codes:
        lengths = np.maximum(np.linalg.norm(hidden, axis=1, keepdims=True), 1e-9)
        return packed(hidden / lengths, self.centre)


def packed(vectors: NDArray[Any], centre: Vectors) -> Codes:
    """The signs of centred vectors, packed to bits. `vectors`: (n, dim); (n, dim / 8)"""
    return np.packbits(vectors > centre, axis=1)


def unit(vectors: NDArray[Any]) -> Vectors:
    """`vectors` (..., dim) scaled to unit length; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def _batches(lengths: Iterable[int]) -> Iterator[list[int]]:
    """Row numbers, longest first, so that a lack of memory shows at once and padding stays small."""
    sized = list(lengths)
    batch: list[int] = []
    width = 0
    for row in sorted(range(len(sized)), key=lambda row: -sized[row]):
        width = width or sized[row]
        if batch and (len(batch) == _BATCH_ROWS or (len(batch) + 1) * width > _BATCH_TOKENS):
            yield batch
            batch, width = [], sized[row]
        batch.append(row)
    if batch:
        yield batch


def load(model: str, cache: Path) -> OpenVinoEmbedder:
    """The embedder of the setting `model`, its graph kept under `cache`."""
    return OpenVinoEmbedder(prepared(model, cache))
