"""Headings of a document whose author made them bold or upper-case instead of styling them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.office_pages import Unit

LONGEST = 120  # characters
LONGEST_UPPER = 80  # characters, where upper case alone makes the heading
SHARE_MAX = 0.4  # of the units: where more look like headings, bold means nothing

_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?\s")
_CONTENTS = re.compile(r"(?:table of )?contents|inhoud(?:sopgawe)?|okuqukethwe|iziqulatho", re.IGNORECASE)
_ENDS_IN_PAGE = re.compile(r".*\D(?:\d{1,3}|[ivx]{1,5})", re.DOTALL)
_BREAKS_OFF = (".", ";", ",")


def guess_headings(units: Sequence[Unit]) -> list[Unit]:
    """The units, with headings recognised where none is styled: short, bold or upper-case lines.

    Levels: by the number in front ("4.2" is 2), else 1 for upper case and 2 for the rest; raised to begin at 1.
    """
    if any(unit.kind == "heading" and unit.level > 0 for unit in units):
        return list(units)
    levels = {index: _level(unit.text) for index, unit in enumerate(units) if _like_a_heading(unit)}
    if len(levels) < 2 or len(levels) > SHARE_MAX * len(units):
        return list(units)
    top = min(levels.values())
    return [
        replace(unit, kind="heading", level=levels[index] - top + 1) if index in levels else unit
        for index, unit in enumerate(units)
    ]


def _like_a_heading(unit: Unit) -> bool:
    text = unit.text
    if unit.kind not in ("paragraph", "clause") or len(text) > LONGEST or text.endswith(_BREAKS_OFF):
        return False
    if sum(character.isalpha() for character in text) < 3:
        return False
    return unit.strong or (text.isupper() and len(text) <= LONGEST_UPPER)


def _level(text: str) -> int:
    number = _NUMBER.match(text)
    if number:
        return number[1].count(".") + 1
    return 1 if text.isupper() else 2


def uncite_contents(units: Sequence[Unit]) -> list[Unit]:
    """The units, with a table of contents that was typed by hand kept on the page but never cited."""
    kept: list[Unit] = []
    inside = False
    for unit in units:
        if _CONTENTS.fullmatch(unit.text.strip(" :")):
            inside = True
        elif unit.kind == "heading" or not _ENDS_IN_PAGE.fullmatch(unit.text):
            inside = False
        kept.append(replace(unit, kind=None) if inside and unit.kind != "heading" else unit)
    return kept
