"""Every route, asked by every kind of caller: the table here is written by hand, against the service's own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from memory import credentials, people
from memory.errors import Misuse
from memory.people import Role
from service import app as service_app
from service.policies import POLICIES, calls, unruled

ROLES = {"reader", "contributor", "custodian", "administrator", "auditor"}
NOBODIES = {"nobody", "signed-out", "disabled", "revoked-token", "expired-widget", "foreign-widget", "renewed-widget"}
TOKENS = {"ask-token", "widget-token", "upload-token", "metrics-token"}
KINDS = ROLES | NOBODIES | TOKENS | {"widget"}

# Whose requests name another origin: refused for that alone where a widget has no business.
FROM_INTRANET = {"widget", "expired-widget", "renewed-widget"}

EVERYBODY = KINDS
PEOPLE = ROLES
ASKERS = ROLES | {"ask-token", "widget"}
TELLERS = ROLES | {"widget"}
ADMINISTRATOR = {"administrator"}
UPLOADERS = {"administrator", "contributor", "upload-token"}
CUSTODIANS = {"administrator", "custodian"}
VERSION = "/api/documents/{document_id}/versions/{number}"

EXPECTED: dict[tuple[str, str], set[str]] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/admin"): EVERYBODY,
    ("GET", "/sign-in"): EVERYBODY,
    ("GET", "/search"): EVERYBODY,
    ("GET", "/history"): EVERYBODY,
    ("GET", "/conversations/{conversation_id:int}"): EVERYBODY,
    ("GET", "/documents/{document_id:int}"): EVERYBODY,
    ("GET", "/shared/{share}"): EVERYBODY,
    ("GET", "/compare"): EVERYBODY,
    ("GET", "/api/shelf"): ASKERS,
    ("GET", "/api/suggestions"): ASKERS,
    ("GET", "/api/contradictions"): ASKERS,
    ("GET", "/api/compare"): ASKERS,
    ("GET", "/api/changes"): ASKERS,
    ("GET", "/api/timeline"): ASKERS,
    ("GET", "/api/decisions"): ASKERS,
    ("GET", "/api/decisions/export"): ASKERS,
    ("GET", "/api/decisions/unread"): ASKERS,
    ("GET", "/api/decisions/{decision_id}"): ASKERS,
    ("GET", "/api/conversations"): PEOPLE,
    ("DELETE", "/api/conversations"): PEOPLE,
    ("GET", "/api/conversations/{conversation_id}"): TELLERS,
    ("DELETE", "/api/conversations/{conversation_id}"): PEOPLE,
    ("GET", "/api/turns/{turn_id}/export"): PEOPLE,
    ("POST", "/api/turns/{turn_id}/share"): PEOPLE,
    ("DELETE", "/api/turns/{turn_id}/share"): PEOPLE,
    ("GET", "/api/shared/{share}"): PEOPLE,
    ("GET", "/sign-in/oidc"): EVERYBODY,
    ("GET", "/sign-in/oidc/back"): EVERYBODY,
    ("GET", "/static"): EVERYBODY,
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/readyz"): EVERYBODY,
    ("GET", "/api/openapi.json"): EVERYBODY,
    ("GET", "/api/me"): EVERYBODY,
    ("POST", "/api/sign-in"): EVERYBODY - FROM_INTRANET,
    ("POST", "/api/sign-out"): PEOPLE,
    ("POST", "/api/me/password"): PEOPLE,
    ("POST", "/api/ask"): ASKERS,
    ("GET", "/api/search"): ASKERS,
    ("GET", "/api/status"): ASKERS,
    ("GET", "/api/documents"): ASKERS,
    ("GET", "/api/documents/{document_id}"): ASKERS,
    ("GET", VERSION): ASKERS,
    ("GET", VERSION + "/original"): ASKERS,
    ("GET", VERSION + "/pages/{page}"): ASKERS,
    ("GET", VERSION + "/pages/{page}.png"): ASKERS,
    ("POST", "/api/widget/token"): ROLES | {"widget-token", "widget"},
    ("POST", "/api/feedback"): TELLERS,
    ("GET", "/api/feedback/mine"): TELLERS,
    ("GET", "/api/admin/feedback"): CUSTODIANS,
    ("POST", "/api/admin/feedback/{feedback_id}"): CUSTODIANS,
    ("GET", "/api/admin/gaps"): CUSTODIANS,
    ("PUT", "/api/admin/uploads"): UPLOADERS,
    ("GET", "/api/admin/queue"): UPLOADERS,
    ("GET", "/metrics"): {"administrator", "metrics-token"},
    ("GET", "/api/admin/users"): ADMINISTRATOR,
    ("POST", "/api/admin/users"): ADMINISTRATOR,
    ("PATCH", "/api/admin/users/{name}"): ADMINISTRATOR,
    ("POST", "/api/admin/users/{name}/password"): ADMINISTRATOR,
    ("POST", "/api/admin/users/{name}/sign-out"): ADMINISTRATOR,
    ("GET", "/api/admin/tokens"): ADMINISTRATOR,
    ("POST", "/api/admin/tokens"): ADMINISTRATOR,
    ("DELETE", "/api/admin/tokens/{name}"): ADMINISTRATOR,
    ("GET", "/api/admin/files"): ADMINISTRATOR,
    ("POST", "/api/admin/files/retry"): ADMINISTRATOR,
    ("GET", "/api/admin/collections"): ADMINISTRATOR,
    ("POST", "/api/admin/documents/{document_id}/label"): ADMINISTRATOR,
    ("GET", "/api/admin/storage"): ADMINISTRATOR,
    ("GET", "/api/admin/health"): ADMINISTRATOR,
    ("GET", "/api/admin/settings"): ADMINISTRATOR,
    ("GET", "/api/admin/audit"): {"auditor"},
    ("GET", "/api/admin/audit/export"): {"auditor"},
    ("GET", "/api/admin/audit/verify"): {"auditor"},
}
PATHS = {
    "document_id": "999999",
    "conversation_id": "999999",
    "turn_id": "999999",
    "decision_id": "999999",
    "share": "x",
    "number": "1",
    "page": "1",
    "name": "nobody-there",
    "feedback_id": "999999",
}


@pytest.fixture(scope="module")
def keys(guarded: Any) -> dict[str, str]:
    """A service token of each ability, and one that was revoked; `gone` is a user who was disabled."""
    made = {kind: guarded.token(f"matrix-{kind}", kind.partition("-")[0]) for kind in sorted(TOKENS)}
    made["revoked-token"] = guarded.token("matrix-revoked", "ask", "widget", "upload", "metrics")
    gone = guarded.add("gone", *Role)
    with guarded.memory.store.noting() as connection:
        credentials.revoke_token(connection, "matrix-revoked")
        people.update_user(connection, replace(gone, disabled=True))
    return made


def headers_of(guarded: Any, keys: dict[str, str], kind: str) -> dict[str, str]:
    """What a caller of that kind sends."""
    if kind in ROLES:
        return dict(guarded.session(kind))
    if kind in keys:
        return {"Authorization": f"Bearer {keys[kind]}"}
    intranet = {"Origin": "https://intranet.example"}
    if kind == "widget":
        return intranet | {"Authorization": f"Bearer {guarded.widget('reader')}"}
    if kind == "expired-widget":
        return intranet | {"Authorization": f"Bearer {guarded.widget('reader', seconds=-1)}"}
    if kind == "foreign-widget":
        return {"Authorization": f"Bearer {guarded.widget('reader', 'https://evil.example')}"}
    if kind == "renewed-widget":
        return intranet | {"Authorization": f"Bearer {renewed(guarded)}"}
    if kind == "disabled":
        return dict(guarded.session("gone"))
    return {} if kind == "nobody" else {"Cookie": f"khumbula_session={'x' * 43}"}


def renewed(guarded: Any) -> str:
    secret = guarded.widget("reader")
    with guarded.memory.store.noting() as connection:
        token = credentials.widget_token_of(connection, credentials.hashed(secret))
        assert token is not None
        assert credentials.renew(connection, token, seconds=300) is not None
    return str(secret)


def test_every_route_stands_in_the_table_of_this_test(guarded: Any) -> None:
    assert {call for call, _ in calls(guarded.app)} == set(EXPECTED)


def test_every_policy_is_one_of_a_route(guarded: Any) -> None:
    assert set(POLICIES) <= {call for call, _ in calls(guarded.app)}


@pytest.mark.parametrize("call", sorted(EXPECTED), ids=" ".join)
def test_route_answers_whom_it_is_for_and_nobody_else(
    guarded: Any, keys: dict[str, str], call: tuple[str, str]
) -> None:
    method, template = call
    path = (
        "/static/icon.svg"
        if template == "/static"
        else re.sub(r"{(\w+)[^}]*}", lambda found: PATHS[found[1]], template)
    )
    admitted = set()
    with guarded.nobody as client:
        for kind in sorted(KINDS):
            headers = headers_of(guarded, keys, kind)
            answered = client.request(method, path, headers=headers, json={} if method != "GET" else None)
            assert answered.status_code < 500, (kind, answered.text)
            if answered.status_code not in {401, 403}:
                admitted.add(kind)
            else:
                expected = {401} if kind in NOBODIES else {403}
                assert answered.status_code in expected | ({403} if kind in FROM_INTRANET else set()), kind
    assert admitted == EXPECTED[call]


def test_service_with_a_route_without_a_policy_does_not_start(guarded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = {call: policy for call, policy in POLICIES.items() if call != ("POST", "/api/ask")}
    monkeypatch.setattr("service.policies.POLICIES", policies)
    with pytest.raises(Misuse, match=r"routes without a policy: \[\('POST', '/api/ask'\)\]"):
        service_app.create_app(guarded.memory, pool=guarded.app.state.door.pool)


def test_route_that_checks_nothing_itself_is_not_ruled_by_a_policy_that_asks_for_a_role() -> None:
    bare = FastAPI(openapi_url="/api/status", docs_url=None, redoc_url=None)
    assert unruled(bare) == [("GET", "/api/status")]
