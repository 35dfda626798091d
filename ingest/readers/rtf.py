"""RTF (specification 1.9.1): paragraphs, table rows, list numbers as printed, footnotes; \\info as metadata."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ingest.document import BlockKind, Metadata, Reading
from ingest.readers.facts import author_names, iso_date, plausible_title
from ingest.readers.headings import guess_headings, uncite_contents
from ingest.readers.office_pages import (
    TYPED_NUMBER,
    Unit,
    header_context,
    one_line,
    row_text,
    sections,
    tidy,
    with_paths,
)
from ingest.readers.rtf_document import Document, Paragraph
from ingest.readers.rtf_parse import parse
from memory.errors import Damaged, LimitExceeded

MAX_BYTES = 256 * 2**20
HEADING_MAX = 200  # characters: a longer paragraph in a heading style is a clause

_HEADING_NAME = re.compile(r"heading ?([1-9])", re.IGNORECASE)
_BULLET = re.compile(r"(?:[•·▪◦o§\uf0b7\uf0a7])\s")
_PICTURE = re.compile(rb"[0-9a-fA-F\s]{4096,}")  # pictures as hexadecimal: most bytes of a large file, no text


def read(path: Path) -> Reading:
    """The document's sections.

    Raises: Damaged, LimitExceeded.
    """
    if path.stat().st_size > MAX_BYTES:
        raise LimitExceeded(f"{path.name}: is over {MAX_BYTES // 2**20} MiB; split the file")
    content = path.read_bytes()
    if not content.lstrip()[:4] == b"{\\rt":
        raise Damaged(f"{path.name}: is no RTF file; it does not begin with {{\\rtf")
    document = parse(_PICTURE.sub(b" ", content))
    units = with_paths(uncite_contents(guess_headings(_units(document))))
    pages = tuple(sections(units))
    notes = []
    if document.cut:
        notes.append(f"{path.name}: is too large; its end was not read")
    elif not document.balanced:
        notes.append(f"{path.name}: is cut off or broken; what could be read was read")
    if not pages and not document.balanced:
        raise Damaged(f"{path.name}: is cut off or broken, and has no text")
    if not pages:
        notes.append(f"{path.name}: has no text, nothing to index")
    if document.pictures:
        notes.append(f"{path.name}: has pictures ({document.pictures}) that are not read")
    return Reading(pages, _metadata(document, units), notes=tuple(notes))


def _units(document: Document) -> list[Unit]:
    units: list[Unit] = []
    table: list[Paragraph] = []
    for paragraph in document.paragraphs:
        if paragraph.cells is not None:
            table.append(paragraph)
            continue
        units += _rows(table)
        table = []
        unit = _unit(paragraph, document.styles.get(paragraph.style, ""))
        if unit.text:
            units.append(unit)
    return units + _rows(table)


def _rows(table: list[Paragraph]) -> list[Unit]:
    """The rows of a table; a bold first row over others that are not is their header.

    A table of one column only frames its text.
    """
    if all(len(row.cells or ()) == 1 for row in table):
        framed = (replace(row, text=line) for row in table for line in (row.cells or ("",))[0].split("\n"))
        return [unit for paragraph in framed if (unit := _unit(paragraph, "")).text]
    cells = [list(row.cells or ()) for row in table]
    headed = len(table) > 1 and table[0].bold and not all(row.bold for row in table[1:])
    context = header_context(cells[0]) if headed else ""
    units = [Unit("row", row_text(row), context=context, notes=p.notes) for row, p in zip(cells, table, strict=True)]
    return [unit for unit in units if unit.text]


def _unit(paragraph: Paragraph, style: str) -> Unit:
    text = tidy(paragraph.text)
    level = _level(paragraph, style)
    if level is not None and len(text) <= HEADING_MAX:
        return Unit("heading", one_line(text), level=level, notes=paragraph.notes)
    bullet = _BULLET.match(text)
    kind: BlockKind = "paragraph"
    if bullet and paragraph.listed:
        kind, text = "item", f"• {text[bullet.end() :]}"
    elif TYPED_NUMBER.match(text):
        kind = "clause"
    return Unit(kind, text, strong=paragraph.bold, notes=paragraph.notes)


def _level(paragraph: Paragraph, style: str) -> int | None:
    if style.lower() == "title":
        return 0
    named = _HEADING_NAME.fullmatch(style)
    return int(named[1]) if named else paragraph.outline


def _metadata(document: Document, units: list[Unit]) -> Metadata:
    info = {name: one_line(value) for name, value in document.info.items()}
    titled = next((unit.text for unit in units[:10] if unit.kind == "heading" and unit.level == 0), "")
    said = Metadata(
        title=titled or plausible_title(info.get("title", "")),
        authors=author_names(info.get("author", "")),
        created=iso_date(info.get("creatim", "")),
        modified=iso_date(info.get("revtim", "")),
    )
    extra = {name: info[name] for name in ("subject", "keywords") if info.get(name)}
    return replace(said, extra=extra)
