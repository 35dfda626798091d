"""A Word table as rows: merged cells repeated downwards, the header row as context, layout tables as running text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.docx_numbering import W, whole
from ingest.readers.docx_styles import switch
from ingest.readers.office_pages import Unit, header_context, one_line, row_text
from ingest.readers.package import Element

LAYOUT_CELL = 1_500  # characters: a cell this long holds running text, not a value
HEADER_CELL = 80  # characters of a column's label
MAX_COLUMNS = 63  # Word's own limit


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell at its column. `goes_on`: it continues the cell above it."""

    units: tuple[Unit, ...]
    column: int
    span: int
    goes_on: bool

    @property
    def text(self) -> str:
        return one_line(" ".join(unit.text for unit in self.units))


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[_Cell, ...]
    header: bool


def table_units(table: Element, units_of: Callable[[Element], list[Unit]]) -> list[Unit]:
    """The table's rows as units, or the units of its cells where it only lays out text.

    `units_of` reads the blocks of one cell (w:tc).
    """
    rows = [_row(element, units_of) for element in _inner(table, f"{W}tr") if not _is_deleted(element)]
    rows = [row for row in rows if any(cell.units for cell in row.cells)]
    if not rows:
        return []
    if _lays_out(rows):
        return [unit for row in rows for cell in row.cells for unit in cell.units]
    return _as_rows(rows)


def _row(element: Element, units_of: Callable[[Element], list[Unit]]) -> _Row:
    properties = element.find(f"{W}trPr")
    before = None if properties is None else properties.find(f"{W}gridBefore")
    column = 0 if before is None else _clamped(before.get(f"{W}val"), 0)
    cells = []
    for cell in _inner(element, f"{W}tc"):
        own = cell.find(f"{W}tcPr")
        span = None if own is None else own.find(f"{W}gridSpan")
        merge = None if own is None else own.find(f"{W}vMerge")
        width = 1 if span is None else max(_clamped(span.get(f"{W}val"), 1), 1)
        goes_on = merge is not None and merge.get(f"{W}val", "continue") != "restart"
        cells.append(_Cell(tuple(units_of(cell)), column, width, goes_on))
        column += width
    return _Row(tuple(cells), bool(switch(properties, "tblHeader")))


def _as_rows(rows: Sequence[_Row]) -> list[Unit]:
    table = list(_texts(rows))
    width = max(len(texts) for texts in table)
    headers = _header_rows(rows, table)
    labels = [
        one_line(" ".join(dict.fromkeys(_label(row, column) for row in rows[:headers]))) for column in range(width)
    ]
    context = header_context(labels) if headers else ""
    units = []
    for row, texts in zip(rows, table, strict=True):
        notes = tuple(note for cell in row.cells for unit in cell.units for note in unit.notes)
        units.append(Unit("row", row_text(texts), context=context, notes=notes))
    return units


def _texts(rows: Sequence[_Row]) -> Iterator[list[str]]:
    """The texts of each row by column; a cell merged downwards says its text in each row."""
    above: dict[int, str] = {}
    for row in rows:
        texts: list[str] = []
        for cell in row.cells:
            text = above.get(cell.column, "") if cell.goes_on and not cell.text else cell.text
            above[cell.column] = text
            texts += [""] * (cell.column - len(texts)) + [text]
            texts += [""] * 0 if cell.span == 1 else []
        yield texts


def _label(row: _Row, column: int) -> str:
    return next((c.text for c in row.cells if c.column <= column < c.column + c.span), "")


def _header_rows(rows: Sequence[_Row], table: Sequence[Sequence[str]]) -> int:
    """How many rows at the top are the header: those marked so, else the first when it looks like one."""
    marked = 0
    while marked < len(rows) and rows[marked].header:
        marked += 1
    if 0 < marked < len(rows):
        return marked
    if len(rows) < 2:
        return 0
    first, width = table[0], max(len(texts) for texts in table)
    filled = [text for text in first if text]
    named = len(filled) >= max(2, width - 1) and all(len(t) <= HEADER_CELL and _is_worded(t) for t in filled)
    stands_out = _is_strong(rows[0]) and not all(_is_strong(row) for row in rows[1:])
    return int(named and (stands_out or width >= 3))


def _is_worded(text: str) -> bool:
    return sum(character.isalpha() for character in text) * 2 >= len(text.replace(" ", "")) or len(text) <= 3


def _is_strong(row: _Row) -> bool:
    return all(unit.strong for cell in row.cells for unit in cell.units)


def _lays_out(rows: Sequence[_Row]) -> bool:
    cells = [cell for row in rows for cell in row.cells]
    one_column = all(len(row.cells) == 1 for row in rows)
    return one_column or any(
        len(cell.text) > LAYOUT_CELL or any(unit.kind == "heading" for unit in cell.units) for cell in cells
    )


def _inner(element: Element, tag: str) -> Iterator[Element]:
    """The children of this tag, also those inside content controls and accepted insertions."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"):
            yield from _inner(child, tag)


def _is_deleted(row: Element) -> bool:
    properties = row.find(f"{W}trPr")
    return properties is not None and properties.find(f"{W}del") is not None


def _clamped(value: str | None, default: int) -> int:
    return min(max(whole(value, default), 0), MAX_COLUMNS)
