"""How people come in: the settings of sign-in, cookies, and who a request's credentials say that it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import Request, Response
from sqlalchemy import Connection

from memory import catalogue, credentials, people
from memory.access import Scope
from memory.errors import Misuse
from memory.memory import Memory
from memory.people import User
from memory.settings import DoorSettings
from service.caller import COOKIE, NOBODY, Caller, csrf_of, local
from service.limits import Rate
from service.oidc import Provider

# Sign-ins from one address, right or wrong.
_SIGN_INS_PER_MINUTE = 20


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a service is entered. `scope` and `user`: without sign-in, what the one user may see, and his name."""

    settings: DoorSettings
    scope: Callable[[Request], Scope] | None = None
    user: Callable[[Request], str] = lambda _: people.LOCAL
    provider: Provider | None = None
    sign_ins: Rate = field(default_factory=lambda: Rate("signing in from this address", _SIGN_INS_PER_MINUTE))

    def __post_init__(self) -> None:
        # An address that is none is told at the start, not at the first request.
        _ = self.own_origin, self.widget_origins

    @property
    def required(self) -> bool:
        """Whether people must sign in."""
        return self.scope is None

    @property
    def secure(self) -> bool:
        """Whether browsers reach the service by https alone."""
        return self.settings.public_url.startswith("https://")

    @property
    def own_origin(self) -> str | None:
        """The origin under which browsers know the service, where it is told."""
        return origin_of(self.settings.public_url) if self.settings.public_url else None

    @property
    def widget_origins(self) -> frozenset[str]:
        """The origins whose pages may carry the widget."""
        return frozenset(origin_of(part) for part in self.settings.widget_origins.split(",") if part.strip())

    def caller(self, request: Request, connection: Connection) -> Caller:
        """Who asks, as the catalogue has it at this moment."""
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._bearer(request, connection, secret.strip())
        if self.scope is not None:
            return local(self.scope(request), self.user(request))
        return self.caller_of_session(connection, request.cookies.get(COOKIE, ""))

    def caller_of_session(self, connection: Connection, secret: str) -> Caller:
        """Who asks with that cookie."""
        found = session(connection, self.settings, secret) if secret else None
        return NOBODY if found is None else _of_user(connection, found.user, "session", key=found.hash)

    def _bearer(self, request: Request, connection: Connection, secret: str) -> Caller:
        if secret.startswith(credentials.WIDGET):
            return self._widget(request, connection, secret)
        token = credentials.token_of(connection, secret)
        if token is None:
            return NOBODY
        name = f"service:{token.name}"
        scope = Scope.of(token.labels)
        key = credentials.hashed(secret)
        return Caller(name, token.name, "token", scope, abilities=token.abilities, token_id=token.id, key=key)

    def _widget(self, request: Request, connection: Connection, secret: str) -> Caller:
        token = credentials.widget_token_of(connection, credentials.hashed(secret))
        if token is None or token.origin != asking_origin(request):
            return NOBODY
        if token.origin not in self.widget_origins and token.origin != self.own_origin:
            return NOBODY
        # The widget has no role of its user's, but who has none is not let in by it either.
        if token.user is not None and token.user.roles and self.required:
            return _of_user(connection, token.user, "widget", key=token.hash, origin=token.origin)
        if token.user is None and self.scope is not None:
            return Caller(self.user(request), "", "widget", self.scope(request), key=token.hash, origin=token.origin)
        return NOBODY


def session(connection: Connection, settings: DoorSettings, secret: str) -> credentials.Session | None:
    """The session of a cookie."""
    return credentials.session_of(connection, secret, idle_seconds=settings.idle_minutes * 60)


def _of_user(connection: Connection, user: User, via: str, *, key: str, origin: str | None = None) -> Caller:
    """A user as he stands now. A widget acts for him, with no role of his."""
    scope = Scope.of(catalogue.granted(connection, user.name))
    if via == "widget":
        return Caller(user.name, user.shown, "widget", scope, user_id=user.id, key=key, origin=origin)
    return Caller(user.name, user.shown, "session", scope, user.roles, user.posts, user_id=user.id, key=key)


def asking_origin(request: Request) -> str | None:
    """The origin of the page that asks, as its browser tells it; browsers leave it out of GETs of the same origin."""
    given = request.headers.get("origin")
    if given is None and request.headers.get("sec-fetch-site") == "same-origin":
        return str(request.base_url).rstrip("/")
    return given


def origin_of(url: str) -> str:
    """The origin of an address, as browsers write it.

    Raises:
        Misuse: it is no address.
    """
    parts = urlsplit(url.strip())
    try:
        port = parts.port
    except ValueError as error:
        raise Misuse(f"{url}: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misuse(f"{url!r}: is no address of a site; write it like https://intranet.example")
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, usual} else "")


def set_cookie(response: Response, entrance: Entrance, secret: str) -> None:
    """Hand a session's secret to the browser."""
    seconds = int(entrance.settings.session_hours * 3600)
    response.set_cookie(COOKIE, secret, max_age=seconds, httponly=True, samesite="lax", secure=entrance.secure)


def drop_cookie(response: Response, entrance: Entrance) -> None:
    """Take it back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=entrance.secure)


def csrf(request: Request, caller: Caller) -> str | None:
    """What the page must send back with each unsafe request; None where no cookie is used."""
    return csrf_of(request.cookies.get(COOKIE, "")) if caller.via == "session" else None


def open_session(memory: Memory, user: User, via: str, settings: DoorSettings) -> str:
    """Sign a user in; the session's secret."""
    with memory.store.noting() as connection:
        return credentials.open_session(connection, user, via, seconds=settings.session_hours * 3600)
