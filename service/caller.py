"""Who asks: one of these for each request, looked up anew each time."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from memory.access import Scope
from memory.people import LOCAL, Role

COOKIE = "khumbula_session"


class Ability(StrEnum):
    """What a service token may do."""

    ASK = "ask"
    WIDGET = "widget"
    UPLOAD = "upload"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, how that is known, and what he may do and see.

    `via`: nobody; local (no sign-in here); cli; session (a cookie); token (another program); widget (a page elsewhere).
    `key`: what the credential is kept as, None where there is none.
    """

    user: str | None
    shown: str
    via: Literal["nobody", "local", "cli", "session", "token", "widget"]
    scope: Scope
    roles: frozenset[Role] = frozenset()
    posts: frozenset[str] = frozenset()
    abilities: frozenset[str] = frozenset()
    user_id: int | None = None
    token_id: int | None = None
    key: str | None = None
    origin: str | None = None

    @property
    def name(self) -> str:
        """What records call the caller."""
        return self.user or "nobody"


NOBODY = Caller(None, "", "nobody", Scope.of(()))


def local(scope: Scope, name: str = LOCAL, roles: frozenset[Role] = frozenset(Role)) -> Caller:
    """The one user of a service without sign-in."""
    return Caller(name, "", "local", scope, roles)


def csrf_of(secret: str) -> str:
    """What a page must send back along with the session's cookie; made from it, so nothing more is kept."""
    return hmac.new(secret.encode(), b"khumbula csrf", hashlib.sha256).hexdigest()
