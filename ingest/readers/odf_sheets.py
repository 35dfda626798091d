"""OpenDocument sheets as displayed: the words of each cell are stored beside its value (ODF 1.3 part 3, 9)."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers.docx_numbering import whole
from ingest.readers.odf_styles import DRAW, OFFICE, TABLE, TEXT, Styles
from ingest.readers.odf_text import OdfText
from ingest.readers.office_pages import one_line
from ingest.readers.package import Element
from ingest.readers.sheet_grid import MAX_MERGES, Budget, Cell, Grid, Merge

REPEATED_ROWS = 1_000  # of one row that displays something; a formatted emptiness is repeated a million times
REPEATED_CELLS = 256
_NUMBERS = ("float", "currency", "percentage", "date", "time", "boolean")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


def ods_grids(body: Element, styles: Styles) -> tuple[list[Grid], bool]:
    """The sheets of office:spreadsheet, and whether some cells were left unread because there are too many."""
    budget = Budget()
    grids = []
    for table in body.findall(f"{TABLE}table"):
        hidden = not styles.shows_table(table.get(f"{TABLE}style-name"))
        grid = Grid(one_line(table.get(f"{TABLE}name") or ""), hidden)
        _fill(grid, table, styles, budget)
        grid.beside = [unit for shapes in table.findall(f"{TABLE}shapes") for unit in OdfText(styles).units(shapes)]
        grids.append(grid)
    return grids, budget.spent


def _fill(grid: Grid, table: Element, styles: Styles, budget: Budget) -> None:
    number = 1
    for row in _rows(table):
        repeat = max(whole(row.get(f"{TABLE}number-rows-repeated"), 1), 1)
        for index in range(min(repeat, REPEATED_ROWS)):
            cells = _cells(row, number + index, grid, styles, budget)
            if not cells or number + index > _LAST_ROW:
                break
            grid.rows[number + index] = cells
        number += repeat


def _rows(element: Element) -> Iterator[Element]:
    """The rows of a sheet, also those inside header, group and soft page break elements."""
    for child in element:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif child.tag in (f"{TABLE}table-header-rows", f"{TABLE}table-row-group", f"{TABLE}table-rows"):
            yield from _rows(child)


def _cells(row: Element, number: int, grid: Grid, styles: Styles, budget: Budget) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    column = 1
    for element in row:
        if element.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        repeat = max(whole(element.get(f"{TABLE}number-columns-repeated"), 1), 1)
        cell = _cell(element, styles) if element.tag == f"{TABLE}table-cell" else None
        if cell is not None:
            _merge(element, number, column, grid)
            for index in range(min(repeat, REPEATED_CELLS)):
                if column + index <= _LAST_COLUMN and budget.take(cell.text):
                    cells[column + index] = cell
        column += repeat
    return cells


def _cell(element: Element, styles: Styles) -> Cell | None:
    """What the cell displays: its paragraphs, without notes and shapes."""
    paragraphs = [_words(child) for child in element if child.tag == f"{TEXT}p"]
    text = one_line(" ".join(paragraphs))
    if not text:
        return None
    number = element.get(f"{OFFICE}value-type") in _NUMBERS
    return Cell(text, number, styles.is_bold(element.get(f"{TABLE}style-name")))


def _words(element: Element) -> str:
    text = element.text or ""
    for child in element:
        tag = child.tag
        if tag in (f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"):
            text += " "
        elif isinstance(tag, str) and not tag.startswith((OFFICE, DRAW)):
            text += _words(child)
        text += child.tail or ""
    return text


def _merge(element: Element, row: int, column: int, grid: Grid) -> None:
    across = whole(element.get(f"{TABLE}number-columns-spanned"), 1)
    down = whole(element.get(f"{TABLE}number-rows-spanned"), 1)
    if (across > 1 or down > 1) and len(grid.merges) < MAX_MERGES:
        grid.merges.append(Merge(row, column, row + max(down, 1) - 1, column + max(across, 1) - 1))
