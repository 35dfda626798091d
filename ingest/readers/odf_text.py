"""OpenDocument text (ODF 1.3 part 3): headings, lists with their printed numbers, tables, notes, boxes, as units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.document import BlockKind
from ingest.readers.docx_numbering import whole
from ingest.readers.odf_styles import DRAW, OFFICE, TABLE, TEXT, ListLevel, Styles
from ingest.readers.office_pages import TYPED_NUMBER, Unit, header_context, one_line, row_text, tidy
from ingest.readers.ordinals import printed
from ingest.readers.package import Element

HEADING_MAX = 200  # characters: a longer heading is a clause
MAX_BLANKS = 100  # of one text:s
REPEATS_MAX = 200  # of one table row or cell in a text
DEEPEST = 100  # nesting of blocks

_SKIPPED = {
    f"{OFFICE}annotation", f"{OFFICE}annotation-end", f"{TEXT}tracked-changes", f"{TEXT}sequence-decls",
    f"{TEXT}variable-decls", f"{TEXT}user-field-decls", f"{OFFICE}forms", f"{TEXT}ruby-text", f"{OFFICE}scripts",
    f"{TEXT}alphabetical-index-mark", f"{TEXT}toc-mark", f"{TEXT}hidden-paragraph",
}  # fmt: skip
_INDEXES = {f"{TEXT}{name}" for name in ("table-of-content", "illustration-index", "table-index", "alphabetical-index")}
_BODIES = {f"{TEXT}index-body", f"{TEXT}section", f"{TEXT}index-title", f"{DRAW}text-box", f"{TEXT}numbered-paragraph"}


class OdfText:
    """Reads block containers in document order: notes and headings count through the document."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._outline: dict[int, int] = {}
        self._finished: dict[str, dict[int, int]] = {}
        self.pictures = 0

    def units(self, container: Element, depth: int = 0) -> Iterator[Unit]:
        """The units of a block container (office:text, table:table-cell, draw:text-box)."""
        if depth > DEEPEST:
            return
        for child in container:
            tag = child.tag
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, depth)
            elif tag == f"{TEXT}list":
                yield from self._list(child, "", {}, 0, depth)
            elif tag == f"{TABLE}table":
                yield from self._table(child, depth)
            elif tag in _INDEXES:
                for body in child.findall(f"{TEXT}index-body"):
                    yield from (replace(unit, kind=None) for unit in self.units(body, depth + 1))
            elif tag in _BODIES and child.get(f"{TEXT}display") != "none":
                yield from self.units(child, depth + 1)
            elif tag == f"{DRAW}frame" or tag in (f"{DRAW}custom-shape", f"{DRAW}g"):
                yield from self._frame(child, depth)

    # --- paragraphs ---------------------------------------------------------------------------------------

    def _paragraph(self, element: Element, depth: int, label: str = "", bullet: bool = False) -> Iterator[Unit]:
        boxes: list[Element] = []
        notes: list[str] = []
        text = tidy("".join(self._words(element, boxes, notes, depth)))
        style = self._styles.paragraph(element.get(f"{TEXT}style-name"))
        level = style.level
        if element.tag == f"{TEXT}h" and level != 0:
            level = min(max(whole(element.get(f"{TEXT}outline-level"), 1), 1), 10)
            label = label if label and not bullet else self._outline_number(element, level)
            bullet = False
        if text:
            unit = _unit(text, label, bullet, level, bold=style.bold or self._all_bold(element))
            yield replace(unit, notes=tuple(notes))
        for box in boxes:
            yield from self._frame(box, depth)

    def _outline_number(self, element: Element, level: int) -> str:
        """The number of a numbered heading; headings without numbering have none."""
        shape = self._styles.outline.get(level)
        if shape is None or element.get(f"{TEXT}is-list-header") == "true":
            return ""
        return _advance(self._styles.outline, self._outline, level, whole(element.get(f"{TEXT}start-value"), -1))

    def _all_bold(self, element: Element) -> bool:
        """Whether every word of a paragraph stands in bold spans."""
        spans = [child for child in element if child.tag == f"{TEXT}span"]
        bare = (element.text or "") + "".join(child.tail or "" for child in element)
        return bool(spans) and not bare.strip() and all(self._styles.is_bold(s.get(f"{TEXT}style-name")) for s in spans)

    def _words(self, element: Element, boxes: list[Element], notes: list[str], depth: int) -> Iterator[str]:
        yield _flowing(element.text)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SKIPPED:
                pass
            elif tag == f"{TEXT}s":
                yield " " * min(max(whole(child.get(f"{TEXT}c"), 1), 1), MAX_BLANKS)
            elif tag == f"{TEXT}tab":
                yield " "
            elif tag == f"{TEXT}line-break":
                yield "\n"
            elif tag == f"{TEXT}note":
                yield self._note(child, notes, depth)
            elif tag.startswith(DRAW):
                boxes.append(child)
            elif depth < DEEPEST and not self._styles.is_hidden(child.get(f"{TEXT}style-name")):
                yield from self._words(child, boxes, notes, depth + 1)
            yield _flowing(child.tail)

    def _note(self, note: Element, notes: list[str], depth: int) -> str:
        citation, body = note.find(f"{TEXT}note-citation"), note.find(f"{TEXT}note-body")
        mark = f"[{one_line(''.join(t for t in citation.itertext()))}]" if citation is not None else "[*]"
        if body is not None:
            words = one_line(" ".join(unit.text for unit in self.units(body, depth + 1)))
            if words:
                notes.append(f"{mark} {words}")
        return mark

    def _frame(self, frame: Element, depth: int) -> Iterator[Unit]:
        """The text boxes of a frame, a shape or a group; its first child that can be shown counts."""
        if depth > DEEPEST:
            return
        if frame.tag == f"{DRAW}frame":
            self.pictures += sum(child.tag == f"{DRAW}image" for child in frame)
        if frame.tag in (f"{DRAW}g", f"{DRAW}a"):
            for child in frame:
                yield from self._frame(child, depth + 1)
        else:
            yield from self.units(frame, depth + 1)

    # --- lists --------------------------------------------------------------------------------------------

    def _list(self, element: Element, style: str, counters: dict[int, int], level: int, depth: int) -> Iterator[Unit]:
        if depth > DEEPEST:
            return
        level += 1
        style = element.get(f"{TEXT}style-name") or style
        if level == 1:
            goes_on = element.get(f"{TEXT}continue-numbering") == "true" or element.get(f"{TEXT}continue-list")
            counters = dict(self._finished.get(style, {})) if goes_on else {}
        shapes = self._styles.list_levels(style)
        for item in element:
            if item.tag in (f"{TEXT}list-item", f"{TEXT}list-header"):
                yield from self._item(item, style, shapes, counters, level, depth)
        if level == 1:
            self._finished[style] = counters

    def _item(
        self,
        item: Element,
        style: str,
        shapes: dict[int, ListLevel],
        counters: dict[int, int],
        level: int,
        depth: int,
    ) -> Iterator[Unit]:
        """One item: its number stands before its first paragraph."""
        shape = shapes.get(level)
        label, bullet = "", False
        speaks = any(child.tag in (f"{TEXT}p", f"{TEXT}h") for child in item)
        if item.tag == f"{TEXT}list-item" and shape is not None and speaks:
            start = whole(item.get(f"{TEXT}start-value"), -1)
            label, bullet = ("• ", True) if shape.bullet else (_advance(shapes, counters, level, start), False)
        for child in item:
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, depth + 1, label, bullet)
                label, bullet = "", False
            elif child.tag == f"{TEXT}list":
                yield from self._list(child, style, counters, level, depth + 1)
            elif child.tag == f"{TABLE}table":
                yield from self._table(child, depth + 1)

    # --- tables -------------------------------------------------------------------------------------------

    def _table(self, table: Element, depth: int) -> Iterator[Unit]:
        """The rows of a table in a text; those in table:table-header-rows are its header."""
        headers = [self._cells(row, depth) for group in table.findall(f"{TABLE}table-header-rows") for row in group]
        rows = [
            (row, self._cells(row, depth))
            for row in table.iter(f"{TABLE}table-row")
            if next(row.iterancestors(f"{TABLE}table")) is table
        ]
        filled = [cells for _, cells in rows if any(units for units in cells)]
        if filled and all(len(cells) == 1 for cells in filled):
            yield from (unit for cells in filled for unit in cells[0])
            return
        if not headers and len(filled) > 1 and _strong(filled[0]) and not all(map(_strong, filled[1:])):
            headers = filled[:1]
        context = header_context([" ".join(u.text for u in units) for units in headers[-1]]) if headers else ""
        for cells in filled:
            notes = tuple(note for units in cells for unit in units for note in unit.notes)
            text = row_text([" ".join(unit.text for unit in units) for units in cells])
            yield Unit("row", text, context=context, notes=notes)

    def _cells(self, row: Element, depth: int) -> list[list[Unit]]:
        cells: list[list[Unit]] = []
        for cell in row:
            if cell.tag == f"{TABLE}table-cell":
                units = list(self.units(cell, depth + 1))
                repeat = whole(cell.get(f"{TABLE}number-columns-repeated"), 1)
                cells += [units] * min(max(repeat, 1), REPEATS_MAX)
        return cells


