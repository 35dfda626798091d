"""The widget's token: short-lived, for one user on pages of one origin, held by the page's memory alone."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from memory import credentials, people
from memory.credentials import Minting
from memory.errors import Misuse
from memory.people import User
from service.caller import Caller
from service.door import CallerOf, Door, DoorState
from service.problems import responses
from service.shapes import Words
from service.signin import origin_of

router = APIRouter(prefix="/api/widget", tags=["widget"])


class Wanted(BaseModel):
    """For whom and where a token is wanted."""

    origin: Words = Field(max_length=300, description="of the page", examples=["https://intranet.example"])
    user: Words | None = Field(
        None, max_length=100, description="who reads the page; told by a service token alone", examples=["thandi"]
    )


class Minted(BaseModel):
    """A token, to be sent as `Authorization: Bearer` from pages of `origin`."""

    token: str
    expires_in: int = Field(description="seconds; renew it before, by asking here with it", examples=[300])
    origin: str
    user: str


@router.post("/token", responses=responses(413, 422, 503))
def mint(wanted: Wanted, request: Request, door: Door, caller: CallerOf) -> Minted:
    """A token for a page that carries the widget: for who is signed in, or for whom a service token names.

    With a widget's token: the next one; the one sent is worth nothing afterwards.
    """
    origin = _allowed(request, door, wanted.origin)
    settings = door.entrance.settings
    with door.memory.store.noting() as connection:
        if caller.via == "widget":
            secret, name = _renewed(connection, door, caller, origin), caller.name
        else:
            minting = _minting(connection, door, caller, wanted.user, origin)
            ends_after = settings.session_hours * 3600
            secret = credentials.mint(connection, minting, seconds=settings.widget_seconds, ends_after=ends_after)
            name = minting.user.name if minting.user is not None else people.LOCAL
            door.trail.note(connection, caller, "widget.mint", user=name, origin=origin)
    return Minted(token=secret, expires_in=settings.widget_seconds, origin=origin, user=name)


def _allowed(request: Request, door: DoorState, wanted: str) -> str:
    """The origin, if the widget may be there and the browser, where one asks, names the same."""
    origin = origin_of(wanted)
    if origin not in door.entrance.widget_origins and origin != door.entrance.own_origin:
        raise Misuse(f"{origin}: the widget is not allowed there; an administrator adds it to KHUMBULA_WIDGET_ORIGINS")
    told = request.headers.get("origin")
    if told is not None and told in door.entrance.widget_origins and told != origin:
        raise HTTPException(403, f"a page of {told} asked for a token for {origin}")
    return origin


def _renewed(connection: Connection, door: DoorState, caller: Caller, origin: str) -> str:
    token = credentials.widget_token_of(connection, caller.key or "")
    seconds = door.entrance.settings.widget_seconds
    secret = credentials.renew(connection, token, seconds=seconds) if token and token.origin == origin else None
    if secret is None:
        raise HTTPException(401, "this widget's token can be renewed no more; the page must ask for a new one")
    return secret


def _minting(connection: Connection, door: DoorState, caller: Caller, user: str | None, origin: str) -> Minting:
    if caller.via == "session":
        if user is not None and user.strip().lower() != caller.user:
            raise Misuse("whoever is signed in gets a token for himself; leave out `user`")
        return Minting(people.by_id(connection, caller.user_id or 0), origin, session_hash=caller.key)
    if not door.entrance.required:
        return Minting(None, origin)
    if user is None:
        raise Misuse("`user` is missing: a service token mints for the user who reads the page")
    return Minting(_known(connection, door, caller, user), origin, token_id=caller.token_id)


def _known(connection: Connection, door: DoorState, caller: Caller, user: str) -> User:
    """The user of the intranet. One who is new here reads what is public, until he is given more."""
    name = people.checked_name(user)
    found = people.by_name(connection, name)
    if found is None:
        found = User(people.add_user(connection, User(0, name, name)), name, name)
        door.trail.note(connection, caller, "user.add", user=name, roles=["reader"], labels=[])
    if found.disabled:
        raise HTTPException(403, f"{name}: is disabled here")
    if not found.roles:
        raise HTTPException(403, f"{name}: has no role here; an administrator gives roles")
    return found
