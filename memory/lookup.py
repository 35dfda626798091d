"""Exact lookups: the rows that hold what a question is exact about, with how well each fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memory.references import Reference
from memory.terms import analyze
from memory.titles import MEANT, Meant
from memory.vocabulary import Vocabulary

_MENTIONED = 0.5
# A section's other passages, where a subsection was asked for.
_WHOLE_SECTION = 0.6
_LATER = 0.8
# An agenda holds the last meeting's resolutions too, in minutes that are yet to be adopted.
_AGENDA = 0.8
# A section number says little where no document is named.
_NO_DOCUMENT = 0.15


@dataclass(frozen=True, slots=True)
class Exact:
    """`rows`: of the generation, ascending; `scores`: (n,), 1 for each reference that the row declares."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The scores of `rows`; 0 for one that holds no reference. (n,)"""
        if not len(self.rows):
            return np.zeros(len(rows), np.float32)
        at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[at] == rows, self.scores[at], 0).astype(np.float32)


NOTHING_EXACT = Exact(np.zeros(0, np.int64), np.zeros(0, np.float32))


def look_up(
    references: Sequence[Reference],
    vocabulary: Vocabulary,
    owners: NDArray[np.int64],
    meant: Meant,
    agendas: NDArray[np.int64],
) -> Exact:
    """Rows that hold the references. `owners`: the version id of each row of the generation; `agendas`: ids of the
    versions that are one."""
    scores: dict[int, float] = {}
    for reference in references:
        for row, score in _found(reference, vocabulary, owners, meant, agendas).items():
            scores[row] = scores.get(row, 0.0) + score
    rows = np.array(sorted(scores), np.int64)
    return Exact(rows, np.array([scores[int(row)] for row in rows], np.float32))


def _found(
    reference: Reference,
    vocabulary: Vocabulary,
    owners: NDArray[np.int64],
    meant: Meant,
    agendas: NDArray[np.int64],
) -> dict[int, float]:
    found = _held(reference, vocabulary)
    if reference.kind == "section":
        _first_first(found, owners)
    if reference.kind == "number":
        found = {row: score * (_AGENDA if owners[row] in agendas else 1) for row, score in found.items()}
    if reference.kind in {"number", "by-law"} or not found:
        return found
    rows = np.array(list(found), np.int64)
    if not len(meant.versions):
        factor = np.full(len(rows), 1.0 if reference.kind == "term" else _NO_DOCUMENT)
    else:
        factor = meant.of(owners[rows]).astype(np.float64)
        factor = 0.4 + 0.6 * factor if reference.kind == "term" else np.where(factor >= MEANT, 1, factor * _NO_DOCUMENT)
    return {int(row): found[int(row)] * float(f) for row, f in zip(rows, factor, strict=True) if f > 0}


def _first_first(found: dict[int, float], owners: NDArray[np.int64]) -> None:
    """Of several rows of a version that declare a section, a schedule's own numbers come after the body's."""
    seen: set[int] = set()
    for row in sorted(found):
        if found[row] == 1.0:
            owner = int(owners[row])
            found[row] = _LATER if owner in seen else 1.0
            seen.add(owner)


def _held(reference: Reference, vocabulary: Vocabulary) -> dict[int, float]:
    """row -> how well it holds the reference by itself, whatever the document."""
    declared, mentioned = vocabulary.rows(reference.kind, reference.key)
    if reference.kind == "term" and not len(declared):
        declared, mentioned = vocabulary.rows("stems", " ".join(analyze(reference.key)))
    found = {int(row): _MENTIONED for row in mentioned} | {int(row): 1.0 for row in declared}
    section, bracket, _ = reference.key.partition("(")
    if reference.kind == "section" and bracket:
        for rows in vocabulary.rows("section", section):
            for row in rows:
                found.setdefault(int(row), _WHOLE_SECTION)
    return found
