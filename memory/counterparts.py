"""Which sections of two texts deal with the same matter: by number, headings and words (inverse frequencies)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from memory.sections import Section
from memory.terms import analyze

# A section without a counterpart of its own is near one that has this much of it.
_NEAR = 0.18
_SAYS_NOTHING = frozenset("law bylaw chapter part and the for from with this that".split())
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class _Share:
    """How much each likeness counts; together 1. `headings`: with those of the chapters; `crossed`: of the heading of
    each in the body of the other."""

    body: float
    heading: float
    headings: float
    crossed: float
    number: float


# Within one text numbers tell. `python -m eval.comparison` has what those of two texts are chosen by.
_WEIGHTS = {True: _Share(0.30, 0.35, 0.0, 0.0, 0.35), False: _Share(0.56, 0.16, 0.12, 0.16, 0.0)}
# What two sections need to stand beside each other.
_ENOUGH = {True: 0.30, False: 0.27}


@dataclass(frozen=True, slots=True)
class _Words:
    """A section's stems: of the body with their weights (unit length), of its heading, and of the chapters' too."""

    body: dict[str, float]
    heading: frozenset[str]
    headings: frozenset[str]
    number: str


def likenesses(left: Sequence[Section], right: Sequence[Section], *, one_text: bool) -> list[list[float]]:
    """How much each left section (rows) has of each right one."""
    stems = [Counter(_stems(section.text)) for section in (*left, *right)]
    weights = _frequencies(stems)
    told = [_words_of(section, found, weights) for section, found in zip((*left, *right), stems, strict=True)]
    named = _frequencies([words.heading for words in told])
    # Chapters are few: a word that only they have tells as much as one that a single heading has.
    named |= {stem: log(1 + len(told)) for words in told for stem in words.headings - named.keys()}
    share = _WEIGHTS[one_text]
    return [[_score(a, b, named, share) for b in told[len(left) :]] for a in told[: len(left)]]


def _words_of(section: Section, found: Counter[str], weights: dict[str, float]) -> _Words:
    vector = {stem: (1 + log(count)) * weights[stem] for stem, count in found.items()}
    length = sqrt(sum(value * value for value in vector.values())) or 1.0
    heading = _heading(section.title)
    # The first entry of a path is the text's own title.
    chapter = frozenset[str]().union(*(_heading(entry) for entry in section.path[1:]))
    return _Words({stem: value / length for stem, value in vector.items()}, heading, heading | chapter, section.number)


def counterparts(scores: Sequence[Sequence[float]], *, one_text: bool) -> dict[int, int]:
    """Index of a left section -> index of its counterpart; the best pairs first, each section once."""
    found = [(score, i, j) for i, row in enumerate(scores) for j, score in enumerate(row) if score >= _ENOUGH[one_text]]
    beside: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(found, key=lambda s: (-s[0], abs(s[1] - s[2]), s[1])):
        if i not in beside and j not in taken:
            beside[i] = j
            taken.add(j)
    return beside


def nearest(sections: Sequence[Section], scores: Sequence[float]) -> Section | None:
    """The section that has most of another, if it has enough; `scores`: of each of `sections`."""
    best = max(range(len(scores)), key=scores.__getitem__, default=None)
    return sections[best] if best is not None and scores[best] >= _NEAR else None


def _score(a: _Words, b: _Words, named: dict[str, float], share: _Share) -> float:
    less, more = (a, b) if len(a.body) < len(b.body) else (b, a)
    body = sum(weight * more.body.get(stem, 0.0) for stem, weight in less.body.items())
    crossed = (_held(a.heading, b.body, named) + _held(b.heading, a.body, named)) / 2
    return (
        share.body * body
        + share.heading * _alike_names(a.heading, b.heading, named)
        + share.headings * _alike_names(a.headings, b.headings, named)
        + share.crossed * crossed
        + share.number * bool(a.number and a.number == b.number)
    )


def _alike_names(a: frozenset[str], b: frozenset[str], weights: dict[str, float]) -> float:
    """Shared weight of all weight (Jaccard, by inverse frequency)."""
    both, either = (sum(weights.get(stem, 0.0) for stem in stems) for stems in (a & b, a | b))
    return both / either if either else 0.0


def _held(heading: frozenset[str], body: dict[str, float], weights: dict[str, float]) -> float:
    """How much of a heading the other section's body has."""
    total = sum(weights.get(stem, 0.0) for stem in heading)
    return sum(weights.get(stem, 0.0) for stem in heading if stem in body) / total if total else 0.0


def _heading(title: str) -> frozenset[str]:
    """The stems of a heading that tell something."""
    return frozenset(stem for stem in _stems(title) if stem not in _SAYS_NOTHING)


def _stems(text: str) -> list[str]:
    return [stem for stem in analyze(text) if len(stem) > _SHORTEST]


def _frequencies(all_stems: Sequence[Iterable[str]]) -> dict[str, float]:
    found = Counter(stem for stems in all_stems for stem in set(stems))
    return {stem: log(1 + len(all_stems) / count) for stem, count in found.items()}
