"""What is extracted of versions, in the catalogue: writing it whole for a version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from memory import schema
from memory.law import Claim, Evidence, Fact, Reference


def unread_versions(connection: Connection, fingerprint: str) -> list[int]:
    """Ids of the versions that the extractors of that fingerprint have not read, ascending."""
    v, x = schema.versions, schema.extracted
    known = select(x.c.version_id).where(x.c.fingerprint == fingerprint)
    return list(connection.scalars(select(v.c.id).where(v.c.id.not_in(known)).order_by(v.c.id)))


def mark_read(connection: Connection, version_id: int, fingerprint: str) -> None:
    """The extractors of that fingerprint have read the version."""
    connection.execute(delete(schema.extracted).where(schema.extracted.c.version_id == version_id))
    connection.execute(insert(schema.extracted).values(version_id=version_id, fingerprint=fingerprint))


def forget_all(connection: Connection) -> None:
    """Every version is to be read again."""
    connection.execute(delete(schema.extracted))


def write_facts(connection: Connection, version_id: int, found: Sequence[Fact]) -> None:
    """Set a version's facts."""
    rows = [
        {"name": f.name, "value": f.value, "note": f.note, "source": f.source, "confidence": f.confidence}
        | _place(f.evidence)
        for f in found
    ]
    _replace(connection, schema.facts, version_id, rows)


def write_references(connection: Connection, version_id: int, found: Sequence[Reference]) -> None:
    """Set what a version refers to; `memory.links` then finds which documents are meant."""
    names = [name for name in Reference.__slots__ if name != "evidence"]
    rows = [{name: getattr(r, name) for name in names} | _place(r.evidence) for r in found]
    _replace(connection, schema.links, version_id, rows)


def write_claims(connection: Connection, version_id: int, found: Sequence[Claim]) -> None:
    """Set a version's claims."""
    rows = [
        {"measure": c.measure, "value": c.value, "terms": list(c.terms), "about": list(c.about), "bound": c.bound}
        | _place(c.evidence)
        for c in found
    ]
    _replace(connection, schema.claims, version_id, rows)


def _place(evidence: Evidence | None) -> dict[str, int | None]:
    if evidence is None:
        return {"page": None, "start": None, "end": None}
    return {"page": evidence.page, "start": evidence.start, "end": evidence.end}


def _replace(connection: Connection, table: Table, version_id: int, rows: Iterable[dict[str, Any]]) -> None:
    connection.execute(delete(table).where(table.c.version_id == version_id))
    new = [row | {"version_id": version_id} for row in rows]
    if new:
        connection.execute(insert(table), new)


def set_correction(connection: Connection, version_id: int, name: str, value: str, by: str | None) -> None:
    """Set what somebody says of a version; "" takes it back."""
    c = schema.corrections
    connection.execute(delete(c).where(c.c.version_id == version_id, c.c.name == name))
    if value:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        connection.execute(insert(c).values(version_id=version_id, name=name, value=value, by=by, at=at))
