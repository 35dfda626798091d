"""The characters of a PDF page become spans: stretches of one printed line without a wide gap.

Coordinates that leave here are points from the top left of the page as displayed.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pypdfium2 import PdfPage, PdfTextPage

from ingest.readers import pdfium

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

# A page with more characters than this is no document page; what comes after is left out.
MAX_CHARS = 400_000
# A gap wider than this share of the line height ends a span: narrower than the gutters of gazettes set in
# 8-point type, wider than the word gaps of all but the worst justified lines (which are joined again).
GAP = 0.65
# Font descriptor flag 19 (ISO 32000-1, table 123). The weight that pdfium guesses from stems is often wrong.
FORCE_BOLD = 1 << 18
BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
# pdfium writes a hyphen at a line's end as U+0002 or U+FFFE. Ligatures become letters, so that words are words.
_MARKS = {0x02: "-", 0xFFFE: "-", 0xAD: "-", 0x2010: "-", 0x2011: "-", 0xA0: " ", 0xFEFF: None, 0x200B: None}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_CONTROLS = {code: None for code in (*range(9), 0x0B, *range(0x0E, 0x20), 0x7F) if code != 0x02}
CLEAN = {**_CONTROLS, **_MARKS, **_LIGATURES}


@dataclass(frozen=True, slots=True)
class Span:
    """Text with its box, in points; `size` is the font size in points."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool = False

    @property
    def middle(self) -> float:
        """The height of the span's middle, in points from the top."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page is displayed: `width` and `height` in points after its rotation (0, 90, 180 or 270)."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def width(self) -> float:
        """Displayed width in points."""
        return self.top - self.bottom if self.rotation % 180 else self.right - self.left

    @property
    def height(self) -> float:
        """Displayed height in points."""
        return self.right - self.left if self.rotation % 180 else self.top - self.bottom

    def place(self, boxes: Floats) -> Floats:
        """PDF boxes (left, bottom, right, top), shape (n, 4), as displayed boxes (x0, y0, x1, y1)."""
        x0, x1 = np.minimum(boxes[:, 0], boxes[:, 2]), np.maximum(boxes[:, 0], boxes[:, 2])
        y0, y1 = np.minimum(boxes[:, 1], boxes[:, 3]), np.maximum(boxes[:, 1], boxes[:, 3])
        sides = {
            0: (x0 - self.left, self.top - y1, x1 - self.left, self.top - y0),
            90: (y0 - self.bottom, x0 - self.left, y1 - self.bottom, x1 - self.left),
            180: (self.right - x1, y0 - self.bottom, self.right - x0, y1 - self.bottom),
            270: (self.top - y1, self.right - x1, self.top - y0, self.right - x0),
        }
        return np.stack(sides[self.rotation], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A page's characters: `text[i]` stands in `boxes[i]` (displayed, points), turned by `angles[i]` degrees."""

    text: str
    boxes: Floats
    angles: npt.NDArray[np.int32] | None
    handle: int


def frame_of(page: PdfPage) -> Frame:
    """The box that pdfium shows of a page, and its rotation."""
    left, bottom, right, top = page.get_bbox()
    return Frame(left, bottom, right, top, page.get_rotation() % 360)


def glyphs_of(textpage: PdfTextPage, frame: Frame) -> Glyphs:
    """All characters of a page with their boxes."""
    count = min(textpage.count_chars(), MAX_CHARS)
    address = pdfium.handle(textpage)
    text = textpage.get_text_range(0, count) if count > 0 else ""
    if len(text) != count:
        text = "".join(_char(pdfium.char_code(address, i)) for i in range(count))
    buffer = (ctypes.c_float * (4 * max(count, 1)))()
    start, box = ctypes.addressof(buffer), pdfium.loose_box
    for i in range(count):
        box(address, i, start + 16 * i)
    raw = np.frombuffer(buffer, dtype=np.float32)[: 4 * count].reshape(count, 4)
    # FS_RECTF is left, top, right, bottom
    boxes = frame.place(np.nan_to_num(raw[:, [0, 3, 2, 1]], posinf=0, neginf=0).clip(-1e5, 1e5))
    return Glyphs(text, boxes, _angles(address, text, boxes, frame), address)


