"""A page without text becomes one: rendered, its lines found and read, its blocks cut as in any PDF.

RapidOCR's models (carried by its wheel) on OpenVINO, one thread: two workers keep two cores busy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ingest.document import ReadPage
from ingest.ocr_recognise import Recognised, recognise
from ingest.readers.pdf_blocks import page_text
from ingest.readers.pdf_headings import HeadingPath, Style
from ingest.readers.pdf_layout import lines_of
from ingest.readers.pdf_picture import page_pixels
from ingest.readers.pdf_running import LONE_NUMBER, PAGE_NUMBER
from ingest.readers.pdf_text import Span

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]

# Measured on 11 pages of three scanned gazettes, one thread: word recall 0.986, 0.985, 0.997 and 1.4 s a page at
# 200 dpi; at 150 dpi 0.983, 0.985, 0.998 and the same time, which goes into reading lines of a fixed height.
# Squeezing lines to 85 % of their width saves 14 % and costs 0.005; to 75 %, 0.03.
SCALE = 200 / 72
MAX_RENDERED_SIDE = 2600
MIN_RENDERED_SIDE = 1200
FIND_SIDE = 1216
# A line that is read with less confidence is noise: stamps, signatures, shadows of the fold.
MIN_CONFIDENCE = 0.5
# The longest lines of a page tell whether it stands upright.
WITNESSES = 5
SURE = 0.88
# A page with less ink than this share of its pixels is blank.
MIN_INK = 0.0002


@dataclass(frozen=True, slots=True)
class _Found:
    """Where lines stand on the turned picture: boxes of four corners, shape (n, 4, 2), clockwise from top left."""

    picture: Pixels
    boxes: Points
    turns: int


def read_page(path: Path, number: int) -> ReadPage:
    """Page `number` (from 1) of a PDF or an image file, read by OCR.

    Raises: NotFound, Locked, Damaged, LimitExceeded.
    """
    picture, width, height = _rendered(path, number)
    scale = picture.shape[1] / width
    spans: dict[Span, Span] = {}
    confidence = None
    if _has_ink(picture):
        found = _upright(picture)
        texts = recognise(_crops(found.picture, found.boxes))
        spans, confidence = _spans(found, texts, scale)
    return _page(number, spans, (width, height), confidence)


def _rendered(path: Path, number: int) -> tuple[Pixels, float, float]:
    """The page's pixels at a resolution that OCR reads well, with its width and height in points."""
    picture, width, height = page_pixels(path, number, SCALE)
    longest = max(picture.shape[:2])
    if MIN_RENDERED_SIDE <= longest <= MAX_RENDERED_SIDE:
        return picture, width, height
    # small pages hold small pictures of text, large ones text made for a wall
    wanted = min(max(longest, MIN_RENDERED_SIDE), MAX_RENDERED_SIDE)
    return page_pixels(path, number, SCALE * wanted / longest)


def _has_ink(picture: Pixels) -> bool:
    grey = picture[::3, ::3, 1].astype(np.int16)
    return bool((np.abs(grey - np.median(grey)) > 60).mean() > MIN_INK)


@cache
def _finder() -> Any:
    """RapidOCR with nothing but its detection model loaded."""
    from rapidocr import EngineType, RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": 4000,
            "Det.engine_type": EngineType.OPENVINO,
            "Det.limit_type": "max",
            "Det.limit_side_len": FIND_SIDE,
            "EngineConfig.openvino.inference_num_threads": 1,
        }
    )


def _find(picture: Pixels) -> Points:
    """Boxes of printed lines: four corners each, clockwise from the top left, in pixels; shape (n, 4, 2)."""
    found = _finder()(np.ascontiguousarray(picture), use_det=True, use_cls=False, use_rec=False)
    if found.boxes is None or not len(found.boxes):
        return np.zeros((0, 4, 2), dtype=np.float32)
    return np.asarray(found.boxes, dtype=np.float32)


def _upright(picture: Pixels) -> _Found:
    """The picture turned so that its lines read from left to right, with their boxes."""
    boxes = _find(picture)
    wide, high = _sides(boxes)
    sideways = float(wide[high > 1.5 * wide].sum()) * 1.5 < float(high[high > 1.5 * wide].sum())
    sideways = sideways and high[high > 1.5 * wide].sum() > wide[wide > 1.5 * high].sum()
    best, best_sure = _Found(picture, boxes, 0), -1.0
    for turns in (1, 3) if sideways else (0, 2):
        turned = np.ascontiguousarray(np.rot90(picture, turns))
        found = _Found(turned, boxes if turns == 0 else _find(turned), turns)
        sure = _readable(found)
        if sure > best_sure:
            best, best_sure = found, sure
        if best_sure >= SURE:
            break
    return best


