"""Who may call which route: all of it, in one table. A route that is not in it is not served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from memory.people import Role
from service.caller import Ability, Caller

# One route: method and path template.
Call = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a route: whoever holds one of `roles`, a service token with `ability`, a widget's token.

    `anyone`: also who has not signed in. `known`: whether the caller is looked up at all. `asks`: counts as a
    question, of which there are so many a minute. `noted`: what is asked for goes into the audit (asking, searching and
    opening a page note more by themselves). `from_intranet`: pages of the widget's origins may call it with
    the browser's own cookie; the origin takes the place of the CSRF token.
    """

    roles: frozenset[Role] = frozenset()
    ability: Ability | None = None
    widget: bool = False
    anyone: bool = False
    known: bool = True
    asks: bool = False
    noted: bool = False
    from_intranet: bool = False

    def admits(self, caller: Caller) -> bool:
        """Whether the caller may call the route."""
        if self.anyone:
            return True
        if caller.via == "token":
            return self.ability in caller.abilities
        if caller.via == "widget":
            return self.widget
        return bool(self.roles & caller.roles)


_EVERY_ROLE = frozenset(Role)
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

ANYBODY = Policy(anyone=True, known=False)
ANYBODY_KNOWN = Policy(anyone=True)
SIGNED_IN = Policy(_EVERY_ROLE)
NOTED = Policy(_EVERY_ROLE, Ability.ASK, widget=True, noted=True)
READS = Policy(_EVERY_ROLE, Ability.ASK, widget=True)
ASKS = Policy(_EVERY_ROLE, Ability.ASK, widget=True, asks=True)
TELLS = Policy(_EVERY_ROLE, widget=True)
MINTS = Policy(_EVERY_ROLE, Ability.WIDGET, widget=True, from_intranet=True)
UPLOADS = Policy(frozenset({Role.CONTRIBUTOR, Role.ADMINISTRATOR}), Ability.UPLOAD)
ANSWERS_FOR = Policy(frozenset({Role.CUSTODIAN, Role.ADMINISTRATOR}))
ADMINISTERS = Policy(_ADMINISTRATORS)
MEASURES = Policy(_ADMINISTRATORS, Ability.METRICS)
AUDITS = Policy(frozenset({Role.AUDITOR}))

_DOCUMENT = "/api/documents/{document_id}"
_VERSION = _DOCUMENT + "/versions/{number}"