def _flowing(text: str | None) -> str:
    """Text between elements: line ends of the file are blanks (ODF 1.3 part 3, 6.1.2)."""
    return (text or "").replace("\n", " ").replace("\r", " ")


def _strong(cells: list[list[Unit]]) -> bool:
    return all(unit.strong for units in cells for unit in units)


def _unit(text: str, label: str, bullet: bool, level: int | None, *, bold: bool) -> Unit:
    labelled = tidy(label + text)
    if level is not None and len(text) <= HEADING_MAX:
        return Unit("heading", one_line(labelled), level=level, strong=True)
    kind: BlockKind = "paragraph"
    if bullet:
        kind = "item"
    elif label or TYPED_NUMBER.match(text):
        kind = "clause"
    return Unit(kind, labelled, strong=bold)


def _advance(shapes: dict[int, ListLevel], counters: dict[int, int], level: int, start: int) -> str:
    """Steps the counter of this level and prints the number with the levels above that it shows."""
    shape = shapes[level]
    counters[level] = start if start >= 0 else counters[level] + 1 if level in counters else shape.start
    for deeper in [known for known in counters if known > level]:
        del counters[deeper]
    if not shape.number_format:
        return ""
    first = max(level - shape.shown_levels + 1, 1)
    numbers = []
    for index in range(first, level + 1):
        known = shapes.get(index, shape)
        if known.number_format:
            numbers.append(printed(counters.get(index, known.start), known.number_format))
    return f"{shape.prefix}{'.'.join(numbers)}{shape.suffix} "
