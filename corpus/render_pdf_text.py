"""Blocks become reportlab flowables: styles, clauses with hanging numbers, ruled tables, footnote calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, HRFlowable, PageBreak, Paragraph, Spacer, Table, TableStyle

from corpus.make_blocks import Block, parse_runs, plain

NUMERIC = re.compile(r"[-–(]?\s*R?\s*[\d\s.,]+\s*%?\)?|[-–]|")
# The four letters around a place where English may be broken: after a vowel, or between two consonants.
SYLLABLE = re.compile(r"[a-z][aeiouy][b-df-hj-np-tv-xz][aeiouy]|[aeiouy][b-df-hj-np-tv-xz]{2}[a-z]")


@dataclass(frozen=True, slots=True)
class Look:
    """The typography of one layout. Sizes in points; `hyphenate`: break long words at line ends."""

    roman: str
    bold: str
    italic: str
    size: float
    centred: bool
    justified: bool
    colour: Any
    hyphenate: bool = False

    def style(self, name: str, **changes: Any) -> ParagraphStyle:
        """A paragraph style of this look."""
        given: dict[str, Any] = {
            "fontName": self.roman,
            "fontSize": self.size,
            "leading": self.size * 1.28,
            "spaceAfter": self.size * 0.5,
            "alignment": TA_JUSTIFY if self.justified else 0,
            "splitLongWords": 1,
        }
        return ParagraphStyle(name, **{**given, **changes})

    def heading(self, level: int) -> ParagraphStyle:
        """The style of a heading of this level (from 1)."""
        size = self.size + (5, 3, 1, 0, 0, 0)[level - 1]
        return self.style(
            f"Heading{level}",
            fontName=self.bold,
            fontSize=size,
            leading=size * 1.2,
            spaceBefore=size * 0.8,
            spaceAfter=size * 0.4,
            alignment=TA_CENTER if self.centred and level < 3 else 0,
            textColor=self.colour if level < 3 else colors.black,
            keepWithNext=1,
        )


class NoteMark(Flowable):  # type: ignore[misc]
    """Takes no room; tells the page on which it is drawn that these footnotes belong to its foot."""

    def __init__(self, notes: list[tuple[str, str]]) -> None:
        super().__init__()
        self.notes = notes
        self.width = self.height = 0.0

    def draw(self) -> None:
        """Hands the notes to the document template."""
        self.canv._doctemplate.page_notes.extend(self.notes)


class Anchor(Flowable):  # type: ignore[misc]
    """Takes no room; makes a bookmark and an entry in the outline and the table of contents."""

    def __init__(self, text: str, level: int, key: str) -> None:
        super().__init__()
        self.text, self.level, self.key = text, level, key
        self.width = self.height = 0.0

    def getKeepWithNext(self) -> int:  # noqa: N802 - the name is reportlab's
        """Stays on the page of its heading."""
        return 1

    def draw(self) -> None:
        """Makes the bookmark and tells the template."""
        self.canv.bookmarkPage(self.key)
        self.canv.addOutlineEntry(self.text, self.key, self.level, closed=self.level > 0)
        entry = (self.level, escape(self.text), self.canv.getPageNumber(), self.key)
        self.canv._doctemplate.notify("TOCEntry", entry)


def markup(text: str, look: Look, numbers: dict[str, int]) -> str:
    """A block's text in reportlab's own markup; `numbers` are the footnotes' numbers by key."""
    parts = []
    for run in parse_runs(text):
        piece = escape(run.text)
        if run.note:
            piece = f'<super size="{look.size * 0.65:.1f}">{numbers.get(run.note, run.note)}</super>'
        if run.change in {"delete", "comment"}:
            continue
        if run.bold:
            piece = f'<font name="{look.bold}">{piece}</font>'
        elif run.italic:
            piece = f'<font name="{look.italic}">{piece}</font>'
        parts.append(piece)
    return "".join(parts)


def flowables(blocks: list[Block], look: Look, width: float) -> Iterator[Flowable]:
    """The flowables of a body; `width` of a column in points, for the tables."""
    notes = {block.marker: block.text for block in blocks if block.kind == "note"}
    numbers = {key: n for n, key in enumerate(_called(blocks, notes), 1)}
    deepest = -1
    top = min((block.depth for block in blocks if block.kind == "heading"), default=1)
    for index, block in enumerate(blocks):
        if block.kind == "heading":
            # An outline may go only one level deeper at a time.
            deepest = min(block.depth - top, deepest + 1, 3)
            yield Anchor(plain(block.text), deepest, f"h{index}")
        yield from _flowable(block, look, width, numbers)
        called = [run.note for run in parse_runs(_all_text(block)) if run.note in notes]
        if called:
            yield NoteMark([(str(numbers[key]), plain(notes[key])) for key in called])


def _called(blocks: list[Block], notes: dict[str, str]) -> list[str]:
    keys = [run.note for block in blocks for run in parse_runs(_all_text(block)) if run.note in notes]
    return list(dict.fromkeys(keys))


def _all_text(block: Block) -> str:
    return block.text + " ".join(cell for row in block.rows for cell in row)


