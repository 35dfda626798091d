"""The styles of an OpenDocument file that its words depend on: heading levels, list numbers, bold, hidden (ODF 1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.readers.docx_numbering import whole
from ingest.readers.package import Element

_URN = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE = f"{_URN}office:1.0}}", f"{_URN}text:1.0}}", f"{_URN}table:1.0}}"
DRAW, STYLE, PRESENTATION = f"{_URN}drawing:1.0}}", f"{_URN}style:1.0}}", f"{_URN}presentation:1.0}}"
SVG, META, NUMBER = f"{_URN}svg-compatible:1.0}}", f"{_URN}meta:1.0}}", f"{_URN}datastyle:1.0}}"
FO = f"{_URN}xsl-fo-compatible:1.0}}"

_CHAIN_MAX = 20  # parent styles may loop in broken files
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """`level`: of the heading, 0 for the title, None for body text."""

    level: int | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How one level of a list prints its number. `shown_levels`: how many levels it shows, its own included."""

    bullet: bool = False
    number_format: str = "decimal"
    prefix: str = ""
    suffix: str = ""
    shown_levels: int = 1
    start: int = 1


class Styles:
    """All styles of a file by name, those of its content over those of its style sheet."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._styles: dict[str, Element] = {}
        self._lists: dict[str, Element] = {}
        self.outline: dict[int, ListLevel] = {}
        for root in roots:
            for element in root.iter(f"{STYLE}style"):
                self._styles[element.get(f"{STYLE}name") or ""] = element
            for element in root.iter(f"{TEXT}list-style"):
                self._lists[element.get(f"{STYLE}name") or ""] = element
            for element in root.iter(f"{TEXT}outline-style"):
                self.outline = {n: level for n, level in _levels(element).items() if level.number_format}
        self._paragraphs: dict[str, ParagraphStyle] = {}
        self._levels_by_list: dict[str, dict[int, ListLevel]] = {}

    def paragraph(self, name: str | None) -> ParagraphStyle:
        """What a paragraph style says, with what it inherits."""
        key = name or ""
        if key not in self._paragraphs:
            names = [n.lower() for n in self._names(key)]
            titled = "title" in names
            self._paragraphs[key] = ParagraphStyle(0 if titled else None, self.is_bold(key))
        return self._paragraphs[key]

    def list_levels(self, name: str) -> dict[int, ListLevel]:
        """The levels of a list style, from 1."""
        if name not in self._levels_by_list:
            element = self._lists.get(name)
            self._levels_by_list[name] = {} if element is None else _levels(element)
        return self._levels_by_list[name]

    def is_bold(self, name: str | None) -> bool:
        """Whether a text or paragraph style is bold."""
        return self._property(name, "text-properties", f"{FO}font-weight") in ("bold", "600", "700", "800", "900")

    def is_hidden(self, name: str | None) -> bool:
        """Whether text of this style is not displayed."""
        return self._property(name, "text-properties", f"{TEXT}display") == "none"

    def shows_table(self, name: str | None) -> bool:
        """Whether a sheet of this style is displayed."""
        return self._property(name, "table-properties", f"{TABLE}display") != "false"

    def shows_slide(self, name: str | None) -> bool:
        """Whether a slide of this style is shown."""
        return self._property(name, "drawing-page-properties", f"{PRESENTATION}visibility") != "hidden"

    def _chain(self, name: str) -> list[Element]:
        chain: list[Element] = []
        while name in self._styles and len(chain) < _CHAIN_MAX:
            chain.append(self._styles[name])
            name = chain[-1].get(f"{STYLE}parent-style-name") or ""
        return chain

    def _names(self, name: str) -> list[str]:
        chain = self._chain(name)
        return [name, *(e.get(f"{STYLE}display-name") or e.get(f"{STYLE}name") or "" for e in chain)]

    def _property(self, name: str | None, group: str, attribute: str) -> str | None:
        for element in self._chain(name or ""):
            for properties in element.findall(f"{STYLE}{group}"):
                value = properties.get(attribute)
                if value is not None:
                    return str(value)
        return None


def _levels(style: Element) -> dict[int, ListLevel]:
    levels = {}
    for element in style:
        number = whole(element.get(f"{TEXT}level"), 0)
        if number and isinstance(element.tag, str):
            levels[number] = ListLevel(
                bullet=not element.tag.endswith(("level-style-number", "outline-level-style")),
                number_format=_FORMATS.get(element.get(f"{STYLE}num-format") or "", ""),
                prefix=element.get(f"{STYLE}num-prefix") or "",
                suffix=element.get(f"{STYLE}num-suffix") or "",
                shown_levels=max(whole(element.get(f"{TEXT}display-levels"), 1), 1),
                start=whole(element.get(f"{TEXT}start-value"), 1),
            )
    return levels
