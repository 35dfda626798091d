"""Administration of the installation: room, health, settings in force, the audit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, SecretStr

from memory import audit, holdings
from memory.errors import MemoryUnusable
from memory.settings import Settings
from service.doctor import findings
from service.door import CallerOf, Door, DoorState
from service.problems import responses
from service.shapes import LARGEST_ID, Shape

router = APIRouter(tags=["administration"])

Moment = Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$", examples=["2026-03-01"])]
_BLOCK = 500


class Storage(BaseModel):
    """Bytes that the parts of the memory's folder take, and that are free on its disk."""

    parts: dict[str, int] = Field(examples=[{"catalogue": 1, "originals": 2, "caches": 3, "uploads": 0}])
    free: int
    folder: str


class FindingShape(Shape):
    """One thing that was looked at: whether it is well, and what to do about it."""

    about: str = Field(examples=["disk"])
    level: str = Field(examples=["good", "warning", "bad"])
    says: str


class HealthReport(BaseModel):
    """What `khumbula doctor` finds."""

    findings: list[FindingShape]


class SettingShape(BaseModel):
    """A setting in force."""

    name: str = Field(examples=["KHUMBULA_SESSION_HOURS"])
    value: str = Field(description="secrets are not told")
    default: bool = Field(description="whether it is as it comes")
    meaning: str


class SettingList(BaseModel):
    """The settings in force."""

    settings: list[SettingShape]


class EntryShape(BaseModel):
    """One entry of the audit."""

    seq: int
    at: str
    actor: str
    via: str
    action: str
    detail: dict[str, Any]
    seal: str


class EntryList(BaseModel):
    """Entries in the order asked for; ask for what comes `after`, or `before`, the last one."""

    entries: list[EntryShape]


class VerdictShape(BaseModel):
    """Whether the audit was tampered with; `head` is worth noting down elsewhere."""

    entries: int
    head: str
    faults: list[str]


@router.get("/api/admin/storage", responses=responses(503))
def storage(door: Door) -> Storage:
    """How much room the memory takes, and how much is left."""
    data = door.memory.store.data
    return Storage(parts=holdings.room(data), free=shutil.disk_usage(data).free, folder=str(data.resolve()))


@router.get("/api/admin/health", responses=responses(503))
def health(door: Door) -> HealthReport:
    """What is wrong with this installation, and what is well."""
    found = findings(door.memory.store.data, Settings(), door.entrance.settings)
    return HealthReport(findings=[FindingShape.model_validate(finding) for finding in found])


@router.get("/api/admin/settings", responses=responses(503))
def list_settings(door: Door) -> SettingList:
    """The settings in force, with where they differ from what comes."""
    shown = [
        _setting(name, field, kept) for kept in (Settings(), door.entrance.settings) for name, field in _fields(kept)
    ]
    return SettingList(settings=shown)


def _fields(kept: Any) -> Iterator[tuple[str, Any]]:
    yield from type(kept).model_fields.items()


def _setting(name: str, field: Any, kept: Any) -> SettingShape:
    value, default = getattr(kept, name), field.get_default(call_default_factory=True)
    told = ("set" if value.get_secret_value() else "") if isinstance(value, SecretStr) else value
    return SettingShape(
        name=f"KHUMBULA_{name.upper()}",
        value="" if told is None else str(told),
        default=value == default,
        meaning=str(field.description or ""),
    )


@router.get("/api/admin/audit", responses=responses(422, 503))
def list_audit(
    door: Door,
    since: Moment = None,
    until: Moment = None,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID, description="entries after this one")] = 0,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="entries before this one")] = None,
    order: Literal["oldest", "newest"] = "oldest",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> EntryList:
    """Who did what, oldest or newest first."""
    with door.memory.store.reading() as connection:
        found = audit.entries(
            connection, since=since, until=until, after_seq=after, before_seq=before, order=order, limit=limit
        )
        return EntryList(entries=[_entry(entry) for entry in found])


@router.get(
    "/api/admin/audit/export",
    response_class=StreamingResponse,
    responses=responses(422, 503)
    | {200: {"content": {"application/x-ndjson": {}}, "description": "entries, one a line"}},
)
def export_audit(door: Door, caller: CallerOf, since: Moment = None, until: Moment = None) -> StreamingResponse:
    """All entries as JSON, one a line; that it was exported is an entry too."""
    door.trail.noted(caller, "audit.export", since=since, until=until)
    headers = {"Content-Disposition": 'attachment; filename="khumbula-audit.jsonl"'}
    return StreamingResponse(_lines(door, since, until), media_type="application/x-ndjson", headers=headers)


def _lines(door: DoorState, since: str | None, until: str | None) -> Iterator[str]:
    """Read in blocks: a slow reader holds no connection to the catalogue."""
    seq = 0
    while True:
        with door.memory.store.reading() as connection:
            found = list(audit.entries(connection, since=since, until=until, after_seq=seq, limit=_BLOCK))
        for entry in found:
            yield json.dumps(_entry(entry).model_dump(), ensure_ascii=False) + "\n"
        if len(found) < _BLOCK:
            return
        seq = found[-1].seq


@router.get("/api/admin/audit/verify", responses=responses(503))
def verify_audit(door: Door) -> VerdictShape:
    """Look for tampering: walks the whole chain."""
    if door.trail.key is None:
        raise MemoryUnusable("the memory's folder is read-only: there is no audit")
    with door.memory.store.reading() as connection:
        found = audit.verify(connection, door.trail.key)
    return VerdictShape(entries=found.entries, head=str(found.head), faults=list(found.faults))


def _entry(entry: audit.Entry) -> EntryShape:
    # What was tampered with may be no JSON any more; it is shown as it stands.
    try:
        detail = json.loads(entry.detail)
    except ValueError:
        detail = None
    shown = detail if isinstance(detail, dict) else {"text": entry.detail}
    return EntryShape(**asdict(entry) | {"detail": shown})
