"""Akoma Ntoso XML (versions 2 and 3, OASIS LegalDocML): a page for each section, its id the anchor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from ingest.document import Block, BlockKind, Pointer, Reading, ReadPage
from ingest.readers.akn_metadata import local, metadata_of
from ingest.readers.span import unique
from memory.errors import Damaged

# Divisions above the section; their titles make the heading path.
_DIVISIONS = {
    "book", "chapter", "division", "hcontainer", "part", "subchapter", "subdivision", "subpart", "subtitle",
    "title", "tome",
}  # fmt: skip
_SECTIONS = {"section", "article", "rule"}
# Parts of a document that are one page each, and parts that only hold others.
_FRONT_AND_BACK = {"coverPage", "preface", "preamble", "conclusions", "introduction", "background"}
_HOLDERS = {
    "act", "akomaNtoso", "amendment", "amendmentBody", "amendmentList", "attachment", "attachments", "bill", "body",
    "collectionBody", "component", "components", "debate", "debateBody", "debateReport", "debateSection", "doc",
    "documentCollection", "interstitial", "judgment", "judgmentBody", "mainBody", "officialGazette", "portion",
    "portionBody", "statement", "akomantoso",
}  # fmt: skip
# Elements of one line: what is inside them is running text.
_LINES = {"p", "listIntroduction", "listConclusion", "subheading", "crossHeading", "longTitle", "docTitle"}
_BLOCKS_INSIDE = {"table", "blockList", "ol", "ul", "quotedStructure", "embeddedStructure", "p"}
_NUMBER_OF = {"chapter": "Chapter", "part": "Part", "book": "Book", "title": "Title", "subpart": "Subpart"}


@dataclass(slots=True)
class _Line:
    """`kind` is None for what stays on the page but is no part of the law (an editor's remark)."""

    text: str
    kind: BlockKind | None
    heading: tuple[str, ...]
    context: str = ""


@dataclass(slots=True)
class _Sheet:
    """A page in the making."""

    anchor: str
    lines: list[_Line] = field(default_factory=list)
    # Words and target of each reference, in order.
    references: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path) -> Reading:
    """The law, section by section. Raises Damaged for XML that cannot be recovered."""
    root, notes = _parsed(path)
    sheets = _Walk(root).sheets
    taken: dict[str, int] = {}
    pages = [_page(sheet, number, taken) for number, sheet in enumerate(sheets, start=1)]
    if not pages:
        notes = (*notes, f"{path.name}: holds no text of a law")
    return Reading(pages=tuple(pages), metadata=metadata_of(root), notes=notes)


def _parsed(path: Path) -> tuple[etree._Element, tuple[str, ...]]:
    """The root, and what had to be passed over. No entity is expanded and nothing is fetched."""
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, recover=recover
        )
        try:
            root = etree.parse(str(path), parser).getroot()
        except etree.XMLSyntaxError as error:
            if recover:
                raise Damaged(f"{path.name}: is broken XML ({error.msg})") from error
            continue
        if root is not None:
            return root, (f"{path.name}: is broken XML; what could be recovered was read",) if recover else ()
    raise Damaged(f"{path.name}: is broken XML")


def _page(sheet: _Sheet, number: int, taken: dict[str, int]) -> ReadPage:
    text = ""
    blocks = []
    for line in sheet.lines:
        text += "\n" if text else ""
        if line.kind is not None:
            blocks.append(Block(line.kind, len(text), len(text) + len(line.text), line.heading, line.context))
        text += line.text
    pointers = tuple(_pointers(text, sheet.references))
    return ReadPage(
        number=number, text=text, anchor=unique(sheet.anchor, taken), blocks=tuple(blocks), pointers=pointers
    )


def _pointers(text: str, references: list[tuple[str, str]]) -> Iterator[Pointer]:
    """Where each reference's words stand: after the one before it, else anywhere."""
    at = 0
    for words, target in references:
        start = text.find(words, at)
        start = start if start >= 0 else text.find(words)
        if start >= 0:
            at = start + len(words)
            yield Pointer(start, at, target)


def _references(elements: list[etree._Element]) -> list[tuple[str, str]]:
    found = [ref for element in elements if isinstance(element.tag, str) for ref in element.iter("{*}ref")]
    return [(words, ref.get("href", "")) for ref in found if (words := _words(ref)) and ref.get("href")]


