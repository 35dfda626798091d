"""What an OOXML file says of itself (docProps/core.xml, ECMA-376 part 2, 11), without what its template left there."""

from __future__ import annotations

from ingest.document import Metadata
from ingest.readers.facts import author_names, iso_date, language_code, plausible_title
from ingest.readers.package import Element, Package

_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_TEMPLATE_DATE = "2013-12-23"  # of python-docx's own template, with the author "python-docx"


def core_metadata(package: Package) -> Metadata:
    """Title, authors, dates and language of the core properties; what is not said, or says nothing, is left out."""
    parts = package.related("", "core-properties")
    root = package.optional_xml(parts[0]) if parts else None
    if root is None:
        return Metadata()
    created, modified = iso_date(_said(root, f"{_TERMS}created")), iso_date(_said(root, f"{_TERMS}modified"))
    if _said(root, f"{_DC}creator") == "python-docx":
        created = None if created == _TEMPLATE_DATE else created
        modified = None if modified == _TEMPLATE_DATE else modified
    extra = {"subject": _said(root, f"{_DC}subject"), "keywords": _said(root, f"{_CORE}keywords")}
    return Metadata(
        title=plausible_title(_said(root, f"{_DC}title")),
        authors=author_names(_said(root, f"{_DC}creator")),
        created=created,
        modified=modified,
        language=language_code(_said(root, f"{_DC}language")),
        extra={name: value for name, value in extra.items() if value},
    )


def _said(root: Element, tag: str) -> str:
    element = root.find(tag)
    return "" if element is None else (element.text or "").strip()
