"""Spans and tables of a page become printed lines in reading order, column by column.

A column is cut only where both sides of a gutter hold running text: a table without rules, a list with hanging
numbers, and text in one column keep their lines whole. (After the recursive X-Y cut of Nagy and Seth, 1984.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from ingest.readers.pdf_tables import MAX_CELL_CHARS, MAX_CELL_LINES, Grid, Row, rows_of
from ingest.readers.pdf_text import Span

# Fewer lines than this beside each other are a letterhead or a signature, not columns.
MIN_LINES = 4
MIN_LETTERS = 12
# The gutter, in line heights; each side's width, as a share of the region; how full the lines of a side are.
MIN_GUTTER = 0.7
MIN_SIDE = 0.15
MIN_FILL = 0.5
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of a page in reading order.

    `parts`: each span with what separates it from the one before. `left` and `right` are the edges of its
    column. Boxes are in points; `parts` carry displayed boxes, the rest is in the frame in which it reads straight.
    `table`: column edges of the table that it is a row of, else empty.
    """

    text: str
    parts: tuple[tuple[str, Span], ...]
    x0: float
    y0: float
    x1: float
    y1: float
    left: float
    right: float
    size: float
    bold: bool
    table: tuple[int, ...] = ()
    context: str = ""
    angle: int = 0


@dataclass(frozen=True, slots=True)
class _Item:
    """A span or a whole table as it takes part in the layout. `lines`: how many printed lines it stands for."""

    x0: float
    y0: float
    x1: float
    y1: float
    letters: int
    span: Span | None = None
    rows: tuple[Row, ...] = ()
    edges: tuple[int, ...] = ()
    header: str = ""

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


def lines_of(spans: Sequence[Span], grids: Sequence[Grid] = ()) -> list[PrintedLine]:
    """All lines of a page in reading order; each table stands where it is printed."""
    items: list[_Item] = []
    free = list(spans)
    for grid in grids:
        inside = [span for span in free if grid.holds(span)]
        rows, header = rows_of(grid, inside)
        if rows:
            free = [span for span in free if not grid.holds(span)]
            items.append(_Item(*grid.box, 999, None, tuple(rows), tuple(round(x) for x in grid.xs), header))
    items.extend(_item(span) for span in free)
    return _ordered(items, 0)


def _ordered(items: list[_Item], depth: int) -> list[PrintedLine]:
    """Cut at the best gutter, if there is one; else line by line."""
    items = sorted(items, key=lambda item: item.middle)
    band = _best_band(items) if depth < MAX_DEPTH else None
    if band is None:
        return _leaf(items)
    first, last, x = band
    inside = items[first:last]
    left = [item for item in inside if item.x1 <= x or (item.x0 + item.x1) / 2 < x]
    right = [item for item in inside if not (item.x1 <= x or (item.x0 + item.x1) / 2 < x)]
    parts = (items[:first], left, right, items[last:])
    return [line for part in parts if part for line in _ordered(part, depth + 1)]


def _best_band(items: list[_Item]) -> tuple[int, int, float] | None:
    """(first item, last item, x): the tallest stretch with a gutter at x, or None."""
    if len(items) < 2 * MIN_LINES:
        return None
    best: tuple[int, int, float] | None = None
    most = MIN_LINES - 1
    for x in _candidates(items):
        start = 0
        for i, item in enumerate([*items, None]):
            if item is not None and not item.x0 < x < item.x1:
                continue
            if i - start > 2 * most:
                first, last = _trim(items, start, i)
                score = _score(items[first:last], x)
                if score > most:
                    best, most = (first, last, x), score
            start = i + 1
    return best


