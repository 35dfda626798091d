"""Ruled tables: from the rules of a page to grids, and from a grid and its spans to rows of cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ingest.readers.pdf_rules import Box, Drawing
from ingest.readers.pdf_text import Floats, Span

# Points by which rules that belong together may miss each other.
NEAR = 3.0
MAX_CELLS = 20_000
# A cell with more printed lines and more characters than this holds running text: it is layout, not a value.
MAX_CELL_LINES = 14
MAX_CELL_CHARS = 900
MAX_HEADER_ROWS = 3
MAX_ABOVE_HEADER = 8
MAX_HEADER_CELL = 80
NUMERIC = re.compile(r"[\d\s.,%()/R$€£:-]+")


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: column edges `xs`, row edges `ys` (ascending, points).

    `merged[(row, column)]` names the first (row, column) of the cell that a grid place belongs to.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    merged: dict[tuple[int, int], tuple[int, int]]

    @property
    def box(self) -> Box:
        """The table's box in points."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def uprights(self) -> list[Box]:
        """The edges between cells, row by row, as rules (x, y0, x, y1)."""
        return [
            (self.xs[column], self.ys[row], self.xs[column], self.ys[row + 1])
            for row in range(len(self.ys) - 1)
            for column in range(1, len(self.xs) - 1)
            if self.merged[(row, column)] != self.merged[(row, column - 1)]
        ]

    def tabular(self, boxes: Floats) -> bool:
        """Do several rows have text in more than one cell? Boxes drawn behind or around lines do not.

        `boxes`: of the page's characters, shape (n, 4), points.
        """
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        inside = (x > self.xs[0]) & (x < self.xs[-1]) & (y > self.ys[0]) & (y < self.ys[-1])
        rows = np.searchsorted(self.ys, y[inside]) - 1
        columns = np.searchsorted(self.xs, x[inside]) - 1
        places = {self.merged[place] for place in set(zip(rows.tolist(), columns.tolist(), strict=True))}
        per_row = Counter(row for row, _ in places)
        several = sum(count > 1 for count in per_row.values())
        return several >= 2 and several >= 0.3 * len(per_row)

    def holds(self, span: Span) -> bool:
        """Does the middle of the span lie in the table?"""
        x = (span.x0 + span.x1) / 2
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= span.middle <= self.ys[-1]


