"""XLS (Excel 97-2003, [MS-XLS]) through xlrd: its sheets as displayed."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

from ingest.readers.office_pages import one_line
from ingest.readers.sheet_format import GENERAL, shown
from ingest.readers.sheet_grid import MAX_MERGES, Budget, Cell, Grid, Merge
from memory.errors import Damaged, Locked

# What xlrd raises on broken files beside its own errors: it trusts every offset that it reads
_BROKEN = (
    struct.error,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    OSError,
    NotImplementedError,
    RecursionError,
)
_BOLD = 600  # font weight from which a font looks bold
_FORMAT_DATE = 14  # the built-in date of the reader's country
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def xls_grids(path: Path) -> tuple[list[Grid], list[str]]:
    """The worksheets in their order, and notes.

    Raises: Locked, Damaged.
    """
    book, notes = _open(path)
    budget = Budget()
    grids = []
    try:
        for sheet in book.sheets():
            grid = Grid(one_line(sheet.name), sheet.visibility != 0)
            _fill(grid, book, sheet, budget)
            grids.append(grid)
    except _BROKEN as error:
        raise Damaged(f"{path.name}: is a broken workbook ({_first_line(error)})") from error
    if budget.spent:
        notes.append(f"{path.name}: is too large; the cells at its end were not read")
    return grids, notes


def _open(path: Path) -> tuple[Any, list[str]]:
    """The workbook with its formats, or without them where only they are broken."""
    import xlrd
    from xlrd.compdoc import CompDocError

    failure: BaseException | None = None
    for formats in (True, False):
        try:
            book = xlrd.open_workbook(str(path), formatting_info=formats, logfile=io.StringIO())
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise Locked(f"{path.name}: is protected with a password; remove it and ingest again") from error
            failure = error
        except (CompDocError, *_BROKEN) as error:
            failure = error
        else:
            notes = [] if formats else [f"{path.name}: its number formats are broken; numbers are shown plainly"]
            return book, notes
    reason = _first_line(failure) if failure else "unknown"
    raise Damaged(f"{path.name}: is a broken workbook ({reason})") from failure


def _fill(grid: Grid, book: Any, sheet: Any, budget: Budget) -> None:
    for row in range(sheet.nrows):
        cells: dict[int, Cell] = {}
        for column in range(sheet.row_len(row)):
            cell = _cell(book, sheet, row, column)
            if cell is not None:
                if not budget.take(cell.text):
                    return
                cells[column + 1] = cell
        if cells:
            grid.rows[row + 1] = cells
    for top, bottom, left, right in sheet.merged_cells[:MAX_MERGES]:
        grid.merges.append(Merge(top + 1, left + 1, bottom, right))


def _cell(book: Any, sheet: Any, row: int, column: int) -> Cell | None:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    code, bold = _look(book, sheet, row, column)
    match kind:
        case 1:
            text = one_line(str(value))
        case 2 | 3:
            if kind == 3 and code == GENERAL:
                code = "yyyy/mm/dd"
            text = shown(float(value), code, from_1904=bool(book.datemode))
        case 4:
            text = "TRUE" if value else "FALSE"
        case 5:
            text = _ERRORS.get(value, "#N/A")
        case _:
            return None
    return Cell(text, kind in (2, 3, 4), bold) if text else None


def _look(book: Any, sheet: Any, row: int, column: int) -> tuple[str, bool]:
    """The number format and weight of a cell."""
    if not book.formatting_info:
        return GENERAL, False
    index = sheet.cell_xf_index(row, column)
    if not 0 <= index < len(book.xf_list):
        return GENERAL, False
    xf = book.xf_list[index]
    known = book.format_map.get(xf.format_key)
    code = "yyyy/mm/dd" if xf.format_key == _FORMAT_DATE else known.format_str if known else GENERAL
    font = book.font_list[xf.font_index] if xf.font_index < len(book.font_list) else None
    return code, font is not None and font.weight >= _BOLD


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]
