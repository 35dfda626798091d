"""Terms: BM25 with Tantivy over one access label's passages.

One index for each label, so that a score is made of the statistics of the labels that the reader holds, and of no
others: term frequencies over all documents would let him see, from how his own results are weighted, that a rare word
stands somewhere else. `search_together` weighs a word as one index over these labels would.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Filter, Occur, Query, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_WRITER_BYTES = 64_000_000
# Weight of an exact form beside its stem: "By-law 12" should not be as good for "by-laws".
_FIELD_WEIGHTS = {"stem": 1.0, "exact": 0.25}
# Weight of two neighbouring words of the question that stand near each other (Metzler and Croft 2005, sequential
# dependence), and how many words may stand between or change places.
_PHRASE_WEIGHT = 0.6
_PHRASE_SLOP = 2
_LONGEST_QUERY = 64
# Words that are looked for beside those of the question.
_BESIDE = 10
# Words whose stems and whose number of passages are remembered.
_KEPT_FREQUENCIES = 1 << 16
# k1 + 1 with Tantivy's k1 of 1.2.
_SATURATED = 2.2


@dataclass(frozen=True, slots=True)
class TermRow:
    """What is indexed of a passage. `row`: its row number in the generation."""

    row: int
    version_id: int
    context: str
    text: str


def _stemmer() -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60)).filter(Filter.lowercase())
    return (
        builder.filter(Filter.ascii_fold()).filter(Filter.stopword("english")).filter(Filter.stemmer("english")).build()
    )


def _exact() -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60)).filter(Filter.lowercase())
    return builder.filter(Filter.ascii_fold()).filter(Filter.stopword("english")).build()


def _spoken() -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase()).filter(Filter.ascii_fold()).build()


_SPOKEN = _spoken()
_ANALYZERS = {"stem": _stemmer(), "exact": _exact()}
# Positions are kept for phrases, which are looked for among the stems alone.
_INDEXED = {"stem": "position", "exact": "freq"}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in _ANALYZERS:
        builder.add_text_field(field, tokenizer_name=field, index_option=_INDEXED[field])
    builder.add_unsigned_field("row", fast=True)
    builder.add_unsigned_field("version", indexed=True)
    return builder.build()


@dataclass(frozen=True, slots=True)
class Words:
    """A question as the fields hold it: each (field, term) with its weight, and the stems that follow each other."""

    terms: Mapping[tuple[str, str], float]
    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, question: str) -> Words:
        """At most _LONGEST_QUERY terms a field."""
        terms = {
            (field, term): weight
            for field, weight in _FIELD_WEIGHTS.items()
            for term in analyze(question, field)[:_LONGEST_QUERY]
        }
        stems = _ANALYZERS["stem"].analyze(question)[:_LONGEST_QUERY]
        pairs = dict.fromkeys(pair for pair in pairwise(stems) if pair[0] != pair[1])
        return cls(terms, tuple(pairs))


@dataclass(frozen=True, slots=True)
class Statistics:
    """What makes a word rare: the number of passages, and those that hold each (field, term)."""

    passages: int
    frequencies: Mapping[tuple[str, str], int]

    def rarity(self, field: str, term: str) -> float:
        """BM25's inverse document frequency, as Tantivy has it."""
        holding = self.frequencies[field, term]
        return log(1 + (self.passages - holding + 0.5) / (holding + 0.5))


class TermIndex:
    """One label's passages on disk, opened as a snapshot."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(self._openable(folder)))
        for name, analyzer in _ANALYZERS.items():
            self._index.register_tokenizer(name, analyzer)
        self._searcher = self._index.searcher()
        self._held: dict[tuple[str, str], int] = {}

    def _openable(self, folder: Path) -> Path:
        """`folder`, or where it is read-only a folder of links: Tantivy opens nothing without making a lock file."""
        if os.access(folder, os.W_OK):
            return folder
        links = Path(tempfile.mkdtemp(prefix="khumbula-terms-"))
        weakref.finalize(self, shutil.rmtree, links, ignore_errors=True)
        for file in folder.resolve().iterdir():
            if file.suffix != ".lock":
                (links / file.name).symlink_to(file)
        return links

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def add(self, rows: Iterable[TermRow]) -> None:
        """Append passages and commit."""
        # One thread: the same rows give the same segments.
        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for row in rows:
            words = f"{row.context}\n{row.text}"
            document = tantivy.Document(stem=words, exact=words)
            document.add_unsigned("row", row.row)
            document.add_unsigned("version", row.version_id)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._held.clear()

    def rows(self) -> NDArray[np.int64]:
        """All row numbers, ascending."""
        if not len(self):
            return np.zeros(0, np.int64)
        found = self._searcher.search(Query.all_query(), limit=len(self), count=False).hits
        return np.sort(np.asarray(self._searcher.fast_field_values("row", [at for _, at in found]), np.int64))

    def frequency(self, word: tuple[str, str]) -> int:
        """In how many passages a (field, term) stands."""
        found = self._held.get(word)
        if found is None:
            if len(self._held) >= _KEPT_FREQUENCIES:
                self._held.clear()
            found = self._held[word] = int(self._searcher.doc_freq(*word))
        return found

    def search(
        self,
        query: Query | None,
        k: int,
        *,
        only: NDArray[np.int64] | None = None,
        without: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The k best rows for what `query` gave and their scores, best first; `only` and `without` are version ids."""
        if query is None or not len(self):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if only is not None:
            chosen = Query.const_score_query(self._versions(only), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, chosen)])
        if without is not None and len(without):
            query = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, self._versions(without))])
        hits = self._searcher.search(query, limit=k, count=False).hits
        if not hits:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        rows = np.asarray(self._searcher.fast_field_values("row", [at for _, at in hits]), np.int64)
        scores = np.asarray([score for score, _ in hits], np.float32)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def _versions(self, ids: NDArray[np.int64]) -> Query:
        return Query.term_set_query(self._schema, "version", [int(i) for i in ids])

    def query(self, words: Words, statistics: Statistics) -> Query | None:
        """Any of the words, by BM25; each one's rarity here made that of `statistics`."""
        own = Statistics(len(self), {word: self.frequency(word) for word in words.terms})
        parts: list[tuple[Occur, Query]] = []
        for (field, term), weight in words.terms.items():
            found = Query.term_query(self._schema, field, term, index_option="freq")
            alike = statistics.rarity(field, term) / own.rarity(field, term)
            parts.append((Occur.Should, Query.boost_query(found, weight * alike)))
        for pair in words.pairs:
            found = Query.phrase_query(self._schema, "stem", list(pair), slop=_PHRASE_SLOP)
            together, alone = (sum(known.rarity("stem", term) for term in pair) for known in (statistics, own))
            parts.append((Occur.Should, Query.boost_query(found, _PHRASE_WEIGHT * together / alone)))
        return Query.boolean_query(parts) if parts else None


