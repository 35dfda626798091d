"""HTML: the main content in sections by its headings; navigation, scripts and hidden parts are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from lxml import etree

from ingest.document import Metadata, Reading, ReadPage
from ingest.readers.encoding import NotText, decode
from ingest.readers.html_body import anchors_of, main_content, units_of
from ingest.readers.office_pages import sections, with_paths
from ingest.readers.span import unique
from memory.errors import Damaged

# HTML Living Standard, 13.2.3.2: a declaration stands in the first 1024 bytes; real pages are more careless.
_DECLARED_WITHIN = 4096
_DECLARED = re.compile(
    rb"<meta[^>]+?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)|<\?xml[^>]+?encoding=[\"']([\w.-]+)", re.I
)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CREATED = ("article:published_time", "dcterms.created", "dc.date", "dcterms.date", "date", "dcterms.issued", "pubdate")
_MODIFIED = ("article:modified_time", "dcterms.modified", "last-modified", "revised", "og:updated_time")
_AUTHORS = ("author", "dc.creator", "dcterms.creator", "article:author")
_TITLES = ("og:title", "dc.title", "dcterms.title")
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:$|[-_])")


def read(path: Path) -> Reading:
    """The page's content in sections. Raises Damaged for what is no text."""
    try:
        markup = markup_of(path.read_bytes())
    except NotText as error:
        raise Damaged(f"{path.name}: is not readable HTML: {error}") from error
    tree = parse(markup)
    if tree is None:
        return Reading(pages=(), notes=(f"{path.name}: holds no text",))
    metadata = _metadata(tree)
    parts = main_content(tree)
    units = with_paths(unit for part in parts for unit in units_of(part))
    pages = _anchored(sections(units), [anchors_of(part) for part in parts])
    if not metadata.title:
        metadata = replace(
            metadata, title=next((unit.text for unit in units if unit.kind == "heading" and unit.level == 1), "")
        )
    notes = () if pages else (f"{path.name}: holds no text",)
    return Reading(pages=tuple(pages), metadata=metadata, notes=notes)


def markup_of(content: bytes) -> str:
    """The bytes of a page as text. Raises NotText."""
    declared = _DECLARED.search(content[:_DECLARED_WITHIN])
    name = (declared[1] or declared[2]).decode("ascii") if declared else ""
    # What says ISO 8859-1 is Windows-1252 (WHATWG Encoding Standard, 4.2).
    return decode(content, "cp1252" if name.lower() in ("iso-8859-1", "latin1", "us-ascii") else name)


def parse(markup: str) -> etree._Element | None:
    """The tree of a page, None where nothing is in it. Nothing is fetched."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    content = _XML_DECLARATION.sub("", markup).encode("utf-8", "replace")
    return etree.fromstring(content, parser) if content.strip() else None


def _anchored(pages: Sequence[ReadPage], known: Sequence[dict[str, str]]) -> list[ReadPage]:
    """Pages under the ids that the file gives its headings; where it gives none they keep their own."""
    ids = {title: anchor for anchors in reversed(known) for title, anchor in anchors.items()}
    taken: dict[str, int] = {}
    anchored = []
    for page in pages:
        titles = [block.heading[-1] for block in page.blocks if block.kind == "heading" and block.heading]
        anchor = ids.get(titles[0], page.anchor) if titles else page.anchor
        anchored.append(replace(page, anchor=unique(anchor, taken)))
    return anchored


def _metadata(tree: etree._Element) -> Metadata:
    named = _named(tree)
    title = " ".join("".join(tree.findtext(".//head/title") or "").split())
    language = _LANGUAGE.match(tree.get("lang") or named.get("content-language", ""))
    author = next((named[name] for name in _AUTHORS if named.get(name)), "")
    description = named.get("description") or named.get("og:description") or ""
    return Metadata(
        title=title or next((named[name] for name in _TITLES if named.get(name)), ""),
        authors=(author,) if author else (),
        created=_day(named, _CREATED),
        modified=_day(named, _MODIFIED),
        language=language[1].lower() if language else None,
        extra={"description": description} if description else {},
    )


def _named(tree: etree._Element) -> dict[str, str]:
    """Content of <meta> by its lower-case name, the first of each."""
    named: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("http-equiv") or ""
        named.setdefault(name.lower(), " ".join((element.get("content") or "").split()))
    return named


def _day(named: dict[str, str], names: Sequence[str]) -> str | None:
    for name in names:
        found = _DAY.match(named.get(name, ""))
        if found:
            try:
                return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
            except ValueError:
                continue
    return None
