"""What proves who asks: sessions, service tokens, widget tokens. Random, handed out once, kept as SHA-256 alone.

They carry 256 random bits, so a plain hash cannot be searched for them; passwords are another matter (argon2).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from memory import people
from memory.catalogue import now
from memory.errors import Misuse, NotFound
from memory.people import User
from memory.schema_doors import attempts, sessions, tokens, users, widget_tokens

SERVICE = "khs_"
WIDGET = "khw_"
# How old `seen_at` may become before it is written again: a write for each request would be a disk sync each.
_SEEN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in. `via`: local or oidc."""

    hash: str
    user: User
    via: str
    created_at: str
    seen_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Token:
    """A program's key. `abilities`: what it may do; `labels`: what it may see."""

    id: int
    name: str
    abilities: frozenset[str]
    labels: frozenset[str]
    made_by: str
    created_at: str
    expires_at: str | None
    used_at: str | None
    revoked_at: str | None

    @property
    def live(self) -> bool:
        """Whether it opens anything still."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now())


@dataclass(frozen=True, slots=True)
class WidgetToken:
    """The right of one page of the intranet to ask for one user; worth nothing from another origin.

    `user` None: the local user, where there is no sign-in.
    """

    hash: str
    family: str
    user: User | None
    origin: str
    ends_at: str


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def after(seconds: float) -> str:
    """The moment so many seconds from now, as the catalogue writes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


# Sessions


def open_session(connection: Connection, user: User, via: str, *, seconds: float) -> str:
    """A new session for at most `seconds`; its secret."""
    secret = secrets.token_urlsafe(32)
    values = {"via": via, "created_at": now(), "seen_at": now(), "expires_at": after(seconds)}
    connection.execute(insert(sessions).values(hash=hashed(secret), user_id=user.id, **values))
    connection.execute(update(users).where(users.c.id == user.id).values(signed_in_at=now()))
    return secret


def session_of(connection: Connection, secret: str, *, idle_seconds: float) -> Session | None:
    """The session of a secret: not expired, used within `idle_seconds`, its user not disabled."""
    where = (
        sessions.c.hash == hashed(secret),
        sessions.c.expires_at > now(),
        sessions.c.seen_at > after(-idle_seconds),
    )
    row = connection.execute(select(sessions).where(*where)).first()
    user = people.by_id(connection, row.user_id) if row is not None else None
    if row is None or user is None or user.disabled:
        return None
    return Session(row.hash, user, row.via, row.created_at, row.seen_at, row.expires_at)


def wants_touch(session: Session) -> bool:
    """Whether it is time to note that a session is in use."""
    return session.seen_at < after(-_SEEN_SECONDS)


def touch(connection: Connection, session: Session) -> None:
    """Note that a session is in use."""
    connection.execute(update(sessions).where(sessions.c.hash == session.hash).values(seen_at=now()))


def close_session(connection: Connection, session_hash: str) -> None:
    """Sign out: the session and the widgets that it opened."""
    connection.execute(delete(sessions).where(sessions.c.hash == session_hash))


def close_all(connection: Connection, user_id: int, *, but: str | None = None) -> int:
    """Sign a user out everywhere, widgets included; `but`: the hash of a session that stays. How many sessions."""
    own = sessions.c.user_id == user_id
    kept = sessions.c.hash != (but or "")
    connection.execute(
        delete(widget_tokens).where(
            widget_tokens.c.user_id == user_id,
            or_(widget_tokens.c.session_hash.is_(None), widget_tokens.c.session_hash != (but or "")),
        )
    )
    return connection.execute(delete(sessions).where(own, kept)).rowcount


# Service tokens


def add_token(
    connection: Connection,
    name: str,
    *,
    abilities: Iterable[str],
    labels: Iterable[str],
    made_by: str,
    days: int | None = None,
) -> str:
    """A new service token; its secret, which is told once.

    Raises:
        Misuse: the name is taken.
    """
    if connection.scalar(select(tokens.c.id).where(tokens.c.name == name)) is not None:
        raise Misuse(f"{name}: there is a token of that name already; revoked ones keep theirs")
    secret = SERVICE + secrets.token_urlsafe(32)
    values = {"abilities": sorted(set(abilities)), "labels": sorted(set(labels)), "made_by": made_by}
    expires_at = after(days * 86_400) if days is not None else None
    connection.execute(
        insert(tokens).values(name=name, hash=hashed(secret), created_at=now(), expires_at=expires_at, **values)
    )
    return secret


def token_of(connection: Connection, secret: str) -> Token | None:
    """The service token of a secret, if it is live."""
    row = connection.execute(select(tokens).where(tokens.c.hash == hashed(secret))).first()
    found = None if row is None else _token_from(row)
    return found if found is not None and found.live else None


def list_tokens(connection: Connection) -> list[Token]:
    """All service tokens, revoked ones too, newest first."""
    return [_token_from(row) for row in connection.execute(select(tokens).order_by(tokens.c.id.desc()))]


def token_wants_touch(token: Token) -> bool:
    """Whether it is time to note that a token is in use."""
    return token.used_at is None or token.used_at < after(-_SEEN_SECONDS)


def touch_token(connection: Connection, token: Token) -> None:
    """Note that a token is in use."""
    connection.execute(update(tokens).where(tokens.c.id == token.id).values(used_at=now()))


