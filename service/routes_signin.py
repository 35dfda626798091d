"""Coming in and going out, and who one is."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from memory import credentials, feedback, people
from memory.errors import KhumbulaError, Misuse, NotFound, SignInRefused
from memory.people import User
from service import accounts
from service.caller import NOBODY, Caller, csrf_of
from service.door import CallerOf, Door, DoorState
from service.logs import log
from service.oidc import Pending
from service.problems import responses
from service.shapes_signin import Me, NameAndPassword, NewPassword, ProviderShape, SignedOut, WaysIn
from service.signin import csrf, drop_cookie, open_session, set_cookie

router = APIRouter(tags=["sign-in"])

# Holds a sign-in under way; the provider sends the browser back by a link, which Lax lets through.
PENDING = "khumbula_signing_in"
_PENDING_SECONDS = 600


@router.get("/api/me", responses=responses(503))
def me(request: Request, door: Door, caller: CallerOf) -> Me:
    """Who asks, and how one signs in."""
    return _me(door, caller, csrf(request, caller))


@router.post("/api/sign-in", responses=responses(401, 403, 413, 422, 429, 503))
def sign_in(asked: NameAndPassword, request: Request, response: Response, door: Door) -> Me:
    """Sign in with a local account; sets the session's cookie."""
    if not door.entrance.required:
        raise Misuse("there is no sign-in here: this service has one local user")
    door.entrance.sign_ins.take(request.client.host if request.client else "unknown")
    try:
        with door.passwords.entered():
            user = accounts.sign_in(door.memory, door.trail, asked.user, asked.password)
    except SignInRefused:
        door.metrics.sign_ins.labels("refused").inc()
        raise
    secret = _enter(door, user, "local")
    set_cookie(response, door.entrance, secret)
    with door.memory.store.reading() as connection:
        caller = door.entrance.caller_of_session(connection, secret)
    return _me(door, caller, csrf_of(secret))


@router.get(
    "/sign-in/oidc",
    response_class=RedirectResponse,
    status_code=303,
    responses=responses(404, 422, 429, 503),
)
def begin_oidc(
    request: Request, door: Door, next_: Annotated[str, Query(alias="next", max_length=2000)] = "/"
) -> RedirectResponse:
    """Go to the OpenID provider; then to the page `next` of this service."""
    provider = door.entrance.provider
    if provider is None:
        raise NotFound("no OpenID provider is configured; sign in with a name and a password")
    door.entrance.sign_ins.take(request.client.host if request.client else "unknown")
    pending = Pending.new()
    response = RedirectResponse(provider.address(pending), 303)
    secure = door.entrance.secure
    kept = f"{pending.secret} {quote(next_)}"
    response.set_cookie(PENDING, quote(kept), _PENDING_SECONDS, path="/sign-in", httponly=True, secure=secure)
    return response


@router.get(
    "/sign-in/oidc/back", response_class=RedirectResponse, status_code=303, responses=responses(404, 422, 429, 503)
)
def end_oidc(
    request: Request,
    door: Door,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> RedirectResponse:
    """Come back from the OpenID provider."""
    provider = door.entrance.provider
    if provider is None:
        raise NotFound("no OpenID provider is configured; sign in with a name and a password")
    door.entrance.sign_ins.take(request.client.host if request.client else "unknown")
    try:
        if error or not code or PENDING not in request.cookies:
            raise SignInRefused("the sign-in was not finished; begin again")
        secret, _, wanted = unquote(request.cookies[PENDING]).partition(" ")
        identity = provider.identity(Pending(secret), state, code)
        user = accounts.from_provider(door.memory, door.trail, identity, door.entrance.settings)
    except KhumbulaError as refused:
        door.metrics.sign_ins.labels("refused").inc()
        log.warning("sign-in refused", reason=str(refused), provider_said=error or None)
        # The words are the page's own, so that no link can put others there.
        reason = refused.reason if isinstance(refused, SignInRefused) else "provider"
        response = RedirectResponse(f"/sign-in?problem={reason}", 303)
    else:
        response = RedirectResponse(_page_of_ours(unquote(wanted)), 303)
        set_cookie(response, door.entrance, _enter(door, user, "oidc"))
    response.delete_cookie(PENDING, path="/sign-in", httponly=True, secure=door.entrance.secure)
    return response


@router.post("/api/sign-out", responses=responses(413, 422, 503))
def sign_out(
    response: Response,
    door: Door,
    caller: CallerOf,
    everywhere: Annotated[bool, Query(description="all sessions and widgets of this user")] = False,
) -> SignedOut:
    """End this session, or all of them."""
    if caller.user_id is None or caller.key is None:
        raise Misuse("there is no sign-in here: this service has one local user")
    with door.memory.store.noting() as connection:
        if everywhere:
            ended = credentials.close_all(connection, caller.user_id)
        else:
            credentials.close_session(connection, caller.key)
            ended = 1
        door.trail.note(connection, caller, "sign-out", everywhere=everywhere, sessions=ended)
    drop_cookie(response, door.entrance)
    return SignedOut(sessions=ended, provider=None)


@router.post("/api/me/password", status_code=204, responses=responses(413, 422, 503))
def change_password(asked: NewPassword, door: Door, caller: CallerOf) -> None:
    """Change one's own password; every other session of the account ends."""
    if caller.user_id is None:
        raise Misuse("there is no sign-in here: this service has one local user")
    with door.passwords.entered():
        accounts.change_password(door.memory, caller.user_id, asked.old, asked.new)
    with door.memory.store.noting() as connection:
        ended = credentials.close_all(connection, caller.user_id, but=caller.key)
        door.trail.note(connection, caller, "password.changed", sessions=ended)


def _page_of_ours(wanted: str) -> str:
    """An address of this service; whatever else a link may have named becomes the first page."""
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours else "/"


def _enter(door: DoorState, user: User, via: str) -> str:
    secret = open_session(door.memory, user, via, door.entrance.settings)
    door.metrics.sign_ins.labels("let in").inc()
    door.trail.noted(replace(NOBODY, user=user.name, via="session"), "sign-in", account=via)
    return secret


def _me(door: DoorState, caller: Caller, token: str | None) -> Me:
    entrance, provider = door.entrance, door.entrance.provider
    with door.memory.store.reading() as connection:
        news = feedback.unread(connection, caller.user) if caller.user else 0
        local = entrance.required and people.any_password(connection)
    labels = caller.scope.labels
    oidc = ProviderShape(name=entrance.settings.oidc_name, url="/sign-in/oidc") if provider else None
    return Me(
        user=caller.user,
        name=caller.shown,
        roles=sorted(caller.roles),
        labels=None if labels is None else sorted(labels),
        posts=sorted(caller.posts),
        csrf=token,
        news=news,
        sign_in=WaysIn(local=local, oidc=oidc) if entrance.required else None,
    )
