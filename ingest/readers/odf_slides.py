"""OpenDocument slides: a page for each, its title first, then top to bottom and left to right, then its notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.document import ReadPage
from ingest.readers.odf_styles import DRAW, PRESENTATION, SVG, TABLE, Styles
from ingest.readers.odf_text import OdfText
from ingest.readers.office_pages import Unit, one_line
from ingest.readers.package import Element
from ingest.readers.pptx import MAX_SLIDES, slide_page

SAME_LINE = 0.4  # centimetres: frames this close in height stand side by side
GROUPS_DEEP = 30
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(cm|mm|in|pt|px)")
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "px": 2.54 / 96}
_FURNITURE = ("header", "footer", "date-time", "page-number", "page")


@dataclass(frozen=True, slots=True)
class _Frame:
    units: tuple[Unit, ...]
    role: str
    x: float
    y: float


def odp_pages(body: Element, styles: Styles) -> tuple[list[ReadPage], list[str]]:
    """The slides of office:presentation, and the numbers of those that are hidden."""
    pages, hidden = [], []
    for number, slide in enumerate(body.findall(f"{DRAW}page")[:MAX_SLIDES], start=1):
        if not styles.shows_slide(slide.get(f"{DRAW}style-name")):
            hidden.append(str(number))
        pages.append(slide_page(_units(slide, styles), number))
    return pages, hidden


def _units(slide: Element, styles: Styles) -> list[Unit]:
    frames = [frame for frame in _frames(slide, styles, 0) if frame.units and frame.role not in _FURNITURE]
    titles = [frame for frame in frames if frame.role == "title"]
    others = sorted((f for f in frames if f.role != "title"), key=lambda f: (round(f.y / SAME_LINE), f.x))
    units = [Unit("heading", one_line(" ".join(u.text for u in title.units))) for title in titles]
    units += [unit for frame in others for unit in frame.units]
    return units + _notes(slide, styles)


def _notes(slide: Element, styles: Styles) -> list[Unit]:
    notes = slide.find(f"{PRESENTATION}notes")
    frames = _frames(notes, styles, 0) if notes is not None else ()
    return [replace(u, kind="note") for frame in frames if frame.role not in _FURNITURE for u in frame.units]


def _frames(container: Element, styles: Styles, depth: int) -> Iterator[_Frame]:
    for element in container:
        tag = element.tag
        if not isinstance(tag, str) or depth > GROUPS_DEEP:
            continue
        if tag in (f"{DRAW}g", f"{DRAW}a"):
            yield from _frames(element, styles, depth + 1)
        elif tag.startswith(DRAW) or tag == f"{TABLE}table":
            role = element.get(f"{PRESENTATION}class") or ""
            units = () if element.get(f"{PRESENTATION}placeholder") == "true" else _said(element, styles)
            yield _Frame(tuple(units), role, _length(element, "x"), _length(element, "y"))


def _said(element: Element, styles: Styles) -> list[Unit]:
    """The text boxes and tables of a frame, or the text of a shape itself."""
    words = OdfText(styles)
    units = list(words.units(element))
    return [unit if unit.kind != "heading" else replace(unit, kind="paragraph") for unit in units]


def _length(element: Element, name: str) -> float:
    """A coordinate in centimetres; 0 where it is missing."""
    match = _LENGTH.fullmatch(element.get(f"{SVG}{name}") or "")
    return float(match[1]) * _CENTIMETRES[match[2]] if match else 0.0
