"""The body of a Word document as units in reading order: paragraphs with their numbers, tables, boxes, notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ingest.document import BlockKind
from ingest.readers.docx_numbering import Label, Numbering, W
from ingest.readers.docx_styles import Style, Styles, list_of, outline_level, switch
from ingest.readers.docx_tables import table_units
from ingest.readers.docx_text import Spoken, Words
from ingest.readers.drawings import object_units
from ingest.readers.office_pages import TYPED_NUMBER, Unit, one_line, tidy
from ingest.readers.package import Element, Package, Relation

HEADING_MAX = 150  # characters: a longer paragraph in a heading style is a clause
HEADING_MAX_OPEN = 250  # characters, when it does not end as a sentence does
BOXES_DEEP = 20  # text boxes and tables inside one another, deeper ones are left out

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TRANSPARENT = {f"{W}{name}" for name in ("sdtContent", "customXml", "ins", "moveTo", "smartTag")}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the body refers to. `notes`: note elements by "f" or "e" and id."""

    package: Package
    styles: Styles
    numbering: Numbering
    notes: Mapping[str, Element]
    relations: Mapping[str, Relation]


class Body:
    """Reads one document's body once, in order."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._words = Words()
        self._note_words = Words()
        self._held = ""  # of paragraphs whose mark was deleted: it runs on into the next
        self.pictures = 0
        self.chunks = 0

    def units(self, container: Element, depth: int = 0, contents: bool = False) -> Iterator[Unit]:
        """The units of a block container (w:body, w:tc, w:txbxContent); `contents`: of a table of contents."""
        for child in container:
            if child.tag == f"{W}p":
                yield from self._paragraph(child, depth, contents)
            elif child.tag == f"{W}tbl" and depth < BOXES_DEEP:
                yield from table_units(child, lambda cell: list(self.units(cell, depth + 1, contents)))
            elif child.tag == f"{W}sdt":
                inner = child.find(f"{W}sdtContent")
                if inner is not None:
                    yield from self.units(inner, depth, contents or _is_contents(child))
            elif child.tag == f"{_MC}AlternateContent":
                chosen = next(iter(child), None)
                if chosen is not None:
                    yield from self.units(chosen, depth, contents)
            elif child.tag in _TRANSPARENT:
                yield from self.units(child, depth, contents)
            elif child.tag == f"{W}altChunk":
                self.chunks += 1

    def _paragraph(self, paragraph: Element, depth: int, contents: bool) -> Iterator[Unit]:
        properties = paragraph.find(f"{W}pPr")
        style_element = None if properties is None else properties.find(f"{W}pStyle")
        style_id = None if style_element is None else style_element.get(f"{W}val")
        style = self._parts.styles.of(style_id)
        spoken = self._words.of(paragraph, bold=style.bold)
        self.pictures += spoken.pictures
        text = tidy(self._held + spoken.text)
        mark = None if properties is None else properties.find(f"{W}rPr")
        if mark is not None and mark.find(f"{W}del") is not None:
            self._held += spoken.text
        else:
            self._held = ""
            label = self._label(properties, style, style_id)
            if text and not (switch(mark, "vanish") and not spoken.text):
                unit = _unit(text, label, outline_level(properties), style, spoken)
                yield replace(unit, kind=None) if contents or _lists_contents(style) else self._noted(unit, spoken)
        yield from self._beside(spoken, depth, contents)

    def _label(self, properties: Element | None, style: Style, style_id: str | None) -> Label | None:
        num = None if properties is None else properties.find(f"{W}numPr")
        list_id, level = list_of(num) if num is not None else (None, None)
        list_id = list_id or style.list_id
        if list_id in (None, "0"):
            return None
        if level is None:
            tied = self._parts.numbering.level_of_style(list_id or "", style.list_style or style_id or "")
            level = style.list_level if tied is None else tied
        return self._parts.numbering.label(list_id or "", level or 0)

    def _beside(self, spoken: Spoken, depth: int, contents: bool) -> Iterator[Unit]:
        """What hangs on a paragraph: text boxes, charts, diagrams."""
        for box in spoken.boxes:
            if depth < BOXES_DEEP:
                yield from self.units(box, depth + 1, contents)
        for relation_id in spoken.objects:
            relation = self._parts.relations.get(relation_id)
            if relation is not None and relation.part:
                yield from object_units(self._parts.package, relation.part)

    def _noted(self, unit: Unit, spoken: Spoken) -> Unit:
        notes = []
        for mark, key in spoken.notes:
            element = self._parts.notes.get(key)
            words = "" if element is None else self._note_text(element)
            if words:
                notes.append(f"{mark} {words}")
        return replace(unit, notes=tuple(notes))

    def _note_text(self, element: Element) -> str:
        return one_line(" ".join(self._note_words.of(p).text for p in element.iter(f"{W}p")))


def _unit(text: str, label: Label | None, outline: int | None, style: Style, spoken: Spoken) -> Unit:
    level = style.level if outline is None else outline
    if label is not None and not (label.bullet and level is not None):
        text = tidy(f"{label.text}{' ' if label.bullet else ''}{text}")
    if level is not None and _fits_a_heading(text):
        return Unit("heading", one_line(text), level=level, strong=True)
    kind: BlockKind = "paragraph"
    if label is not None and label.bullet:
        kind = "item"
    elif label is not None or TYPED_NUMBER.match(text):
        kind = "clause"
    return Unit(kind, text, strong=spoken.bold)


def _fits_a_heading(text: str) -> bool:
    return len(text) <= HEADING_MAX or (len(text) <= HEADING_MAX_OPEN and not text.endswith((".", ";", ":", ",")))


def _is_contents(control: Element) -> bool:
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and "Contents" in (gallery.get(f"{W}val") or "")


def _lists_contents(style: Style) -> bool:
    name = style.name.lower()
    return name.startswith(("toc ", "table of figures", "index ")) and name != "toc heading"
