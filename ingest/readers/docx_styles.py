"""What a Word paragraph's style says of it: heading level, list, name; through based-on chains (ECMA-376 17.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.readers.docx_numbering import W, whole
from ingest.readers.package import Element

_HEADING_NAME = re.compile(r"heading ?([1-9])\b", re.IGNORECASE)
_BODY_OUTLINE = 9  # ECMA-376 17.3.1.20: outline levels 0 to 8 are headings, 9 is body text
_BODY = _BODY_OUTLINE + 1  # as a heading level: this style ends what it inherits
_CHAIN_MAX = 20  # based-on chains may loop in broken files


@dataclass(frozen=True, slots=True)
class Style:
    """`level`: of the heading, 1 to 9, 0 for the title, None for body text; `list_id` None inherits none."""

    name: str = ""
    level: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    list_style: str = ""
    bold: bool = False


class Styles:
    """The paragraph styles of one document, by id."""

    def __init__(self, root: Element | None) -> None:
        elements = root.findall(f"{W}style") if root is not None else []
        self._elements = {e.get(f"{W}styleId") or "": e for e in elements}
        self._known: dict[str, Style] = {}
        self._default = next(
            (e.get(f"{W}styleId") or "" for e in elements if _is_default_paragraph(e)),
            "",
        )

    def of(self, style_id: str | None) -> Style:
        """The style with what it inherits; the default paragraph style for None."""
        key = self._default if style_id is None else style_id
        if key not in self._known:
            self._known[key] = self._resolve(key)
        return self._known[key]

    def _chain(self, key: str) -> list[tuple[str, Element]]:
        chain: list[tuple[str, Element]] = []
        while key in self._elements and len(chain) < _CHAIN_MAX:
            chain.append((key, self._elements[key]))
            based = self._elements[key].find(f"{W}basedOn")
            key = "" if based is None else based.get(f"{W}val") or ""
        return chain

    def _resolve(self, key: str) -> Style:
        level: int | None = None
        list_id, list_level, list_style, bold = None, None, "", None
        names = []
        for style_id, element in self._chain(key):
            name = element.find(f"{W}name")
            names.append("" if name is None else name.get(f"{W}val") or "")
            if level is None:
                level = _level(names[-1], element)
            num = element.find(f"{W}pPr/{W}numPr")
            if num is not None and list_id is None:
                list_id, list_level, list_style = *list_of(num), style_id
            if bold is None:
                bold = switch(element.find(f"{W}rPr"), "b")
        return Style(
            names[0] if names else key, None if level == _BODY else level, list_id, list_level, list_style, bool(bold)
        )


def list_of(num: Element) -> tuple[str | None, int | None]:
    """The list's id and the level (from 0) that a w:numPr names; None for what it leaves out."""
    num_id, level = num.find(f"{W}numId"), num.find(f"{W}ilvl")
    return (
        None if num_id is None else num_id.get(f"{W}val"),
        None if level is None else min(max(whole(level.get(f"{W}val"), 0), 0), 8),
    )


def switch(properties: Element | None, name: str) -> bool | None:
    """An on/off property such as w:b; None where nothing is said of it."""
    element = None if properties is None else properties.find(f"{W}{name}")
    return None if element is None else element.get(f"{W}val") not in ("0", "false", "off", "none")


def outline_level(properties: Element | None) -> int | None:
    """The heading level (1 to 9) that w:outlineLvl gives; None for body text or where nothing is said."""
    element = None if properties is None else properties.find(f"{W}outlineLvl")
    if element is None:
        return None
    level = whole(element.get(f"{W}val"), _BODY_OUTLINE)
    return level + 1 if 0 <= level < _BODY_OUTLINE else None


def _level(name: str, element: Element) -> int | None:
    if name.lower() == "title":
        return 0
    named = _HEADING_NAME.fullmatch(name.strip())
    if named:
        return int(named[1])
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    if outline is None:
        return None
    return outline_level(element.find(f"{W}pPr")) or _BODY


def _is_default_paragraph(element: Element) -> bool:
    default = element.get(f"{W}default") in ("1", "true", "on")
    return default and element.get(f"{W}type", "paragraph") == "paragraph"
