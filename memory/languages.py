"""Questions in isiZulu and Afrikaans: told from English, and their words joined with kin in the vocabulary.

The model is an English one, so such questions are found by their words. An isiZulu noun carries its prefixes and
locatives on it ("amanzi", "emanzini", "ngamanzi"), so kin is by shared runs of letters, not by a list of endings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

import numpy as np

Language = Literal["en", "af", "zu"]

_AFRIKAANS = frozenset(
    "aan al as baie by daar dan deur die dit een ek en gaan gee geld haar het hierdie hoe hoekom hoeveel hom hulle "
    "is jaar jou julle kan kom kry laat maak mag met moet my na nie nog of om ons ook oor op sal se sien sy te toe tot "
    "uit vir van verlede waar waarom wanneer was wat watter wees weet werk wie word".split()
)
_ENGLISH = frozenset(
    "a about an and are at be by can do does for from get has have how i in is it much must my not of on or our that "
    "the their this to was we what when where which who why will with you".split()
)
# Of Afrikaans words these are English too, and say nothing.
_BOTH = _AFRIKAANS & _ENGLISH
_ZULU = frozenset(
    "futhi ini izinsuku kakhulu kanjani kepha kodwa kufanele kuphi kusukela kwenzeka lapho lokho loku mahhala manje "
    "mina na ngabe ngaphambi ngasiphi ngaziphi ngemuva ngicela ngithola ngubani noma nini nje okwamanje phakathi sonke "
    "ubani uma umasipala unyaka wami wonke yami yini yiphi zami".split()
)
_ZULU_BEGINS = re.compile(r"(?:ng[aeiou]|ama|aba|imi|isi|izi|um[au]|ubu|uku|kw[aeiou]|nga|ezi|esi|ku[bdfhklmnpstvz])")
# So do English words, that seldom end in these vowels.
_ZULU_MAY_BEGIN = re.compile(r"(?:in[bcdfghjklmnqstvxyz]|yo[kn]|lo[kn]|[ueb]a?zo|e[nmd][a-z])")
_RUN = 4
# Kin in the vocabulary for a word at most, and the part of its runs of letters that they share (Dice).
_KIN = 4
_ALIKE = 0.55
_SHORTEST = 5


def language_of(question: str) -> Language:
    """The language of a question: English unless its small words or its word forms say otherwise."""
    parts = re.findall(r"[^\W\d_]+", question.lower())
    english = sum(word in _ENGLISH and word not in _BOTH for word in parts)
    afrikaans = sum(word in _AFRIKAANS and word not in _BOTH for word in parts)
    if afrikaans > english and afrikaans >= 0.2 * len(parts):
        return "af"
    zulu = sum(word in _ZULU or (len(word) > 4 and _zulu_form(word)) for word in parts)
    return "zu" if parts and not english and zulu >= 0.5 * len(parts) else "en"


def content(question: str, language: Language) -> str:
    """A question without the small words of its language, which few passages of an English memory hold."""
    small = {"en": frozenset[str](), "af": _AFRIKAANS, "zu": _ZULU}[language]
    return " ".join(word for word in question.split() if word.strip("?.,!").lower() not in small) or question


def _zulu_form(word: str) -> bool:
    return (word[-1] in "aeiou" and _ZULU_BEGINS.match(word) is not None) or (
        word[-1] in "aiou" and _ZULU_MAY_BEGIN.match(word) is not None
    )


class Kin:
    """Finds words of a vocabulary that share most of their runs of letters with a word. Made once, when needed."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._words = [word for word in vocabulary if len(word) >= _SHORTEST and word.isalpha()]
        self._sizes = np.array([len(word) - _RUN + 1 for word in self._words], np.float32)
        postings: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self._words):
            for i in range(len(word) - _RUN + 1):
                postings[word[i : i + _RUN]].append(at)
        self._postings = {run: np.array(found, np.intp) for run, found in postings.items()}

    def of(self, word: str) -> tuple[str, ...]:
        """The nearest other words, nearest first."""
        runs = [word[i : i + _RUN] for i in range(len(word) - _RUN + 1)] if len(word) >= _SHORTEST else []
        rows = [self._postings[run] for run in set(runs) if run in self._postings]
        if not rows:
            return ()
        shared = np.bincount(np.concatenate(rows), minlength=len(self._words))
        alike = 2 * shared / (len(runs) + self._sizes)
        near = np.flatnonzero(alike >= _ALIKE)
        best = near[np.argsort(-alike[near], kind="stable")]
        return tuple(self._words[i] for i in best if self._words[i] != word)[:_KIN]