def revoke_token(connection: Connection, name: str) -> None:
    """End a service token and the widget tokens that it minted.

    Raises:
        NotFound: there is none of that name.
    """
    token_id = connection.scalar(select(tokens.c.id).where(tokens.c.name == name))
    if token_id is None:
        raise NotFound(f"{name}: there is no service token of that name")
    live = (tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
    connection.execute(update(tokens).where(*live).values(revoked_at=now()))
    connection.execute(delete(widget_tokens).where(widget_tokens.c.token_id == token_id))


def _token_from(row: Row[Any]) -> Token:
    values = {name: getattr(row, name) for name in Token.__slots__}
    return Token(**values | {"abilities": frozenset(row.abilities), "labels": frozenset(row.labels)})


# Widget tokens


@dataclass(frozen=True, slots=True)
class Minting:
    """Who asks for a widget token: a session or a service token, for a user on a page of `origin`.

    `user` None: the local user, where there is no sign-in.
    """

    user: User | None
    origin: str
    session_hash: str | None = None
    token_id: int | None = None


def mint(connection: Connection, minting: Minting, *, seconds: float, ends_after: float) -> str:
    """A widget token for `seconds`, renewable until `ends_after` seconds from now; its secret."""
    family = secrets.token_hex(32)
    return _put(connection, minting, family, expires_at=after(seconds), ends_at=after(ends_after))


def widget_token_of(connection: Connection, secret_hash: str) -> WidgetToken | None:
    """The widget token of a secret's hash: neither expired nor renewed, and what minted it is live."""
    where = (widget_tokens.c.hash == secret_hash, widget_tokens.c.expires_at > now())
    row = connection.execute(select(widget_tokens).where(*where, ~widget_tokens.c.renewed)).first()
    if row is None or not _minter_is_live(connection, row):
        return None
    user = people.by_id(connection, row.user_id) if row.user_id is not None else None
    if user is not None and user.disabled:
        return None
    return WidgetToken(row.hash, row.family, user, row.origin, row.ends_at)


def renew(connection: Connection, token: WidgetToken, *, seconds: float) -> str | None:
    """The next token of a family; the one given is worth nothing from now on. None: it was worth nothing before."""
    row = connection.execute(select(widget_tokens).where(widget_tokens.c.hash == token.hash)).first()
    if row is None or row.renewed or row.ends_at <= now():
        return None
    connection.execute(update(widget_tokens).where(widget_tokens.c.hash == row.hash).values(renewed=True))
    minting = Minting(token.user, row.origin, row.session_hash, row.token_id)
    expires_at = min(after(seconds), row.ends_at)
    return _put(connection, minting, row.family, expires_at=expires_at, ends_at=row.ends_at)


def renewed_family(connection: Connection, secret: str) -> str | None:
    """The family of a token that was renewed already."""
    where = (widget_tokens.c.hash == hashed(secret), widget_tokens.c.renewed)
    return connection.scalar(select(widget_tokens.c.family).where(*where))


def end_family(connection: Connection, family: str) -> None:
    """End all tokens of a page: one of them was in two hands (RFC 9700, 4.14.2, has it so for refresh tokens)."""
    connection.execute(delete(widget_tokens).where(widget_tokens.c.family == family))


def _put(connection: Connection, minting: Minting, family: str, *, expires_at: str, ends_at: str) -> str:
    secret = WIDGET + secrets.token_urlsafe(32)
    user_id = minting.user.id if minting.user is not None else None
    values = {"user_id": user_id, "origin": minting.origin, "token_id": minting.token_id}
    times = {"expires_at": expires_at, "ends_at": ends_at}
    row = {"hash": hashed(secret), "family": family, "session_hash": minting.session_hash, "renewed": False}
    connection.execute(insert(widget_tokens).values(row | values | times))
    return secret


def _minter_is_live(connection: Connection, row: Row[Any]) -> bool:
    """Whether the session or the service token behind a widget token stands; a session takes its tokens along."""
    if row.token_id is not None:
        token = connection.execute(select(tokens).where(tokens.c.id == row.token_id)).one()
        return _token_from(token).live
    if row.session_hash is None:
        return row.user_id is None
    expires_at = connection.scalar(select(sessions.c.expires_at).where(sessions.c.hash == row.session_hash))
    return expires_at is not None and str(expires_at) > now()


# Failed sign-ins


def failures(connection: Connection, name: str, *, seconds: float) -> int:
    """How often signing in as `name` failed of late, whether or not there is such a user."""
    where = (attempts.c.name == name, attempts.c.last_at > after(-seconds))
    return int(connection.scalar(select(attempts.c.failures).where(*where)) or 0)


def note_failure(connection: Connection, name: str, *, seconds: float) -> None:
    """Count a failed sign-in; what is older than `seconds` is forgotten."""
    connection.execute(delete(attempts).where(attempts.c.last_at <= after(-seconds)))
    before = attempts.c.name == name
    changed = connection.execute(update(attempts).where(before).values(failures=attempts.c.failures + 1, last_at=now()))
    if changed.rowcount == 0:
        connection.execute(insert(attempts).values(name=name, failures=1, last_at=now()))


def forget_failures(connection: Connection, name: str) -> None:
    """After a sign-in that succeeded, or at an administrator's word."""
    connection.execute(delete(attempts).where(attempts.c.name == name))


def sweep(connection: Connection) -> None:
    """Remove what has expired; renewed widget tokens stay until their family has, to be known when replayed."""
    connection.execute(delete(widget_tokens).where(widget_tokens.c.ends_at <= now()))
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now()))