def _candidates(items: list[_Item]) -> list[float]:
    """Places x that few items cross and that have items on both sides; at most a dozen."""
    boxes = np.array([(item.x0, item.x1) for item in items])
    left, right = float(boxes[:, 0].min()), float(boxes[:, 1].max())
    margin = MIN_SIDE * (right - left)
    places = np.linspace(left + margin, right - margin, 160)
    crossing = ((boxes[:, :1] < places) & (boxes[:, 1:] > places)).sum(axis=0)
    before = (boxes[:, 1:] <= places).sum(axis=0)
    after = (boxes[:, :1] >= places).sum(axis=0)
    fit = np.flatnonzero((crossing <= 0.45 * len(items)) & (before >= MIN_LINES) & (after >= MIN_LINES))
    if not len(fit):
        return []
    runs = np.split(fit, np.flatnonzero((np.diff(fit) > 1) | (np.diff(crossing[fit]) != 0)) + 1)
    runs.sort(key=lambda run: (int(crossing[run[0]]), -len(run)))
    return [float(places[run[len(run) // 2]]) for run in runs[:12]]


def _trim(items: list[_Item], first: int, last: int) -> tuple[int, int]:
    """Leave out one line at the top and the bottom that stand far from the rest: running headers."""
    heights = [item.y1 - item.y0 for item in items[first:last] if item.span]
    far = 1.2 * median(heights) if heights else 0.0
    for _ in range(2):
        split = next((i for i in range(first + 1, min(first + 5, last)) if _gap(items, first, i) > far), None)
        first = split if split is not None and last - split > 2 * MIN_LINES else first
    split = next((i for i in range(last - 1, max(last - 5, first), -1) if _gap(items, first, i) > far), None)
    return first, split if split is not None and split - first > 2 * MIN_LINES else last


def _gap(items: list[_Item], first: int, i: int) -> float:
    """Empty height between the items before i (at most five of them) and item i."""
    return items[i].y0 - max(item.y1 for item in items[max(first, i - 5) : i])


def _score(items: list[_Item], x: float) -> int:
    """How many lines stand on the shorter side of a gutter at x; 0 if it is none."""
    left = [item for item in items if item.x1 <= x]
    right = [item for item in items if item.x0 >= x]
    if len(left) < MIN_LINES or len(right) < MIN_LINES:
        return 0
    width = max(i.x1 for i in right) - min(i.x0 for i in left)
    gutter = min(i.x0 for i in right) - max(i.x1 for i in left)
    height = median([i.y1 - i.y0 for i in items if i.span] or [0.0])
    if gutter < max(MIN_GUTTER * height, 4):
        return 0
    return min(_running_text(left, width), _running_text(right, width))


def _running_text(items: list[_Item], region: float) -> int:
    """The number of lines, if they look like running text set in a column; else 0."""
    side = max(i.x1 for i in items) - min(i.x0 for i in items)
    lines = _by_line(items)
    count = sum(max(len(line[0].rows), 1) for line in lines)
    if side < MIN_SIDE * region or count < MIN_LINES:
        return 0
    fill = median(max(i.x1 for i in line) - min(i.x0 for i in line) for line in lines)
    letters = median(sum(i.letters for i in line) for line in lines)
    return count if fill >= MIN_FILL * side and letters >= MIN_LETTERS else 0


def _by_line(items: list[_Item]) -> list[list[_Item]]:
    """Items (sorted by height) that share a line, each line from left to right."""
    lines: list[list[_Item]] = []
    top = bottom = 0.0
    for item in items:
        shared = min(bottom, item.y1) - max(top, item.y0)
        smaller = max(min(bottom - top, item.y1 - item.y0), 0.1)
        if lines and not item.rows and not lines[-1][0].rows and shared >= 0.5 * smaller:
            lines[-1].append(item)
            top, bottom = min(top, item.y0), max(bottom, item.y1)
            if item.y1 - item.y0 > 0.6 * (bottom - top):
                top, bottom = item.y0, item.y1
        else:
            lines.append([item])
            top, bottom = item.y0, item.y1
    for line in lines:
        line.sort(key=lambda item: item.x0)
    return lines


def _leaf(items: list[_Item]) -> list[PrintedLine]:
    """One column: its lines from top to bottom, tables row by row."""
    if not items:
        return []
    left = min(item.x0 for item in items)
    right = float(np.percentile([item.x1 for item in items], 95))
    lines: list[PrintedLine] = []
    for row in _by_line(items):
        if row[0].rows:
            lines.extend(_table(row[0]))
        else:
            spans = [item.span for item in row if item.span]
            lines.append(_line([(" ", span) for span in _read_direction(spans)], left, right))
    return lines


def _read_direction(spans: list[Span]) -> list[Span]:
    """Lines of Arabic or Hebrew go from right to left."""
    letters = [c for span in spans for c in span.text if c.isalpha()]
    rtl = sum("\u0590" <= c <= "\u08ff" or "\ufb1d" <= c <= "\ufefc" for c in letters)
    return spans[::-1] if rtl > len(letters) / 2 else spans


def _line(
    parts: list[tuple[str, Span]],
    left: float,
    right: float,
    table: tuple[int, ...] = (),
    context: str = "",
) -> PrintedLine:
    parts = [("", parts[0][1]), *parts[1:]]
    spans = [span for _, span in parts]
    longest = max(spans, key=lambda span: len(span.text))
    return PrintedLine(
        text="".join(gap + span.text for gap, span in parts),
        parts=tuple(parts),
        x0=min(span.x0 for span in spans),
        y0=min(span.y0 for span in spans),
        x1=max(span.x1 for span in spans),
        y1=max(span.y1 for span in spans),
        left=left,
        right=right,
        size=longest.size,
        bold=all(span.bold for span in spans if any(c.isalnum() for c in span.text)),
        table=table,
        context=context,
    )


def _table(item: _Item) -> list[PrintedLine]:
    """The rows of a table with the header as context; a row whose cells hold running text gives its lines."""
    lines: list[PrintedLine] = []
    for row in item.rows:
        if any(_is_running_text(cell) for cell in row.cells):
            for cell in row.cells:
                flow = _ordered([_item(span) for span in cell], 2) if cell else []
                lines.extend(replace(line, context=item.header) for line in flow)
            continue
        parts = [(" " if n else " | ", span) for cell in row.cells for n, span in enumerate(cell)]
        lines.append(_line(parts, item.x0, item.x1, item.edges, item.header))
    return lines


def _is_running_text(cell: list[Span]) -> bool:
    return len(cell) > MAX_CELL_LINES and sum(len(span.text) for span in cell) > MAX_CELL_CHARS


def _item(span: Span) -> _Item:
    return _Item(span.x0, span.y0, span.x1, span.y1, sum(map(str.isalpha, span.text)), span)


def carry_headers(pages: Sequence[list[PrintedLine]]) -> None:
    """Give the rows of a table that goes on from the page before that page's header as context."""
    last: PrintedLine | None = None
    for lines in pages:
        first = next((line for line in lines if line.table), None)
        if first and last and _continues(last, first):
            for i, line in enumerate(lines):
                if line.table == first.table and line.context == first.context:
                    lines[i] = replace(line, context=last.context)
        last = next((line for line in reversed(lines) if line.table), None)


def _continues(last: PrintedLine, first: PrintedLine) -> bool:
    """Same columns, and the first row is not itself a header."""
    alike = len(last.table) == len(first.table) and all(
        abs(a - b) <= 2 for a, b in zip(last.table, first.table, strict=True)
    )
    return bool(last.context) and alike and first.text != last.context and not first.bold
