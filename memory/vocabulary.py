"""The lexicons of the labels that one reader holds, as one: what his questions are understood with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from memory.languages import Kin
from memory.lexicon import Lexicon
from memory.references import ReferenceKind
from memory.spelling import COMMON, Speller
from memory.terms import analyze

# A word is a name when this part of its passages write it with a capital inside a sentence.
_NAME = 0.5
# Passages that hold an acronym, at most, for its words to be looked for too.
_RARE = 3
# A word that no passage has is a name written as one ("americanexpress") when it is longer than this.
_SHORTEST_NAME = 5
_KEPT_NAMES = 1000


class Vocabulary:
    """Nothing of a label that the reader lacks enters it. Made once for a generation and a set of labels."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._lexicons = lexicons
        self.words: Counter[str] = Counter()
        self._names: Counter[str] = Counter()
        self._named: dict[str, NDArray[np.int64]] = {}
        for lexicon in lexicons:
            self.words.update(lexicon.words)
            self._names.update(lexicon.names)

    @cached_property
    def speller(self) -> Speller:
        """Corrects slips."""
        return Speller(self.words)

    @cached_property
    def kin(self) -> Kin:
        """Finds words that are alike."""
        return Kin(self.words)

    @cached_property
    def _acronyms(self) -> dict[str, str]:
        """Each acronym with what it stands for most often."""
        found: dict[str, Counter[str]] = {}
        for lexicon in self._lexicons:
            for acronym, expansions in lexicon.acronyms.items():
                found.setdefault(acronym, Counter()).update(expansions)
        return {name: min(counts, key=lambda words: (-counts[words], words)) for name, counts in found.items()}

    def expansion(self, acronym: str) -> str | None:
        """What an acronym stands for."""
        return self._acronyms.get(acronym)

    def is_rare(self, acronym: str) -> bool:
        """Whether so few passages hold an acronym that its words are needed to find the others."""
        return self.words.get(acronym.lower(), 0) <= _RARE

    def naming(self, word: str) -> float:
        """How much of a name a word is, 0..1: it has a digit, or is written with a capital inside sentences."""
        if word in COMMON or not analyze(word, "exact"):
            return 0.0
        if any(letter.isdigit() for letter in word):
            return 0.0 if word.isdigit() and len(word) < 3 else 1.0
        share = self._names.get(word, 0) / max(self.words.get(word, 0), 1)
        if word not in self.words:
            return 1.0 if len(word) > _SHORTEST_NAME else 0.0
        return min(1.0, max(0.0, (share - _NAME / 2) / _NAME))

    def opening(self, version_id: int) -> str:
        """What a version begins with."""
        for lexicon in self._lexicons:
            if version_id in lexicon.openings:
                return f"{lexicon.openings[version_id]}\n{self.municipality(version_id) or ''}"
        return ""

    def municipality(self, version_id: int) -> str | None:
        """The municipality that a version names most often."""
        for lexicon in self._lexicons:
            if counts := lexicon.municipalities.get(version_id):
                return min(counts, key=lambda name: (-counts[name], name))
        return None

    def is_owner(self, names: Sequence[str], versions: NDArray[np.int64]) -> bool:
        """Whether one of `versions` is of a municipality of these names, in lower case, or opens with its name."""
        return any(np.isin(self._opened_with(name), versions).any() for name in names)

    def _opened_with(self, name: str) -> NDArray[np.int64]:
        """The versions that open with a name; kept, since people ask of few."""
        found = self._named.get(name)
        if found is None:
            if len(self._named) >= _KEPT_NAMES:
                self._named.clear()
            found = np.array([version for version, text in self._openings.items() if name in text], np.int64)
            self._named[name] = found
        return found

    @cached_property
    def _openings(self) -> dict[int, str]:
        """What each version begins with, in lower case."""
        versions = {version for lexicon in self._lexicons for version in lexicon.openings}
        return {version: self.opening(version).lower() for version in versions}

    def passages(self, text: str) -> int:
        """About how many passages can hold all words of a text, in the singular or the plural."""
        singulars = (word.removesuffix("s") for word in analyze(text, "exact"))
        return min((self.words.get(word, 0) + self.words.get(f"{word}s", 0) for word in singulars), default=0)

    def holds_words(self, name: str) -> bool:
        """Whether every word of a name stands somewhere."""
        return all(word in self.words for word in analyze(name, "exact"))

    def holds_year(self, year: int) -> bool:
        """Whether a year stands somewhere."""
        return str(year) in self.words

    def last_section(self, owners: NDArray[np.int64], versions: NDArray[np.int64]) -> int:
        """The highest section number in `versions` (ids); 0 where none has sections. `owners`: version of each row."""
        last = 0
        for lexicon in self._lexicons:
            for key, rows in lexicon.declared.items():
                number = key.removeprefix("section ")
                if number.isdigit() and int(number) > last and np.isin(owners[rows], versions).any():
                    last = int(number)
        return last

    def rows(self, kind: ReferenceKind, key: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(rows of the generation that declare a reference, rows that only mention it)."""
        found = [lexicon.rows(kind, key) for lexicon in self._lexicons]
        declared, mentioned = (sorted(row for pair in found for row in pair[side]) for side in (0, 1))
        return np.array(declared, np.int64), np.array(mentioned, np.int64)