@dataclass(slots=True)
class Row:
    """One table row: per cell, in column order, the spans in it, line by line."""

    cells: list[list[Span]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Rule:
    at: float
    start: float
    end: float


def grids_of(drawing: Drawing) -> list[Grid]:
    """The tables of a page: rules that cross each other and leave at least two rows and two columns."""
    across = _joined([_Rule(y, x0, x1) for x0, y, x1, _ in drawing.across])
    down = _joined([_Rule(x, y0, y1) for x, y0, _, y1 in drawing.down])
    grids = []
    for mine_across, mine_down in _connected(across, down):
        grid = _grid(mine_across, mine_down)
        if grid is not None:
            grids.append(grid)
    return grids


def _joined(rules: list[_Rule]) -> list[_Rule]:
    """Rules on one line that touch become one."""
    done: list[_Rule] = []
    rows: list[list[_Rule]] = []
    for rule in sorted(rules, key=lambda r: r.at):
        if rows and rule.at - rows[-1][-1].at <= NEAR / 2:
            rows[-1].append(rule)
        else:
            rows.append([rule])
    for row in rows:
        at = sum(r.at for r in row) / len(row)
        here = len(done)
        for rule in sorted(row, key=lambda r: r.start):
            if len(done) > here and rule.start <= done[-1].end + NEAR:
                done[-1] = _Rule(at, done[-1].start, max(done[-1].end, rule.end))
            else:
                done.append(_Rule(at, rule.start, rule.end))
    return done


def _connected(across: list[_Rule], down: list[_Rule]) -> list[tuple[list[_Rule], list[_Rule]]]:
    """Groups of rules that cross each other."""
    parent = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    heights = [rule.at for rule in across]
    for j, upright in enumerate(down):
        for i in range(bisect_right(heights, upright.start - NEAR), bisect_right(heights, upright.end + NEAR)):
            if across[i].start - NEAR <= upright.at <= across[i].end + NEAR:
                parent[root(len(across) + j)] = root(i)
    groups: dict[int, tuple[list[_Rule], list[_Rule]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate(across):
        groups[root(i)][0].append(rule)
    for j, rule in enumerate(down):
        groups[root(len(across) + j)][1].append(rule)
    return [group for group in groups.values() if len(group[0]) > 1 and group[1]]


def _edges(rules: list[_Rule], others: list[_Rule]) -> tuple[float, ...]:
    """The distinct places of rules; the ends of the crossing rules count as outer edges."""
    outer = [min(rule.start for rule in others), max(rule.end for rule in others)]
    edges: list[float] = []
    for at in sorted([*(rule.at for rule in rules), *outer]):
        if not edges or at - edges[-1] > NEAR:
            edges.append(at)
    return tuple(edges)


def _grid(across: list[_Rule], down: list[_Rule]) -> Grid | None:
    xs, ys = _edges(down, across), _edges(across, down)
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 2 or columns < 2 or rows * columns > MAX_CELLS:
        return None
    below = _walls(across, ys, xs)
    right = _walls(down, xs, ys)
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows):
        for column in range(columns):
            home = (row, column)
            if row and (row, column) not in below:
                home = merged[(row - 1, column)]
            elif column and (column, row) not in right:
                home = merged[(row, column - 1)]
            merged[(row, column)] = home
    if len(set(merged.values())) < 4:
        return None
    return Grid(xs, ys, merged)


def _walls(rules: list[_Rule], edges: tuple[float, ...], places: tuple[float, ...]) -> set[tuple[int, int]]:
    """(edge, place) pairs where a rule stands at that edge along that place."""
    walls = set()
    middles = [(a + b) / 2 for a, b in pairwise(places)]
    for rule in rules:
        edge = max(bisect_right(edges, rule.at + NEAR) - 1, 0)
        for i in range(bisect_right(middles, rule.start), bisect_right(middles, rule.end)):
            walls.add((edge, i))
    return walls


def rows_of(grid: Grid, spans: list[Span]) -> tuple[list[Row], str]:
    """The rows of a table that have text, and its header as words: "Name | Tariff", "" where it has none."""
    cells: dict[tuple[int, int], list[Span]] = defaultdict(list)
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    for span in spans:
        row = min(max(bisect_right(grid.ys, span.middle) - 1, 0), rows - 1)
        column = min(max(bisect_right(grid.xs, (span.x0 + span.x1) / 2) - 1, 0), columns - 1)
        cells[grid.merged[(row, column)]].append(span)
    found: dict[int, Row] = {}
    for home in sorted(set(grid.merged.values())):
        found.setdefault(home[0], Row()).cells.append(_by_line(cells.get(home, [])))
    texts = {home: " ".join(span.text for span in _by_line(inside)) for home, inside in cells.items()}
    return [found[row] for row in sorted(found) if any(found[row].cells)], _header(grid, texts)


def _by_line(spans: list[Span]) -> list[Span]:
    """The spans of one cell in reading order."""
    lines: list[list[Span]] = []
    for span in sorted(spans, key=lambda s: s.middle):
        if lines and span.middle - lines[-1][0].middle < 0.5 * (span.y1 - span.y0):
            lines[-1].append(span)
        else:
            lines.append([span])
    return [span for line in lines for span in sorted(line, key=lambda s: s.x0)]


def _header(grid: Grid, texts: dict[tuple[int, int], str]) -> str:
    """Each column's words in the header rows; a heading over several columns is said at the first of them."""
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    # a title, or a few facts about the whole table, may stand above the header
    deepest = min(rows - 1, MAX_ABOVE_HEADER)
    wide = (r for r in range(deepest) if 2 * len({grid.merged[(r, c)] for c in range(columns)} & set(texts)) >= columns)
    first = next(wide, 0)
    last = _last_header_row(grid, first)
    if last >= rows - 1:
        return ""
    names: list[str] = []
    said: set[tuple[int, int]] = set()
    for column in range(columns):
        homes = dict.fromkeys(grid.merged[(row, column)] for row in range(first, last + 1))
        name = " ".join(texts[home] for home in homes if home in texts and home not in said)
        said.update(homes)
        if name:
            names.append(name)
    named = all(len(name) <= MAX_HEADER_CELL * (last - first + 1) and not NUMERIC.fullmatch(name) for name in names)
    return " | ".join(names) if named and len(names) >= 2 and len(names) >= columns / 2 else ""


def _last_header_row(grid: Grid, first: int) -> int:
    """The header is as deep as its deepest cell, and one row deeper than a cell that spans columns."""
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    last = first
    for column in range(columns):
        home = grid.merged[(first, column)]
        depth = first
        while depth + 1 < rows and grid.merged[(depth + 1, column)] == home:
            depth += 1
        last = max(last, depth)
    spanning = any(grid.merged[(first, c)] == grid.merged[(first, c - 1)] for c in range(1, columns))
    return min(max(last, first + 1 if spanning else first), first + MAX_HEADER_ROWS - 1)
