"""Slips of the pen: a word that nobody wrote in, and the word of the memory's own vocabulary that was meant.

Distance is optimal string alignment (Damerau 1964): letters put in, left out, mistaken or swapped count one each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from memory.terms import analyze

_SHORTEST = 4
# From this length on, two slips in one word are looked for.
_TWO_SLIPS = 7
_LONGEST = 24
# Words that carry a question and no matter; the vocabulary leaves them out, and they are misspelt too.
COMMON = frozenset(
    "about after again all also am an and any are arent as at be because been before being between both but by can "
    "cannot cant could did didnt do does doesnt doing dont down during each else every few for from get gets getting "
    "give given goes going gone got had has hasnt have havent having he her here hers him his how i if in into is isnt "
    "it its just keep know last less like long made make many may me mean means might more most much must my need "
    "needs never new next no nor not now of off often old on once one only or other our out over own per please put "
    "same say says shall she should since so some somebody someone something soon still such take taken tell than "
    "that thats the their them then there these they thing things this those through till to today too two under "
    "until up upon us use used very want wants was wasnt way we well went were what whats when whens where wheres "
    "which while who whom whos whose why will with within without wont would yet you your yours first third half "
    "allowed anybody anyone anything become became came come called cost costs day days done ever everybody everyone "
    "find found happen happened happens hour hours money month months nobody nothing paid pay pays people person "
    "really right week weeks whether year years yesterday tomorrow tonight".split()
)


class Speller:
    """Corrects words from `words` (word -> in how many passages it stands). Made once for a vocabulary."""

    def __init__(self, words: Counter[str]) -> None:
        self._counts = words
        self._words = [word for word in words if word.isalpha() and len(word) <= _LONGEST]
        self._words += sorted(COMMON - words.keys())
        letters = np.array(self._words or [""], dtype=f"U{_LONGEST}")
        self._letters: NDArray[np.uint32] = letters.view(np.uint32).reshape(len(letters), _LONGEST)
        self._lengths = (self._letters > 0).sum(axis=1)
        self._marks = _marks(self._letters)

    def knows(self, word: str) -> bool:
        """Whether the vocabulary has the word."""
        return word in self._counts or word in COMMON

    def corrected(self, word: str) -> str | None:
        """The word that was meant: the nearest, among equals with the same first letter, then the most common."""
        if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
            return None
        most = 2 if len(word) >= _TWO_SLIPS else 1
        asked = np.array([word], dtype=f"U{_LONGEST}").view(np.uint32).reshape(1, _LONGEST)
        apart = np.bitwise_count(self._marks ^ _marks(asked)[0])
        near = np.flatnonzero((np.abs(self._lengths - len(word)) <= most) & (apart <= 2 * most))
        if not len(near):
            return None
        distances = _distances(asked[0, : len(word)], self._letters[near], self._lengths[near])
        found = [(int(d), self._words[i]) for d, i in zip(distances, near, strict=True) if d <= most]
        if not found:
            return None
        _, nearest = min(found, key=lambda pair: self._rank(word, *pair))
        # Another form of the same word is no slip, and the terms find it by its stem.
        return None if analyze(nearest) == analyze(word) or _derived(word, nearest) else nearest

    def _rank(self, word: str, distance: int, other: str) -> tuple[int, bool, int, str]:
        count = self._counts.get(other, 0) if other not in COMMON else 1_000
        return distance, other[0] != word[0], -count, other


def _derived(word: str, other: str) -> bool:
    """Whether one word is the other with two letters before or after it: "refinancing" is no slip for "financing"."""
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return len(longer) - len(shorter) == 2 and (longer.startswith(shorter) or longer.endswith(shorter))


def _marks(letters: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Which letters a word has, a bit for each (folded to 64): one slip changes two bits at most. (n,)"""
    bits = np.left_shift(np.uint64(1), (letters % 64).astype(np.uint64))
    return np.asarray(np.bitwise_or.reduce(np.where(letters > 0, bits, np.uint64(0)), axis=1))


def _distances(word: NDArray[np.uint32], others: NDArray[np.uint32], lengths: NDArray[np.intp]) -> NDArray[np.int16]:
    """Optimal string alignment distance of `word` to each of `others`, all rows of the table at once. (n,)"""
    n, width = len(others), int(lengths.max())
    before = np.zeros((n, width + 1), np.int16)
    row = np.tile(np.arange(width + 1, dtype=np.int16), (n, 1))
    for i, letter in enumerate(word, start=1):
        earlier, before, row = before, row, np.empty_like(row)
        row[:, 0] = i
        differs = others[:, :width] != letter
        for j in range(1, width + 1):
            cost = np.minimum(before[:, j] + 1, row[:, j - 1] + 1)
            cost = np.minimum(cost, before[:, j - 1] + differs[:, j - 1])
            if i > 1 and j > 1:
                swapped = (others[:, j - 2] == letter) & (others[:, j - 1] == word[i - 2])
                cost = np.where(swapped, np.minimum(cost, earlier[:, j - 2] + 1), cost)
            row[:, j] = cost
    return row[np.arange(n), lengths]


def vocabulary(counters: Iterable[Counter[str]]) -> Counter[str]:
    """Several vocabularies as one."""
    merged: Counter[str] = Counter()
    for counter in counters:
        merged.update(counter)
    return merged
