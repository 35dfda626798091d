"""The shapes of one slide in reading order, each as units: title first, then top to bottom and left to right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document import BlockKind
from ingest.readers.docx_numbering import whole
from ingest.readers.drawings import A, object_units
from ingest.readers.office_pages import TYPED_NUMBER, Unit, header_context, one_line, row_text, tidy
from ingest.readers.ordinals import printed
from ingest.readers.package import Element, Package, Relation

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

SAME_LINE = 150_000  # English Metric Units (1/914,400 inch): shapes this close in height stand side by side
GROUPS_DEEP = 30
_TITLES = ("title", "ctrTitle")
_FURNITURE = ("dt", "ftr", "sldNum", "hdr")  # date, footer, slide number: on every slide alike
# ST_TextAutonumberScheme: its counting, in the words of ordinals
_COUNTS = {"arabic": "decimal", "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
           "romanUc": "upperRoman"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape that says something. `x`, `y`: its top left corner on the slide, in EMU; None where unknown."""

    units: tuple[Unit, ...]
    x: float | None
    y: float | None
    role: str  # of its placeholder, "" for none


@dataclass(frozen=True, slots=True)
class _Frame:
    """How coordinates inside a group fall on the slide."""

    scale_x: float = 1.0
    scale_y: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0


class Shapes:
    """Reads the shape tree of a slide. `masters`: trees of its layout and master, for inherited places."""

    def __init__(self, package: Package, relations: dict[str, Relation], masters: Sequence[Element]) -> None:
        self._package = package
        self._relations = relations
        self._masters = masters

    def of(self, tree: Element) -> list[Shape]:
        """The shapes of p:spTree in reading order, furniture last."""
        found = [shape for shape in self._walk(tree, _Frame(), 0) if shape.units]
        titles = [shape for shape in found if shape.role in _TITLES]
        furniture = [shape for shape in found if shape.role in _FURNITURE]
        others = [shape for shape in found if shape.role not in (*_TITLES, *_FURNITURE)]
        return titles + _in_reading_order(others) + furniture

    def _walk(self, tree: Element, frame: _Frame, depth: int) -> Iterator[Shape]:
        for element in tree:
            if element.tag == f"{P}sp":
                yield self._shape(element, frame)
            elif element.tag == f"{P}grpSp" and depth < GROUPS_DEEP:
                yield from self._walk(element, _inside(element, frame), depth + 1)
            elif element.tag == f"{P}graphicFrame":
                yield self._graphic(element, frame)
            elif element.tag == f"{_MC}AlternateContent":
                chosen = next(iter(element), None)
                if chosen is not None and depth < GROUPS_DEEP:
                    yield from self._walk(chosen, frame, depth + 1)

    def _shape(self, element: Element, frame: _Frame) -> Shape:
        placeholder = element.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        role = "" if placeholder is None else placeholder.get("type", "obj")
        place = _place(element.find(f"{P}spPr/{A}xfrm"), frame)
        if place is None and placeholder is not None:
            place = self._inherited(placeholder)
        body = element.find(f"{P}txBody")
        units = text_units(body, bullets=role in ("obj", "body")) if body is not None else []
        if role in _TITLES and units:
            units = [Unit("heading", one_line(" ".join(unit.text for unit in units)))]
        elif role in _FURNITURE:
            units = [replace(unit, kind=None) for unit in units]
        return _at(place, units, role)

    def _graphic(self, element: Element, frame: _Frame) -> Shape:
        data = element.find(f"{A}graphic/{A}graphicData")
        units: list[Unit] = []
        for child in data if data is not None else ():
            if child.tag == f"{A}tbl":
                units += _table(child)
            elif isinstance(child.tag, str) and child.tag.endswith(("}chart", "}relIds")):
                relation = self._relations.get(child.get(f"{_R}id") or child.get(f"{_R}dm") or "")
                units += object_units(self._package, relation.part) if relation and relation.part else []
        return _at(_place(element.find(f"{P}xfrm"), frame), units, "")

    def _inherited(self, placeholder: Element) -> tuple[float, float] | None:
        """Where the layout or the master puts this placeholder."""
        for tree in self._masters:
            for shape in tree.iter(f"{P}sp"):
                other = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
                if other is not None and _same_place(placeholder, other):
                    place = _place(shape.find(f"{P}spPr/{A}xfrm"), _Frame())
                    if place is not None:
                        return place
        return None


def text_units(body: Element, *, bullets: bool = False) -> list[Unit]:
    """The paragraphs of a DrawingML text body; `bullets`: they are list items unless they say otherwise."""
    units = []
    counts: dict[int, int] = {}
    for paragraph in body.iter(f"{A}p"):
        text = tidy("".join(_runs(paragraph)))
        properties = paragraph.find(f"{A}pPr")
        level = whole(None if properties is None else properties.get("lvl"), 0)
        label = _number(properties, level, counts)
        if not text:
            continue
        kind: BlockKind = "paragraph"
        if label or TYPED_NUMBER.match(text):
            kind = "clause"
        elif _has_bullet(properties, bullets):
            kind, label = "item", "• "
        units.append(Unit(kind, label + text))
    return units


