"""A source becomes a PDF: report, minutes, gazette or two-column layout, with outline, labels and metadata."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import reportlab
from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    HRFlowable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus.tableofcontents import TableOfContents

from corpus.make_blocks import Block, body_blocks, plain
from corpus.make_source import MUNICIPALITY, Source, SourceFault, long_date
from corpus.render_pdf_text import Look, flowables, table

WIDTH, HEIGHT = A4
MARGIN = 22 * mm
GUTTER = 7 * mm
# The height of a gazette's head over two columns.
MAST = 52 * mm
# What reportlab writes for the date of an invariant file.
INVARIANT_DATE = b"20000101000000+00'00'"
TITLE_PAGE_KINDS = frozenset({"policy", "plan"})
NAVY = colors.Color(0.09, 0.2, 0.36)
LOOKS = {
    "report": Look("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", 10, False, False, NAVY),
    "plan": Look("Vera", "VeraBd", "VeraIt", 9, False, False, NAVY),
    "minutes": Look("Times-Roman", "Times-Bold", "Times-Italic", 11, True, True, colors.black),
    "gazette": Look("Times-Roman", "Times-Bold", "Times-Italic", 10, True, True, colors.black),
    "two-column": Look("Times-Roman", "Times-Bold", "Times-Italic", 9, True, False, colors.black, True),
}


def layout_of(source: Source) -> str:
    """The layout that a source asks for, or the one of its kind."""
    default = {"by-law": "gazette", "minutes": "minutes"}.get(source.get("kind"), "report")
    layout = source.get("layout", default)
    if layout not in {"report", "minutes", "gazette", "two-column"}:
        raise SourceFault(f"{source.path}: no layout {layout}")
    return layout


def page_label(number: int, front: int) -> str:
    """The printed number of a page (from 1), roman in the front matter of `front` pages."""
    return ("i", "ii", "iii", "iv", "v", "vi")[number - 1] if number <= front else str(number - front)


class Template(BaseDocTemplate):  # type: ignore[misc]
    """The document: running header, footer with page and total, footnotes at the foot of their page."""

    def __init__(self, out: io.BytesIO, source: Source, *, front: int, total: int, notes: bool) -> None:
        super().__init__(
            out,
            pagesize=A4,
            invariant=1,
            pageCompression=0,
            title=source.title,
            author=source.get("author", MUNICIPALITY),
            subject=f"{source.get('kind').capitalize()}, {MUNICIPALITY}",
            keywords=", ".join(filter(None, [source.get("kind"), source.get("department")])),
            creator="Isivivane document office",
            lang={"en": "en-ZA", "zu": "zu-ZA", "af": "af-ZA"}.get(source.get("language", "en"), "en-ZA"),
        )
        self.source, self.front, self.total = source, front, total
        self.look = LOOKS["plan" if source.get("kind") == "plan" else layout_of(source)]
        self.page_notes: list[tuple[str, str]] = []
        self.addPageTemplates(_page_templates(layout_of(source), notes, self._header_footer, front))

    def _header_footer(self, canvas: Any, _doc: Any) -> None:
        number = canvas.getPageNumber()
        if number == 1:
            canvas.addPageLabel(0, "ROMAN_LOWER" if self.front else "ARABIC", 1)
            if self.front:
                canvas.addPageLabel(self.front, "ARABIC", 1)
        canvas.saveState()
        if gazetted(self.source):
            self._gazette_lines(canvas, number)
        elif number > 1 or not self.front:
            self._report_lines(canvas, number)
        self._draw_notes(canvas)
        canvas.restoreState()

    def _report_lines(self, canvas: Any, number: int) -> None:
        canvas.setFont(self.look.roman, 8)
        canvas.setFillGray(0.3)
        canvas.setStrokeGray(0.6)
        canvas.setLineWidth(0.5)
        canvas.drawString(MARGIN, HEIGHT - 14 * mm, MUNICIPALITY)
        canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 14 * mm, _short(self.source.title))
        canvas.line(MARGIN, HEIGHT - 16 * mm, WIDTH - MARGIN, HEIGHT - 16 * mm)
        closed = "CONFIDENTIAL" if self.source.get("access", "public") != "public" else ""
        canvas.drawString(MARGIN, 12 * mm, closed or long_date(self.source.date))
        page = f"Page {page_label(number, self.front)}"
        if number > self.front:
            page += f" of {self.total - self.front}"
        canvas.drawRightString(WIDTH - MARGIN, 12 * mm, page)

    def _gazette_lines(self, canvas: Any, number: int) -> None:
        canvas.setFont("Times-Roman", 9)
        edge = HEIGHT - 14 * mm
        gazette = f"No. {self.source.get('gazette', '—')}"
        left, right = (str(number), gazette) if number % 2 == 0 else (gazette, str(number))
        canvas.drawString(MARGIN, edge, left)
        canvas.drawCentredString(WIDTH / 2, edge, f"PROVINCIAL GAZETTE, {long_date(self.source.date).upper()}")
        canvas.drawRightString(WIDTH - MARGIN, edge, right)
        canvas.setLineWidth(0.7)
        canvas.line(MARGIN, edge - 2 * mm, WIDTH - MARGIN, edge - 2 * mm)
        canvas.setFont("Times-Italic", 8)
        canvas.drawCentredString(
            WIDTH / 2, 11 * mm, f"{MUNICIPALITY}: {_short(self.source.title)} - Page {number} of {self.total}"
        )

    def _draw_notes(self, canvas: Any) -> None:
        if not self.page_notes:
            return
        style = self.look.style("Note", fontSize=7.5, leading=9, spaceAfter=1, alignment=0)
        drawn = [Paragraph(f"<super>{mark}</super> {text}", style) for mark, text in self.page_notes]
        heights = [note.wrap(WIDTH - 2 * MARGIN, 60)[1] for note in drawn]
        y = 18 * mm + sum(heights)
        canvas.setLineWidth(0.4)
        canvas.line(MARGIN, y + 3, MARGIN + 45 * mm, y + 3)
        for note, height in zip(drawn, heights, strict=True):
            y -= height
            note.drawOn(canvas, MARGIN, y)
        self.page_notes.clear()


def _page_templates(layout: str, notes: bool, decorate: Callable[[Any, Any], None], front: int) -> list[PageTemplate]:
    foot = (34 if notes else 20) * mm
    tall = HEIGHT - foot - 20 * mm
    whole = Frame(MARGIN, foot, WIDTH - 2 * MARGIN, tall, 0, 0, 0, 0, id="whole")
    body = [whole]
    if layout == "two-column":
        one = column_width(layout)
        body = [
            Frame(MARGIN, foot, one, tall - 8 * mm, 0, 0, 0, 0, id="left"),
            Frame(MARGIN + one + GUTTER, foot, one, tall - 8 * mm, 0, 0, 0, 0, id="right"),
        ]
    first = [Frame(MARGIN, foot, WIDTH - 2 * MARGIN, tall, 0, 0, 0, 0, id="first")]
    if layout == "two-column":
        head = Frame(MARGIN, foot + tall - MAST, WIDTH - 2 * MARGIN, MAST, 0, 0, 0, 0, id="mast")
        short = [Frame(f._x1, foot, f._width, tall - MAST - 6 * mm, 0, 0, 0, 0) for f in body]
        first = [head, *short]
    templates = [
        PageTemplate("first", first, onPageEnd=decorate),
        PageTemplate("body", body, onPageEnd=decorate),
    ]
    return templates if front or layout == "two-column" else templates[1:]


def column_width(layout: str) -> float:
    """The width of a column of text in points."""
    whole: float = WIDTH - 2 * MARGIN
    return (whole - GUTTER) / 2 if layout == "two-column" else whole


def gazetted(source: Source) -> bool:
    """Whether it was published in the Provincial Gazette: a by-law."""
    return source.get("kind") == "by-law"


def _short(title: str) -> str:
    return title if len(title) <= 70 else title[:67].rsplit(" ", 1)[0] + " ..."


def _head(source: Source, look: Look) -> list[Flowable]:
    middle = look.style("Head", alignment=TA_CENTER, fontName=look.bold, fontSize=15, leading=19)
    small = look.style("HeadSmall", alignment=TA_CENTER)
    return [
        Paragraph(f"{MUNICIPALITY}, {source.get('department')}", small),
        Paragraph(source.title, middle),
        HRFlowable(width="30%", thickness=0.6, color=colors.black, spaceBefore=4, spaceAfter=8),
    ]


def _masthead(source: Source, look: Look) -> list[Flowable]:
    middle = look.style("Masthead", alignment=TA_CENTER, fontName=look.bold, fontSize=15, leading=19)
    small = look.style("MastheadSmall", alignment=TA_CENTER)
    lines = [
        Paragraph("PROVINCIAL GAZETTE", middle),
        Paragraph(f"KwaZulu-Natal, published at the instance of the {MUNICIPALITY}", small),
        HRFlowable(width="100%", thickness=1.2, color=colors.black, spaceAfter=4),
    ]
    if source.get("notice"):
        lines.append(Paragraph(f"MUNICIPAL NOTICE {source.get('notice')}", small))
    lines.append(Paragraph(source.title.upper(), middle))
    lines.append(HRFlowable(width="30%", thickness=0.6, color=colors.black, spaceBefore=4, spaceAfter=8))
    return lines


def _title_page(source: Source, look: Look) -> list[Flowable]:
    big = look.style("Title", fontName=look.bold, fontSize=24, leading=30, textColor=NAVY, alignment=0)
    mid = look.style("Subtitle", fontSize=13, leading=17)
    rows = [("Document control", "")]
    for name, key in (
        ("Version", "version"),
        ("Department", "department"),
        ("Custodian", "custodian"),
    ):
        if source.get(key):
            rows.append((name, source.get(key)))
    rows.append(("Date", long_date(source.date)))
    return [
        Spacer(1, 45 * mm),
        Paragraph(MUNICIPALITY.upper(), mid),
        HRFlowable(width="100%", thickness=2, color=NAVY, spaceAfter=14),
        Paragraph(source.title, big),
        Spacer(1, 60 * mm),
        table(tuple(rows), look, 110 * mm, {}),
        NextPageTemplate("first"),
        PageBreak(),
    ]


def _contents(look: Look) -> list[Flowable]:
    contents = TableOfContents()
    contents.formatter = lambda number: page_label(number, 2)
    contents.levelStyles = [
        look.style(f"TOC{level}", leftIndent=level * 6 * mm, spaceAfter=2, alignment=0) for level in range(4)
    ]
    contents.dotsMinLevel = 0
    heading = look.style("Contents", fontName=look.bold, fontSize=14, leading=18, spaceAfter=8)
    return [Paragraph("Contents", heading), contents, NextPageTemplate("body"), PageBreak()]


def _story(source: Source, blocks: list[Block], look: Look, front: int) -> list[Flowable]:
    layout = layout_of(source)
    story: list[Flowable] = []
    if front:
        story += [*_title_page(source, look), *_contents(look)]
    elif layout in {"gazette", "two-column"}:
        story += _masthead(source, look) if gazetted(source) else _head(source, look)
        if layout == "two-column":
            story += [NextPageTemplate("body"), *_summary(source, look), FrameBreak()]
    elif not (blocks and blocks[0].kind == "heading" and blocks[0].depth == 1):
        title = look.style(
            "Title", fontName=look.bold, fontSize=16, leading=20, alignment=TA_CENTER if look.centred else 0
        )
        story.append(Paragraph(source.title, title))
    story += flowables(blocks, look, column_width(layout))
    return story


def _summary(source: Source, look: Look) -> list[Flowable]:
    style = look.style("Summary", fontSize=11, leading=15, alignment=TA_CENTER)
    return [Paragraph(source.get("summary", "The text follows."), style)]


def render_pdf(source: Source, attachment: tuple[str, bytes] | None = None) -> bytes:
    """The PDF of a source. Built twice: the second time the number of pages is known.

    Raises: SourceFault where a character has no place in the layout's font.
    """
    # Binary streams as they are: no ASCII armour.
    rl_config.useA85 = 0
    _register_fonts()
    blocks = body_blocks(source.body, source.title)
    _check_characters(source, blocks)
    front = 2 if source.get("kind") in TITLE_PAGE_KINDS and layout_of(source) == "report" else 0
    notes = any(block.kind == "note" for block in blocks)
    total, content = 0, b""
    for _ in range(2):
        out = io.BytesIO()
        template = Template(out, source, front=front, total=total, notes=notes)
        template.multiBuild(_story(source, blocks, template.look, front))
        total, content = template.page, out.getvalue()
    content = content.replace(INVARIANT_DATE, f"{source.date:%Y%m%d}080000+02'00'".encode())
    return _with_attachment(content, *attachment) if attachment else content


def _with_attachment(content: bytes, name: str, attached: bytes) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.add_attachment(name, attached)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _register_fonts() -> None:
    fonts = Path(reportlab.__file__).parent / "fonts"
    for name in ("Vera", "VeraBd", "VeraIt"):
        pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))


def _check_characters(source: Source, blocks: list[Block]) -> None:
    text = "".join(plain(b.text) + "".join(plain(c) for row in b.rows for c in row) for b in blocks)
    strange = sorted({char for char in text if char.encode("cp1252", "ignore") == b""})
    if strange:
        raise SourceFault(f"{source.path}: no glyph for {' '.join(strange)}; write it in words")