@dataclass(frozen=True, slots=True)
class TermQuery:
    """A question that is put to several labels' indexes together: its own words and those beside them.

    `beside`: these as they are spelt; `most`: what BM25 gives at most to a passage for the question's own words: each
    of them, as often as one likes.
    """

    most: float
    beside: tuple[str, ...]
    _whole: Sequence[tuple[TermIndex, Query | None]]
    _further: Sequence[tuple[TermIndex, Query | None]]

    @classmethod
    def of(cls, question: str, indexes: Sequence[TermIndex], beside: Mapping[str, float] = {}) -> TermQuery:
        """The question's words, weighed by all the passages of these labels; of the words `beside` them, each with its
        weight, the _BESIDE that are rarest and weigh most, those that no passage holds left out."""
        words = Words.of(question)
        stems: dict[str, tuple[str, float]] = {}
        for word, weight in beside.items():
            for stem in _stems(word):
                spelt, before = stems.get(stem, (word, 0.0))
                stems[stem] = spelt, before + weight
        further = {("stem", stem): weight for stem, (_, weight) in stems.items() if ("stem", stem) not in words.terms}
        asked = words.terms.keys() | further.keys()
        frequencies = {word: sum(index.frequency(word) for index in indexes) for word in asked}
        statistics = Statistics(sum(map(len, indexes)), frequencies)
        rarest = log(1 + statistics.passages)
        weighed = {
            word: weight * statistics.rarity(*word) / rarest for word, weight in further.items() if frequencies[word]
        }
        best = sorted(weighed, key=lambda word: -weighed[word])[:_BESIDE]
        chosen = {word: weighed[word] for word in best}
        whole = Words({**words.terms, **chosen}, words.pairs)
        return cls(
            _SATURATED * sum(weight * statistics.rarity(*word) for word, weight in words.terms.items()),
            tuple(stems[stem][0] for _, stem in best),
            [(index, index.query(whole, statistics)) for index in indexes],
            [(index, index.query(Words(chosen, ()), statistics)) for index in indexes],
        )

    def search(
        self, k: int, *, only: NDArray[np.int64] | None = None, without: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The k best rows and their BM25 scores, best first; `only` and `without` are version ids."""
        return _searched(self._whole, k, only, without)

    def search_beside(
        self, k: int, *, only: NDArray[np.int64] | None = None, without: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The same for the words beside the question alone: the part of a score that they make."""
        return _searched(self._further, k, only, without)


def _searched(
    queries: Sequence[tuple[TermIndex, Query | None]],
    k: int,
    only: NDArray[np.int64] | None,
    without: NDArray[np.int64] | None,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    found = [index.search(query, k, only=only, without=without) for index, query in queries]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    rows, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    best = np.lexsort((rows, -scores))[:k]
    return rows[best], scores[best]


@lru_cache(_KEPT_FREQUENCIES)
def _stems(word: str) -> tuple[str, ...]:
    return tuple(analyze(word))


def spoken_words(text: str) -> list[str]:
    """The words of `text` in their exact form, in order, the small ones too."""
    return list(_SPOKEN.analyze(text))


def analyze(text: str, field: str = "stem") -> list[str]:
    """The terms of `text` as a field holds them, in order, each once."""
    return list(dict.fromkeys(_ANALYZERS[field].analyze(text)))


def analyze_all(text: str) -> set[str]:
    """The distinct words of `text` in their exact form: lower case, no accents, no stop words."""
    return set(_ANALYZERS["exact"].analyze(text))
