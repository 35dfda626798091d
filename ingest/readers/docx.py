"""DOCX (WordprocessingML, ECMA-376): sections by heading, clauses with their computed numbers, tables as rows.

Tracked changes are read as accepted; comments, headers and footers are left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from ingest.document import Metadata, Reading
from ingest.readers.docx_body import Body, Parts
from ingest.readers.docx_numbering import Numbering, W
from ingest.readers.docx_styles import Styles
from ingest.readers.facts import language_code
from ingest.readers.headings import guess_headings, uncite_contents
from ingest.readers.office_pages import Unit, sections, with_paths
from ingest.readers.package import Element, Package
from ingest.readers.properties import core_metadata

TITLE_WITHIN = 10  # units from the start in which a title stands
FEW_WORDS = 200  # characters: with fewer and pictures, the document is probably a scan


def read(path: Path) -> Reading:
    """The document's sections.

    Raises: Locked, Damaged, LimitExceeded.
    """
    with Package(path, "a DOCX file") as package:
        found = package.main("document", "word/document.xml")
        if found is None:
            return Reading((), notes=(f"{path.name}: holds no document, nothing to index",))
        part, root = found
        main = root.find(f"{W}body")
        body = Body(_parts(package, part))
        units = list(body.units(main)) if main is not None else []
        units = with_paths(uncite_contents(guess_headings(units)))
        pages = tuple(sections(units))
        metadata = _metadata(package, root, units)
        return Reading(pages, metadata, notes=(*package.notes, *_notes(package, body, units)))


def _parts(package: Package, part: str) -> Parts:
    def related(kind: str) -> Element | None:
        return package.optional_xml(next(iter(package.related(part, kind)), None))

    notes: dict[str, Element] = {}
    for kind, letter in (("footnote", "f"), ("endnote", "e")):
        root = related(f"{kind}s")
        for element in root.findall(f"{W}{kind}") if root is not None else ():
            if element.get(f"{W}type", "normal") == "normal":
                notes[letter + (element.get(f"{W}id") or "")] = element
    return Parts(package, Styles(related("styles")), Numbering(related("numbering")), notes, package.relations(part))


def _metadata(package: Package, root: Element, units: list[Unit]) -> Metadata:
    said = core_metadata(package)
    shown = (unit.text for unit in units[:TITLE_WITHIN] if unit.kind == "heading" and unit.level == 0)
    first = units[0].text if units and units[0].kind == "heading" else ""
    return replace(
        said,
        title=next(shown, "") or said.title or first,
        language=said.language or _language(root),
    )


def _language(root: Element) -> str | None:
    """The proofing language that most runs name; the default of the styles is too often the template's."""
    named = Counter(language_code(lang.get(f"{W}val") or "") for lang in root.iter(f"{W}lang"))
    named.pop(None, None)
    return named.most_common(1)[0][0] if named else None


def _notes(package: Package, body: Body, units: list[Unit]) -> list[str]:
    notes = []
    if not units:
        notes.append(f"{package.name}: has no text, nothing to index")
    if body.pictures and sum(len(unit.text) for unit in units) < FEW_WORDS:
        notes.append(
            f"{package.name}: has pictures ({body.pictures}) that are not read; save it as PDF to have them read"
        )
    if body.chunks:
        notes.append(f"{package.name}: {body.chunks} inserted files (altChunk) are not read")
    embedded = [name.rpartition("/")[2] for name in package.names() if name.startswith("word/embeddings/")]
    if embedded:
        notes.append(f"{package.name}: embedded files are not read: {', '.join(embedded[:10])}")
    return notes
