"""A source becomes a PPTX: a slide to each second-level heading, bullets, tables, speaker notes."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.util import Emu, Pt

from corpus.make_blocks import Block, parse_blocks, plain
from corpus.make_source import MUNICIPALITY, Source, long_date
from corpus.make_zip import fix_office

NOTES = re.compile(r"Notes?:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: bullets as (depth, text), at most one table, notes."""

    title: str
    bullets: tuple[tuple[int, str], ...]
    table: tuple[tuple[str, ...], ...]
    notes: str


def slides_of(source: Source) -> list[Slide]:
    """The slides of a source; what stands above the first second-level heading is left out."""
    groups: list[list[Block]] = []
    for block in parse_blocks(source.body):
        if block.kind == "heading" and block.depth == 2:
            groups.append([block])
        elif groups:
            groups[-1].append(block)
    return [_slide(group) for group in groups]


def _slide(group: list[Block]) -> Slide:
    title = re.sub(r"^Slide(?: \d+)?:\s*", "", plain(group[0].text))
    bullets = [
        (
            min(block.depth, 3) if block.kind in {"item", "clause"} else 0,
            plain(f"{block.marker} {block.text}".strip()),
        )
        for block in group[1:]
        if block.kind in {"item", "clause", "paragraph", "heading"}
    ]
    rows = [row for block in group if block.kind == "table" for row in block.rows]
    notes = [NOTES.sub("", plain(block.text)) for block in group if block.kind == "quote"]
    return Slide(title, tuple(bullets), tuple(rows), "\n".join(notes))


def render_pptx(source: Source) -> bytes:
    """The PPTX of a source."""
    show = Presentation()
    first = show.slides.add_slide(show.slide_layouts[0])
    first.shapes.title.text = source.title
    first.placeholders[1].text = f"{MUNICIPALITY}\n{long_date(source.date)}"
    for slide in slides_of(source):
        _add(show, slide)
    core = show.core_properties
    core.title, core.author, core.last_modified_by = source.title, source.get("author"), source.get("author")
    core.language = source.get("language", "en")
    out = io.BytesIO()
    show.save(out)
    return fix_office(out.getvalue(), source.date)


def _add(show: Any, slide: Slide) -> None:
    page = show.slides.add_slide(show.slide_layouts[1])
    page.shapes.title.text = slide.title
    frame = page.placeholders[1].text_frame
    for number, (depth, text) in enumerate(slide.bullets):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text, paragraph.level = text, depth
        paragraph.font.size = Pt(20 if len(slide.bullets) < 7 else 16)
    if slide.table:
        _table(page, slide, show.slide_width)
    if slide.notes:
        page.notes_slide.notes_text_frame.text = slide.notes


def _table(page: Any, slide: Slide, width: int) -> None:
    body = page.placeholders[1]
    top = body.top
    if slide.bullets:
        body.left, body.top, body.width, body.height = body.left, top, body.width, Pt(28 * len(slide.bullets))
        top += body.height
    else:
        body._element.getparent().remove(body._element)
    columns = max(len(row) for row in slide.table)
    left = Emu(457200)
    shape = page.shapes.add_table(
        len(slide.table), columns, left, top, Emu(width - 2 * left), Pt(24 * len(slide.table))
    )
    for r, row in enumerate(slide.table):
        for c, text in enumerate(row):
            cell = shape.table.cell(r, c)
            cell.text = plain(text)
            cell.text_frame.paragraphs[0].font.size = Pt(14)
