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
_BECOMES = {"repeals": "repealed", "replaces": "superseded"}


@dataclass(frozen=True, slots=True)
class Effect:
    """A version ends on the day before `day`. `by`: the version that says so, in the link `link_id`."""

    version_id: int
    relation: str
    day: str
    by: int
    link_id: int


def effects(connection: Connection, scope: Scope) -> dict[int, Effect]:
    """The first effect on each version, by version id."""
    first: dict[int, Effect] = {}
    for effect in all_effects(connection, scope):
        known = first.get(effect.version_id)
        if known is None or (effect.day, effect.link_id) < (known.day, known.link_id):
            first[effect.version_id] = effect
    return first


def all_effects(connection: Connection, scope: Scope) -> Iterator[Effect]:
    """Every effect: a by-law that is held twice repeals twice."""
    siblings: dict[int, list[Any]] = defaultdict(list)
    v, d = schema.versions, schema.documents
    query = select(v.c.id, v.c.document_id, v.c.number, v.c.stated, v.c.valid_from).join(d, d.c.id == v.c.document_id)
    if scope.labels is not None:
        query = query.where(d.c.label.in_(scope.labels))
    versions = {row.id: row for row in connection.execute(query)}
    for row in versions.values():
        siblings[row.document_id].append(row)
    for link, targets in _links(connection, scope):
        seen = [(version_id, score) for version_id, score in targets if version_id in versions]
        best = max((score for _, score in seen), default=0.0)
        day = link.day if link.day and link.relation != "repeals" else link.valid_from
        for version_id, score in seen:
            if best - score > _AS_GOOD or not day:
                continue
            target = versions[version_id]
            ended = siblings[target.document_id] if link.relation == "repeals" else [target]
            for row in ended:
                # What the manifest says is in force is not ended by another text.
                if row.stated.get("manifest", {}).get("status") != "current" and row.number <= target.number:
                    yield Effect(row.id, _BECOMES[link.relation], day, link.version_id, link.id)


def _links(connection: Connection, scope: Scope) -> Iterator[tuple[Any, list[tuple[int, float]]]]:
    """Links that end something, from texts that are or were in force, with what they may mean."""
    k, t, v, d, s = schema.links, schema.link_targets, schema.versions, schema.documents, schema.standings
    query = (
        select(k.c.id, k.c.version_id, k.c.relation, k.c.day, v.c.valid_from, t.c.version_id.label("target"), t.c.score)
        .select_from(k.join(t, t.c.link_id == k.c.id).join(v, v.c.id == k.c.version_id))
        .join(d, d.c.id == v.c.document_id)
        .join(s, s.c.version_id == v.c.id)
        .where(
            k.c.relation.in_(["repeals", "replaces"]),
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
    return replace(version, status=effect.relation, in_force_to=last)
