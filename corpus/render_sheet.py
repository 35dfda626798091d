"""A source's tables become a workbook (XLSX, XLS), an OpenDocument spreadsheet's rows, or CSV."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill

from corpus.make_blocks import body_blocks, plain
from corpus.make_source import Source
from corpus.make_zip import fix_office

Format = Literal["text", "number", "money", "percent", "date"]
FORMATS: dict[str, Format] = {"[R]": "money", "[%]": "percent", "[date]": "date"}
EXCEL = {"money": '"R" #,##0.00', "percent": "0.0%", "date": "dd mmm yyyy", "text": "@"}
SHEET = re.compile(r"Sheet:\s*(.*?)\s*(\(hidden\))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its value, how it is shown, and the text that a reader sees."""

    value: str | float | date
    format: Format
    shown: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: lines of text above, then a header and rows of cells."""

    name: str
    hidden: bool
    above: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    below: tuple[str, ...] = ()


def sheets_of(source: Source) -> list[Sheet]:
    """The sheets of a source: one to each heading "Sheet: Name", else one for the whole body."""
    sheets: list[Sheet] = []
    name, hidden = source.title[:28], False
    texts: list[list[str]] = [[], []]
    table: list[tuple[str, ...]] = []

    def close() -> None:
        if table or texts[0]:
            sheets.append(_sheet(name, hidden, texts, table))

    for block in body_blocks(source.body, source.title):
        match = SHEET.fullmatch(block.text) if block.kind == "heading" else None
        if match:
            close()
            name, hidden = match[1][:31], bool(match[2])
            texts, table = [[], []], []
        elif block.kind == "table":
            table += block.rows
        elif block.text:
            texts[1 if table else 0].append(plain(f"{block.marker} {block.text}".strip()))
    close()
    return sheets


def _sheet(name: str, hidden: bool, texts: list[list[str]], table: list[tuple[str, ...]]) -> Sheet:
    header = table[0] if table else ()
    formats = [FORMATS.get(title.rsplit(" ", 1)[-1], "text") for title in header]
    titles = tuple(re.sub(r"\s*\[(R|%|date)\]$", "", plain(title)) for title in header)
    rows = tuple(
        tuple(cell_of(plain(text), form) for text, form in zip(row, formats, strict=False)) for row in table[1:]
    )
    return Sheet(name, hidden, tuple(texts[0]), titles, rows, tuple(texts[1]))


def cell_of(text: str, form: Format) -> Cell:
    """A cell from what is written in the source."""
    bare = re.sub(r"[\s\u00a0R%]", "", text).replace(",", ".")
    if form == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = date.fromisoformat(text)
        return Cell(day, "date", f"{day:%d %b %Y}")
    if form == "date" or not re.fullmatch(r"-?\d+(\.\d+)?", bare) or (form == "text" and bare != text):
        return Cell(text, "text", text)
    if form == "text" and (len(bare) > 1 and bare[0] == "0" and "." not in bare):
        return Cell(text, "text", text)
    value = float(bare) if "." in bare else int(bare)
    if form == "money":
        return Cell(value, "money", f"R {value:,.2f}")
    if form == "percent":
        return Cell(round(value / 100, 6), "percent", f"{value:.1f}%")
    return Cell(value, "number", bare)


def render_xlsx(source: Source) -> bytes:
    """The XLSX of a source: merged title, number formats, frozen header, hidden sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets_of(source):
        _fill(book.create_sheet(sheet.name), sheet, source.title)
    properties = book.properties
    properties.title, properties.creator = source.title, source.get("author", "ILM")
    properties.lastModifiedBy = source.get("author", "ILM")
    out = io.BytesIO()
    book.save(out)
    return fix_office(out.getvalue(), source.date)


def _fill(page: Any, sheet: Sheet, title: str) -> None:
    width = max(len(sheet.header), 1)
    page.sheet_state = "hidden" if sheet.hidden else "visible"
    page.append([title])
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    page["A1"].font, page["A1"].alignment = Font(bold=True, size=14), Alignment(horizontal="center")
    for line in sheet.above:
        page.append([line])
    page.append([])
    page.append(list(sheet.header))
    top = page.max_row
    for cell in page[top]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="D9E1F2")
    for row in sheet.rows:
        page.append([cell.value for cell in row])
        for made, cell in zip(page[page.max_row], row, strict=False):
            if cell.format in {"money", "percent", "date"}:
                made.number_format = EXCEL[cell.format]
    for line in sheet.below:
        page.append([line])
    page.freeze_panes = f"A{top + 1}"
    for index in range(width):
        texts = [row[index].shown for row in sheet.rows if index < len(row)]
        longest = max(map(len, [*texts, sheet.header[index] if sheet.header else ""]))
        page.column_dimensions[openpyxl.utils.get_column_letter(index + 1)].width = min(60, longest + 3)


def render_xls(source: Source) -> bytes:
    """The XLS (Excel 97) of a source."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    bold = xlwt.easyxf("font: bold on")
    for sheet in sheets_of(source):
        page = book.add_sheet(sheet.name)
        page.visibility = 1 if sheet.hidden else 0
        page.write_merge(0, 0, 0, max(len(sheet.header) - 1, 0), source.title, bold)
        lines: list[tuple[Any, ...]] = [(line,) for line in sheet.above]
        for number, line in enumerate([*lines, (), sheet.header, *sheet.rows, *((t,) for t in sheet.below)], 1):
            for column, cell in enumerate(line):
                _write_xls(page, number, column, cell, xlwt)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_xls(page: Any, row: int, column: int, cell: Cell | str, xlwt: Any) -> None:
    if isinstance(cell, str):
        page.write(row, column, cell)
        return
    style = xlwt.XFStyle()
    style.num_format_str = EXCEL.get(cell.format, "General")
    value = datetime(cell.value.year, cell.value.month, cell.value.day) if isinstance(cell.value, date) else cell.value
    page.write(row, column, value, style)


def render_csv(source: Source) -> bytes:
    """The CSV of a source's tables, comma-separated, CRLF, in UTF-8 or the source's `encoding`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for sheet in sheets_of(source):
        writer.writerow(sheet.header)
        writer.writerows(
            [str(cell.value) if cell.format == "text" else cell.shown for cell in row] for row in sheet.rows
        )
    return out.getvalue().encode(source.get("encoding", "utf-8"))