def _char(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _angles(address: int, text: str, boxes: Floats, frame: Frame) -> npt.NDArray[np.int32] | None:
    """Degrees clockwise per character as displayed, or None where all text stands upright.

    Asking costs a call per character, so it is asked only where neighbours do not stand side by side.
    """
    solid = _solid(text)
    if len(solid) < 2:
        return None
    centre = (boxes[solid, :2] + boxes[solid, 2:]) / 2
    step = np.diff(centre, axis=0)
    reach = np.maximum(boxes[solid, 3] - boxes[solid, 1], boxes[solid, 2] - boxes[solid, 0])[:-1]
    near = np.abs(step).max(axis=1) < 1.5 * reach
    odd = near & ((np.abs(step[:, 1]) > 0.35 * reach) | (step[:, 0] < -0.2 * reach))
    if odd.sum() < 3:
        return None
    turned = np.array([pdfium.char_angle(address, i) for i in range(len(text))], dtype=np.float64)
    degrees = np.nan_to_num(np.degrees(turned)) + frame.rotation
    # pdfium's angles are clockwise; what is within five degrees of a right angle is read as straight
    whole = (np.round(degrees / 5) * 5).astype(np.int32) % 360
    straight = (np.round(degrees / 90) * 90).astype(np.int32) % 360
    return np.where(np.abs((degrees - straight + 180) % 360 - 180) <= 7, straight, whole).astype(np.int32)


def _solid(text: str) -> npt.NDArray[np.int64]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    space = (codes <= 0x20) & (codes != 0x02) | (codes == 0xA0) | (codes == 0x200B)
    return np.flatnonzero(~space)


def spans_of(glyphs: Glyphs, cuts: Sequence[tuple[float, float, float, float]]) -> dict[int, list[Span]]:
    """Spans in the order of the content stream, by the angle in degrees at which they are turned.

    `cuts`: upright rules (x, y0, x, y1) that no span crosses. Boxes of turned text are in a frame turned back,
    so that it reads left to right: `turn_back` gives the displayed box again.
    """
    solid = _solid(glyphs.text)
    if not len(solid):
        return {}
    if glyphs.angles is None:
        return {0: _spans(glyphs, solid, glyphs.boxes, cuts)}
    found = {}
    for angle in sorted(set(glyphs.angles[solid].tolist())):
        mine = solid[glyphs.angles[solid] == angle]
        boxes = glyphs.boxes if angle % 90 else turn(glyphs.boxes, angle)
        found[angle] = _spans(glyphs, mine, boxes, cuts if angle == 0 else ())
    return found


def turn(boxes: Floats, angle: int) -> Floats:
    """Boxes of text turned clockwise by 0, 90, 180 or 270 degrees, in a frame in which it reads straight."""
    x0, y0, x1, y1 = boxes.T
    sides = {
        0: (x0, y0, x1, y1),
        90: (y0, -x1, y1, -x0),
        180: (-x1, -y1, -x0, -y0),
        270: (-y1, x0, -y0, x1),
    }
    return np.stack(sides[angle], axis=1)


def turn_back(span: Span, angle: int) -> Span:
    """The span with its displayed box."""
    if angle % 90 or angle == 0:
        return span
    x0, y0, x1, y1 = turn(np.array([[span.x0, span.y0, span.x1, span.y1]]), (360 - angle) % 360)[0].tolist()
    return replace(span, x0=x0, y0=y0, x1=x1, y1=y1)


def _spans(
    glyphs: Glyphs,
    solid: npt.NDArray[np.int64],
    boxes: Floats,
    cuts: Sequence[tuple[float, float, float, float]],
) -> list[Span]:
    """The characters `solid`, cut where the line ends, the gap is wide, or a rule stands between."""
    box = boxes[solid]
    keep = ~_painted_twice(glyphs.text, solid, box)
    solid, box = solid[keep], box[keep]
    ends = np.flatnonzero(_breaks(box, cuts)) + 1
    bounds = [0, *ends.tolist(), len(solid)]
    rank = np.searchsorted(_solid(glyphs.text), solid)
    seen: set[tuple[str, int, int]] = set()
    spans = []
    for first, last in pairwise(bounds):
        if first == last:
            continue
        whole = rank[last - 1] - rank[first] == last - 1 - first
        text = _words(glyphs.text, solid[first:last], whole=bool(whole))
        x0, y0 = box[first:last, :2].min(axis=0).tolist()
        x1, y1 = box[first:last, 2:].max(axis=0).tolist()
        # the same words on the same place again: bold made by printing twice
        mark = (text, round(x0 / 2), round(y0 / 2))
        if not text or mark in seen:
            continue
        seen.add(mark)
        size, bold = _style(glyphs.handle, int(solid[(first + last) // 2]), y1 - y0)
        spans.append(Span(text, x0, y0, x1, y1, size, bold))
    return spans


def _words(text: str, solid: npt.NDArray[np.int64], *, whole: bool) -> str:
    """The characters with the spaces between them, cleaned."""
    if whole:
        piece = text[int(solid[0]) : int(solid[-1]) + 1]
    else:
        piece = "".join(
            (" " if i and step > 1 and any(c in " \t\xa0" for c in text[at - step + 1 : at]) else "") + text[at]
            for i, (at, step) in enumerate(zip(solid.tolist(), np.diff(solid, prepend=solid[:1]).tolist(), strict=True))
        )
    return " ".join(piece.translate(CLEAN).split())


def _painted_twice(text: str, solid: npt.NDArray[np.int64], box: Floats) -> Flags:
    """Characters that repeat the one before on (nearly) its own place: fake bold."""
    twice = np.zeros(len(solid), dtype=np.bool_)
    if len(solid) > 1:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)[solid]
        shift = np.abs(np.diff(box, axis=0)).max(axis=1)
        width = np.maximum(box[1:, 2] - box[1:, 0], 0.5)
        twice[1:] = (codes[1:] == codes[:-1]) & (shift < 0.3 * width)
    return twice


def _breaks(box: Floats, cuts: Sequence[tuple[float, float, float, float]]) -> Flags:
    """For each neighbouring pair: do they belong to different spans?"""
    a, b = box[:-1], box[1:]
    height = np.maximum(np.minimum(a[:, 3] - a[:, 1], b[:, 3] - b[:, 1]), 0.5)
    shared = np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    apart = np.maximum(b[:, 0] - a[:, 2], a[:, 0] - b[:, 2])
    broken = (shared < 0.4 * height) | (apart > GAP * height)
    middle = (box[:, 0] + box[:, 2]) / 2
    for x, y0, _, y1 in cuts:
        inside = (a[:, 1] < y1) & (a[:, 3] > y0)
        broken |= inside & ((middle[:-1] < x) != (middle[1:] < x))
    return np.asarray(broken, dtype=np.bool_)


def _style(address: int, index: int, height: float) -> tuple[float, bool]:
    """Font size in points on the page, and whether the font is a bold one."""
    matrix = (ctypes.c_float * 6)()
    size = pdfium.font_size(address, index)
    if pdfium.text_matrix(address, index, ctypes.addressof(matrix)):
        size *= float(np.hypot(matrix[2], matrix[3]))
    if not 0.5 < size < 4 * max(height, 1):
        size = height / 1.2
    name, flags = ctypes.create_string_buffer(96), ctypes.c_int()
    length = pdfium.font_info(address, index, ctypes.addressof(name), 96, ctypes.addressof(flags))
    bold = bool(length and BOLD_NAME.search(name.value.decode("latin-1")))
    return round(size, 1), bold or bool(flags.value & FORCE_BOLD)
