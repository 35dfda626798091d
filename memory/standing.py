"""What a version is and when it holds: from the manifest, the file, its facts and people's corrections, in that order
of weight reversed (a correction counts most). What other documents do to it is not here: see `memory.effects`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select, update

from memory import catalogue, schema
from memory.law import Fact
from memory.records import Version
from memory.statements import as_list, listed

# Kinds that tell what was, and are not themselves in force: minutes hold the resolutions, but do not lapse.
RECORDS = frozenset(
    {"minutes", "agenda", "email", "report", "interview", "lessons", "case-study", "slides", "memo", "organogram"}
)
# A fact less sure than this decides nothing.
_SURE = 0.5
_KINDS = select(schema.standings.c.version_id, schema.standings.c.kind, schema.standings.c.authority).where(
    schema.standings.c.version_id.in_(listed("ids"))
)
_DATED = (
    select(schema.versions.c.id, schema.versions.c.valid_from)
    .join(schema.standings, schema.standings.c.version_id == schema.versions.c.id)
    .where(schema.versions.c.id.in_(listed("ids")))
    .where(schema.standings.c.record, schema.versions.c.valid_from.is_not(None))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """`begins`, `ends`: the first and the last day; None where nothing says."""

    kind: str | None
    authority: int | None
    record: bool
    municipality: str | None
    year: str | None
    title: str
    status: str
    begins: str | None
    ends: str | None
    valid_from: str | None
    valid_to: str | None


def settle_standings(connection: Connection) -> None:
    """Work out every version's standing from what is stored."""
    facts = _facts(connection)
    order = select(schema.versions).order_by(schema.versions.c.document_id, schema.versions.c.number)
    versions = [catalogue.version_from(row) for row in connection.execute(order)]
    found = {version.id: standing(version, facts[version.id]) for version in versions}
    _succeed(versions, found)
    _reword(versions, found, facts, _places(connection))
    _write(connection, versions, found)


def _facts(connection: Connection) -> dict[int, list[Fact]]:
    f, c = schema.facts, schema.corrections
    found: dict[int, list[Fact]] = defaultdict(list)
    for row in connection.execute(select(c)):
        found[row.version_id].append(Fact(row.name, row.value, "correction", 2.0))
    for row in connection.execute(select(f).order_by(f.c.id)):
        found[row.version_id].append(Fact(row.name, row.value, row.source, row.confidence, note=row.note))
    return found


def standing(version: Version, facts: Sequence[Fact]) -> Standing:
    """One version's standing by itself."""
    manifest, metadata = version.stated.get("manifest", {}), version.stated.get("metadata", {})
    kind = _best(facts, "kind")
    record = kind in RECORDS
    corrected = {fact.name for fact in facts if fact.source == "correction"}
    commencement = _best(facts, "commencement")
    begins = manifest.get("in_force_from") if "commencement" not in corrected else None
    # What minutes say of a beginning is said of what they adopt.
    begins = begins or (None if record else commencement or metadata.get("in_force_from"))
    repealed = _best(facts, "repeal")
    expiry = None if record else _best(facts, "expiry")
    ends = manifest.get("in_force_to") or expiry or metadata.get("in_force_to") or repealed
    status = manifest.get("status") or ("draft" if _best(facts, "draft") else _lapsed(repealed))
    if "status" in corrected:
        status = _best(facts, "status") or status
    dated = _best(facts, "date") if record or kind in {"circular", "notice"} else None
    # It cannot have been in force before it was published, or before the year in its title.
    year = _best(facts, "year")
    earliest = _best(facts, "publication") or (f"{year}-01-01" if year and not record else None)
    valid_from = begins or dated or earliest or _learnt(version)
    return Standing(
        kind=kind,
        authority=int(_best(facts, "authority") or 0) if kind else None,
        record=record,
        municipality=_best(facts, "municipality"),
        year=_best(facts, "year"),
        title=_best(facts, "title") or version.title,
        status="withdrawn" if version.status == "withdrawn" else status,
        begins=begins,
        ends=ends,
        valid_from=valid_from,
        valid_to=_last_day(manifest, ends, repealed, _surest(facts, "expiry")),
    )


def _best(facts: Iterable[Fact], name: str) -> str | None:
    best = _surest(facts, name)
    return best.value or None if best else None


def _surest(facts: Iterable[Fact], name: str) -> Fact | None:
    named = [fact for fact in facts if fact.name == name and fact.confidence >= _SURE]
    return max(named, key=lambda fact: fact.confidence, default=None)


