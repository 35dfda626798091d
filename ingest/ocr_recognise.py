"""Pictures of printed lines become text: RapidOCR's recognition model on OpenVINO, kept to Latin letters.

The model ends in a layer of 18,710 characters, nearly all of them Chinese. Only the columns of Latin letters,
digits and signs are kept: a third less work, and no stray ideographs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

MODEL = "PP-OCRv6_rec_small.onnx"
LAST_WEIGHTS, LAST_BIAS = "linear_8.w_0", "linear_8.b_0"
# The model reads lines 48 pixels high. Widths are rounded up, so that few shapes are compiled.
HEIGHT = 48
WIDTH_STEP = 96
MAX_WIDTH = 3200
# Latin with its extensions, Vietnamese forms used for tone marks, punctuation, currency, letter-like signs, arrows
ALPHABET = ((0x20, 0x24F), (0x1E00, 0x1EFF), (0x2010, 0x2069), (0x20A0, 0x20C0), (0x2100, 0x2193), (0x2212, 0x2265))


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of one line and the mean probability of its characters, 0 to 1."""

    text: str
    confidence: float


@cache
def _model() -> tuple[Any, tuple[str, ...]]:
    """The compiled model with its characters; the first is the blank of CTC."""
    import openvino
    import rapidocr
    from openvino import opset13

    core = openvino.Core()
    model = core.read_model(Path(rapidocr.__file__).parent / "models" / MODEL)
    characters = ["", *model.get_rt_info()["framework"]["character"].value.splitlines(), " "]
    kept = [i for i, c in enumerate(characters) if not c or (len(c) == 1 and _latin(ord(c)))]
    for node in model.get_ordered_ops():
        if node.friendly_name in (LAST_WEIGHTS, LAST_BIAS):
            node.output(0).replace(opset13.constant(node.get_data()[..., kept].copy()).output(0))
    model.validate_nodes_and_infer_types()
    compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1})
    return compiled.create_infer_request(), tuple(characters[i] for i in kept)


def _latin(code: int) -> bool:
    return any(first <= code <= last for first, last in ALPHABET)


def recognise(lines: Sequence[Pixels]) -> list[Recognised]:
    """The text of each picture of one line (rows, columns, 3), in the same order."""
    request, characters = _model()
    found = []
    for line in lines:
        request.infer([_prepared(line)], share_inputs=True)
        found.append(_decoded(request.get_output_tensor().data[0], characters))
    return found


def _prepared(line: Pixels) -> npt.NDArray[np.float32]:
    """One line as the model takes it: (1, 3, 48, width), values from -1 to 1, padded on the right."""
    rows, columns = line.shape[:2]
    width = min(max(round(HEIGHT * columns / max(rows, 1)), 8), MAX_WIDTH)
    finer = rows > HEIGHT
    small = cv2.resize(line, (width, HEIGHT), interpolation=cv2.INTER_AREA if finer else cv2.INTER_LINEAR)
    padded = np.zeros((1, 3, HEIGHT, -(-width // WIDTH_STEP) * WIDTH_STEP), dtype=np.float32)
    padded[0, :, :, :width] = small.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
    return padded


def _decoded(scores: npt.NDArray[np.float32], characters: Sequence[str]) -> Recognised:
    """Connectionist temporal classification, best path (Graves et al., 2006): repeats merge, blanks vanish."""
    best = scores.argmax(axis=1).tolist()
    sure = scores.max(axis=1).tolist()
    text, confidence, at = [], [], 0
    for index, run in groupby(best):
        if index:
            text.append(characters[index])
            confidence.append(sure[at])
        at += len(list(run))
    return Recognised("".join(text).strip(), float(np.mean(confidence)) if confidence else 0.0)
