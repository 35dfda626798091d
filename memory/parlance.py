"""What staff say and what documents write: everyday words of a municipality with its official ones.

The pairs are in parlance.toml beside this module, written from general knowledge of South African municipalities.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from memory.terms import exact_words

_PAIRS = Path(__file__).with_name("parlance.toml")


@cache
def _known() -> dict[tuple[str, ...], tuple[str, tuple[str, ...]]]:
    """Words of what is said -> (what is said, what is written)."""
    groups = tomllib.loads(_PAIRS.read_text("utf-8"))
    return {
        tuple(_singular(said)): (said, tuple(written)) for pairs in groups.values() for said, written in pairs.items()
    }


@cache
def _longest() -> int:
    return max(map(len, _known()))


def _singular(text: str) -> list[str]:
    """The words of a text in order, without small ones; not stemmed, for a building is not "to build"."""
    return [word.removesuffix("s") for word in exact_words(text)]


def official(text: str, frequency: Callable[[str], int]) -> tuple[tuple[str, str], ...]:
    """(what was said, what documents write for it), each once, in order of `text`; the longest match wins.

    `frequency`: how many passages hold all words of a text. What is written is left out where it is said already, and
    where fewer passages hold it than what was said.
    """
    said = _singular(text)
    have = set(said)
    found: dict[str, str] = {}
    at = 0
    while at < len(said):
        length = next((n for n in range(_longest(), 0, -1) if tuple(said[at : at + n]) in _known()), 0)
        spoken, written = _known()[tuple(said[at : at + length])] if length else ("", ())
        for words in written:
            if not have.issuperset(_singular(words)) and frequency(words) >= max(1, frequency(spoken)):
                found.setdefault(words, spoken)
        at += max(length, 1)
    return tuple((spoken, words) for words, spoken in found.items())