class _Walk:
    """Collects the pages of a document in `sheets`."""

    def __init__(self, root: etree._Element) -> None:
        self.sheets: list[_Sheet] = []
        # Titles of divisions that wait for the first page below them.
        self._titles: list[_Line] = []
        self._number = ""
        self._hold(root, ())
        if self._titles and self.sheets:
            self.sheets[-1].lines += self._titles

    def _hold(self, element: etree._Element, path: tuple[str, ...]) -> None:
        """Pages of what `element` holds; loose text between sections makes a page of its own."""
        loose: list[etree._Element] = []
        for child in element:
            name = local(child)
            if name in ("meta", "num", "heading", "subheading", ""):
                continue
            if name in _DIVISIONS | _SECTIONS | _FRONT_AND_BACK | _HOLDERS:
                self._loose(element, loose, path)
                loose = []
                self._child(child, name, path)
            else:
                loose.append(child)
        self._loose(element, loose, path)

    def _child(self, child: etree._Element, name: str, path: tuple[str, ...]) -> None:
        if name in _FRONT_AND_BACK:
            self._sheet(_id(child) or name.lower(), [child], path)
        elif name in _HOLDERS:
            self._hold(child, _component_path(child, name, path))
        elif name in _DIVISIONS or _has_sections(child):
            self._division(child, name, path)
        else:
            self._section(child, path)

    def _division(self, child: etree._Element, name: str, path: tuple[str, ...]) -> None:
        title = _title(child, _NUMBER_OF.get(name, ""))
        below = (*path, title) if title and title not in path[-1:] else path
        if title:
            self._titles.append(_Line(title, "heading", below))
        beneath = _first_words(child, "subheading")
        if beneath:
            self._titles.append(_Line(beneath, "paragraph", below))
        self._hold(child, below)

    def _section(self, child: etree._Element, path: tuple[str, ...]) -> None:
        title = _title(child, "")
        below = (*path, title) if title and title not in path[-1:] else path
        heading = [_Line(title, "heading", below)] if title else []
        self._sheet(_id(child) or local(child), list(child), below, heading)

    def _loose(self, parent: etree._Element, elements: list[etree._Element], path: tuple[str, ...]) -> None:
        if elements:
            self._sheet(_id(elements[0]) or _id(parent) or local(parent), elements, path)

    def _sheet(
        self,
        anchor: str,
        elements: list[etree._Element],
        path: tuple[str, ...],
        heading: list[_Line] | None = None,
    ) -> None:
        lines = [*self._titles, *(heading or [])]
        self._number = ""
        for element in elements:
            if not (heading and local(element) in ("num", "heading")):
                lines += self._lines(element, path)
        lines += self._left_number(path)
        if lines and (heading or len(lines) > len(self._titles)):
            self.sheets.append(_Sheet(anchor, lines, _references(elements)))
            self._titles = []

    def _lines(self, element: etree._Element, path: tuple[str, ...]) -> Iterator[_Line]:
        """The lines of an element; a number is written before the first line that follows it."""
        name = local(element)
        if name == "num":
            self._number = f"{self._number} {_words(element)}".strip()
        elif name == "table":
            yield from self._left_number(path)
            yield from _rows(element, path)
        elif name in _LINES and not any(local(child) in _BLOCKS_INSIDE for child in element):
            yield from self._remarks(element, path)
            yield from self._line(_words(element), path)
        elif name == "remark":
            yield _Line(_words(element, remarks=True), None, path)
        else:
            yield from self._line(_spaced(element.text or ""), path)
            for child in element:
                yield from self._lines(child, path) if _is_block(child) else self._line(_words(child), path)
                yield from self._line(_spaced(child.tail or ""), path)

    def _remarks(self, element: etree._Element, path: tuple[str, ...]) -> Iterator[_Line]:
        for remark in element.iter("{*}remark"):
            yield _Line(_words(remark, remarks=True), None, path)

    def _line(self, words: str, path: tuple[str, ...]) -> Iterator[_Line]:
        if not re.search(r"\w", words):
            return
        kind: BlockKind = "clause" if self._number else "paragraph"
        yield _Line(f"{self._number} {words}".strip(), kind, path)
        self._number = ""

    def _left_number(self, path: tuple[str, ...]) -> list[_Line]:
        """A number without words after it ("3." of a repealed section) stays on the page."""
        number, self._number = self._number, ""
        return [_Line(number, None, path)] if number else []


def _rows(table: etree._Element, path: tuple[str, ...]) -> Iterator[_Line]:
    """Rows as "cell | cell"; the rows of <th> on top are the context of those below."""
    header = ""
    for row in table.iter("{*}tr"):
        cells = [_words(cell) for cell in row if local(cell) in ("td", "th")]
        words = " | ".join(cells).strip(" |")
        if not re.search(r"\w", words):
            continue
        if all(local(cell) == "th" for cell in row) and not header:
            header = words
            yield _Line(words, None, path)
        else:
            yield _Line(words, "row", path, header)


def _title(element: etree._Element, word: str) -> str:
    """ "Chapter 2 – Permits" or "12. Right of appeal"."""
    number = _first_words(element, "num")
    heading = _first_words(element, "heading")
    if word and number:
        number = number if number.lower().startswith(word.lower()) else f"{word} {number}"
        return f"{number.rstrip('.')} – {heading}" if heading else number
    return f"{number} {heading}".strip()


def _component_path(element: etree._Element, name: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """The name of a schedule, which stands in its own metadata."""
    if name != "doc":
        return path
    alias = element.find("{*}meta/{*}identification/{*}FRBRWork/{*}FRBRalias")
    title = alias.get("value", "").strip() if alias is not None else ""
    return (*path, title) if title else path


def _has_sections(element: etree._Element) -> bool:
    return any(local(child) in _SECTIONS | _DIVISIONS for child in element)


def _is_block(element: etree._Element) -> bool:
    return len(element) > 0 or local(element) in _LINES | {"num", "heading", "content", "remark", "table"}


def _first_words(element: etree._Element, name: str) -> str:
    found = next((child for child in element if local(child) == name), None)
    return _words(found) if found is not None else ""


def _words(element: etree._Element, *, remarks: bool = False) -> str:
    """The running text, without editors' remarks unless asked for."""
    return _spaced("".join(_texts(element, remarks)))


def _texts(element: etree._Element, remarks: bool) -> Iterator[str]:
    if not isinstance(element.tag, str):  # an entity, left as it is
        return
    yield element.text or ""
    last = ""
    for child in element:
        # Two terms in a row come from a text where the blank between them was lost.
        glued = local(child) == "term" and last == "term"
        if glued or local(child) in ("eol", "br", "p", "td"):
            yield " "
        if remarks or local(child) != "remark":
            yield from _texts(child, remarks)
        yield child.tail or ""
        last = "" if child.tail else local(child)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _id(element: etree._Element) -> str:
    return element.get("eId") or element.get("id") or ""
