"""Passwords: argon2id, as RFC 9106's second recommended option (64 MiB), and what makes one acceptable."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError

from memory.errors import Misuse

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher()


@cache
def _nobodys() -> str:
    """Verified where there is no such user: the time taken must not tell who exists."""
    return _HASHER.hash(secrets.token_urlsafe(16))


def hash_password(password: str, user: str) -> str:
    """The hash of a new password.

    Raises:
        Misuse: it is too short, too long, or holds the user's name (as NIST SP 800-63B, 5.1.1.2, advises).
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Misuse(f"the password has {len(password)} characters; choose one of {SHORTEST} to {LONGEST}")
    if len(user) > 2 and user.lower() in password.lower():
        raise Misuse("the password holds the user's name; choose another")
    if len(set(password)) < 5:
        raise Misuse("the password repeats a few characters; choose another")
    return _HASHER.hash(password)


def matches(hashed: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; as slow where there is none."""
    if len(password) > LONGEST:
        password = ""
    try:
        return _HASHER.verify(hashed or _nobodys(), password) and hashed is not None
    except (VerifyMismatchError, VerificationError):
        return False


def fresh_password() -> str:
    """One that nobody guesses, to be handed over and changed."""
    return secrets.token_urlsafe(15)
