"""The phrasebook: questions as people ask them, each with a sentence as documents write of the matter.

phrasebook.jsonl beside this module was written from general knowledge of South African municipalities. The sentences
whose questions are nearest to what is asked give words to look for beside the asker's own: a relevance model over an
external collection (Diaz and Metzler 2006), of which the corpus need hold nothing. The questions' vectors are kept as
signs in asking.safetensors, made by `python -m eval.asking` with the model whose fingerprint it names; with another
model the phrasebook is silent.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import faiss
import numpy as np
from safetensors import safe_open

from memory.embed import Vectors, packed
from memory.model import LEARNED
from memory.terms import analyze

PHRASES = Path(__file__).with_name("phrasebook.jsonl")
# Questions that are looked at, sentences that are taken, and how like (cosine) a question must be to count at all.
_NEAREST, _TAKEN, _LIKE = 64, 8, 0.4


@cache
def phrases() -> tuple[tuple[tuple[str, ...], str], ...]:
    """(questions, sentence) of each line."""
    lines = map(json.loads, PHRASES.read_text("utf-8").splitlines())
    return tuple((tuple(line["asked"]), str(line["written"])) for line in lines)


class Phrasebook:
    """The phrasebook for a model. `model`: its fingerprint."""

    def __init__(self, model: str) -> None:
        with safe_open(LEARNED, "numpy") as learned:
            self._centre: Vectors = learned.get_tensor("centre")
            codes = learned.get_tensor("asked")[: None if learned.metadata()["model"] == model else 0]
        self._asked = faiss.IndexBinaryFlat(8 * codes.shape[1])
        self._asked.add(codes)
        self._of = np.repeat(np.arange(len(phrases())), [len(asked) for asked, _ in phrases()])

    def written(self, question: Vectors) -> dict[str, float]:
        """Words of the sentences whose questions are nearest, in their exact form, with how near: 1 is a sentence whose
        question is the same. `question`: (dim,)."""
        if not self._asked.ntotal:
            return {}
        (distances,), (nearest,) = self._asked.search(packed(question[None], self._centre), _NEAREST)
        best: dict[int, float] = {}
        for at, like in zip(self._of[nearest], np.cos(np.pi * distances / len(question)), strict=True):
            best.setdefault(int(at), float(like))
        words: dict[str, float] = {}
        for at, like in list(best.items())[:_TAKEN]:
            for word in analyze(phrases()[at][1], "exact") if like > _LIKE else ():
                words[word] = words.get(word, 0.0) + (like - _LIKE) / (1 - _LIKE)
        return words
