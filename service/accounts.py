"""Letting people in: a name and a password, or what the provider says; lock-out after repeated failures."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from sqlalchemy import Connection

from memory import catalogue, credentials, people
from memory.errors import Misuse, SignInRefused
from memory.memory import Memory
from memory.people import Role, User
from memory.settings import DoorSettings
from service import mapping, passwords
from service.caller import NOBODY
from service.limits import TooOften
from service.oidc import Identity
from service.trail import Trail

# After so many failures within the window a name is locked until the window has passed.
FAILURES = 8
WINDOW_SECONDS = 900
_WRONG = "the name or the password is wrong"


def sign_in(memory: Memory, trail: Trail, name: str, password: str) -> User:
    """The user with that name and password.

    Raises:
        SignInRefused: there is none, or he is disabled; which of these is not told.
        TooOften: it failed too often for this name.
    """
    name = name.strip().lower()[:100]
    with memory.store.reading() as connection:
        failed = credentials.failures(connection, name, seconds=WINDOW_SECONDS)
        user = people.by_name(connection, name)
    if failed >= FAILURES:
        raise TooOften(f"signing in as {name}", FAILURES * 60 / WINDOW_SECONDS, ceil(WINDOW_SECONDS / 4))
    right = passwords.matches(user.password if user is not None else None, password)
    if user is None or not right or user.disabled:
        with memory.store.noting() as connection:
            credentials.note_failure(connection, name, seconds=WINDOW_SECONDS)
            trail.note(connection, NOBODY, "sign-in.failed", user=name)
        raise SignInRefused(_WRONG, "password")
    with memory.store.noting() as connection:
        credentials.forget_failures(connection, name)
    return user


def from_provider(memory: Memory, trail: Trail, identity: Identity, settings: DoorSettings) -> User:
    """The user whom the provider knows; made on the first sign-in, his rights set from the mapping at each.

    Raises:
        SignInRefused: he has no role here, is disabled, or his name is somebody else's.
        Misuse: the mapping file is wrong.
    """
    rights = mapping.rights_of(identity.groups, settings.oidc_mapping) if settings.oidc_mapping else None
    with memory.store.noting() as connection:
        user = people.by_subject(connection, identity.issuer, identity.subject) or _made(connection, identity)
        user = replace(user, shown=identity.shown[:200], email=identity.email)
        if rights is not None:
            user = replace(user, roles=rights.roles, posts=rights.posts)
            catalogue.grant(connection, user.name, rights.labels)
        people.update_user(connection, user)
        if not user.roles or user.disabled:
            # What his groups no longer give, sessions that are open lose too: rights are looked up each time.
            trail.note(connection, NOBODY, "sign-in.failed", user=user.name, reason="no role")
    if user.disabled:
        raise SignInRefused("this account is disabled here; ask an administrator", "disabled")
    if not user.roles:
        raise SignInRefused(
            "none of your groups has a role here; ask an administrator to add one to the mapping", "role"
        )
    return user


def _made(connection: Connection, identity: Identity) -> User:
    try:
        name = people.checked_name(identity.name)
        new = User(0, name, identity.shown, roles=frozenset({Role.READER}))
        user_id = people.add_user(connection, replace(new, issuer=identity.issuer, subject=identity.subject))
    except Misuse as error:
        raise SignInRefused(f"{error}; an administrator can rename one of the two", "name") from error
    return replace(new, id=user_id, issuer=identity.issuer, subject=identity.subject)


def change_password(memory: Memory, user_id: int, old: str, new: str) -> None:
    """Set a local account's password; the caller ends the other sessions.

    Raises:
        Misuse: the old one is wrong, the new one not acceptable, or the account not a local one.
    """
    with memory.store.reading() as connection:
        user = people.by_id(connection, user_id)
    if user is None or user.password is None:
        raise Misuse("this account has no password here; change it where you sign in")
    if not passwords.matches(user.password, old):
        raise Misuse("the old password is wrong")
    set_password(memory, user, new)


def set_password(memory: Memory, user: User, password: str) -> None:
    """Give an account a password.

    Raises:
        Misuse: it is not acceptable.
    """
    hashed = passwords.hash_password(password, user.name)
    with memory.store.noting() as connection:
        people.update_user(connection, replace(user, password=hashed))
        credentials.forget_failures(connection, user.name)
