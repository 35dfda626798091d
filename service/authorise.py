"""Before every route: who asks, whether the route is for him, whether it was really he who sent this."""

from __future__ import annotations

import hmac

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from memory import credentials
from service.caller import COOKIE, NOBODY, Caller, csrf_of
from service.door import Door, DoorState
from service.policies import POLICIES, Policy
from service.signin import asking_origin, session

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CSRF_HEADER = "x-csrf-token"


async def authorised(request: Request, door: Door) -> None:
    """Find the caller, whom the route's policy must admit, and hand him on as `request.state.caller`."""
    policy = POLICIES[request.method, request.scope["route"].path]
    if policy.known:
        # In the thread pool; what needs nobody (health) is answered without.
        request.state.caller = await run_in_threadpool(_authorise, request, door, policy)
    else:
        _check_origin(request, door, policy)
        request.state.caller = NOBODY


def _authorise(request: Request, door: DoorState, policy: Policy) -> Caller:
    with door.memory.store.reading() as connection:
        caller = door.entrance.caller(request, connection)
    _check_origin(request, door, policy)
    _check_csrf(request, caller, policy, door)
    if not policy.admits(caller):
        if policy.from_intranet:
            _note_replay(request, door)
        raise _refusal(caller)
    if policy.asks and door.entrance.required:
        door.asks.take(caller.name)
    if policy.noted:
        door.trail.noted(caller, "read", route=request.scope["route"].path, asked=_asked(request, door))
    _touch(request, door, caller)
    door.trail.sweep()
    return caller


def _asked(request: Request, door: DoorState) -> dict[str, str] | None:
    """What is asked for, by path and query; None where texts that somebody typed are to be kept out."""
    return {**request.path_params, **request.query_params} if door.trail.questions else None


def still(request: Request, door: DoorState, caller: Caller) -> None:
    """Refuse what was made for somebody whose rights have changed since.

    Raises:
        HTTPException: they have (401 or 403).
    """
    with door.memory.store.reading() as connection:
        check_still(caller, door.entrance.caller(request, connection))


def check_still(before: Caller, now: Caller) -> None:
    """Refuse when the rights with which something was made are not those of this moment.

    Raises:
        HTTPException: 401 or 403.
    """
    if now.user != before.user:
        raise _refusal(now)
    if now.scope != before.scope or now.roles != before.roles or now.abilities != before.abilities:
        raise HTTPException(403, "your rights changed while this was being answered; ask again")


def _refusal(caller: Caller) -> HTTPException:
    if caller.via == "nobody":
        detail = "sign in first; or the session or token has ended, or is not for this page"
        return HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})
    return HTTPException(403, "this is not for your role; an administrator gives roles")


def _note_replay(request: Request, door: DoorState) -> None:
    """A widget's token that was renewed and comes to be renewed again is in two hands: its family ends."""
    secret = request.headers.get("authorization", "").partition(" ")[2].strip()
    with door.memory.store.reading() as connection:
        family = credentials.renewed_family(connection, secret)
    if family is not None:
        with door.memory.store.noting() as connection:
            credentials.end_family(connection, family)
            door.trail.note(connection, NOBODY, "widget.replayed", origin=request.headers.get("origin"))


def _check_origin(request: Request, door: DoorState, policy: Policy) -> None:
    """A browser says from which page a request comes: pages elsewhere may send only what is meant for them."""
    origin = request.headers.get("origin")
    if request.method not in _UNSAFE or origin is None or _is_own(request, door, origin):
        return
    from_widget = (policy.widget and "authorization" in request.headers) or policy.from_intranet
    if not from_widget or origin not in door.entrance.widget_origins:
        raise HTTPException(403, "a page of another site sent this; it is refused")


def _is_own(request: Request, door: DoorState, origin: str) -> bool:
    """Whether a page of this service has the origin: under its public address, or the name that it was reached by."""
    if origin == door.entrance.own_origin:
        return True
    host = request.headers.get("host", "")
    return origin.startswith(("http://", "https://")) and origin.partition("://")[2] == host.lower()


def _check_csrf(request: Request, caller: Caller, policy: Policy, door: DoorState) -> None:
    if request.method not in _UNSAFE or caller.via != "session":
        return
    if policy.from_intranet and asking_origin(request) in door.entrance.widget_origins:
        return
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode("latin-1", "replace"), csrf_of(request.cookies[COOKIE]).encode()):
        raise HTTPException(403, "X-CSRF-Token is missing or wrong; GET /api/me tells it (reload the page)")


def _touch(request: Request, door: DoorState, caller: Caller) -> None:
    """Note that a session or token is in use, once a minute."""
    store = door.memory.store
    if caller.via == "session":
        with store.reading() as connection:
            found = session(connection, door.entrance.settings, request.cookies[COOKIE])
        if found is not None and credentials.wants_touch(found):
            with store.noting() as connection:
                credentials.touch(connection, found)
    elif caller.via == "token":
        with store.reading() as connection:
            token = credentials.token_of(connection, request.headers["authorization"].partition(" ")[2].strip())
        if token is not None and credentials.token_wants_touch(token):
            with store.noting() as connection:
                credentials.touch_token(connection, token)
