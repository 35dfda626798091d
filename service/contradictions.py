"""Contradictions shown: two texts in force that give one thing different values, side by side, never blended."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from memory import catalogue
from memory.access import Scope, Selection
from memory.claims import Claimed, Conflict, claims_of, conflicts
from memory.records import Citation, Contradiction, Hit, Span
from memory.terms import analyze
from service.citing import cite_slice

_MOST_WORDS = 10
# Of the found passages those whose values are compared with all others; and how many pairs an answer shows.
_BEST = 10
_MOST = 3


def all_contradictions(connection: Connection, selection: Selection) -> list[Contradiction]:
    """Every contradiction among the versions of a selection, surest first; markers count from 1 in each."""
    versions = {int(i) for i in catalogue.selected_versions(connection, selection)}
    found = conflicts(claims_of(connection, versions))
    shown = [_shown(connection, selection.scope, conflict, 1) for conflict in _once(found)]
    return [contradiction for contradiction in shown if contradiction]


def contradictions(
    connection: Connection, selection: Selection, cited: Sequence[Citation], hits: Sequence[Hit], marker: int
) -> tuple[Contradiction, ...]:
    """What found texts say differently of what the cited sentences or the best hits say; markers begin at `marker`."""
    places = [_Place(hit.version.id, span) for hit in hits for span in hit.passage.spans]
    best = [_Place(hit.version.id, span) for hit in hits[:_BEST] for span in hit.passage.spans]
    versions = {hit.version.id: (hit.document.id, hit.version.number) for hit in hits}
    on_pages = claims_of(connection, versions, {(place.version_id, place.span.page) for place in places})
    claims = [claim for claim in on_pages if _stands_in(claim, places)]
    said = [c for c in claims if any(_says(citation, c, versions[c.version_id]) for citation in cited)]
    near = [c for c in claims if _stands_in(c, best)]
    found = [c for c in conflicts(claims) if c.first in said or c.second in said or c.first in near or c.second in near]
    found.sort(key=lambda c: c.first not in said and c.second not in said)
    shown = []
    for conflict in _once(found)[:_MOST]:
        if contradiction := _shown(connection, selection.scope, conflict, marker):
            shown.append(contradiction)
            marker += len(contradiction.citations)
    return tuple(shown)


@dataclass(frozen=True, slots=True)
class _Place:
    version_id: int
    span: Span


def _stands_in(claim: Claimed, places: Collection[_Place]) -> bool:
    return any(
        place.version_id == claim.version_id
        and place.span.page == claim.span.page
        and place.span.start <= claim.span.start < place.span.end
        for place in places
    )


def _says(citation: Citation, claim: Claimed, version: tuple[int, int]) -> bool:
    """Whether a citation quotes the sentence of a claim."""
    return (
        (citation.document_id, citation.version) == version
        and citation.page == claim.span.page
        and citation.start < claim.span.end
        and claim.span.start < citation.end
    )


def _once(found: Sequence[Conflict]) -> list[Conflict]:
    """Without repetitions: a by-law that is held as PDF and as Akoma Ntoso says it once."""
    once: dict[tuple[object, ...], Conflict] = {}
    for conflict in found:
        sides = ((c.title, c.value, c.terms) for c in (conflict.first, conflict.second))
        once.setdefault((conflict.first.measure, *sides), conflict)
    return list(once.values())


def _shown(connection: Connection, scope: Scope, conflict: Conflict, marker: int) -> Contradiction | None:
    sides = (conflict.first, conflict.second)
    citations = [
        cite_slice(connection, marker + at, claim.version_id, claim.span, scope) for at, claim in enumerate(sides)
    ]
    seen = tuple(citation for citation in citations if citation)
    if len(seen) < len(sides):
        return None
    shared = (sides[0].terms | sides[0].about) & (sides[1].terms | sides[1].about)
    return Contradiction(conflict.first.measure, _about(seen[0], shared), tuple(claim.value for claim in sides), seen)


def _about(citation: Citation, shared: frozenset[str]) -> str:
    """The words of the title and the quote that both sides share, in order."""
    words = re.findall(r"[^\W\d_][\w’'-]+", f"{citation.quote} {citation.title}")
    telling = dict.fromkeys(word.lower() for word in words if set(analyze(word)) & shared)
    return " ".join(list(telling)[:_MOST_WORDS])
