"""Titles compared as people refer to documents: without case, articles, kind words, plural, the municipality's name."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NOISE = frozenset(
    "a an and as at by die en for from in is its met of on or op relating regarding respecting te the their to van vir "
    "with law laws bylaw bylaws policy policies beleid verordening verordeninge act wet draft amended no number nr "
    "municipality municipal metropolitan local city council first".split()
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# "as amended in 2018", "(as amended)": says which wording, not which document.
_AS_AMENDED = re.compile(r"[(,\s]+as amended\b.*$", re.I)


def title_terms(title: str, own: Iterable[str] = ()) -> frozenset[str]:
    """The telling words of a title. `own`: words of the municipality's name, which tell nothing within it."""
    bare = re.sub(r"\bby-?\s?laws?\b", " ", _YEAR.sub(" ", _AS_AMENDED.sub("", title)), flags=re.I)
    noise = _NOISE | {word.lower() for word in own}
    return frozenset(_stem(word) for word in re.findall(r"[a-z]+", bare.lower()) if word not in noise and len(word) > 1)


def _stem(word: str) -> str:
    """Without plural, and with double letters as one: some PDFs lose the second f of "effluent"."""
    word = re.sub(r"(.)\1", r"\1", word).replace("licens", "licenc")
    for end, instead in (("ies", "y"), ("s", "")):
        if word.endswith(end) and len(word) > len(end) + 2:
            return word.removesuffix(end) + instead
    return word


def likeness(named: frozenset[str], title: frozenset[str]) -> float:
    """How well words name a title: 1 equal, 0.6 to 1 when one lacks words of the other, 0 otherwise."""
    if not named or not title:
        return 0.0
    shared = len(named & title)
    jaccard = shared / len(named | title)
    if named == title:
        return 1.0
    if jaccard >= 0.75 or (shared >= 2 and (named <= title or title <= named) and jaccard >= 0.5):
        return 0.6 + 0.4 * jaccard
    return 0.0
