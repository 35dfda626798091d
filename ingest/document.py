"""What a reader hands back: pages with blocks and lines, metadata and attachments; and its JSON form.

A reader is a function `read(path: Path) -> Reading`. The JSON form is what crosses the process border.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

BlockKind = Literal["heading", "paragraph", "clause", "item", "row", "turn", "note"]


@dataclass(frozen=True, slots=True)
class Block:
    """One structural unit: a half-open slice of its page's text.

    `heading`: the path of headings above it, outermost first, without the block itself unless it is one
    (a heading block's own text is the last entry of its path).
    `context`: words that belong to it but stand elsewhere (the header of a table row, "Name | Tariff"):
    searched with the block, never quoted. Consecutive rows of one table carry the same context.
    """

    kind: BlockKind
    start: int
    end: int
    heading: tuple[str, ...] = ()
    context: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Where a slice of the page's text stands on the page's picture.

    Coordinates in points (1/72 inch), origin at the top left of the page as displayed (rotation applied).
    """

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Pointer:
    """A slice of the page's text that the format itself links to another document. `target`: as the file has it."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A PDF page, slide, sheet, mail, or section where the format has no pages.

    `text` is verbatim and complete: what is outside `blocks` (running headers, footers, page numbers) stays in
    it but is never embedded or cited. `label` is the printed page number where there is one, else "".
    `anchor` is stable across readings: a section id, "page-3", "slide-2", "sheet-Tariffs".
    `picture`: this page can be shown as a picture (PDF only); then width and height are in points.
    `needs_ocr`: the page has pictures and no usable text; OCR fills it in later.
    """

    number: int
    text: str
    anchor: str
    label: str = ""
    blocks: tuple[Block, ...] = ()
    lines: tuple[Line, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    width: float = 0.0
    height: float = 0.0
    picture: bool = False
    needs_ocr: bool = False
    ocr: bool = False
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says of itself. Dates are ISO 8601 (YYYY-MM-DD); what is unknown is None or empty.

    `language`: ISO 639-1 ("en", "zu", "af", "xh"). `identity`: an FRBR work URI or a mail's Message-ID.
    `extra`: further named facts, kept and shown ("amended_by", "repealed_by", "to", "cc", "sheets_hidden").
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    created: str | None = None
    modified: str | None = None
    language: str | None = None
    identity: str | None = None
    published: str | None = None
    in_force_from: str | None = None
    in_force_to: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a file: it becomes a child document of its own."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole result of one reader. `notes`: what the reader could not do, in plain words."""

    pages: tuple[ReadPage, ...]
    metadata: Metadata = Metadata()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()


def page_to_json(page: ReadPage) -> dict[str, Any]:
    """A page as plain JSON values; lines as rows of six numbers."""
    record = {name: getattr(page, name) for name in ReadPage.__slots__}
    record["blocks"] = [[b.kind, b.start, b.end, list(b.heading), b.context] for b in page.blocks]
    record["lines"] = [
        [ln.start, ln.end, round(ln.x0, 1), round(ln.y0, 1), round(ln.x1, 1), round(ln.y1, 1)] for ln in page.lines
    ]
    record["pointers"] = [[p.start, p.end, p.target] for p in page.pointers]
    return record


def page_from_json(record: dict[str, Any]) -> ReadPage:
    """The reverse of `page_to_json`."""
    blocks = tuple(Block(kind, start, end, tuple(h), c) for kind, start, end, h, c in record["blocks"])
    lines = tuple(Line(*row) for row in record["lines"])
    pointers = tuple(Pointer(*row) for row in record["pointers"])
    return ReadPage(**{**record, "blocks": blocks, "lines": lines, "pointers": pointers})


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """A reading as plain JSON values; attachments as base64."""

    return {
        "pages": [page_to_json(page) for page in reading.pages],
        "metadata": asdict(reading.metadata),
        "attachments": [{"name": a.name, "content": b64encode(a.content).decode("ascii")} for a in reading.attachments],
        "notes": list(reading.notes),
    }


def reading_from_json(record: dict[str, Any]) -> Reading:
    """The reverse of `reading_to_json`."""

    metadata = record["metadata"]
    return Reading(
        pages=tuple(page_from_json(page) for page in record["pages"]),
        metadata=Metadata(**{**metadata, "authors": tuple(metadata["authors"])}),
        attachments=tuple(Attachment(a["name"], b64decode(a["content"])) for a in record["attachments"]),
        notes=tuple(record["notes"]),
    )