def _runs(paragraph: Element) -> Iterator[str]:
    for child in paragraph:
        if child.tag in (f"{A}r", f"{A}fld"):
            yield from (t.text or "" for t in child.findall(f"{A}t"))
        elif child.tag == f"{A}br":
            yield "\n"
        elif isinstance(child.tag, str) and child.tag.startswith(_MC):
            yield from (t.text or "" for t in child.iter(f"{A}t"))


def _number(properties: Element | None, level: int, counts: dict[int, int]) -> str:
    """The printed number of an automatically numbered paragraph, else ""."""
    auto = None if properties is None else properties.find(f"{A}buAutoNum")
    for deeper in [known for known in counts if known > level or (known == level and auto is None)]:
        del counts[deeper]
    if auto is None:
        return ""
    counts[level] = counts[level] + 1 if level in counts else whole(auto.get("startAt"), 1)
    scheme = auto.get("type") or "arabicPeriod"
    counting = next((words for name, words in _COUNTS.items() if scheme.startswith(name)), "decimal")
    number = printed(counts[level], counting)
    if scheme.endswith("ParenBoth"):
        return f"({number}) "
    return f"{number}) " if scheme.endswith("ParenR") else f"{number} " if scheme.endswith("Plain") else f"{number}. "


def _has_bullet(properties: Element | None, inherited: bool) -> bool:
    if properties is None:
        return inherited
    if properties.find(f"{A}buNone") is not None:
        return False
    return inherited or properties.find(f"{A}buChar") is not None


def _at(place: tuple[float, float] | None, units: Sequence[Unit], role: str) -> Shape:
    x, y = place or (None, None)
    return Shape(tuple(units), x, y, role)


def _table(table: Element) -> list[Unit]:
    """The rows of a:tbl; the first is the header where the table says so or it has more than one row."""
    rows = [_row(row) for row in table.findall(f"{A}tr")]
    rows = [row for row in rows if any(row)]
    properties = table.find(f"{A}tblPr")
    named = properties is not None and properties.get("firstRow") in ("1", "true")
    context = header_context(rows[0]) if named and len(rows) > 1 else ""
    return [Unit("row", row_text(row), context=context) for row in rows]


def _row(row: Element) -> list[str]:
    cells = []
    for cell in row.findall(f"{A}tc"):
        body = cell.find(f"{A}txBody")
        text = "" if body is None else one_line(" ".join(unit.text for unit in text_units(body)))
        if cell.get("hMerge") not in ("1", "true"):
            cells.append(text)
    return cells


def _place(transform: Element | None, frame: _Frame) -> tuple[float, float] | None:
    offset = None if transform is None else transform.find(f"{A}off")
    if offset is None:
        return None
    x, y = whole(offset.get("x"), 0), whole(offset.get("y"), 0)
    return x * frame.scale_x + frame.shift_x, y * frame.scale_y + frame.shift_y


def _inside(group: Element, frame: _Frame) -> _Frame:
    """The frame of a group's children (ECMA-376 part 1, 20.1.7.5): chOff/chExt is stretched onto off/ext."""
    transform = group.find(f"{P}grpSpPr/{A}xfrm")
    parts = {} if transform is None else {str(e.tag).rpartition("}")[2]: e for e in transform}
    if not {"off", "ext", "chOff", "chExt"} <= set(parts):
        return frame

    def ratio(name: str) -> float:
        inner = whole(parts["chExt"].get(name), 0)
        return whole(parts["ext"].get(name), 0) / inner if inner else 1.0

    scale_x, scale_y = ratio("cx"), ratio("cy")
    shift_x = whole(parts["off"].get("x"), 0) - whole(parts["chOff"].get("x"), 0) * scale_x
    shift_y = whole(parts["off"].get("y"), 0) - whole(parts["chOff"].get("y"), 0) * scale_y
    return _Frame(
        frame.scale_x * scale_x,
        frame.scale_y * scale_y,
        frame.scale_x * shift_x + frame.shift_x,
        frame.scale_y * shift_y + frame.shift_y,
    )


def _same_place(placeholder: Element, other: Element) -> bool:
    if placeholder.get("idx") is not None:
        return placeholder.get("idx") == other.get("idx")
    return placeholder.get("type", "obj") == other.get("type", "obj")


def _in_reading_order(shapes: Sequence[Shape]) -> list[Shape]:
    """Lines from top to bottom, each from left to right; a shape without a place stays after the one before it."""
    lines: list[tuple[float, list[Shape]]] = []
    placed: list[Shape] = []
    last = (0.0, 0.0)
    for shape in shapes:
        last = (shape.x, shape.y) if shape.x is not None and shape.y is not None else last
        placed.append(replace(shape, x=last[0], y=last[1]))
    for shape in sorted(placed, key=lambda s: s.y or 0.0):
        if lines and (shape.y or 0.0) - lines[-1][0] <= SAME_LINE:
            lines[-1][1].append(shape)
        else:
            lines.append((shape.y or 0.0, [shape]))
    return [shape for _, line in lines for shape in sorted(line, key=lambda s: s.x or 0.0)]
