"""XLSX (SpreadsheetML, ECMA-376 part 1, 18): its sheets as displayed, streamed so that a huge one stays small."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from zipfile import BadZipFile

from lxml import etree

from ingest.readers.docx_numbering import whole
from ingest.readers.drawings import object_units, plain_text
from ingest.readers.office_pages import Unit, one_line
from ingest.readers.package import Element, Package
from ingest.readers.sheet_format import BUILTIN, GENERAL, shown
from ingest.readers.sheet_grid import MAX_MERGES, Budget, Cell, Grid, Merge, column_number
from memory.errors import Damaged

_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass(frozen=True, slots=True)
class _Format:
    code: str = GENERAL
    bold: bool = False


@dataclass(slots=True)
class _Book:
    package: Package
    strings: list[str]
    formats: list[_Format]
    from_1904: bool
    budget: Budget
    uncached: int = 0


def xlsx_grids(package: Package) -> list[Grid] | None:
    """The worksheets in their order; None when the package holds no workbook at all.

    Raises: Damaged.
    """
    found = package.main("workbook", "xl/workbook.xml")
    if found is None:
        return None
    part, root = found
    properties = root.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    book = _Book(package, _strings(package, part), _formats(package, part), from_1904, Budget())
    relations = package.relations(part)
    grids = []
    for sheet in root.iterfind("{*}sheets/{*}sheet"):
        relation = relations.get(sheet.get(_REL_ID) or "")
        if relation is None or relation.kind != "worksheet" or not package.has(relation.part):
            continue
        grid = Grid(one_line(sheet.get("name") or ""), sheet.get("state", "visible") != "visible")
        _fill(grid, book, relation.part)
        grid.beside = _beside(package, relation.part)
        grids.append(grid)
    if book.uncached:
        package.notes.append(f"{package.name}: {book.uncached} formulas have no stored value; save it in Excel once")
    if book.budget.spent:
        package.notes.append(f"{package.name}: is too large; the cells at its end were not read")
    return grids


def _stream(package: Package, part: str, *names: str) -> Iterator[Element]:
    """The elements of these local names, each forgotten after use. Raises: Damaged."""
    with package.stream(part) as stream:
        try:
            events = etree.iterparse(
                stream,
                events=("end",),
                tag=[f"{{*}}{name}" for name in names],
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            for _, element in events:
                yield element
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
        except (etree.XMLSyntaxError, BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise Damaged(f"{package.name}: its part {part} is broken ({_first_line(error)})") from error


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]


def _strings(package: Package, workbook: str) -> list[str]:
    parts = package.related(workbook, "sharedStrings")
    return [_words(item) for item in _stream(package, parts[0], "si")] if parts else []


def _words(item: Element) -> str:
    """The text of a string item, its runs joined, without phonetic hints."""
    pieces = []
    for child in item:
        name = _local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [t.text or "" for t in child if _local(t) == "t"]
    text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), "".join(pieces))
    return one_line(text)


def _formats(package: Package, workbook: str) -> list[_Format]:
    parts = package.related(workbook, "styles")
    root = package.optional_xml(parts[0]) if parts else None
    if root is None:
        return []
    codes = dict(BUILTIN)
    for number_format in root.iterfind("{*}numFmts/{*}numFmt"):
        codes[whole(number_format.get("numFmtId"), 0)] = number_format.get("formatCode") or GENERAL
    bold = [font.find("{*}b") is not None for font in root.iterfind("{*}fonts/{*}font")]
    formats = []
    for xf in root.iterfind("{*}cellXfs/{*}xf"):
        font = whole(xf.get("fontId"), 0)
        code = codes.get(whole(xf.get("numFmtId"), 0), GENERAL)
        formats.append(_Format(code, 0 <= font < len(bold) and bold[font]))
    return formats


def _fill(grid: Grid, book: _Book, part: str) -> None:
    row_number = 0
    for element in _stream(book.package, part, "row", "mergeCell"):
        if _local(element) == "mergeCell":
            merge = _merge(element.get("ref") or "")
            if merge is not None and len(grid.merges) < MAX_MERGES:
                grid.merges.append(merge)
            continue
        row_number = whole(element.get("r"), row_number + 1)
        if book.budget.spent or not 0 < row_number <= _LAST_ROW:
            continue
        cells = _row(element, book)
        if cells:
            grid.rows[row_number] = cells


def _row(element: Element, book: _Book) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    column = 0
    for child in element:
        if _local(child) != "c":
            continue
        column = column_number(child.get("r") or "") or column + 1
        cell = _cell(child, book)
        if cell is not None and column <= _LAST_COLUMN and book.budget.take(cell.text):
            cells[column] = cell
    return cells


def _cell(element: Element, book: _Book) -> Cell | None:
    style = whole(element.get("s"), 0)
    look = book.formats[style] if 0 <= style < len(book.formats) else _Format()
    kind, value, formula = element.get("t", "n"), None, False
    for child in element:
        name = _local(child)
        if name == "v":
            value = child.text or ""
        elif name == "is":
            value = _words(child)
        formula = formula or name == "f"
    if not value:
        book.uncached += formula and kind != "str"  # a formula may well give an empty text
        return None
    text, number = _displayed(value, kind, look.code, book)
    return Cell(text, number, look.bold) if text else None


def _displayed(value: str, kind: str, code: str, book: _Book) -> tuple[str, bool]:
    if kind == "s":
        index = whole(value, -1)
        return (book.strings[index] if 0 <= index < len(book.strings) else ""), False
    if kind == "b":
        return ("TRUE" if value.strip() == "1" else "FALSE"), True
    if kind in ("str", "inlineStr", "e"):
        return one_line(value), False
    if not value.strip():
        return "", False
    if kind == "d":
        return value.strip().replace("T00:00:00", ""), True
    try:
        return shown(float(value), code, from_1904=book.from_1904), True
    except ValueError:
        return one_line(value), False


def _merge(reference: str) -> Merge | None:
    match = _RANGE.fullmatch(reference.upper())
    if not match:
        return None
    return Merge(int(match[2]), column_number(match[1]), int(match[4]), column_number(match[3]))


def _beside(package: Package, sheet: str) -> list[Unit]:
    """The words of text boxes and charts over the sheet."""
    units: list[Unit] = []
    for drawing in package.related(sheet, "drawing"):
        root = package.optional_xml(drawing)
        texts = [plain_text(shape) for shape in root.iter(f"{_XDR}txBody")] if root is not None else []
        units += [Unit("paragraph", text) for text in texts if text]
        for chart in package.related(drawing, "chart"):
            units += object_units(package, chart)
    return units


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
