from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from memory import catalogue, credentials, people
from memory.people import Role
from service.accounts import FAILURES

ARREARS = "How many days in arrears before the electricity is disconnected?"
PASSWORD = "a long enough phrase"


def files_of(client: Any) -> set[str]:
    found = client.get("/api/search", params={"q": ARREARS, "k": 50})
    return {result["file_name"] for result in found.json()["results"]}


def test_nobody_is_told_how_to_sign_in_and_nothing_else(guarded: Any) -> None:
    with guarded.nobody as client:
        assert client.get("/api/me").json() == {
            "user": None,
            "name": "",
            "roles": [],
            "labels": [],
            "posts": [],
            "csrf": None,
            "news": 0,
            "sign_in": {"local": True, "oidc": None},
        }
        refused = client.post("/api/ask", json={"question": ARREARS})
        assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")


def test_session_opens_what_its_user_holds_and_cookie_is_kept_from_scripts(guarded: Any) -> None:
    with guarded.nobody as client:
        answered = client.post("/api/sign-in", json={"user": " Accountant ", "password": PASSWORD})
        cookie = answered.headers["set-cookie"]
        assert "khumbula_session=" in cookie
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        me = client.get("/api/me").json()
        assert (me["user"], me["name"], me["roles"]) == ("accountant", "Accountant", ["reader"])
        assert me["labels"] == ["finance", "public"]
        assert "credit-control-policy-2019.pdf" in files_of(client)


def test_no_password_and_no_secret_is_kept_in_clear(guarded: Any) -> None:
    with guarded.signed_in("reader") as client:
        secret = client.cookies["khumbula_session"]
        with guarded.memory.store.reading() as connection:
            held = people.named(connection, "reader").password or ""
            assert held.startswith("$argon2id$")
            dump = "\n".join(connection.connection.iterdump())
        assert PASSWORD not in dump
        assert secret not in dump


@pytest.mark.parametrize(("user", "password"), [("reader", "wrong password"), ("no-such-user", PASSWORD), ("", "x")])
def test_wrong_name_and_wrong_password_are_refused_alike(guarded: Any, user: str, password: str) -> None:
    with guarded.nobody as client:
        refused = client.post("/api/sign-in", json={"user": user or "x", "password": password})
        assert (refused.status_code, refused.json()["detail"]) == (401, "the name or the password is wrong")
        assert "set-cookie" not in refused.headers


@pytest.mark.parametrize("exists", [True, False])
def test_name_is_locked_after_repeated_failures_whether_or_not_it_exists(guarded: Any, exists: bool) -> None:
    name = f"target-{exists}".lower()
    if exists:
        guarded.add(name, Role.READER)
    with guarded.nobody as client:
        for _ in range(FAILURES):
            assert client.post("/api/sign-in", json={"user": name, "password": "guess"}).status_code == 401
        locked = client.post("/api/sign-in", json={"user": name, "password": PASSWORD})
        assert (locked.status_code, int(locked.headers["retry-after"]) > 0) == (429, True)


def test_unsafe_request_without_the_page_token_is_refused(guarded: Any) -> None:
    with guarded.signed_in("reader") as client:
        for wrong in ("", "0" * 64, "ü"):
            client.headers["X-CSRF-Token"] = wrong
            refused = client.post("/api/ask", json={"question": ARREARS})
            assert (refused.status_code, "X-CSRF-Token" in refused.json()["detail"]) == (403, True)
        assert client.get("/api/documents").status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://intranet.example", "http://127.0.0.1:1"])
def test_unsafe_request_from_another_site_is_refused(guarded: Any, origin: str) -> None:
    with guarded.signed_in("reader") as client:
        asked = {"json": {"question": ARREARS}, "headers": {"Origin": origin}}
        assert client.post("/api/ask", **asked).status_code == 403
        assert client.post("/api/ask", json={"question": ARREARS}, headers={"Origin": guarded.url}).status_code == 200
    with guarded.nobody as client:
        sent = {"json": {"user": "reader", "password": PASSWORD}, "headers": {"Origin": origin}}
        assert client.post("/api/sign-in", **sent).status_code == 403


def test_revoked_label_is_gone_at_the_next_question(guarded: Any) -> None:
    guarded.add("mover", Role.READER, labels=("finance",))
    with guarded.signed_in("mover") as client:
        assert "credit-control-policy-2019.pdf" in files_of(client)
        with guarded.memory.store.noting() as connection:
            catalogue.grant(connection, "mover", ())
        assert "credit-control-policy-2019.pdf" not in files_of(client)


