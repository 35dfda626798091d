"""Administration of who may come in: users, what they hold, and the keys of other programs."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from memory import catalogue, credentials, people
from memory.errors import Misuse
from memory.people import Role, User
from service import passwords
from service.caller import Ability
from service.door import CallerOf, Door
from service.problems import responses
from service.shapes import LARGEST_ID, Words

router = APIRouter(prefix="/api/admin", tags=["administration"])

Name = Annotated[str, Path(max_length=100, description="the sign-in name")]
Names = Annotated[list[Annotated[Words, Field(min_length=1, max_length=200)]], Field(max_length=200)]
_MANY = 10_000


class UserShape(BaseModel):
    """A user, and what he holds."""

    user: str
    name: str
    email: str | None
    roles: list[Role]
    labels: list[str]
    posts: list[str]
    disabled: bool
    account: str = Field(description="local, oidc, or intranet (known by the widget alone)")
    signed_in_at: str | None


class UserList(BaseModel):
    """Users by name."""

    users: list[UserShape]


class NewUser(BaseModel):
    """A local account to be made."""

    user: Words = Field(min_length=1, max_length=100)
    name: Words = Field("", max_length=200)
    roles: list[Role] = Field([Role.READER], max_length=len(Role))
    labels: Names = []
    posts: Names = []


class UserChange(BaseModel):
    """What is to change; what is left out stays."""

    name: Words | None = Field(None, min_length=1, max_length=200)
    roles: list[Role] | None = Field(None, max_length=len(Role))
    labels: Names | None = None
    posts: Names | None = None
    disabled: bool | None = None


class WithPassword(BaseModel):
    """A password that was made, told this once."""

    user: str
    password: str


class Ended(BaseModel):
    """How many sessions ended."""

    sessions: int


class TokenShape(BaseModel):
    """A program's key, without the key."""

    name: str
    abilities: list[str]
    labels: list[str]
    made_by: str
    created_at: str
    expires_at: str | None
    used_at: str | None
    revoked_at: str | None
    live: bool


class TokenList(BaseModel):
    """Keys, newest first."""

    tokens: list[TokenShape]


class NewToken(BaseModel):
    """A key to be made."""

    name: Words = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", examples=["intranet"])
    abilities: list[Ability] = Field(min_length=1, max_length=len(Ability))
    labels: Names = ["public"]
    days: int | None = Field(None, ge=1, le=3650)


class WithSecret(BaseModel):
    """A key that was made, told this once."""

    name: str
    secret: str


