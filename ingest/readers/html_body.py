"""A tree of HTML becomes units: headings, paragraphs, items and table rows, without what is not content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml import etree

from ingest.document import BlockKind
from ingest.readers.office_pages import TYPED_NUMBER, Unit, one_line, tidy

_NEVER = {
    "audio", "base", "button", "canvas", "datalist", "dialog", "embed", "head", "iframe", "input", "link", "map",
    "meta", "nav", "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea",
    "title", "video",
}  # fmt: skip
# Left out beside a main content; without one they may be all that there is.
_BESIDE = {"aside", "footer", "form", "header"}
_ROLES = {"alert", "banner", "complementary", "contentinfo", "dialog", "menu", "menubar", "navigation", "search"}
_CHROME = {
    "breadcrumb", "breadcrumbs", "colophon", "cookie-banner", "cookie-notice", "masthead", "menu", "nav",
    "navbar", "navigation", "pagination", "share", "sidebar", "site-footer", "site-header", "skip-link", "social",
    "toc", "visually-hidden",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_HEADING = re.compile(r"h([1-6])$")
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li",
    "main", "menu", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
}  # fmt: skip
# By-laws published as HTML from Akoma Ntoso: spans that are shown as blocks, all but these.
_AKN_INLINE = {"akn-def", "akn-eol", "akn-i", "akn-b", "akn-num", "akn-ref", "akn-remark", "akn-sup", "akn-term"}
_ONLY_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[A-Z]?[.)]?|\(\w{1,5}\)|\w{1,4}[.)])$")
# A main element that holds less of the text than this is not the content; neither is a list of links
# of which more than this is linked.
_MAIN_SHARE = 0.25
_LINK_SHARE = 0.9
_LINKS = 5
# A cell longer than this is laid out, not tabulated.
_CELL = 1_500


def main_content(tree: etree._Element) -> list[etree._Element]:
    """The elements that hold the content, in order; `tree` is cleaned of what is never shown."""
    _clean(tree)
    body = next(tree.iter("body"), tree)
    total = _length(body)
    mains = [e for e in body.iter("main", "div", "section") if e.tag == "main" or e.get("role") == "main"]
    found = [main for main in _outermost(mains) if _length(main) > _MAIN_SHARE * total]
    if not found:
        articles = _outermost(body.iter("article"))
        found = articles if sum(map(_length, articles)) > total / 2 else []
    parts = found or [body]
    for part in parts:
        _drop_chrome(part, beside=bool(found))
    return parts


def units_of(element: etree._Element) -> list[Unit]:
    """The element's text in reading order; heading levels from h1 to h6, without heading paths."""
    walk = _Walk()
    walk.visit(element, "paragraph")
    walk.flush("paragraph")
    return walk.units


def anchors_of(element: etree._Element) -> dict[str, str]:
    """Ids of headings, or of the section that a heading begins, by the heading's words."""
    anchors: dict[str, str] = {}
    for heading in element.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        parent = heading.getparent()
        begins = parent is not None and parent.tag in ("section", "article", "div") and parent[0] is heading
        anchor = heading.get("id") or (parent.get("id") if begins and parent is not None else "")
        if anchor:
            anchors.setdefault(one_line("".join(_pieces(heading))), anchor)
    return anchors


