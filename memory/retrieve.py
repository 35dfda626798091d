"""Question in, ranked rows out: candidates by meaning and by terms, fused, then late interaction over the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memory.embed import Encoding
from memory.fuse import Weights, first_stage
from memory.generations import Generation
from memory.late import maxsim
from memory.lookup import NOTHING_EXACT, Exact
from memory.spread import is_flat, seen, spread
from memory.terms import TermQuery
from memory.text import searchable
from memory.titles import NOTHING_MEANT, Meant

NO_VERSIONS = np.zeros(0, np.int64)
CANDIDATES = 200
# Of the documents that the question names alone, where they are at most this part of all.
NAMED_CANDIDATES = 50
_FEW = 0.25
RERANKED = 50
_BESIDE = ThreadPoolExecutor(thread_name_prefix="terms")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows of a generation, best first, with each stage's score; all (n,). NaN: the stage did not see the row.

    `coverage`: the score of the question's own words as a part of the most that there can be, 0 where none was found.
    `beside`: the words that were looked for beside those of the question.
    """

    rows: NDArray[np.int64]
    beside: tuple[str, ...]
    fused: NDArray[np.float32]
    dense: NDArray[np.float32]
    terms: NDArray[np.float32]
    late: NDArray[np.float32]
    exact: NDArray[np.float32]
    document: NDArray[np.float32]
    rule: NDArray[np.float32]
    coverage: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a generation may be found: the passages of `versions` (ids, ascending).

    `rows`: a mask over the generation's rows, None where it is all of them. `only`, `without`: the same for Tantivy,
    as the shorter list of version ids, the other None.
    """

    versions: NDArray[np.int64]
    rows: NDArray[np.bool_] | None
    only: NDArray[np.int64] | None
    without: NDArray[np.int64] | None

    @classmethod
    def of(cls, generation: Generation, versions: NDArray[np.int64]) -> Reach:
        """The reach of `versions` (ids, ascending) in a generation."""
        known = generation.known_versions
        inside = np.isin(known, versions, assume_unique=True)
        rows = None if inside.all() else inside[generation.known_at]
        if 2 * np.count_nonzero(inside) < len(known):
            return cls(versions, rows, known[inside], None)
        return cls(versions, rows, None, known[~inside])


def rank(
    generation: Generation,
    question: str,
    encoding: Encoding,
    tells: NDArray[np.float32],
    reach: Reach,
    labels: frozenset[str],
    *,
    beside: Mapping[str, float] = {},
    exact: Exact = NOTHING_EXACT,
    meant: Meant = NOTHING_MEANT,
    ruling: NDArray[np.int64] = NO_VERSIONS,
    weights: Weights = Weights(),
    candidates: int = CANDIDATES,
    broad: bool = False,
) -> Ranking:
    """Rank the passages within `reach`, whose documents carry one of `labels`, for a question.

    `tells`: how telling each word piece of the question is; `beside`: words to look for beside its own, each with its
    weight; `exact` and `meant`: the rows that hold what the question is exact about, and the documents that it names;
    `ruling`: ids, ascending, of the versions that hold rules, where it asks for one; `broad`: it asks for what there is
    on a matter, so the first places go to several documents, unless one passage stands out.
    """
    indexes = [index for label, index in generation.terms.items() if label in labels]
    asked = TermQuery.of(searchable(question), indexes, beside)
    named = np.intersect1d(meant.best(), reach.versions, assume_unique=True)
    reaches = [(reach, candidates)]
    if weights.document > 0 and 0 < len(named) <= _FEW * len(generation.known_versions):
        reaches.append((Reach.of(generation, named), NAMED_CANDIDATES))
    # Beside what is done here: neither FAISS nor Tantivy holds Python's lock while it searches.
    found = [_BESIDE.submit(asked.search, k, only=each.only, without=each.without) for each, k in reaches]
    further = _BESIDE.submit(asked.search_beside, candidates, only=reach.only, without=reach.without)
    dense_rows = np.concatenate([generation.vectors.search(encoding.vector, k, each.rows)[0] for each, k in reaches])
    term_rows, term_scores = _together([each.result() for each in found])
    held = exact.rows[np.isin(generation.versions[exact.rows], reach.versions)] if weights.exact > 0 else exact.rows[:0]
    rows = np.unique(np.concatenate([dense_rows, term_rows, held]))
    cosines = generation.vectors.score(encoding.vector, rows)
    terms = np.full(len(rows), np.nan, np.float32)
    terms[np.searchsorted(rows, term_rows)] = term_scores
    versions = generation.versions[rows]
    exactly, named_scores = exact.of(rows), meant.sure * meant.of(versions)
    raised = _with_neighbours(rows, versions, np.nan_to_num(terms), weights.neighbour)
    fused = first_stage(cosines, raised, weights)
    rule = np.isin(versions, ruling).astype(np.float32)
    own = np.nan_to_num(terms) - _placed(rows, *further.result())
    coverage = np.maximum(own, 0) / np.float32(max(asked.most, 1e-6))
    fused = fused + weights.exact * exactly + weights.document * named_scores + weights.rule * rule
    order = np.lexsort((rows, -fused))
    late = np.full(len(rows), np.nan, np.float32)
    if weights.late > 0 and len(rows):
        fused, late = _rerank(generation, encoding, tells, rows, fused, order[:RERANKED], weights.late)
        order = np.lexsort((rows, -fused))
    if broad and is_flat(fused[order]):
        best = generation.vectors.rows(rows[order[: seen(len(order))]])
        order = order[spread(generation.versions[rows[order]], best, one_document=len(named) > 0)]
    scores = (fused, cosines, terms, late, exactly, named_scores, rule, coverage)
    return Ranking(rows[order], asked.beside, *(each[order] for each in scores))


def _together(
    found: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The rows that any search found, ascending, with their scores."""
    rows, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    rows, at = np.unique(rows, return_index=True)
    return rows, scores[at]


def _placed(rows: NDArray[np.int64], found: NDArray[np.int64], scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scores of those of `rows` (ascending) that were found, 0 for the others. (n,)"""
    placed = np.zeros(len(rows), np.float32)
    inside = np.isin(found, rows, assume_unique=True)
    placed[np.searchsorted(rows, found[inside])] = scores[inside]
    return placed


def _with_neighbours(
    rows: NDArray[np.int64], versions: NDArray[np.int64], terms: NDArray[np.float32], part: float
) -> NDArray[np.float32]:
    """Term scores, raised by `part` of that of the better neighbour: the candidate just before or after in the same
    version."""
    adjacent = (np.diff(rows) == 1) & (np.diff(versions) == 0)
    better = np.zeros(len(rows), np.float32)
    better[1:][adjacent] = terms[:-1][adjacent]
    better[:-1][adjacent] = np.maximum(better[:-1][adjacent], terms[1:][adjacent])
    return terms + np.float32(part) * better


def _rerank(
    generation: Generation,
    encoding: Encoding,
    tells: NDArray[np.float32],
    rows: NDArray[np.int64],
    fused: NDArray[np.float32],
    best: NDArray[np.intp],
    weight: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Add late interaction to the `best`; the others keep their order below them."""
    late = np.full(len(rows), np.nan, np.float32)
    late[best] = maxsim(encoding.codes, [generation.codes(int(row)) for row in rows[best]], tells)
    raised = fused - 2 * weight
    raised[best] = fused[best] + weight * late[best]
    return raised, late