@router.get("/users", responses=responses(422, 503))
def list_users(
    door: Door,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> UserList:
    """Everybody who may sign in, and what they hold."""
    with door.memory.store.reading() as connection:
        found = people.list_users(connection, limit=limit, offset=offset)
        return UserList(users=[_shape(connection, user) for user in found])


@router.post("/users", status_code=201, responses=responses(413, 422, 503))
def add_user(new: NewUser, door: Door, caller: CallerOf) -> WithPassword:
    """Make a local account, with a password that its user changes."""
    name, password = people.checked_name(new.user), passwords.fresh_password()
    with door.passwords.entered():
        hashed = passwords.hash_password(password, name)
    roles, posts = frozenset(new.roles), frozenset(new.posts)
    with door.memory.store.noting() as connection:
        people.add_user(connection, User(0, name, new.name or name, password=hashed, roles=roles, posts=posts))
        catalogue.grant(connection, name, new.labels)
        door.trail.note(connection, caller, "user.add", user=name, roles=sorted(roles), labels=sorted(new.labels))
    return WithPassword(user=name, password=password)


@router.patch("/users/{name}", responses=responses(404, 413, 422, 503))
def change_user(name: Name, change: UserChange, door: Door, caller: CallerOf) -> UserShape:
    """Change what a user holds, or disable him; it counts from his next request on."""
    with door.memory.store.noting() as connection:
        found = people.named(connection, name)
        changed = replace(
            found,
            shown=change.name if change.name is not None else found.shown,
            roles=frozenset(change.roles) if change.roles is not None else found.roles,
            posts=frozenset(change.posts) if change.posts is not None else found.posts,
            disabled=change.disabled if change.disabled is not None else found.disabled,
        )
        people.update_user(connection, changed)
        if change.labels is not None:
            catalogue.grant(connection, found.name, change.labels)
        if _administers(found) and not any(map(_administers, people.list_users(connection, limit=_MANY))):
            raise Misuse(f"{found.name}: is the last administrator; make somebody else one first")
        door.trail.note(
            connection, caller, "user.set", user=found.name, **change.model_dump(mode="json", exclude_none=True)
        )
        return _shape(connection, changed)


@router.post("/users/{name}/password", responses=responses(404, 422, 503))
def reset_password(name: Name, door: Door, caller: CallerOf) -> WithPassword:
    """Give a local account a new password; it is signed out everywhere, and a lock-out ends."""
    password = passwords.fresh_password()
    with door.memory.store.reading() as connection:
        user = people.named(connection, name)
    if user.issuer is not None:
        raise Misuse(f"{user.name}: signs in with the provider; the password is changed there")
    with door.passwords.entered():
        hashed = passwords.hash_password(password, user.name)
    with door.memory.store.noting() as connection:
        people.update_user(connection, replace(people.named(connection, name), password=hashed))
        credentials.forget_failures(connection, user.name)
        ended = credentials.close_all(connection, user.id)
        door.trail.note(connection, caller, "user.password", user=user.name, sessions=ended)
    return WithPassword(user=user.name, password=password)


@router.post("/users/{name}/sign-out", responses=responses(404, 422, 503))
def sign_out_user(name: Name, door: Door, caller: CallerOf) -> Ended:
    """End all sessions of a user, widgets included."""
    with door.memory.store.noting() as connection:
        user = people.named(connection, name)
        ended = credentials.close_all(connection, user.id)
        door.trail.note(connection, caller, "user.sign-out", user=user.name, sessions=ended)
    return Ended(sessions=ended)


@router.get("/tokens", responses=responses(503))
def list_tokens(door: Door) -> TokenList:
    """The keys of other programs, revoked ones too."""
    with door.memory.store.reading() as connection:
        found = credentials.list_tokens(connection)
    return TokenList(tokens=[_token_shape(token) for token in found])


@router.post("/tokens", status_code=201, responses=responses(413, 422, 503))
def add_token(new: NewToken, door: Door, caller: CallerOf) -> WithSecret:
    """Make a key for another program; it is told once."""
    with door.memory.store.noting() as connection:
        secret = credentials.add_token(
            connection, new.name, abilities=new.abilities, labels=new.labels, made_by=caller.name, days=new.days
        )
        door.trail.note(
            connection, caller, "token.add", token=new.name, abilities=sorted(new.abilities), labels=new.labels
        )
    return WithSecret(name=new.name, secret=secret)


@router.delete("/tokens/{name}", status_code=204, responses=responses(404, 422, 503))
def revoke_token(name: Name, door: Door, caller: CallerOf) -> None:
    """End a key, and the widgets that it opened, from the next request on."""
    with door.memory.store.noting() as connection:
        credentials.revoke_token(connection, name)
        door.trail.note(connection, caller, "token.revoke", token=name)


def _administers(user: User) -> bool:
    return Role.ADMINISTRATOR in user.roles and not user.disabled


def _shape(connection: Connection, user: User) -> UserShape:
    return UserShape(
        user=user.name,
        name=user.shown,
        email=user.email,
        roles=sorted(user.roles),
        labels=sorted(catalogue.granted(connection, user.name)),
        posts=sorted(user.posts),
        disabled=user.disabled,
        account="oidc" if user.issuer else "local" if user.password else "intranet",
        signed_in_at=user.signed_in_at,
    )


def _token_shape(token: credentials.Token) -> TokenShape:
    values = {name: getattr(token, name) for name in TokenShape.model_fields}
    return TokenShape(**values | {"abilities": sorted(token.abilities), "labels": sorted(token.labels)})
