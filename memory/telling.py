"""How telling each word piece of a question is: "R4.18" more than "much", and "much" more than "the".

A linear map of the piece's code, learned from questions and answers by `python -m eval.telling`, kept in telling.json
beside this module. It holds for the model that it was learned with; with another each piece tells as much.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from memory.embed import Codes

LEARNED = Path(__file__).with_name("telling.json")


@cache
def learned() -> tuple[str, NDArray[np.float32], float]:
    """(fingerprint of the model that it was learned with, weights (dim,), bias)."""
    values = json.loads(LEARNED.read_text("utf-8"))
    return str(values["model"]), np.asarray(values["weights"], np.float32), float(values["bias"])


def telling(question: Codes, model: str) -> NDArray[np.float32]:
    """(q,), each above 0. `question`: uint8 (q, dim / 8); `model`: the fingerprint of what made the codes."""
    learned_with, weights, bias = learned()
    if model != learned_with or not len(question):
        return np.ones(len(question), np.float32)
    return np.asarray(np.logaddexp(0, signs(question) @ weights + bias), np.float32)


def signs(codes: Codes) -> NDArray[np.float32]:
    """Codes as -1 and 1. (n, dim)"""
    return np.asarray(np.unpackbits(codes, axis=1) * 2.0 - 1, np.float32)