def _last_day(manifest: dict[str, str], ends: str | None, repealed: str | None, expiry: Fact | None) -> str | None:
    """The last day on which it answers.

    The tariffs of last year go on until there are others: a year in a title, or any text where the manifest says
    that it is current, ends nothing.
    """
    if manifest.get("in_force_to"):
        return ends
    if manifest.get("status") == "current" or (expiry and expiry.value == ends and expiry.source == "title"):
        return None
    # A law that is repealed from a day is not in force on that day.
    return _day_before(repealed) if repealed and ends == repealed else ends


def _lapsed(repealed: str | None) -> str:
    return "repealed" if repealed and repealed <= datetime.now(UTC).date().isoformat() else "current"


def _learnt(version: Version) -> str | None:
    """A further version with no date counts from when the memory learnt of it."""
    return version.ingested_at[:10] if version.number > 1 else None


def _day_before(day: str) -> str:
    # 0001-01-01 has no day before; files do carry it.
    return date.fromordinal(max(1, date.fromisoformat(day).toordinal() - 1)).isoformat()


def _succeed(versions: Sequence[Version], found: dict[int, Standing]) -> None:
    """A current version ends the earlier current ones of its document, on the day before it begins."""
    by_document: dict[int, list[Version]] = defaultdict(list)
    for version in versions:
        by_document[version.document_id].append(version)
    for group in by_document.values():
        current = [version for version in group if found[version.id].status == "current"]
        for version, following in pairwise(current):
            mine, then = found[version.id], found[following.id]
            until = _day_before(then.valid_from or following.ingested_at[:10])
            found[version.id] = replace(mine, status="superseded", valid_to=mine.ends or until)


def _reword(
    versions: Sequence[Version],
    found: dict[int, Standing],
    facts: dict[int, list[Fact]],
    places: dict[int, tuple[str, str]],
) -> None:
    """Wordings of one law (one FRBR work, in one collection under one label) follow each other by their dates."""
    works: dict[tuple[str, str, str], list[tuple[str, int]]] = defaultdict(list)
    for version in versions:
        worded = _best(facts[version.id], "expression")
        stated = version.stated.get("manifest", {})
        if version.identity and worded and not stated.get("in_force_from") and not stated.get("in_force_to"):
            works[(version.identity, *places[version.document_id])].append((worded, version.id))
    for wordings in works.values():
        for (_, earlier), (day, later) in pairwise(sorted(wordings)):
            if found[later].begins and day > (found[later].begins or ""):
                found[later] = replace(found[later], begins=day, valid_from=day)
            if found[earlier].status == "current":
                last = _day_before(day)
                found[earlier] = replace(found[earlier], status="superseded", ends=last, valid_to=last)


def _places(connection: Connection) -> dict[int, tuple[str, str]]:
    d = schema.documents
    return {
        row.id: (row.collection, row.label) for row in connection.execute(select(d.c.id, d.c.collection, d.c.label))
    }


def _write(connection: Connection, versions: Sequence[Version], found: dict[int, Standing]) -> None:
    v, s = schema.versions, schema.standings
    connection.execute(delete(s))
    names = ("kind", "authority", "record", "municipality", "year")
    rows: list[dict[str, Any]] = [
        {"version_id": i} | {name: getattr(stands, name) for name in names} for i, stands in found.items()
    ]
    if rows:
        connection.execute(insert(s), rows)
    for version in versions:
        stands = found[version.id]
        values = {
            "status": stands.status,
            "title": stands.title,
            "in_force_from": stands.begins,
            "in_force_to": stands.ends,
            "valid_from": stands.valid_from,
            "valid_to": stands.valid_to,
        }
        connection.execute(update(v).where(v.c.id == version.id).values(values))


Kinds = dict[int, tuple[str | None, int | None]]


def kinds_of(connection: Connection, version_ids: Iterable[int]) -> Kinds:
    """Kind and authority of versions, by version id; those of which nothing is known are left out."""
    rows = connection.execute(_KINDS, {"ids": as_list(version_ids)})
    return {row.version_id: (row.kind, row.authority) for row in rows}


def dated(connection: Connection, version_ids: Iterable[int]) -> dict[int, str]:
    """The day that each record among the versions tells of, by version id."""
    return {row.id: row.valid_from for row in connection.execute(_DATED, {"ids": as_list(version_ids)})}


def ruling_versions(connection: Connection) -> NDArray[np.int64]:
    """Ids, ascending, of the versions whose kind holds rules."""
    s = schema.standings
    query = select(s.c.version_id).where(s.c.kind.is_not(None), ~s.c.record).order_by(s.c.version_id)
    return np.fromiter(connection.scalars(query), np.int64)
