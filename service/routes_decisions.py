"""The decision register over HTTP: found, read one by one, taken along as a table, and what was not read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from memory import register
from memory.errors import NotFound
from memory.register import Wanted
from service.door import Asker, Door
from service.export import MEDIA_TYPES, export
from service.problems import responses
from service.shapes import LARGEST_ID
from service.shapes_decisions import DecisionList, DecisionShape, UnreadList, decision_of, unread_of

router = APIRouter(prefix="/api/decisions", tags=["decisions"])

MOST_EXPORTED = 100_000
Text = Annotated[str | None, Query(max_length=200)]


# Not a plain function: those run in the thread pool, and this takes no time.
async def wanted(
    number: Annotated[
        str | None, Query(max_length=40, description="with or without its letters", examples=["45/2019"])
    ] = None,
    body: Text = None,
    text: Annotated[str | None, Query(max_length=200, description="words that all stand in it")] = None,
    mover: Text = None,
    outcome: Annotated[str | None, Query(max_length=20, examples=["carried"])] = None,
    kind: Annotated[str | None, Query(max_length=20, examples=["resolution"])] = None,
    since: Annotated[date | None, Query(description="not before this day")] = None,
    until: Annotated[date | None, Query(description="not after this day")] = None,
    collection: Text = None,
    outstanding: Annotated[bool, Query(description="only what somebody still has to do")] = False,
) -> Wanted:
    """Which decisions are asked for."""
    return Wanted(
        number=number,
        body=body,
        text=text,
        mover=mover,
        outcome=outcome,
        kind=kind,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        collection=collection,
        outstanding=outstanding,
    )


Asked = Annotated[Wanted, Depends(wanted)]


@router.get("", responses=responses(422, 503))
def decisions(
    asked: Asked,
    door: Door,
    scope: Asker,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> DecisionList:
    """Decisions, newest first."""
    with door.memory.store.reading() as connection:
        total = register.count(connection, asked, scope)
        found = register.find(connection, asked, scope, limit=limit, offset=offset)
    return DecisionList(total=total, limit=limit, offset=offset, decisions=[decision_of(f) for f in found])


@router.get("/export", response_class=Response, responses=responses(422, 503))
def exported(asked: Asked, door: Door, scope: Asker, form: Literal["csv", "xlsx", "json"] = "csv") -> Response:
    """Decisions as a table."""
    with door.memory.store.reading() as connection:
        found = register.find(connection, asked, scope, limit=MOST_EXPORTED)
    headers = {"content-disposition": f'attachment; filename="decisions.{form}"'}
    return Response(export([decision_of(f) for f in found], form), media_type=MEDIA_TYPES[form], headers=headers)


@router.get("/unread", responses=responses(422, 503))
def unread(door: Door, scope: Asker) -> UnreadList:
    """What of the minutes could not be read."""
    with door.memory.store.reading() as connection:
        return unread_of(register.not_read(connection, scope))


@router.get("/{decision_id}", responses=responses(404, 422, 503))
def decision(decision_id: Annotated[int, Path(ge=1, le=LARGEST_ID)], door: Door, scope: Asker) -> DecisionShape:
    """One decision."""
    with door.memory.store.reading() as connection:
        found = register.get(connection, [decision_id], scope)
    if not found:
        raise NotFound(f"decision {decision_id}: there is none for you")
    return decision_of(found[0])
