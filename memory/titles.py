"""Which document is meant: a question's names, dates and title words against what the documents are called.

What a document is called: title, file name, key and authors, and the names and dates of its opening. A question that
names one weighs the whole document, so that the right words in the wrong document come after it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from memory.dates import Period, periods
from memory.municipalities import named, other_names
from memory.terms import analyze

# How much a period tells by itself: many documents share a year.
_PERIOD_WEIGHTS = {"day": 1.5, "month": 1.0, "financial year": 1.0, "year": 0.6}
# A title is spoken of when this part of its weight in words stands in the question.
_TITLE_SHARE = 0.6
# Words that most titles have tell none from the others, however many of them stand in the question.
_TITLE_WEIGHT = 0.5
_LONG_TITLE = 6.0
# Evidence that is as good as certain, in the units of `Titles.weigh`; less weighs less.
_CERTAIN = 0.5
# How sure words alone make it, that might as well be the matter of the question as the name of a document.
_ONLY_WORDS = 0.04
# Words that, with a year, make it plain.
_SOME = 0.15
# A document is meant when it has this part of the best one's evidence, and few others have.
MEANT = 0.8
# Words of what a municipality is, and of what every by-law is.
_FORMS = frozenset("city municipality local district metropolitan township town county bylaw bylaws amended".split())
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_CODE = re.compile(r"(?<=[a-z])(?=\d{4})|(?<=\d{4})(?=[a-z])|[\W_]+", re.IGNORECASE)
_AGENDA = ("agenda", "agendas", "sakelys")


@dataclass(frozen=True, slots=True)
class Called:
    """What a version's document is called: `name` is title, file name, key and authors in one text; `passages`:
    how many it has; `municipality`: whose it is, in lower case."""

    version_id: int
    title: str
    name: str
    opening: str
    passages: int
    municipality: str | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """`versions`: ids, ascending; `scores`: 0..1 for each, 1 where what the question names fits best; `sure`: 0..1,
    how plain it is that a document is named at all; `names`: the words and periods that told."""

    versions: NDArray[np.int64]
    scores: NDArray[np.float32]
    sure: float
    names: tuple[str, ...]

    def of(self, versions: NDArray[np.int64]) -> NDArray[np.float32]:
        """The scores of `versions` (ids), whatever `sure` is; 0 for one that is not meant. (n,)"""
        if not len(self.versions):
            return np.zeros(len(versions), np.float32)
        at = np.minimum(np.searchsorted(self.versions, versions), len(self.versions) - 1)
        return np.where(self.versions[at] == versions, self.scores[at], 0).astype(np.float32)

    def best(self) -> NDArray[np.int64]:
        """Ids of the versions that are meant. (m,)"""
        return self.versions[self.scores >= MEANT]


NOTHING_MEANT = Meant(np.zeros(0, np.int64), np.zeros(0, np.float32), 0.0, ())


class Titles:
    """What the documents of one reader are called. Made once for each state of the catalogue and set of labels."""

    def __init__(self, called: Sequence[Called], naming: Callable[[str], float]) -> None:
        called = sorted(called, key=lambda one: one.version_id)
        self._naming = naming
        self.versions = np.array([one.version_id for one in called], np.int64)
        self._named = _postings(words(one.name) for one in called)
        self._owned = _postings([one.municipality] if one.municipality else [] for one in called)
        self._sizes = np.array([max(2, len(set(words(one.title)))) for one in called], np.float32)
        self._called = called
        sizes: Counter[str] = Counter()
        for one in called:
            sizes[one.title] += one.passages
        # Where a title stands over one passage, that passage's own words have counted it already.
        self._weights = np.array([(1 - 1 / max(sizes[one.title], 1)) ** 2 for one in called], np.float32)
        titles = [_core(one) for one in called]
        self._titled = _postings(titles)
        self._lengths = np.array([sum(map(self._title_weight, title)) for title in titles], np.float32)

    @cached_property
    def _dated(self) -> dict[str, NDArray[np.intp]]:
        """Which versions are of which period; most questions name none, and reading them all takes its time."""
        return _postings(_dates(one) for one in self._called)

    def title(self, version_id: int) -> str:
        """The title of a version."""
        return self._called[int(np.searchsorted(self.versions, version_id))].title

    def years(self, versions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The years that `versions` (ids, ascending) are of, as their names, openings and dates say, each once."""
        among = np.isin(self.versions, versions, assume_unique=True)
        marks = [mark for mark, rows in self._dated.items() if len(mark) == 4 and among[rows].any()]
        return np.array(sorted(int(mark) for mark in marks), np.int64)

    @cached_property
    def agendas(self) -> NDArray[np.int64]:
        """The versions that are called an agenda: ids, ascending."""
        rows = [self._named[word] for word in _AGENDA if word in self._named]
        return self.versions[np.unique(np.concatenate(rows))] if rows else self.versions[:0]

    def __len__(self) -> int:
        return len(self.versions)

    def weigh(self, question: str, asked: Sequence[Period], allowed: NDArray[np.int64]) -> Meant:
        """Which of the versions `allowed` (ids, ascending) are meant, and how surely."""
        if not len(self):
            return NOTHING_MEANT
        whose, when, what = (np.zeros(len(self), np.float32) for _ in range(3))
        municipal = self._by_municipality(question, whose)
        said = {word for text in (*municipal, *(period.text for period in asked)) for word in words(text)}
        passed = _FORMS | said
        names = [*municipal, *self._by_names(question, passed, what), *self._by_periods(asked, when)]
        self._by_titles(question, what)
        found = (whose + when + what) * self._weights
        found[~np.isin(self.versions, allowed, assume_unique=True)] = 0
        best = int(found.argmax())
        if found[best] <= 0:
            return NOTHING_MEANT
        at = np.flatnonzero(found)
        plain = whose[best] > 0 or when[best] >= _CERTAIN or (when[best] > 0 and what[best] >= _SOME)
        sure = min(1.0, float(found[best]) / _CERTAIN) * (1.0 if plain else _ONLY_WORDS)
        return Meant(self.versions[at], found[at] / found[best], sure, tuple(names))

    def _rarity(self, count: int) -> float:
        """1 for what one document alone has, towards 0 for what all have."""
        return float(np.log1p(len(self) / count - 1) / np.log1p(len(self))) if count else 0.0

    def _title_weight(self, stem: str) -> float:
        return 0.05 + self._rarity(len(self._titled.get(stem, ())))

    def _by_municipality(self, question: str, found: NDArray[np.float32]) -> list[str]:
        """A municipality that the question names weighs the documents that are of it, where others are not."""
        lower = f" {' '.join(words(question))} "
        asked = [name for name in self._owned if f" {name} " in lower]
        asked += [name for one in named(question) for name in other_names(one) if name in self._owned]
        told = list(dict.fromkeys(asked))
        for rows in (self._owned[name] for name in told):
            if len(rows) < len(self):
                found[rows] += 1
        return told

    def _by_names(self, question: str, passed: frozenset[str], found: NDArray[np.float32]) -> list[str]:
        """Names count as the part of the document's own name that they make up."""
        told = []
        for word in dict.fromkeys([*words(question), *_joined(question)]):
            if word in passed:
                continue
            rows = self._named.get(word)
            if rows is not None and not _is_year(word) and (naming := self._naming(word)) > 0:
                found[rows] += naming * self._rarity(len(rows)) / self._sizes[rows]
                told.append(word)
        return told

    def _by_periods(self, asked: Sequence[Period], found: NDArray[np.float32]) -> list[str]:
        told = []
        for period in asked:
            rows = self._dated.get(period.key)
            if rows is not None:
                found[rows] += _PERIOD_WEIGHTS[period.kind] * self._rarity(len(rows))
                told.append(period.text)
        return told

    def _by_titles(self, question: str, found: NDArray[np.float32]) -> None:
        held = np.zeros(len(self), np.float32)
        for stem in analyze(question):
            if (rows := self._titled.get(stem)) is not None:
                held[rows] += self._title_weight(stem)
        share = held / np.maximum(self._lengths, 1e-6)
        spoken = (share >= _TITLE_SHARE) & (held >= _TITLE_WEIGHT)
        # Of two titles that are spoken of whole, the longer one says more.
        found[spoken] += share[spoken] * (0.7 + 0.1 * np.minimum(held[spoken], _LONG_TITLE))


