"""Printed lines become a page's verbatim text, its blocks, and where each line stands."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ingest.document import Block, BlockKind, Line
from ingest.readers.pdf_headings import (
    CONTENTS_LINE,
    LEADERS,
    MAX_HEADING,
    PART,
    HeadingPath,
    Style,
    is_contents,
    is_heading,
)
from ingest.readers.pdf_layout import PrintedLine

# A gap between lines of this many times the usual one ends a paragraph.
WIDE_GAP = 1.35
CLAUSE = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3}){1,5}[.):]?|\d{1,3}[.):]|\(\d{1,3}[A-Za-z]?\)|\(?[a-z]{1,2}\)|\([ivxlc]{1,6}\)|[ivxlc]{1,5}\))\s+\S"
    r"|(?:section|article|clause|artikel|isigaba)\s+\d{1,3}\b",
    re.IGNORECASE,
)
LONE_MARK = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3}){0,5}|[A-Za-z]{1,2}|[ivxlc]{1,6})[.):]\.?", re.IGNORECASE)
BULLET = re.compile(r"[•▪●○◦■□➢➤✓\uf0b7\uf0a7·‣⁃]\s*\S?|[-–*o]\s+\S")
# What starts a decision in minutes.
DECISION = re.compile(
    r"(?:R(?:esolution)?\s*(?:no\.?|number|#)?\s*:?\s*\d{4}[-–/]\d+|R\d{4}[-–]\d+|RESOLVED\b|MOVED\s+BY\b|"
    r"(?:it was\s+)?resolved\s+that\b|besluit\b)",
    re.IGNORECASE,
)
# After these words a number or letter at the start of a line goes on with the sentence: "section\n12. ...".
REFERS = re.compile(
    r"\b(?:section|sections|subsection|paragraph|paragraphs|regulation|item|clause|schedule|no\.?|of|and|or|to|under)$",
    re.IGNORECASE,
)
ENDED = re.compile(r"[.;:?!]['\"’”)]*$|;\s*(?:and|or)$")


@dataclass(slots=True)
class PageText:
    """A page's text, blocks and lines, as `ReadPage` wants them."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """Consecutive lines that belong together; `kind` None: a running line, outside all blocks."""

    kind: BlockKind | None
    lines: list[PrintedLine]


def page_text(lines: Sequence[PrintedLine], *, running: Set[int], style: Style, above: HeadingPath) -> PageText:
    """The text of one page. `running`: indices of lines that stay out of blocks. `above` goes on to the next page."""
    page = PageText()
    pieces: list[str] = []
    at = 0
    for group in _groups(lines, running, style):
        if pieces:
            pieces.append("\n\n")
            at += 2
        start = at
        for n, line in enumerate(group.lines):
            if n:
                pieces.append("\n")
                at += 1
            page.lines.extend(_boxes(line, at))
            pieces.append(line.text)
            at += len(line.text)
        _add_block(page, group, (start, at), style, above)
    page.text = "".join(pieces)
    return page


def _add_block(page: PageText, group: _Group, place: tuple[int, int], style: Style, above: HeadingPath) -> None:
    if group.kind is None or group.lines[0].angle % 90:
        return
    if group.kind == "heading":
        above.enter(group.lines[0], " ".join(line.text for line in group.lines), style.size)
    page.blocks.append(Block(group.kind, *place, above.path, group.lines[0].context))


def _boxes(line: PrintedLine, at: int) -> list[Line]:
    """Where the line's spans stand; spans of one height side by side share a box."""
    found: list[Line] = []
    for gap, span in line.parts:
        at += len(gap)
        end = at + len(span.text)
        last = found[-1] if found else None
        beside = last and gap != " | " and abs(last.y0 - span.y0) < 3 and 0 <= span.x0 - last.x1 < 20
        if last and beside:
            box = (last.x0, min(last.y0, span.y0), max(last.x1, span.x1), max(last.y1, span.y1))
            found[-1] = Line(last.start, end, *box)
        else:
            found.append(Line(at, end, span.x0, span.y0, span.x1, span.y1))
        at = end
    return found