def _flowable(block: Block, look: Look, width: float, numbers: dict[str, int]) -> Iterator[Flowable]:
    if block.kind == "heading":
        yield Paragraph(markup(block.text, look, numbers), look.heading(block.depth))
    elif block.kind in {"clause", "item"}:
        yield _clause(block, look, width, numbers)
    elif block.kind == "paragraph":
        yield _paragraph(block.text, look.style("Body"), look, width, numbers)
    elif block.kind == "quote":
        style = look.style("Quote", leftIndent=8 * mm, rightIndent=8 * mm, fontName=look.italic)
        yield Paragraph(markup(block.text, look, numbers), style)
    elif block.kind == "table":
        yield Spacer(1, 2)
        yield table(block.rows, look, width, numbers)
        yield Spacer(1, look.size * 0.8)
    elif block.kind == "rule":
        yield HRFlowable(width="100%", thickness=0.5, color=colors.grey, spaceBefore=3, spaceAfter=5)
    elif block.kind == "break":
        yield PageBreak()


def _clause(block: Block, look: Look, width: float, numbers: dict[str, int]) -> Flowable:
    marker = block.marker or "•"
    hang = max(7.5 * mm, stringWidth(marker, look.roman, look.size) + 2.5 * mm)
    # A decimal clause number says its own depth: set in only from the third level on.
    depth = max(0, block.depth - 1) if "." in block.marker else block.depth
    left = depth * 7.5 * mm
    style = look.style("Clause", leftIndent=left + hang, bulletIndent=left, bulletFontSize=look.size)
    style.bulletFontName = look.roman
    text = _lines(block.text, look, width - left - hang, numbers)
    return Paragraph(text, style, bulletText=marker)


def _paragraph(text: str, style: ParagraphStyle, look: Look, width: float, numbers: dict[str, int]) -> Flowable:
    return Paragraph(_lines(text, look, width, numbers), style)


def _lines(text: str, look: Look, width: float, numbers: dict[str, int]) -> str:
    """Markup, with the lines already broken (and words hyphenated) where the look asks for it."""
    if not look.hyphenate or "**" in text or "[^" in text:
        return markup(text, look, numbers)
    return "<br/>".join(escape(line) for line in hyphenated(plain(text), look, width - 1))


def hyphenated(text: str, look: Look, width: float) -> list[str]:
    """The text as lines of at most `width` points, long words broken at the end of a syllable."""
    lines, line = [], ""
    words = text.split()
    while words:
        word = words.pop(0)
        longer = f"{line} {word}".strip()
        if stringWidth(longer, look.roman, look.size) <= width:
            line = longer
            continue
        head, tail = _split_word(word, look, width - stringWidth(f"{line} ", look.roman, look.size))
        if head:
            lines.append(f"{line} {head}-".strip())
            words.insert(0, tail)
        elif line:
            lines.append(line)
            words.insert(0, word)
        else:
            lines.append(word)
        line = ""
    return [*lines, line] if line else lines


def _split_word(word: str, look: Look, room: float) -> tuple[str, str]:
    """The longest head of a word that fits with a hyphen, at least 3 letters on either side."""
    letters = re.match(r"[A-Za-z]*", word)
    length = letters.end() if letters else 0
    for cut in range(length - 3, 2, -1) if length >= 7 else ():
        fits = stringWidth(word[:cut] + "-", look.roman, look.size) <= room
        if fits and SYLLABLE.fullmatch(word[cut - 2 : cut + 2].lower()):
            return word[:cut], word[cut:]
    return "", word


def table(rows: tuple[tuple[str, ...], ...], look: Look, width: float, numbers: dict[str, int]) -> Flowable:
    """A ruled table whose header row comes again on each page; columns of numbers set to the right."""
    columns = max(len(row) for row in rows)
    full = [tuple(row) + ("",) * (columns - len(row)) for row in rows]
    size = look.size - (1 if columns < 6 else 2)
    right = [_is_numeric([row[c] for row in full[1:]]) for c in range(columns)]
    cells = [
        [_cell(cell, look, size, head=r == 0, right=right[c], numbers=numbers) for c, cell in enumerate(row)]
        for r, row in enumerate(full)
    ]
    made = Table(cells, colWidths=_widths(full, look, size, width), repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.Color(0.45, 0.45, 0.45)),
                ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.88, 0.9, 0.93)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return made


def _cell(text: str, look: Look, size: float, *, head: bool, right: bool, numbers: dict[str, int]) -> Any:
    style = look.style(
        "Cell",
        fontName=look.bold if head else look.roman,
        fontSize=size,
        leading=size * 1.2,
        spaceAfter=0,
        alignment=TA_RIGHT if right else 0,
    )
    return Paragraph(markup(text, look, numbers), style)


def _is_numeric(cells: list[str]) -> bool:
    return bool("".join(cells)) and all(NUMERIC.fullmatch(plain(cell)) for cell in cells)


def _widths(rows: list[tuple[str, ...]], look: Look, size: float, width: float) -> list[float]:
    """Column widths that share `width` by the length of the cells, none narrower than its longest word."""
    wants, least = [], []
    for column in zip(*rows, strict=True):
        texts = [plain(cell) for cell in column]
        longest = max((word for text in texts for word in text.split()), key=len, default="")
        least.append(stringWidth(longest, look.bold, size) + 10)
        whole = max(stringWidth(text, look.bold, size) for text in texts) + 10
        wants.append(min(max(whole, least[-1]), width * 0.6))
    if sum(least) > width:
        return [width * part / sum(least) for part in least]
    spare = width - sum(least)
    hunger = [want - need for want, need in zip(wants, least, strict=True)]
    total = sum(hunger) or 1.0
    return [need + spare * part / total for need, part in zip(least, hunger, strict=True)]
