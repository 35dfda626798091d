"""The interface's texts in each language, from the catalogues that the pages use too."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "static" / "words"
ENGLISH = "en"


@cache
def _catalogue(language: str) -> dict[str, str]:
    file = WORDS / f"{language}.json"
    read: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return dict(read["words"])


def languages() -> list[str]:
    """The languages that there is a catalogue of."""
    return sorted(file.stem for file in WORDS.glob("*.json"))


def word(language: str, key: str, **values: object) -> str:
    """A text with its values put in; English where the language lacks it."""
    found = _catalogue(language).get(key) if language in languages() else None
    text = found or _catalogue(ENGLISH)[key]
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
