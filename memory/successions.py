"""Which version followed which: within a document, and by what other documents repeal or replace; with evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from memory import catalogue, schema
from memory.access import Scope, Selection
from memory.effects import Effect
from memory.records import Document, Span, Version
from memory.statements import as_list, listed, pair_listed

_K, _T, _V, _S = schema.links, schema.link_targets, schema.versions, schema.standings
_SEVERAL = (
    select(_V.c.document_id)
    .where(_V.c.document_id.in_(select(_V.c.document_id).where(_V.c.id.in_(listed("ids")))))
    .group_by(_V.c.document_id)
    .having(func.count() > 1)
)
_NAMED = (
    select(_K.c.version_id.label("by"), _K.c.page, _K.c.start, _K.c.end, _V.c.id, _V.c.title, _V.c.valid_from)
    .join(_T, _T.c.link_id == _K.c.id)
    .join(_V, _V.c.id == _T.c.version_id)
    .join(_S, _S.c.version_id == _V.c.id)
    .join(schema.documents, schema.documents.c.id == _V.c.document_id)
    .where(pair_listed("places", _K.c.version_id, _K.c.page), catalogue.VISIBLE)
    .where(_V.c.status == "current", ~_S.c.record, _V.c.valid_from <= bindparam("day"))
    .where(or_(_V.c.valid_to.is_(None), _V.c.valid_to >= bindparam("day")))
    .order_by(_K.c.id, _V.c.id)
)


@dataclass(frozen=True, slots=True)
class Named:
    """A text in force that another version (`by`, its id) names. `since`: the day from which it is in force."""

    by: int
    version_id: int
    title: str
    since: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A version of a document that the asker may see."""

    document: Document
    version: Version


@dataclass(frozen=True, slots=True)
class Succession:
    """`later` took the place of `earlier` on `day`. `span`: where `later` says so, None when no text does.

    `exact`: whether the day is known; otherwise it is the last one of a year.
    """

    earlier: Placed
    later: Placed
    relation: str
    day: str
    span: Span | None
    exact: bool = True


def successions(
    connection: Connection, scope: Scope, version_ids: Iterable[int], first: Mapping[int, Sequence[Effect]]
) -> list[Succession]:
    """What followed any of these versions, and what they followed, in the scope; `first`: its `first_effects`."""
    wanted = set(version_ids)
    found: list[Succession] = []
    for effect in [effect for on_it in first.values() for effect in on_it]:
        if {effect.version_id, effect.by} & wanted:
            found += _by_effect(connection, scope, effect)
    told = {(s.earlier.version.id, s.later.version.id) for s in found}
    for document_id in sorted(_documents(connection, wanted)):
        found += [
            s
            for s in _within(connection, scope, document_id)
            if {s.earlier.version.id, s.later.version.id} & wanted
            and (s.earlier.version.id, s.later.version.id) not in told
        ]
    # A text that is held twice, as PDF and as Akoma Ntoso, took one place.
    found.sort(key=lambda s: (s.span is not None, -s.later.version.id))
    once = {(s.day, s.earlier.version.title, s.later.version.title, s.earlier.version.number): s for s in found}
    return sorted(once.values(), key=lambda s: (s.day, s.earlier.version.id, s.later.version.id))


def named_in_force(
    connection: Connection,
    selection: Selection,
    slices: Sequence[tuple[int, Span]],
    first: Mapping[int, Sequence[Effect]],
) -> list[Named]:
    """The texts in force today, the selection's day, in its scope, that slices of versions (by their ids) name."""
    day = selection.as_of.isoformat()
    places = as_list((version_id, span.page) for version_id, span in slices)
    rows = connection.execute(_NAMED, {"places": places, "day": day, "labels": catalogue.held_labels(selection.scope)})
    return [
        Named(row.by, row.id, row.title, row.valid_from)
        for row in rows
        if any(row.by == by and span.start <= row.start and row.end <= span.end for by, span in slices)
        and not any(effect.day <= day for effect in first.get(row.id, ()))
    ]


def predecessor(
    connection: Connection, scope: Scope, version_id: int, first: Mapping[int, Sequence[Effect]]
) -> Succession | None:
    """What the version took the place of, the latest first; `first`: the scope's `first_effects`."""
    found = successions(connection, scope, [version_id], first)
    return next((s for s in reversed(found) if s.later.version.id == version_id), None)


def _documents(connection: Connection, version_ids: set[int]) -> set[int]:
    """The documents of these versions that have others too."""
    return set(connection.scalars(_SEVERAL, {"ids": as_list(version_ids)}))


def _by_effect(connection: Connection, scope: Scope, effect: Effect) -> Iterator[Succession]:
    earlier, later = _placed(connection, scope, effect.version_id), _placed(connection, scope, effect.by)
    link = connection.execute(select(schema.links).where(schema.links.c.id == effect.link_id)).first()
    if earlier and later and link:
        # A link of the earlier text ("[Repealed by ...]") is no word of the later one's.
        span = _span(link) if link.version_id == later.version.id else None
        yield Succession(earlier, later, effect.relation, effect.day, span, exact=effect.exact)


def _within(connection: Connection, scope: Scope, document_id: int) -> Iterator[Succession]:
    document = catalogue.get_document(connection, document_id, scope)
    if document is None:
        return
    held = [v for v in catalogue.list_versions(connection, document_id) if v.status not in {"draft", "withdrawn"}]
    for earlier, later in pairwise(held):
        if later.in_force_from:
            span = _says(connection, later, earlier)
            yield Succession(
                Placed(document, earlier), Placed(document, later), "superseded", later.in_force_from, span
            )


def _says(connection: Connection, later: Version, earlier: Version) -> Span | None:
    """Where the later version says that it replaces the earlier, else where it says from when it is in force."""
    k, t, f = schema.links, schema.link_targets, schema.facts
    query = (
        select(k)
        .join(t, t.c.link_id == k.c.id)
        .where(k.c.version_id == later.id, t.c.version_id == earlier.id, k.c.relation.in_(["replaces", "repeals"]))
        .where(k.c.page.is_not(None))
        .order_by(t.c.score.desc(), k.c.id)
    )
    fact = (
        select(f)
        .where(f.c.version_id == later.id, f.c.name == "commencement", f.c.value == later.in_force_from)
        .where(f.c.page.is_not(None))
        .order_by(f.c.confidence.desc(), f.c.id)
    )
    row = connection.execute(query).first() or connection.execute(fact).first()
    return _span(row) if row else None


def _span(row: Any) -> Span | None:
    return None if row.page is None else Span(row.page, row.start, row.end)


def _placed(connection: Connection, scope: Scope, version_id: int) -> Placed | None:
    version = catalogue.get_version_by_id(connection, version_id)
    document = version and catalogue.get_document(connection, version.document_id, scope)
    return Placed(document, version) if version and document else None
