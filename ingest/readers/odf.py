"""OpenDocument files (ODF 1.3): ODT as sections, ODS as sheets, ODP as slides; packed or flat XML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from ingest.document import Metadata, Reading
from ingest.readers.facts import author_names, iso_date, language_code, plausible_title
from ingest.readers.headings import guess_headings, uncite_contents
from ingest.readers.odf_sheets import ods_grids
from ingest.readers.odf_slides import odp_pages
from ingest.readers.odf_styles import META, OFFICE, Styles
from ingest.readers.odf_text import OdfText
from ingest.readers.office_pages import sections, with_paths
from ingest.readers.package import MAX_TREE, Element, Package, parse_xml
from ingest.readers.pptx import deck_reading
from ingest.readers.sheets import workbook_reading
from memory.errors import Damaged, LimitExceeded, Locked

_DC = "{http://purl.org/dc/elements/1.1/}"
_MANIFEST = "META-INF/manifest.xml"
TITLE_WITHIN = 10  # units from the start in which a title stands


@dataclass(frozen=True, slots=True)
class _Source:
    """The roots of one file: its content, and all that hold styles or metadata, content last."""

    name: str
    content: Element
    roots: tuple[Element, ...]
    notes: tuple[str, ...] = ()


def read(path: Path) -> Reading:
    """The sections, sheets or slides of the file.

    Raises: Locked, Damaged, LimitExceeded.
    """
    with path.open("rb") as file:
        head = file.read(64)
    flat = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    source = _open_flat(path) if flat else _open_package(path)
    body = source.content.find(f"{OFFICE}body")
    styles = Styles(source.roots)
    for element in body if body is not None else ():
        if element.tag == f"{OFFICE}text":
            return _text_reading(source, element, styles)
        if element.tag == f"{OFFICE}spreadsheet":
            grids, cut = ods_grids(element, styles)
            more = [f"{path.name}: is too large; the cells at its end were not read"] if cut else []
            return workbook_reading(path, grids, _metadata(source), [*source.notes, *more])
        if element.tag in (f"{OFFICE}presentation", f"{OFFICE}drawing"):
            pages, hidden = odp_pages(element, styles)
            return deck_reading(path.name, pages, hidden, _metadata(source), source.notes)
    raise Damaged(f"{path.name}: is no OpenDocument text, spreadsheet or presentation")


def _open_package(path: Path) -> _Source:
    with Package(path, "an OpenDocument file") as package:
        if package.has(_MANIFEST) and b"encryption-data" in package.read(_MANIFEST):
            raise Locked(f"{path.name}: is protected with a password; remove it and ingest again")
        if not package.has("content.xml"):
            raise Damaged(f"{path.name}: is no OpenDocument file; it has no content.xml")
        content = package.xml("content.xml")
        others = [package.optional_xml(part) for part in ("styles.xml", "meta.xml") if package.has(part)]
        roots = (*(root for root in others if root is not None), content)
        return _Source(path.name, content, roots, tuple(package.notes))


def _open_flat(path: Path) -> _Source:
    if path.stat().st_size > MAX_TREE:
        raise LimitExceeded(f"{path.name}: is over {MAX_TREE // 2**20} MiB; split the file")
    try:
        root = parse_xml(path.read_bytes())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Damaged(f"{path.name}: is broken XML ({str(error).splitlines()[0][:120]})") from error
    return _Source(path.name, root, (root,))


def _text_reading(source: _Source, body: Element, styles: Styles) -> Reading:
    reader = OdfText(styles)
    units = with_paths(uncite_contents(guess_headings(list(reader.units(body)))))
    pages = tuple(sections(units))
    metadata = _metadata(source)
    titled = next((u.text for u in units[:TITLE_WITHIN] if u.kind == "heading" and u.level == 0), "")
    first = units[0].text if units and units[0].kind == "heading" else ""
    notes = list(source.notes)
    if not pages:
        notes.append(f"{source.name}: has no text, nothing to index")
    return Reading(pages, replace(metadata, title=titled or metadata.title or first), notes=tuple(notes))


def _metadata(source: _Source) -> Metadata:
    said: dict[str, str] = {}
    for root in source.roots:
        for meta in root.iter(f"{OFFICE}meta"):
            said.update({child.tag: (child.text or "").strip() for child in meta if isinstance(child.tag, str)})
    extra = {"subject": said.get(f"{_DC}subject", ""), "keywords": said.get(f"{META}keyword", "")}
    return Metadata(
        title=plausible_title(said.get(f"{_DC}title", "")),
        authors=author_names(said.get(f"{META}initial-creator", "") or said.get(f"{_DC}creator", "")),
        created=iso_date(said.get(f"{META}creation-date", "")),
        modified=iso_date(said.get(f"{_DC}date", "")),
        language=language_code(said.get(f"{_DC}language", "")),
        extra={name: value for name, value in extra.items() if value},
    )