def _readable(found: _Found) -> float:
    """How surely some lines of middling length are read, 0 to 1."""
    wide, high = _sides(found.boxes)
    if not len(wide):
        return 0.0
    chosen = np.argsort(np.abs(wide - 10 * high), kind="stable")[:WITNESSES]
    texts = recognise(_crops(found.picture, found.boxes[chosen]))
    return float(np.mean([text.confidence for text in texts]))


def _sides(boxes: Points) -> tuple[Points, Points]:
    """Width and height of each box along its own edges."""
    wide = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    high = np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)
    return wide, high


def _crops(picture: Pixels, boxes: Points) -> list[Pixels]:
    """Each box cut out and straightened; what stands upright is laid down."""
    crops = []
    for box in boxes:
        wide = max(round(float(np.linalg.norm(box[1] - box[0]))), 1)
        high = max(round(float(np.linalg.norm(box[3] - box[0]))), 1)
        target = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], dtype=np.float32)
        transform = cv2.getPerspectiveTransform(box, target)
        crop = cv2.warpPerspective(
            picture, transform, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        crops.append(np.rot90(crop) if high > 1.5 * wide else crop)
    return crops


def _tilt(boxes: Points) -> float:
    """By how many radians the lines go down to the right: the median over long lines."""
    wide, high = _sides(boxes)
    edge = (boxes[:, 1] - boxes[:, 0])[wide > 4 * high]
    return float(np.median(np.arctan2(edge[:, 1], edge[:, 0]))) if len(edge) else 0.0


def _spans(found: _Found, texts: Sequence[Recognised], scale: float) -> tuple[dict[Span, Span], float | None]:
    """Per line read, its span in a frame without turn and tilt, and as displayed; and the mean confidence."""
    tilt = _tilt(found.boxes)
    found = replace(found, boxes=_tight(found.boxes))
    level = found.boxes @ np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]], dtype=np.float32)
    shown = _turned_back(found)
    kept = [i for i, text in enumerate(texts) if text.text and text.confidence >= MIN_CONFIDENCE]
    if not kept:
        return {}, None
    usual = float(np.median([np.ptp(level[i, :, 1]) for i in kept]))
    spans = {}
    for i in kept:
        size = _size(float(np.ptp(level[i, :, 1])), usual)
        spans[_span(texts[i].text, level[i] / scale, size)] = _span(texts[i].text, shown[i] / scale, size)
    weights = [len(texts[i].text) for i in kept]
    return spans, round(float(np.average([texts[i].confidence for i in kept], weights=weights)), 3)


def _size(height: float, usual: float) -> float:
    """A font size from the height of a box, 10 for the usual one: only clear differences count."""
    return 10.0 if height < 1.4 * usual else round(10 * height / usual, 1)


def _span(text: str, corners: Points, size: float) -> Span:
    x0, y0 = corners.min(axis=0).tolist()
    x1, y1 = corners.max(axis=0).tolist()
    return Span(text, x0, y0, x1, y1, size)


def _tight(boxes: Points) -> Points:
    """The model's boxes reach over the letters by about an eighth of their height: here they don't."""
    return np.asarray(boxes + (boxes[:, [3, 2, 1, 0]] - boxes) / 8, dtype=np.float32)


def _turned_back(found: _Found) -> Points:
    """The corners on the picture as displayed, before it was turned."""
    rows, columns = found.picture.shape[:2]
    x, y = found.boxes[..., 0], found.boxes[..., 1]
    places = {0: (x, y), 1: (rows - y, x), 2: (columns - x, rows - y), 3: (y, columns - x)}
    return np.stack(places[found.turns], axis=-1)


def _page(number: int, spans: dict[Span, Span], size: tuple[float, float], confidence: float | None) -> ReadPage:
    """The page's text and blocks; lone page numbers at its edges stay out of blocks."""
    lines = [
        replace(line, parts=tuple((gap, spans[span]) for gap, span in line.parts)) for line in lines_of(list(spans))
    ]
    edges = (0, len(lines) - 1) if len(lines) > 2 else ()
    running = {i for i in edges if PAGE_NUMBER.fullmatch(lines[i].text) or LONE_NUMBER.fullmatch(lines[i].text)}
    made = page_text(lines, running=running, style=Style(10.0, bold=False, plain=True), above=HeadingPath())
    label = next((lines[i].text for i in sorted(running) if LONE_NUMBER.fullmatch(lines[i].text)), "")
    return ReadPage(
        number=number,
        text=made.text,
        anchor=f"page-{number}",
        label=label,
        blocks=tuple(made.blocks),
        lines=tuple(made.lines),
        width=size[0],
        height=size[1],
        picture=True,
        ocr=True,
        confidence=confidence,
    )