class _Walk:
    """Collects running text until a block begins or ends."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self._buffer: list[str] = []

    def visit(self, element: etree._Element, kind: BlockKind) -> None:
        """Add the text of `element`, which stands in a block of `kind`; not its tail."""
        tag = str(element.tag)
        heading = _HEADING.match(tag)
        if heading:
            self.flush(kind)
            self._add("heading", one_line("".join(_pieces(element))), level=int(heading[1]))
        elif tag == "br":
            self._buffer.append("\n")
        elif tag == "pre":
            self.flush(kind)
            self._add("paragraph", "".join(_texts(element)))
        elif tag == "table" and _is_data(element):
            self.flush(kind)
            self._rows(element)
        elif _is_block(element):
            inside: BlockKind = "item" if tag in ("li", "dd") else kind
            self.flush(kind)
            self._children(element, inside)
            self.flush(inside)
        else:
            self._children(element, kind)

    def flush(self, kind: BlockKind) -> None:
        """End the running text here; a number alone waits for the words that it numbers."""
        text = tidy("".join(self._buffer))
        if _ONLY_NUMBER.match(text):
            self._buffer = [text, " "]
            return
        self._buffer = []
        if text:
            self._add("clause" if kind == "paragraph" and TYPED_NUMBER.match(text) else kind, text)

    def _children(self, element: etree._Element, kind: BlockKind) -> None:
        self._buffer.append(_run(element.text))
        for child in element:
            if isinstance(child.tag, str):
                self.visit(child, kind)
            self._buffer.append(_run(child.tail))

    def _rows(self, table: etree._Element) -> None:
        header = ""
        for caption in table.iter("caption"):
            self._add("paragraph", one_line("".join(_pieces(caption))))
        for index, row in enumerate(table.iter("tr")):
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            words = " | ".join(filter(None, (one_line("".join(_pieces(cell))) for cell in cells)))
            if words and not header and _is_header(row, cells, index):
                header = words
                self.units.append(Unit(None, words))
            elif words:
                self._add("row", words, context=header)

    def _add(self, kind: BlockKind, text: str, *, context: str = "", level: int = 1) -> None:
        if text.strip():
            self.units.append(Unit(kind, text.strip("\n"), context=context, level=level))


def _clean(tree: etree._Element) -> None:
    for element in list(tree.iter()):
        tag = element.tag if isinstance(element.tag, str) else ""
        hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "")
        if tag not in ("html", "body") and (tag in _NEVER - {"head"} or hidden or element.get("aria-hidden") == "true"):
            take_out(element)


def _drop_chrome(part: etree._Element, *, beside: bool) -> None:
    """Drop what a page has around its content, unless it is most of the text."""
    total = _length(part)
    for element in list(part.iter()):
        if element is part or not isinstance(element.tag, str) or element.getparent() is None:
            continue
        unwanted = _is_chrome(element, beside) or (not beside and _is_link_list(element))
        if unwanted and _length(element) < total / 2:
            take_out(element)


def _is_chrome(element: etree._Element, beside: bool) -> bool:
    names = {*(element.get("class") or "").lower().split(), (element.get("id") or "").lower()}
    landmark = element.tag in _BESIDE and not beside and element.tag != "form"
    return landmark or element.get("role") in _ROLES or bool(names & _CHROME)


def _is_link_list(element: etree._Element) -> bool:
    if element.tag not in ("ul", "ol", "div"):
        return False
    links = list(element.iter("a"))
    return len(links) >= _LINKS and sum(map(_length, links)) > _LINK_SHARE * _length(element)


def _is_block(element: etree._Element) -> bool:
    names = (element.get("class") or "").split()
    return element.tag in _BLOCKS or any(name.startswith("akn-") and name not in _AKN_INLINE for name in names)


def _is_data(table: etree._Element) -> bool:
    """Whether the table tabulates: a layout table holds headings, lists, other tables or long texts."""
    if next(table.iterdescendants("table", "h1", "h2", "h3", "h4", "ul", "ol"), None) is not None:
        return False
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    return max(map(len, rows), default=0) > 1 and all(_length(cell) <= _CELL for row in rows for cell in row)


def _is_header(row: etree._Element, cells: Sequence[etree._Element], index: int) -> bool:
    parent = row.getparent()
    if (parent is not None and parent.tag == "thead") or all(cell.tag == "th" for cell in cells):
        return True
    filled = [cell for cell in cells if _length(cell)]
    bold = [sum(_length(b) for b in cell.iter("b", "strong")) >= _length(cell) for cell in filled]
    return index == 0 and len(filled) > 1 and all(bold)


def _outermost(elements: Iterable[etree._Element]) -> list[etree._Element]:
    found: list[etree._Element] = []
    for element in elements:
        if not any(outer in found for outer in element.iterancestors()):
            found.append(element)
    return found


def take_out(element: etree._Element) -> None:
    """Take the element out of its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _length(element: etree._Element) -> int:
    return sum(len(text.strip()) for text in _texts(element))


def _texts(element: etree._Element) -> Iterable[str]:
    return (str(text) for text in element.itertext())


def _pieces(element: etree._Element) -> Iterable[str]:
    """Texts of a heading or a cell, with blanks where a line or a block ends."""
    yield _run(element.text)
    for child in element:
        if isinstance(child.tag, str):
            apart = " " if child.tag == "br" or _is_block(child) else ""
            yield apart
            yield from _pieces(child)
            yield apart
        yield _run(child.tail)


def _run(text: str | None) -> str:
    """Running text: any white space is one blank."""
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")