def test_disabled_user_is_out_at_the_next_request(guarded: Any) -> None:
    user = guarded.add("leaver", Role.READER)
    with guarded.signed_in("leaver") as client:
        assert client.get("/api/documents").status_code == 200
        with guarded.memory.store.noting() as connection:
            people.update_user(connection, replace(user, disabled=True))
        assert client.get("/api/documents").status_code == 401
        again = client.post("/api/sign-in", json={"user": "leaver", "password": PASSWORD})
        assert again.status_code == 401


def test_sign_out_ends_this_session_and_everywhere_ends_all(guarded: Any) -> None:
    guarded.add("twice", Role.READER)
    with guarded.signed_in("twice") as first, guarded.signed_in("twice") as second, guarded.signed_in("twice") as third:
        kept = third.cookies["khumbula_session"]
        assert first.post("/api/sign-out").json() == {"sessions": 1, "provider": None}
        assert first.get("/api/documents").status_code == 401
        assert second.get("/api/documents").status_code == 200
        assert second.post("/api/sign-out?everywhere=true").json() == {"sessions": 2, "provider": None}
        third.cookies["khumbula_session"] = kept
        assert third.get("/api/documents").status_code == 401


def test_session_ends_with_its_time_and_when_it_is_not_used(guarded: Any) -> None:
    user = guarded.add("dozer", Role.READER)
    with guarded.memory.store.noting() as connection:
        over = credentials.open_session(connection, user, "local", seconds=-1)
        fresh = credentials.open_session(connection, user, "local", seconds=60)
        assert credentials.session_of(connection, over, idle_seconds=60) is None
        assert credentials.session_of(connection, fresh, idle_seconds=60) is not None
        assert credentials.session_of(connection, fresh, idle_seconds=-1) is None


def test_new_password_ends_the_other_sessions_and_must_be_a_good_one(guarded: Any) -> None:
    guarded.add("changer", Role.READER)
    with guarded.signed_in("changer") as client, guarded.signed_in("changer") as other:
        for old, new in (("wrong", "another long phrase"), (PASSWORD, "short"), (PASSWORD, "changer changer!")):
            assert client.post("/api/me/password", json={"old": old, "new": new}).status_code == 422
        good = {"old": PASSWORD, "new": "another long phrase"}
        assert client.post("/api/me/password", json=good).status_code == 204
        assert client.get("/api/documents").status_code == 200
        assert other.get("/api/documents").status_code == 401


def test_service_token_does_what_it_is_for_and_ends_when_revoked(guarded: Any) -> None:
    secret = guarded.token("reporter", "ask", labels=("public", "finance"))
    with guarded.nobody as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        assert "credit-control-policy-2019.pdf" in files_of(client)
        assert client.get("/metrics").status_code == 403
        with guarded.memory.store.noting() as connection:
            credentials.revoke_token(connection, "reporter")
        assert client.get("/api/documents").status_code == 401
        client.headers["Authorization"] = f"Bearer {secret[:-1]}"
        assert client.get("/api/documents").status_code == 401


def test_gap_is_recorded_with_who_asked(guarded: Any) -> None:
    question = "Which astronauts has the municipality sent to Mars?"
    with guarded.signed_in("reader") as client:
        answered = client.post("/api/ask", json={"question": question})
        assert (answered.status_code, answered.json()["supported"]) == (200, False)
    with guarded.memory.store.reading() as connection:
        query = "SELECT asked_by FROM gaps WHERE question = ? ORDER BY id DESC LIMIT 1"
        assert connection.exec_driver_sql(query, (question,)).scalar() == "reader"


def test_without_sign_in_there_is_one_local_user_who_may_do_everything(served: Any) -> None:
    me = served.client.get("/api/me").json()
    assert (me["user"], me["roles"], me["csrf"]) == ("thandi", sorted(Role), None)
    assert me["sign_in"] is None
    refused = served.client.post("/api/sign-in", json={"user": "x", "password": "y"})
    assert refused.json()["detail"] == "there is no sign-in here: this service has one local user"
    forged = served.client.post("/api/ask", json={"question": ARREARS}, headers={"Origin": "https://evil.example"})
    assert forged.status_code == 403