def _groups(lines: Sequence[PrintedLine], running: Set[int], style: Style) -> list[_Group]:
    pitch = _pitch([line for i, line in enumerate(lines) if i not in running])
    contents = is_contents(lines)
    groups: list[_Group] = []
    for i, line in enumerate(lines):
        if i in running:
            groups.append(_Group(None, [line]))
            continue
        if line.table:
            groups.append(_Group("row", [line]))
            continue
        open_group = groups[-1] if groups and groups[-1].kind not in (None, "row") else None
        if contents and CONTENTS_LINE.search(line.text):
            if open_group and CONTENTS_LINE.search(open_group.lines[-1].text):
                open_group.lines.append(line)
            else:
                groups.append(_Group("item", [line]))
            continue
        after_heading = open_group is not None and open_group.kind == "heading"
        starts = open_group is None or after_heading or _ended(open_group, line, pitch)
        if is_heading(line, style, starts=starts):
            if open_group and after_heading and _same_heading(open_group, line, pitch):
                open_group.lines.append(line)
            else:
                groups.append(_Group("heading", [line]))
        elif open_group is None or starts:
            groups.append(_Group(_kind(line), [line]))
        else:
            open_group.lines.append(line)
    return groups


def _kind(line: PrintedLine) -> BlockKind:
    if CLAUSE.match(line.text) or LONE_MARK.fullmatch(line.text):
        return "clause"
    return "item" if BULLET.match(line.text) or LEADERS.search(line.text) else "paragraph"


def _pitch(lines: list[PrintedLine]) -> float:
    """The usual distance from one line's middle to the next, in points."""
    middles = [(line.y0 + line.y1) / 2 for line in lines if not line.table]
    steps = [b - a for a, b in pairwise(middles) if 0 < b - a < 60]
    if not steps:
        return 14.0
    # paragraphs of one line make wide steps common: the usual step is among the narrow half
    usual = median(sorted(steps)[: len(steps) // 2 + 1])
    # not even double spacing sets lines further apart than this
    return min(usual, 2.2 * median(line.y1 - line.y0 for line in lines if not line.table))


def _same_heading(group: _Group, line: PrintedLine, pitch: float) -> bool:
    """Does a heading go on in this line?"""
    if sum(len(part.text) for part in group.lines) + len(line.text) > MAX_HEADING:
        return False
    before = group.lines[-1]
    step = (line.y0 + line.y1) / 2 - (before.y0 + before.y1) / 2
    alike = abs(line.size - before.size) < 0.6 and line.bold == before.bold
    usual = max(pitch * WIDE_GAP, 1.5 * (before.y1 - before.y0))
    cased = before.text.isupper() != line.text.isupper() and not LONE_MARK.fullmatch(before.text)
    fresh = CLAUSE.match(line.text) or PART.match(line.text) or cased
    return alike and 0 < step < usual and not fresh


def _ended(group: _Group, line: PrintedLine, pitch: float) -> bool:
    """Has the paragraph ended before this line?"""
    before = group.lines[-1]
    refers = bool(REFERS.search(before.text))
    if LONE_MARK.fullmatch(before.text):
        return False
    if DECISION.match(before.text) and before.text.endswith(":") and not DECISION.match(line.text):
        # "R2024-086 Foote, Yemm:" and what they moved are one decision
        return False
    if DECISION.match(line.text) or BULLET.match(line.text) or LEADERS.search(before.text):
        return True
    if (CLAUSE.match(line.text) or LONE_MARK.fullmatch(line.text)) and not refers:
        return True
    step = (line.y0 + line.y1) / 2 - (before.y0 + before.y1) / 2
    if step <= 0 and line.context:
        return True
    if step <= 0 or before.angle != line.angle:
        # the next column: the paragraph goes on unless its sentence has ended
        return bool(ENDED.search(before.text)) or line.text[:1].isupper()
    taller = max(before.y1 - before.y0, line.y1 - line.y0)
    if step > max(WIDE_GAP * pitch, 1.15 * taller) and step > WIDE_GAP * _own_pitch(group, pitch):
        return True
    if abs(line.size - before.size) > 1.5 or (before.bold and not line.bold and len(group.lines) == 1):
        return abs(line.size - before.size) > 1.5 or bool(ENDED.search(before.text))
    width = max(before.right - before.left, 1.0)
    short = before.x1 < before.right - 0.2 * width
    indented = line.x0 > before.x0 + 8 and len(group.lines) > 1 and line.x0 > line.left + 8
    return bool(ENDED.search(before.text)) and (short or indented)


def _own_pitch(group: _Group, usual: float) -> float:
    """The line distance inside this paragraph, where it has more than one line."""
    if len(group.lines) < 2:
        return usual
    a, b = group.lines[-2:]
    step = (b.y0 + b.y1 - a.y0 - a.y1) / 2
    return step if 0 < step < 60 else usual
