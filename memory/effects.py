"""What other documents do to a version: repeal and replacement, from the documents that the asker may see.

An effect counts from the day on which the repealing text itself begins, or the day that it names. What stands in a
document outside the scope has no effect: a memory without it gives the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from memory import schema
from memory.access import Scope
from memory.records import Version

# Two versions that hardly differ in score are both meant: one by-law as PDF and as Akoma Ntoso.
_AS_GOOD = 0.03
_SURE = 0.5
_BECOMES = {"repeals": "repealed", "repealed_by": "repealed", "replaces": "superseded"}


@dataclass(frozen=True, slots=True)
class Effect:
    """A version ends on the day before `day`. `by`: the version that ends it; the link `link_id` says so.

    `exact`: whether the texts give the day; otherwise it is the last one of the year that they give.
    """

    version_id: int
    relation: str
    day: str
    by: int
    link_id: int
    exact: bool = True


def effects(connection: Connection, scope: Scope) -> dict[int, Effect]:
    """The first effect on each version, by version id."""
    return {version_id: found[0] for version_id, found in first_effects(connection, scope).items()}


def first_effects(connection: Connection, scope: Scope) -> dict[int, list[Effect]]:
    """The effects on each version that come first: several where one text is held twice."""
    found: dict[int, list[Effect]] = defaultdict(list)
    for effect in _effects(connection, scope):
        found[effect.version_id].append(effect)
    for version_id, on_it in found.items():
        on_it.sort(key=lambda effect: (not effect.exact, effect.day, effect.link_id))
        found[version_id] = [effect for effect in on_it if effect.day == on_it[0].day]
    return dict(found)


def _effects(connection: Connection, scope: Scope) -> Iterator[Effect]:
    versions = _versions(connection, scope)
    siblings: dict[int, list[Any]] = defaultdict(list)
    for row in versions.values():
        siblings[row.document_id].append(row)
    for link, targets in _links(connection, scope):
        seen = [(version_id, score) for version_id, score in targets if version_id in versions]
        best = max((score for _, score in seen), default=0.0)
        day, exact = _day(link)
        for version_id in [version_id for version_id, score in seen if best - score <= _AS_GOOD and day]:
            ended, by = versions[version_id], link.version_id
            if link.relation == "repealed_by":
                ended, by = versions[link.version_id], version_id
            for row in siblings[ended.document_id] if link.relation != "replaces" else [ended]:
                # What the manifest says is in force is not ended by another text.
                if row.stated.get("manifest", {}).get("status") != "current" and row.number <= ended.number:
                    yield Effect(row.id, _BECOMES[link.relation], day, by, link.id, exact)


def _day(link: Any) -> tuple[str, bool]:
    """From when a link has effect, and whether that is known to the day."""
    if link.relation != "repeals" and link.day:
        return link.day, True
    if link.relation == "repealed_by":
        return "", False
    if link.in_force_from:
        return link.in_force_from, True
    return (f"{link.year}-12-31" if link.year else link.valid_from or ""), False


def _versions(connection: Connection, scope: Scope) -> dict[int, Any]:
    v, d = schema.versions, schema.documents
    query = select(v.c.id, v.c.document_id, v.c.number, v.c.stated, v.c.valid_from).join(d, d.c.id == v.c.document_id)
    if scope.labels is not None:
        query = query.where(d.c.label.in_(scope.labels))
    return {row.id: row for row in connection.execute(query)}


def _links(connection: Connection, scope: Scope) -> Iterator[tuple[Any, list[tuple[int, float]]]]:
    """Links that end something, from texts that are or were in force, with what they may mean."""
    k, t, v, d, s = schema.links, schema.link_targets, schema.versions, schema.documents, schema.standings
    columns = (k.c.id, k.c.version_id, k.c.relation, k.c.day, v.c.in_force_from, v.c.valid_from, s.c.year)
    query = (
        select(*columns, t.c.version_id.label("target"), t.c.score)
        .select_from(k.join(t, t.c.link_id == k.c.id).join(v, v.c.id == k.c.version_id))
        .join(d, d.c.id == v.c.document_id)
        .join(s, s.c.version_id == v.c.id)
        .where(
            k.c.relation.in_(list(_BECOMES)),
            k.c.confidence >= _SURE,
            v.c.status.in_(["current", "superseded", "repealed"]),
            # Minutes tell of a replacement, and the new text does it.
            s.c.record.is_(False),
        )
        .order_by(k.c.id)
    )
    if scope.labels is not None:
        query = query.where(d.c.label.in_(scope.labels))
    rows: dict[int, tuple[Any, list[tuple[int, float]]]] = {}
    for row in connection.execute(query):
        rows.setdefault(row.id, (row, []))[1].append((row.target, row.score))
    yield from rows.values()


def as_ended(version: Version, effect: Effect | None) -> Version:
    """The version as it stands after an effect on it."""
    if effect is None or effect.day > datetime.now(UTC).date().isoformat():
        return version
    last = (date.fromisoformat(effect.day) - timedelta(days=1)).isoformat()
    if version.in_force_to and version.in_force_to <= last:
        return version
    return replace(version, status=effect.relation, in_force_to=last if effect.exact else version.in_force_to)
