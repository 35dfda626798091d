"""What staff say and what documents write: everyday words of a municipality with its official ones.

The pairs are in parlance.toml beside this module, written from general knowledge of South African municipalities; a
parlance.toml in the memory's folder adds a municipality's own, of the same form, and overrules them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from memory.errors import Misuse
from memory.terms import spoken_words

_NAME = "parlance.toml"
# Stand between the others and say nothing; not "no", for "no water" is not water, nor "in" of "stands in for".
_SMALL = frozenset("a an and are as at be but by for if into is it of or such that the their there this to was".split())
_GENERAL = Path(__file__).with_name(_NAME)


class Parlance:
    """The pairs of a memory. Made when it is opened.

    Raises:
        Misuse: the memory's own file is not TOML of that form.
    """

    def __init__(self, data: Path) -> None:
        files = (file for file in (_GENERAL, data / _NAME) if file.exists())
        self._known = {tuple(_singular(said)): (said, written) for file in files for said, written in _pairs(file)}
        self._longest = max(map(len, self._known))

    def official(self, text: str, frequency: Callable[[str], int]) -> tuple[tuple[str, str], ...]:
        """(what was said, what documents write for it), each once, in order of `text`; the longest match wins.

        `frequency`: how many passages hold all words of a text. What is written is left out where it is said already,
        and where fewer passages hold it than what was said.
        """
        said = _singular(text)
        have = set(said)
        found: dict[str, str] = {}
        at = 0
        while at < len(said):
            length = next((n for n in range(self._longest, 0, -1) if tuple(said[at : at + n]) in self._known), 0)
            spoken, written = self._known[tuple(said[at : at + length])] if length else ("", ())
            for words in written:
                if not have.issuperset(_singular(words)) and frequency(words) >= max(1, frequency(spoken)):
                    found.setdefault(words, spoken)
            at += max(length, 1)
        return tuple((spoken, words) for words, spoken in found.items())


def _pairs(file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(what is said, what is written) of each line."""
    try:
        groups: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Misuse(f"{file}: cannot be read as TOML: {error}") from error
    for name, pairs in groups.items():
        for said, written in pairs.items() if isinstance(pairs, dict) else [(name, pairs)]:
            if not isinstance(written, list) or not all(isinstance(words, str) for words in written):
                raise Misuse(f'{file}: {said}: say it as "{said}" = ["what documents write"]')
            if _singular(said):
                yield said, tuple(written)


def _singular(text: str) -> list[str]:
    """The words of a text in order, without small ones; not stemmed, for a building is not "to build"."""
    return [word.removesuffix("s") for word in spoken_words(text) if word not in _SMALL]
