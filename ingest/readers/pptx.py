"""PPTX (PresentationML, ECMA-376 part 1, 19): a page for each slide, with its tables, charts, SmartArt and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.document import Metadata, Reading, ReadPage
from ingest.readers.office_pages import Unit, page_of, with_paths
from ingest.readers.package import Element, Package
from ingest.readers.pptx_shapes import P, Shapes, text_units
from ingest.readers.properties import core_metadata

_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MAX_SLIDES = 5_000


def read(path: Path) -> Reading:
    """The slides in their order.

    Raises: Locked, Damaged, LimitExceeded.
    """
    with Package(path, "a PPTX file") as package:
        found = package.main("presentation", "ppt/presentation.xml")
        if found is None:
            return Reading((), notes=(f"{path.name}: holds no presentation, nothing to index",))
        part, root = found
        slides = _slide_parts(package, part, root)
        pages, hidden = [], []
        for number, slide in enumerate(slides, start=1):
            tree = package.optional_xml(slide)
            if tree is None:
                package.notes.append(f"{path.name}: slide {number} is missing or broken")
                continue
            if tree.get("show") in ("0", "false"):
                hidden.append(str(number))
            pages.append(_page(package, slide, tree, number))
        return _reading(package, pages, hidden)


def deck_reading(
    name: str, pages: Sequence[ReadPage], hidden: Sequence[str], metadata: Metadata, notes: Sequence[str]
) -> Reading:
    """The reading of a set of slides; `hidden`: the numbers of those that are not shown."""
    said = list(notes)
    if hidden:
        metadata = replace(metadata, extra={**metadata.extra, "slides_hidden": ", ".join(hidden)})
        said += [f"{name}: slide {number} is hidden; it was read" for number in hidden]
    if not any(page.text for page in pages):
        said.append(f"{name}: its slides have no text, nothing to index" if pages else f"{name}: has no slides")
    if not metadata.title and pages and pages[0].blocks and pages[0].blocks[0].kind == "heading":
        metadata = replace(metadata, title=pages[0].blocks[0].heading[-1])
    return Reading(tuple(pages), metadata, notes=tuple(said))


def slide_page(units: Sequence[Unit], number: int) -> ReadPage:
    """The page of one slide; everything stands under its title, which is its first heading."""
    return page_of(with_paths(units), number=number, anchor=f"slide-{number}", label=str(number))


def _reading(package: Package, pages: list[ReadPage], hidden: list[str]) -> Reading:
    return deck_reading(package.name, pages, hidden, core_metadata(package), package.notes)


def _slide_parts(package: Package, part: str, root: Element) -> list[str | None]:
    """The parts of the slides in their order; None for one that is referred to and not there."""
    relations = package.relations(part)
    named = [slide.get(_REL_ID) or "" for slide in root.iterfind(f"{P}sldIdLst/{P}sldId")][:MAX_SLIDES]
    parts = [relations[key].part if key in relations else None for key in named]
    return [name if name and package.has(name) else None for name in parts]


def _page(package: Package, slide: str | None, root: Element, number: int) -> ReadPage:
    relations = package.relations(slide or "")
    tree = root.find(f"{P}cSld/{P}spTree")
    units: list[Unit] = []
    if tree is not None:
        shapes = Shapes(package, relations, _masters(package, slide or ""))
        units = [unit for shape in shapes.of(tree) for unit in shape.units]
    return slide_page(units + _notes(package, slide or ""), number)


def _masters(package: Package, slide: str) -> list[Element]:
    """The shape trees that a slide inherits from: its layout's, then its master's."""
    trees = []
    for layout in package.related(slide, "slideLayout")[:1]:
        for part in (layout, *package.related(layout, "slideMaster")[:1]):
            root = package.optional_xml(part)
            tree = None if root is None else root.find(f"{P}cSld/{P}spTree")
            if tree is not None:
                trees.append(tree)
    return trees


def _notes(package: Package, slide: str) -> list[Unit]:
    """What the speaker's notes say, without the picture of the slide and the page number."""
    units: list[Unit] = []
    for part in package.related(slide, "notesSlide")[:1]:
        root = package.optional_xml(part)
        for shape in root.iter(f"{P}sp") if root is not None else ():
            placeholder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
            body = shape.find(f"{P}txBody")
            if body is not None and placeholder is not None and placeholder.get("type") == "body":
                units += [replace(unit, kind="note") for unit in text_units(body)]
    return units
