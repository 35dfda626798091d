"""Contradictions: texts in force that give one thing different values, found by the words around the values.

Two claims are about one thing when they share words of their own and most of what surrounds them. The comparison
looks at the two claims alone, so that what the asker may not see changes nothing of what he is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from memory import schema
from memory.records import Span
from memory.statements import as_list, listed, pair_listed
from memory.terms import analyze

# The planted ones of the sample corpus have 0.50 and more.
_ALIKE = 0.41
# Claims of one document whose likeness differs by less are alike: a grave for a resident, and for another.
_AS_ALIKE = 0.03
# Words of their own that two claims share, at least; all words, at least.
_SHARED, _SHARED_IN_ALL = 2, 3
# A word of more claims than this tells nothing.
_COMMON = 400
_PENAL = frozenset({"fine", "offenc", "penalti"})
_WITH_UNITS = frozenset({"period", "quantity"})
# Stems of titles that say what sort of text it is.
_SORTS = frozenset(
    "polici circular municip munici draft amend charg relat law regist sop procedur notic tariff citi bylaw".split()
)

_C, _V, _S = schema.claims, schema.versions, schema.standings
_OF_VERSIONS = (
    select(_C, _V.c.document_id, _V.c.title, _V.c.valid_from, _S.c.authority, _S.c.municipality)
    .join(_V, _V.c.id == _C.c.version_id)
    .join(_S, _S.c.version_id == _V.c.id)
    .where(_C.c.version_id.in_(listed("versions")), _S.c.record.is_(False), _S.c.authority > 0)
    .order_by(_C.c.id)
)
_ON_PAGES = _OF_VERSIONS.where(pair_listed("pages", _C.c.version_id, _C.c.page))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim of a version, with what its weight depends on."""

    version_id: int
    document_id: int
    measure: str
    values: frozenset[str]
    value: str
    terms: frozenset[str]
    about: frozenset[str]
    bound: str
    span: Span
    title: frozenset[str]
    authority: int
    since: str
    municipality: str

    @property
    def weight(self) -> tuple[int, str, int]:
        """The greater counts more: authority, then the later beginning."""
        return self.authority, self.since, -self.version_id

    @property
    def penal(self) -> bool:
        """Whether the value is a fine."""
        return not _PENAL.isdisjoint(self.terms | self.about)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two claims on one thing, the weightier first. `likeness`: 0..1."""

    first: Claimed
    second: Claimed
    likeness: float


def claims_of(
    connection: Connection, version_ids: Iterable[int], pages: Iterable[tuple[int, int]] | None = None
) -> list[Claimed]:
    """The claims of versions that are themselves in force: no minutes, no reports. `pages`: on these
    pages alone, by version id and number."""
    if pages is None:
        found = connection.execute(_OF_VERSIONS, {"versions": as_list(version_ids)})
    else:
        found = connection.execute(_ON_PAGES, {"versions": as_list(version_ids), "pages": as_list(pages)})
    return [_claimed(row) for row in found]


def _claimed(row: Any) -> Claimed:
    return Claimed(
        version_id=row.version_id,
        document_id=row.document_id,
        measure=row.measure,
        values=frozenset(row.value.split(" · ")),
        value=row.value,
        terms=frozenset(row.terms),
        about=frozenset(row.about),
        bound=row.bound,
        span=Span(row.page, row.start, row.end),
        title=_title(row.title),
        authority=row.authority or 0,
        since=row.valid_from or "",
        municipality=row.municipality or "",
    )


@lru_cache(4096)
def _title(title: str) -> frozenset[str]:
    return frozenset(stem for stem in analyze(title) if len(stem) > 2 and not stem.isdigit()) - _SORTS


def conflicts(claims: Iterable[Claimed]) -> list[Conflict]:
    """Every pair of claims on one thing with different values, the most alike first.

    A thing has one value in a text: of several claims of one document, those are meant that are most like the other.
    """
    pairs = [(left, right, likeness(left, right)) for left, right in _candidates(list(claims))]
    best: dict[tuple[Claimed, int], float] = defaultdict(float)
    for left, right, alike in pairs:
        for one, other in ((left, right), (right, left)):
            best[(one, other.document_id)] = max(best[(one, other.document_id)], alike)
    found = []
    for left, right, alike in pairs:
        nearest = max(best[(left, right.document_id)], best[(right, left.document_id)])
        if alike >= max(_ALIKE, nearest - _AS_ALIKE):
            first, second = sorted((left, right), key=lambda claim: claim.weight, reverse=True)
            found.append(Conflict(first, second, round(alike, 3)))
    return sorted(found, key=lambda c: (-c.likeness, c.first.version_id, c.first.span.start, c.second.version_id))


def _candidates(claims: list[Claimed]) -> Iterator[tuple[Claimed, Claimed]]:
    """Pairs of two documents that share a word that few claims have."""
    by_term: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, claim in enumerate(claims):
        for term in claim.terms:
            by_term[(claim.measure, term)].append(at)
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    for places in by_term.values():
        if len(places) <= _COMMON:
            for pair in combinations(places, 2):
                pairs[pair] += 1
    for (left, right), shared in sorted(pairs.items()):
        if shared >= _SHARED and claims[left].document_id != claims[right].document_id:
            yield claims[left], claims[right]


def likeness(left: Claimed, right: Claimed) -> float:
    """How surely two claims are about one thing and differ; 0 where they agree or speak of different things."""
    if left.measure != right.measure or left.values & right.values or not _comparable(left, right):
        return 0.0
    # One text that is held twice, or two texts that have nothing to do with each other.
    if left.title == right.title or not _same_matter(left, right):
        return 0.0
    left_all, right_all = left.terms | left.about, right.terms | right.about
    shared = left_all & right_all
    if len(left.terms & right.terms) < _SHARED or len(shared) < _SHARED_IN_ALL:
        return 0.0
    # What stands around counts where it agrees: every row of a table has it.
    return len(shared) / len(left.terms | right.terms | shared)


def _comparable(left: Claimed, right: Claimed) -> bool:
    """Whether the values are of one unit and one sort, bounded on the same side, and of one municipality."""
    if left.bound and right.bound and left.bound != right.bound:
        return False
    if left.municipality and right.municipality and left.municipality != right.municipality:
        return False
    # What a thing costs, and what is paid for doing it unlawfully.
    if left.measure == "amount" and left.penal != right.penal:
        return False
    units = ({value.rpartition(" ")[2] for value in claim.values} for claim in (left, right))
    return left.measure not in _WITH_UNITS or bool(set.intersection(*units))


def _same_matter(left: Claimed, right: Claimed) -> bool:
    """Whether the titles share a word, or what is shared stands in one of them."""
    shared = (left.terms | left.about) & (right.terms | right.about)
    return bool(left.title & right.title or shared & (left.title | right.title))