def _core(called: Called) -> list[str]:
    """A title's stems without years, and without whose it is: what it is about."""
    owner = set(analyze(called.municipality or "")) | set(analyze(" ".join(_FORMS)))
    return [stem for stem in analyze(called.title) if not stem.isdigit() and stem not in owner]


def words(text: str) -> list[str]:
    """The words of a name, in order: lower case, `ACME_2018Q4` apart."""
    return [word for word in _CODE.split(text.lower()) if word]


def _spaced(text: str) -> str:
    return text.replace("_", " ")


def _is_year(word: str) -> bool:
    return word.isdigit() and len(word) == 4


def _joined(question: str) -> list[str]:
    """Two or three neighbouring words written as one, as file names write them: "american express"."""
    parts = words(question)
    return ["".join(parts[i : i + n]) for n in (2, 3) for i in range(len(parts) - n + 1)]


def _dates(called: Called) -> frozenset[str]:
    """The periods of its name, and the days of its opening: other years there are of laws and of things past."""
    own = periods(_about_years(_spaced(called.name)))
    opened = [period for period in periods(_about_years(called.opening)) if period.kind == "day"]
    return frozenset(mark for period in (*own, *opened) for mark in period.marks())


def _about_years(text: str) -> str:
    """What stands around the years of `text`: all that a date can be made of, at a tenth of the time."""
    begins = [(max(0, match.start() - 24), match.end() + 10) for match in _YEAR.finditer(text)]
    return "\n".join(text[text.rfind(" ", 0, begin) + 1 : end] for begin, end in begins)


def _postings(lists: Iterable[Iterable[str]]) -> dict[str, NDArray[np.intp]]:
    """word -> positions of the lists that hold it, ascending."""
    found: dict[str, list[int]] = defaultdict(list)
    for at, values in enumerate(lists):
        for value in set(values):
            found[value].append(at)
    return {value: np.array(rows, np.intp) for value, rows in found.items()}
