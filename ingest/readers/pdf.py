"""PDF: text with the place of every line, structure, and which pages need OCR.

pypdf reads the structure, pdfium the text; where one of them fails on a broken file the other goes on alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pypdf import PdfReader
from pypdfium2 import PdfDocument, PdfiumError, PdfPage

from ingest.document import Reading, ReadPage
from ingest.readers import pdfium
from ingest.readers.pdf_blocks import page_text
from ingest.readers.pdf_headings import HeadingPath, Style, body_style
from ingest.readers.pdf_layout import PrintedLine, carry_headers, lines_of
from ingest.readers.pdf_picture import opened, picture
from ingest.readers.pdf_rules import Drawing, covered, drawing_of
from ingest.readers.pdf_running import EdgeLine, printed_numbers, running_lines
from ingest.readers.pdf_structure import TROUBLE, Structure, structure_of
from ingest.readers.pdf_tables import grids_of
from ingest.readers.pdf_text import Frame, Glyphs, Span, frame_of, glyphs_of, spans_of, turn_back
from memory.errors import Damaged

__all__ = ["picture", "read"]

MAX_PAGES = 20_000
# Fewer letters and digits than this is no text: a stamp, a page number.
FEW = 25
# On a page that a picture covers, a text layer as small as this is a header printed over a scan.
STAMP = 200
MOSTLY_COVERED = 0.5
PARTLY_COVERED = 0.12
# Text drawn as shapes: a page of it has hundreds.
MANY_PATHS = 150
# More than this share of characters without a meaning: the font says not which letters its shapes are.
GARBAGE = 0.3
SAMPLE = 48
# Dots and strokes of forms and tables of contents count neither way; of the rest, this share is letters or digits.
LEADERS = frozenset("._-…–—|")
MIN_LETTERS = 0.4


@dataclass(slots=True)
class _Page:
    """A page as read, before running lines and headings are known across pages."""

    frame: Frame
    lines: list[PrintedLine] = field(default_factory=list)
    label: str = ""
    needs_ocr: bool = False


def read(path: Path) -> Reading:
    """All pages of a PDF.

    Raises: Locked (a user's password is needed), Damaged (neither library can open it).
    """
    structure = structure_of(path)
    notes = list(structure.notes)
    try:
        with opened(path) as document:
            pages = list(_pages(document, notes))
    except Damaged:
        if not structure.readable or structure.locked:
            raise
        return _by_pypdf(path, structure)
    read_pages = _finished(pages, structure)
    return Reading(read_pages, structure.metadata, structure.attachments, tuple(notes))


def _pages(document: PdfDocument, notes: list[str]) -> Iterator[_Page]:
    count = len(document)
    if count > MAX_PAGES:
        notes.append(f"only the first {MAX_PAGES} of {count} pages are read")
    for index in range(min(count, MAX_PAGES)):
        try:
            page = document[index]
        except PdfiumError:
            notes.append(f"page {index + 1} is broken and cannot be read")
            yield _Page(Frame(0, 0, 0, 0, 0))
            continue
        try:
            yield _page(document, page, index)
        except PdfiumError:
            notes.append(f"the text of page {index + 1} is broken: left to OCR")
            yield _Page(frame_of(page), needs_ocr=True)
        finally:
            page.close()


def _page(document: PdfDocument, page: PdfPage, index: int) -> _Page:
    frame = frame_of(page)
    textpage = page.get_textpage()
    drawing = drawing_of(page, frame)
    glyphs = glyphs_of(textpage, frame)
    grids = [grid for grid in grids_of(drawing) if grid.tabular(glyphs.boxes)]
    lines: list[PrintedLine] = []
    for angle, spans in _main_first(spans_of(glyphs, [rule for grid in grids for rule in grid.uprights()])):
        straight = lines_of(spans, grids if angle == 0 else ())
        lines.extend(_turned(line, angle) for line in straight)
    unusable = _unusable(glyphs, drawing, frame)
    textpage.close()
    return _Page(frame, lines, _label(document, index), unusable)


def _main_first(groups: dict[int, list[Span]]) -> list[tuple[int, list[Span]]]:
    """Text by direction, the direction with most text first; slanted text (stamps) last."""
    weight = {angle: sum(len(span.text) for span in spans) for angle, spans in groups.items()}
    return sorted(groups.items(), key=lambda item: (item[0] % 90 != 0, -weight[item[0]]))


def _turned(line: PrintedLine, angle: int) -> PrintedLine:
    if angle == 0:
        return line
    parts = tuple((gap, turn_back(span, angle)) for gap, span in line.parts)
    return replace(line, parts=parts, angle=angle)


def _label(document: PdfDocument, index: int) -> str:
    try:
        return str(document.get_page_label(index)).strip()
    except UnicodeDecodeError:
        return ""


def _unusable(glyphs: Glyphs, drawing: Drawing, frame: Frame) -> bool:
    """Has the page something to see, and no text that could be read from it?"""
    visible = [c for c in glyphs.text if not c.isspace() and c not in LEADERS]
    usable = sum(c.isalnum() and not "\ue000" <= c <= "\uf8ff" for c in visible)
    share = covered(drawing.pictures, frame)
    if visible and (_garbage(glyphs, visible) > GARBAGE or usable < MIN_LETTERS * len(visible)):
        return True
    if usable < FEW:
        return share > PARTLY_COVERED or drawing.paths > MANY_PATHS or (usable == 0 and share > 0)
    return usable < STAMP and share > MOSTLY_COVERED


def _garbage(glyphs: Glyphs, visible: Sequence[str]) -> float:
    """The share of characters that mean nothing: replaced, private, control, or without a Unicode value."""
    bad = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c < " " and c != "\x02") for c in visible)
    step = max(len(glyphs.text) // SAMPLE, 1)
    sample = [i for i in range(0, len(glyphs.text), step) if not glyphs.text[i].isspace()]
    unmapped = sum(pdfium.char_unmapped(glyphs.handle, i) == 1 for i in sample)
    return float(max(bad / len(visible), unmapped / max(len(sample), 1)))


def _finished(pages: list[_Page], structure: Structure) -> tuple[ReadPage, ...]:
    """Running lines and headings, which only the whole document tells, and the text of each page."""
    carry_headers([page.lines for page in pages])
    edges = [
        [edge for i, line in enumerate(page.lines) if (edge := _edge(p, i, line, page))] for p, page in enumerate(pages)
    ]
    running = running_lines(edges)
    marked = [[edge for edge in page if (edge.page, edge.index) in running] for page in edges]
    labels = printed_numbers(len(pages), [edge for page in marked for edge in page])
    body = (line for p, page in enumerate(pages) for i, line in enumerate(page.lines) if (p, i) not in running)
    style = body_style(body, structure.outline)
    above = HeadingPath()
    return tuple(
        _read_page(page, p, {edge.index for edge in marked[p]}, labels.get(p, ""), style, above)
        for p, page in enumerate(pages)
    )


def _edge(page: int, index: int, line: PrintedLine, of: _Page) -> EdgeLine | None:
    """The line with its displayed height, for the search of running lines; rows of tables are none."""
    if line.table:
        return None
    top, bottom = min(span.y0 for _, span in line.parts), max(span.y1 for _, span in line.parts)
    return EdgeLine(page, index, line.text, top, bottom, of.frame.height)


def _read_page(page: _Page, index: int, running: set[int], printed: str, style: Style, above: HeadingPath) -> ReadPage:
    made = page_text(page.lines, running=running, style=style, above=above)
    return ReadPage(
        number=index + 1,
        text=made.text,
        anchor=f"page-{index + 1}",
        label=page.label or printed,
        blocks=tuple(made.blocks),
        lines=tuple(made.lines),
        width=page.frame.width,
        height=page.frame.height,
        picture=page.frame.width > 0 and page.frame.height > 0,
        needs_ocr=page.needs_ocr,
    )


def _by_pypdf(path: Path, structure: Structure) -> Reading:
    """The text without places, by pypdf, of a file that pdfium cannot open.

    Raises: Damaged.
    """
    pages: list[ReadPage] = []
    try:
        with PdfReader(path, strict=False) as reader:
            for number, page in enumerate(reader.pages[:MAX_PAGES], start=1):
                text = page.extract_text()
                above = HeadingPath()
                lines = [_plain_line(line, i) for i, line in enumerate(text.splitlines()) if line.strip()]
                made = page_text(lines, running=set(), style=Style(10.0, bold=False), above=above)
                pages.append(ReadPage(number, made.text, f"page-{number}", blocks=tuple(made.blocks)))
    except TROUBLE as trouble:
        raise Damaged(f"{path.name}: neither pdfium nor pypdf can read it ({trouble})") from trouble
    if not any(page.text for page in pages):
        raise Damaged(f"{path.name}: is broken, and no text can be saved from it")
    note = "broken: its text was saved without places, so its pages cannot be shown"
    return Reading(tuple(pages), structure.metadata, structure.attachments, (*structure.notes, note))


def _plain_line(text: str, index: int) -> PrintedLine:
    text = " ".join(text.split())
    span = Span(text, 0, 14.0 * index, 6.0 * len(text), 14.0 * index + 10, 10.0)
    return PrintedLine(text, (("", span),), span.x0, span.y0, span.x1, span.y1, 0, 468, 10.0, bold=False)
