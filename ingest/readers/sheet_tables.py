"""A sheet's cells as pages: its tables told apart by blank rows, headers found, each row with its header as context."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document import ReadPage
from ingest.readers.office_pages import Unit, header_context, page_of, row_text
from ingest.readers.sheet_grid import Cell, Grid, column_name, spread_down, widths

PAGE_ROWS = 200  # rows of the sheet to a page
HEADER_ROWS = 4  # at most: deeper headers are data
TITLE_MAX = 200  # characters of a line above a table that names it
SECTION_MAX = 120  # characters of a line inside a table that names the rows below
SAMPLE = 30  # rows looked at below a header

# What counts as a label although it is a number: a year, a financial year
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s*[/-]\s*(?:\d\d|\d{4}))?")
_COLUMN_COUNT = re.compile(r"\(?\d{1,2}\)?|\([\d +\-*/=x]+\)")  # "1 | 2 | 3", "(4 + 8)": columns numbered

Rows = list[tuple[int, dict[int, Cell]]]


@dataclass(frozen=True, slots=True)
class _Header:
    """The labels by column, and how many rows they took."""

    labels: dict[int, str]
    rows: int


def sheet_pages(grid: Grid, *, anchor: str, first_number: int, whole_file: bool = False) -> list[ReadPage]:
    """The sheet's pages of `PAGE_ROWS` sheet rows each; none when it displays nothing.

    `anchor`: of its first page; the others add their rows. `whole_file`: the sheet is a text file without a name.
    """
    spread_down(grid)
    name = f"{grid.name} (hidden)" if grid.hidden else grid.name
    path = () if whole_file else (name,)
    pages: list[ReadPage] = []
    rows = list(_units(grid, path))
    windows: dict[int, list[tuple[int, Unit]]] = {}
    for number, unit in rows:
        windows.setdefault((number - 1) // PAGE_ROWS, []).append((number, unit))
    for window, numbered in sorted(windows.items()):
        first = window * PAGE_ROWS + 1
        own = anchor if window == 0 else f"{anchor}-rows-{first}-{first + PAGE_ROWS - 1}"
        label = _label(grid, numbered[0][0], numbered[-1][0], "" if whole_file else grid.name)
        units = [unit for _, unit in numbered]
        pages.append(page_of(units, number=first_number + len(pages), anchor=own, label=label))
    return _with_beside(pages, grid, path, anchor, first_number)


def _with_beside(pages: list[ReadPage], grid: Grid, path: tuple[str, ...], anchor: str, number: int) -> list[ReadPage]:
    """Text boxes and charts on a page of their own after the cells."""
    units = [replace(unit, heading=path) for unit in grid.beside]
    if not units:
        return pages
    return [*pages, page_of(units, number=number + len(pages), anchor=f"{anchor}-drawings", label=grid.name)]


def _label(grid: Grid, first: int, last: int, name: str) -> str:
    columns = [column for row in range(first, last + 1) for column in grid.rows.get(row, ())]
    left, right = column_name(min(columns)), column_name(max(columns))
    return (f"{name}!" if name else "") + f"{left}{first}:{right}{last}"


def _units(grid: Grid, path: tuple[str, ...]) -> Iterator[tuple[int, Unit]]:
    covered = widths(grid.merges)
    header: _Header | None = None
    title: tuple[str, ...] = ()
    for region in _regions(grid):
        lines = _lines_above(region)
        titles = [row_text([cell.text for cell in cells.values()]) for _, cells in region[:lines]]
        for (number, _), text in zip(region[:lines], titles, strict=True):
            yield number, Unit("paragraph", text, path)
        body = region[lines:]
        short = tuple(text for text in titles if len(text) <= TITLE_MAX)
        if not body:
            title, header = short[-1:], None
            continue
        title = tuple(dict.fromkeys(short[:1] + short[-1:])) or title
        found = _header(body, covered)
        header = found if found.rows else header if header is not None and _fits(body, header) else found
        yield from _table(body, found.rows, header, path + title, covered)


def _regions(grid: Grid) -> Iterator[Rows]:
    """Runs of rows without a blank row between them; rows that a merged cell reaches into are not blank."""
    reached = {
        row
        for merge in grid.merges
        if merge.left in grid.rows.get(merge.top, {})
        for row in range(merge.top, min(merge.bottom, merge.top + HEADER_ROWS) + 1)
    }
    region: Rows = []
    for number in sorted(grid.rows):
        if region and any(row not in reached for row in range(region[-1][0] + 1, number)):
            yield region
            region = []
        region.append((number, grid.rows[number]))
    if region:
        yield region


def _lines_above(region: Rows) -> int:
    """How many rows at the top hold only a cell of words, or few in a wide table: a title, not a table."""
    width = max(len(cells) for _, cells in region[:SAMPLE])
    few = max(1, width // 4)
    count = 0
    for _, cells in region:
        if len(cells) > few or any(cell.number for cell in cells.values()):
            break
        count += 1
    return count


def _table(
    body: Rows, headers: int, header: _Header | None, path: tuple[str, ...], covered: dict[tuple[int, int], int]
) -> Iterator[tuple[int, Unit]]:
    labels = header.labels if header is not None else {}
    last = max(labels, default=0)
    context = header_context([labels.get(column, "") for column in range(1, last + 1) if _used(column, labels, body)])
    section: tuple[str, ...] = ()
    width = max(len(cells) for _, cells in body)
    for index, (number, cells) in enumerate(body):
        if index >= headers and _names_section(number, cells, width, covered):
            section = (next(iter(cells.values())).text,)
            yield number, Unit("heading", section[0], path + section)
            continue
        first = min(min(cells), min(labels, default=1))
        texts = [cells[column].text if column in cells else "" for column in range(first, max(cells) + 1)]
        columns = range(first, max(cells) + 1)
        texts = [text for column, text in zip(columns, texts, strict=True) if _used(column, labels, body)]
        yield number, Unit("row", row_text(texts), path + section, context)


def _used(column: int, labels: dict[int, str], body: Rows) -> bool:
    """Whether a column has a label or a value: empty columns between are only for looks."""
    return column in labels or any(column in cells for _, cells in body)


def _names_section(number: int, cells: dict[int, Cell], width: int, covered: dict[tuple[int, int], int]) -> bool:
    """A lone cell in a wider table that stands out: "WATER", "Province: Eastern Cape" over all columns."""
    if len(cells) != 1 or width < 3:
        return False
    column, cell = next(iter(cells.items()))
    stands_out = cell.bold or cell.text.isupper() or covered.get((number, column), 1) >= width // 2 + 1
    return not cell.number and len(cell.text) <= SECTION_MAX and stands_out


def _header(body: Rows, covered: dict[tuple[int, int], int]) -> _Header:
    """The header at the top of a table: its first row, and those that its merged cells reach into."""
    number, first = body[0]
    if len(body) < 2 or len(first) < 2 or not all(_is_label(cell) for cell in first.values()):
        return _Header({}, 0)
    if not _stands_above(first, body[1:]):
        return _Header({}, 0)
    count = 1
    while count < min(HEADER_ROWS, len(body) - 1) and _goes_on(body[count - 1], body[count], covered):
        count += 1
    while count < len(body) - 1 and all(_COLUMN_COUNT.fullmatch(c.text) for c in body[count][1].values()):
        count += 1
    labels: dict[int, list[str]] = {}
    for number, cells in body[:count]:
        if all(_COLUMN_COUNT.fullmatch(cell.text) for cell in cells.values()):
            continue
        for column, cell in cells.items():
            for spanned in range(column, column + min(covered.get((number, column), 1), 100)):
                labels.setdefault(spanned, []).append(cell.text)
    return _Header({column: " ".join(dict.fromkeys(texts)) for column, texts in sorted(labels.items())}, count)


def _is_label(cell: Cell) -> bool:
    return not cell.number or bool(_YEAR.fullmatch(cell.text))


def _stands_above(first: dict[int, Cell], below: Rows) -> bool:
    """Whether the first row differs from those below: numbers under words, bold over plain, or a wide table."""
    sample = [cells for _, cells in below[:SAMPLE]]
    if any(column in first and cell.number for cells in sample for column, cell in cells.items()):
        return True
    bold = all(cell.bold for cell in first.values())
    if bold and not all(cell.bold for cells in sample for cell in cells.values()):
        return True
    if len(first) == 2 and any(cell.text.endswith(":") for cell in first.values()):
        return False
    return len(first) >= max(len(cells) for cells in sample) - 1


def _goes_on(
    above: tuple[int, dict[int, Cell]], row: tuple[int, dict[int, Cell]], covered: dict[tuple[int, int], int]
) -> bool:
    """Whether the row is the lower half of a header whose upper half has cells merged over columns or rows."""
    number, upper = above
    lower = row[1]
    if not all(_is_label(cell) for cell in lower.values()):
        return False
    across = any(covered.get((number, column), 1) > 1 for column in upper)
    repeated = any(column in upper and upper[column] is cell for column, cell in lower.items())
    return across or repeated


def _fits(body: Sequence[tuple[int, dict[int, Cell]]], header: _Header) -> bool:
    """Whether rows below a blank one can still belong to the header above it."""
    columns = {column for _, cells in body for column in cells}
    return len(columns) >= 2 and columns <= set(header.labels)
