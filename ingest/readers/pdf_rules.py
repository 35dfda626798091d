"""What a page draws besides text: rules (table lines) and how much of it pictures cover.

Coordinates are displayed points, as in `pdf_text`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pypdfium2 import PdfPage

from ingest.readers import pdfium
from ingest.readers.pdf_text import Frame

# Maps and drawings have hundreds of thousands of objects; tables do not.
MAX_OBJECTS = 20_000
MAX_SEGMENTS = 4_000
MAX_RULES = 4_000
MAX_DEPTH = 4
# A box thinner than this (points) is a rule, not an area.
THIN = 3.0
FEW_RULES = 6

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """`across`: horizontal rules, `down`: upright rules (x0, y0, x1, y1); `pictures`: boxes of images.

    `paths`: how many drawn shapes there are (text turned into outlines has many).
    """

    across: list[Box]
    down: list[Box]
    pictures: list[Box]
    paths: int


def drawing_of(page: PdfPage, frame: Frame) -> Drawing:
    """The rules and pictures of a page."""
    rules: list[Box] = []
    shades: list[Box] = []
    pictures: list[Box] = []
    paths = 0
    for address, matrix, kind in _objects(pdfium.handle(page)):
        if kind == pdfium.IMAGE_OBJECT:
            pictures.append(_moved(_bounds(address), matrix))
        elif kind == pdfium.PATH_OBJECT:
            paths += 1
            if len(rules) + len(shades) < MAX_RULES:
                edges, ruled = _edges(address, matrix)
                (rules if ruled else shades).extend(edges)
    # shading is set behind single lines of a cell too: it counts only where nothing else rules a table
    across, down = _sorted_rules(rules if len(rules) >= FEW_RULES else [*rules, *shades], frame)
    return Drawing(across, down, _displayed(pictures, frame), paths)


def _objects(page: int) -> Iterator[tuple[int, Matrix, int]]:
    """Path and image objects with the matrix of the form that they stand in."""
    count = min(pdfium.count_objects(page), MAX_OBJECTS)
    budget = [MAX_OBJECTS]
    for i in range(count):
        address = pdfium.get_object(page, i)
        kind = pdfium.object_type(address) if address else 0
        if kind == pdfium.FORM_OBJECT:
            yield from _inside_form(address, UNIT, 1, budget)
        elif kind in (pdfium.PATH_OBJECT, pdfium.IMAGE_OBJECT):
            yield address, UNIT, kind


def _inside_form(form: int, outer: Matrix, depth: int, budget: list[int]) -> Iterator[tuple[int, Matrix, int]]:
    matrix = _times(_matrix(form), outer)
    for i in range(min(pdfium.count_form_objects(form), budget[0])):
        budget[0] -= 1
        address = pdfium.get_form_object(form, i)
        kind = pdfium.object_type(address) if address else 0
        if kind == pdfium.FORM_OBJECT and depth < MAX_DEPTH:
            yield from _inside_form(address, matrix, depth + 1, budget)
        elif kind in (pdfium.PATH_OBJECT, pdfium.IMAGE_OBJECT):
            yield address, matrix, kind


def _matrix(address: int) -> Matrix:
    buffer = (ctypes.c_float * 6)()
    if not pdfium.object_matrix(address, ctypes.addressof(buffer)):
        return UNIT
    a, b, c, d, e, f = buffer
    return a, b, c, d, e, f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _point(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _moved(box: Box, matrix: Matrix) -> Box:
    if matrix == UNIT:
        return box
    corners = [_point(x, y, matrix) for x in box[::2] for y in box[1::2]]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _bounds(address: int) -> Box:
    buffer = (ctypes.c_float * 4)()
    start = ctypes.addressof(buffer)
    if not pdfium.object_bounds(address, start, start + 4, start + 8, start + 12):
        return 0.0, 0.0, 0.0, 0.0
    left, bottom, right, top = buffer
    return left, bottom, right, top


def _edges(address: int, matrix: Matrix) -> tuple[list[Box], bool]:
    """The straight edges of one path, as thin boxes in PDF coordinates, and whether they are drawn as rules."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.draw_mode(address, ctypes.addressof(fill), ctypes.addressof(stroke))
    if not fill.value and not stroke.value:
        return [], False
    x0, y0, x1, y1 = box = _moved(_bounds(address), matrix)
    if min(x1 - x0, y1 - y0) <= THIN:
        return [box], True
    if (count := pdfium.count_segments(address)) > MAX_SEGMENTS:
        return [], False
    return _outline(address, count, _times(_matrix(address), matrix)), bool(stroke.value)


def _outline(address: int, count: int, matrix: Matrix) -> list[Box]:
    """The straight segments of a path; curves are no table lines."""
    buffer = (ctypes.c_float * 2)()
    at = ctypes.addressof(buffer)
    edges: list[Box] = []
    start = here = (0.0, 0.0)
    for i in range(count):
        segment = pdfium.path_segment(address, i)
        pdfium.segment_point(segment, at, at + 4)
        there = _point(buffer[0], buffer[1], matrix)
        kind = pdfium.segment_type(segment)
        if kind == pdfium.LINE_TO:
            edges.append((*here, *there))
        elif kind == pdfium.MOVE_TO:
            start = there
        here = there
        if pdfium.segment_close(segment):
            edges.append((*here, *start))
    return edges


def _displayed(boxes: list[Box], frame: Frame) -> list[Box]:
    if not boxes:
        return []
    placed = frame.place(np.array(boxes, dtype=np.float64).clip(-1e5, 1e5).astype(np.float32))
    return [(a, b, c, d) for a, b, c, d in placed.tolist()]


def _sorted_rules(boxes: list[Box], frame: Frame) -> tuple[list[Box], list[Box]]:
    """Thin boxes as horizontal and upright rules; what is neither, or a dot, is dropped."""
    across, down = [], []
    for x0, y0, x1, y1 in _displayed(boxes, frame):
        wide, high = x1 - x0, y1 - y0
        if high <= THIN and wide > 2 * THIN:
            across.append((x0, (y0 + y1) / 2, x1, (y0 + y1) / 2))
        elif wide <= THIN and high > THIN:
            down.append(((x0 + x1) / 2, y0, (x0 + x1) / 2, y1))
    return across, down


def covered(pictures: list[Box], frame: Frame) -> float:
    """The share of the page that pictures cover, counted on a grid of 32 by 32 points of it."""
    if not pictures or frame.width <= 0 or frame.height <= 0:
        return 0.0
    grid = np.zeros((32, 32), dtype=np.bool_)
    for x0, y0, x1, y1 in pictures[:MAX_RULES]:
        columns = slice(max(round(32 * x0 / frame.width), 0), max(round(32 * x1 / frame.width), 0))
        rows = slice(max(round(32 * y0 / frame.height), 0), max(round(32 * y1 / frame.height), 0))
        grid[rows, columns] = True
    return float(grid.mean())
