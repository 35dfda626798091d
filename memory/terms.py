"""Terms: BM25 with Tantivy over one access label's passages.

One index for each label, so that a score is made of that label's own statistics alone: term frequencies over all
documents would let a reader see, from how his own results are weighted, that a rare word stands somewhere else.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Filter, Occur, Query, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_WRITER_BYTES = 64_000_000
# Weight of an exact form beside its stem: "By-law 12" should not be as good for "by-laws".
_EXACT_WEIGHT = 0.25
_LONGEST_QUERY = 64


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


_ANALYZERS = {"stem": _stemmer(), "exact": _exact()}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in _ANALYZERS:
        builder.add_text_field(field, tokenizer_name=field, index_option="freq")
    builder.add_unsigned_field("row", fast=True)
    builder.add_unsigned_field("version", indexed=True)
    return builder.build()


class TermIndex:
    """One label's passages on disk, opened as a snapshot."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(self._openable(folder)))
        for name, analyzer in _ANALYZERS.items():
            self._index.register_tokenizer(name, analyzer)
        self._searcher = self._index.searcher()

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

    def rows(self) -> NDArray[np.int64]:
        """All row numbers, ascending."""
        if not len(self):
            return np.zeros(0, np.int64)
        found = self._searcher.search(Query.all_query(), limit=len(self), count=False).hits
        return np.sort(np.asarray(self._searcher.fast_field_values("row", [at for _, at in found]), np.int64))

    def search(
        self,
        question: str,
        k: int,
        *,
        only: NDArray[np.int64] | None = None,
        without: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The k best rows and their BM25 scores, best first; `only` and `without` are version ids."""
        query = self._query(question)
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

    def _query(self, question: str) -> Query | None:
        parts: list[tuple[Occur, Query]] = []
        for field, weight in (("stem", 1.0), ("exact", _EXACT_WEIGHT)):
            for term in analyze(question, field)[:_LONGEST_QUERY]:
                found = Query.term_query(self._schema, field, term, index_option="freq")
                parts.append((Occur.Should, Query.boost_query(found, weight)))
        return Query.boolean_query(parts) if parts else None


def analyze(text: str, field: str = "stem") -> list[str]:
    """The terms of `text` as a field holds them, in order, each once."""
    return list(dict.fromkeys(_ANALYZERS[field].analyze(text)))


def analyze_all(text: str) -> set[str]:
    """The distinct words of `text` in their exact form: lower case, no accents, no stop words."""
    return set(_ANALYZERS["exact"].analyze(text))