POLICIES: dict[Call, Policy] = {
    ("GET", "/"): ANYBODY,
    ("GET", "/search"): ANYBODY,
    ("GET", "/history"): ANYBODY,
    ("GET", "/conversations/{conversation_id:int}"): ANYBODY,
    ("GET", "/documents/{document_id:int}"): ANYBODY,
    ("GET", "/shared/{share}"): ANYBODY,
    ("GET", "/sign-in"): ANYBODY,
    ("GET", "/compare"): ANYBODY,
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/api/openapi.json"): ANYBODY,
    ("GET", "/metrics"): MEASURES,
    ("GET", "/api/me"): ANYBODY_KNOWN,
    ("POST", "/api/sign-in"): ANYBODY,
    ("GET", "/sign-in/oidc"): ANYBODY,
    ("GET", "/sign-in/oidc/back"): ANYBODY,
    ("POST", "/api/sign-out"): SIGNED_IN,
    ("POST", "/api/me/password"): SIGNED_IN,
    ("POST", "/api/widget/token"): MINTS,
    ("POST", "/api/feedback"): TELLS,
    ("GET", "/api/feedback/mine"): TELLS,
    ("GET", "/admin"): ANYBODY,
    ("GET", "/api/admin/users"): ADMINISTERS,
    ("POST", "/api/admin/users"): ADMINISTERS,
    ("PATCH", "/api/admin/users/{name}"): ADMINISTERS,
    ("POST", "/api/admin/users/{name}/password"): ADMINISTERS,
    ("POST", "/api/admin/users/{name}/sign-out"): ADMINISTERS,
    ("GET", "/api/admin/tokens"): ADMINISTERS,
    ("POST", "/api/admin/tokens"): ADMINISTERS,
    ("DELETE", "/api/admin/tokens/{name}"): ADMINISTERS,
    ("GET", "/api/admin/files"): ADMINISTERS,
    ("POST", "/api/admin/files/retry"): ADMINISTERS,
    ("PUT", "/api/admin/uploads"): UPLOADS,
    ("GET", "/api/admin/queue"): UPLOADS,
    ("GET", "/api/admin/collections"): ADMINISTERS,
    ("POST", "/api/admin/documents/{document_id}/label"): ADMINISTERS,
    ("GET", "/api/admin/storage"): ADMINISTERS,
    ("GET", "/api/admin/health"): ADMINISTERS,
    ("GET", "/api/admin/settings"): ADMINISTERS,
    ("GET", "/api/admin/audit"): AUDITS,
    ("GET", "/api/admin/audit/export"): AUDITS,
    ("GET", "/api/admin/audit/verify"): AUDITS,
    ("GET", "/api/admin/feedback"): ANSWERS_FOR,
    ("POST", "/api/admin/feedback/{feedback_id}"): ANSWERS_FOR,
    ("GET", "/api/admin/gaps"): ANSWERS_FOR,
    ("POST", "/api/ask"): ASKS,
    ("GET", "/api/search"): ASKS,
    ("GET", "/api/suggestions"): READS,
    ("GET", "/api/shelf"): NOTED,
    ("GET", "/api/contradictions"): NOTED,
    ("GET", "/api/compare"): NOTED,
    ("GET", "/api/changes"): NOTED,
    ("GET", "/api/timeline"): NOTED,
    ("GET", "/api/decisions"): NOTED,
    ("GET", "/api/decisions/export"): NOTED,
    ("GET", "/api/decisions/unread"): NOTED,
    ("GET", "/api/decisions/{decision_id}"): NOTED,
    ("GET", "/api/conversations"): SIGNED_IN,
    ("DELETE", "/api/conversations"): SIGNED_IN,
    ("GET", "/api/conversations/{conversation_id}"): TELLS,
    ("DELETE", "/api/conversations/{conversation_id}"): SIGNED_IN,
    ("GET", "/api/turns/{turn_id}/export"): SIGNED_IN,
    ("POST", "/api/turns/{turn_id}/share"): SIGNED_IN,
    ("DELETE", "/api/turns/{turn_id}/share"): SIGNED_IN,
    ("GET", "/api/shared/{share}"): SIGNED_IN,
    ("GET", "/api/status"): READS,
    ("GET", "/api/documents"): READS,
    ("GET", _DOCUMENT): READS,
    ("GET", _VERSION): READS,
    ("GET", _VERSION + "/pages/{page}"): READS,
    ("GET", _VERSION + "/pages/{page}.png"): READS,
    ("GET", _VERSION + "/original"): READS,
}
# What is served from folders: files of the program, the same for everybody.
OPEN_MOUNTS = frozenset({"/static"})


def calls(app: FastAPI) -> Iterator[tuple[Call, bool]]:
    """Every route of the app, and whether it is one that checks its policy itself (FastAPI's own do)."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.route, Mount):
            yield ("GET", context.route.path), False
            continue
        for method in sorted((context.methods or set()) - {"HEAD"}):
            yield (method, context.path or ""), isinstance(context.route, APIRoute)


def unruled(app: FastAPI) -> list[Call]:
    """Routes that nothing in the table rules: none may be served."""
    return [call for call, checked in calls(app) if not _ruled(call, checked=checked)]


def _ruled(call: Call, *, checked: bool) -> bool:
    policy = POLICIES.get(call)
    if policy is None:
        return call[1] in OPEN_MOUNTS
    return checked or (policy.anyone and not policy.known)
