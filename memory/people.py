"""Users: who they are, the roles and posts that they hold. What they may see are the labels granted to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from memory import catalogue
from memory.errors import Misuse, NotFound
from memory.schema_doors import users

# What sign-in names may hold: enough for "t.dlamini@muni.example", nothing that lists or logs could misread.
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
# Who asks where there is no sign-in; nobody else may have that name.
LOCAL = "local"


class Role(StrEnum):
    """What somebody may do. Roles open no document: labels do."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    CUSTODIAN = "custodian"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. `issuer` and `subject`: what a provider calls him; None for a local account."""

    id: int
    name: str
    shown: str
    email: str | None = None
    password: str | None = None
    issuer: str | None = None
    subject: str | None = None
    roles: frozenset[Role] = frozenset({Role.READER})
    posts: frozenset[str] = frozenset()
    disabled: bool = False
    created_at: str = ""
    signed_in_at: str | None = None


def checked_name(name: str) -> str:
    """A sign-in name in the one form that is kept.

    Raises:
        Misuse: it cannot be a name.
    """
    given = name.strip().lower()
    if not _NAME.fullmatch(given) or given == LOCAL:
        raise Misuse(f"{name!r}: cannot be a user's name; use letters, digits and . _ @ + - (at most 100)")
    return given


def checked_roles(roles: Iterable[str]) -> frozenset[Role]:
    """Roles by their names.

    Raises:
        Misuse: there is no such role.
    """
    try:
        return frozenset(Role(role) for role in roles)
    except ValueError as error:
        raise Misuse(f"{error}; roles are {', '.join(Role)}") from error


def add_user(connection: Connection, user: User) -> int:
    """A new user; the id.

    Raises:
        Misuse: the name is taken.
    """
    name = checked_name(user.name)
    if by_name(connection, name) is not None:
        raise Misuse(f"{name}: there is a user of that name already")
    row = _values(user) | {"name": name, "created_at": catalogue.now()}
    key = connection.execute(insert(users).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def update_user(connection: Connection, user: User) -> None:
    """Set everything that is known of a user, but for the name."""
    row = {name: value for name, value in _values(user).items() if name not in {"name", "created_at"}}
    connection.execute(update(users).where(users.c.id == user.id).values(row))


def by_name(connection: Connection, name: str) -> User | None:
    """The user of that name."""
    return _one(connection, select(users).where(users.c.name == name.strip().lower()))


def by_id(connection: Connection, user_id: int) -> User | None:
    """The user with that id."""
    return _one(connection, select(users).where(users.c.id == user_id))


def by_subject(connection: Connection, issuer: str, subject: str) -> User | None:
    """The user whom a provider calls `subject`."""
    return _one(connection, select(users).where(users.c.issuer == issuer, users.c.subject == subject))


def named(connection: Connection, name: str) -> User:
    """The user of that name.

    Raises:
        NotFound: there is none.
    """
    found = by_name(connection, name)
    if found is None:
        raise NotFound(f"{name}: there is no user of that name; khumbula users list shows them")
    return found


def list_users(connection: Connection, *, limit: int = 1000, offset: int = 0) -> list[User]:
    """Users by name."""
    query = select(users).order_by(users.c.name).limit(limit).offset(offset)
    return [user_from(row) for row in connection.execute(query)]


def any_user(connection: Connection) -> bool:
    """Whether anybody was ever added: from then on everybody signs in."""
    return connection.scalar(select(users.c.id).limit(1)) is not None


def any_password(connection: Connection) -> bool:
    """Whether there is a local account."""
    return connection.scalar(select(users.c.id).where(users.c.password.is_not(None)).limit(1)) is not None


def user_from(row: Row[Any]) -> User:
    """A row of `users`."""
    values = {name: getattr(row, name) for name in User.__slots__}
    roles = frozenset(Role(role) for role in row.roles)
    return User(**values | {"roles": roles, "posts": frozenset(row.posts)})


def _one(connection: Connection, query: Select[Any]) -> User | None:
    row = connection.execute(query).first()
    return None if row is None else user_from(row)


def _values(user: User) -> dict[str, Any]:
    values = {name: getattr(user, name) for name in User.__slots__ if name != "id"}
    return values | {"roles": sorted(user.roles), "posts": sorted(user.posts)}
