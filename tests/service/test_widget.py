from __future__ import annotations

from typing import Any

import pytest

from memory import catalogue, credentials, people
from memory.people import Role

INTRANET = "https://intranet.example"
EVIL = "https://evil.example"
ARREARS = "How many days in arrears before the electricity is disconnected?"
ASKED = {"question": ARREARS}


def asks(client: Any, token: str, origin: str | None = INTRANET) -> Any:
    headers = {"Authorization": f"Bearer {token}"} | ({"Origin": origin} if origin else {})
    return client.post("/api/ask", json=ASKED, headers=headers)


@pytest.fixture
def minted(guarded: Any) -> str:
    return str(guarded.widget("reader"))


def test_intranet_mints_for_its_user_and_the_page_asks_as_him(guarded: Any) -> None:
    program = {"Authorization": f"Bearer {guarded.token('intranet-a', 'widget')}"}
    with guarded.nobody as client:
        wanted = {"origin": f"{INTRANET}/some/page", "user": "Accountant"}
        told = client.post("/api/widget/token", json=wanted, headers=program).json()
        assert {k: told[k] for k in ("expires_in", "origin", "user")} == {
            "expires_in": 300,
            "origin": INTRANET,
            "user": "accountant",
        }
        answered = asks(client, told["token"])
        assert answered.headers["access-control-allow-origin"] == INTRANET
        assert "access-control-allow-credentials" not in answered.headers
        assert answered.json()["supported"]


def test_session_mints_for_itself_alone(guarded: Any) -> None:
    with guarded.signed_in("reader") as client:
        told = client.post("/api/widget/token", json={"origin": INTRANET}).json()
        assert (told["user"], told["origin"]) == ("reader", INTRANET)
        other = client.post("/api/widget/token", json={"origin": INTRANET, "user": "accountant"})
        assert other.status_code == 422


def test_page_of_an_allowed_origin_mints_with_the_browsers_cookie(guarded: Any) -> None:
    cookie = {"Cookie": guarded.session("reader")["Cookie"]}
    with guarded.nobody as client:
        wanted = {"origin": INTRANET}
        allowed = client.post("/api/widget/token", json=wanted, headers=cookie | {"Origin": INTRANET})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-credentials"] == "true"
        for origin in (EVIL, "null"):
            refused = client.post("/api/widget/token", json=wanted, headers=cookie | {"Origin": origin})
            assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)


@pytest.mark.parametrize(
    "origin", [EVIL, "intranet.example", "javascript:alert(1)", "", "https://intranet.example:444"]
)
def test_token_is_not_minted_for_an_origin_that_is_not_configured(guarded: Any, origin: str) -> None:
    with guarded.signed_in("reader") as client:
        assert client.post("/api/widget/token", json={"origin": origin}).status_code == 422


@pytest.mark.parametrize(
    "origin", [EVIL, "null", None, "http://intranet.example", "https://intranet.example.evil.example"]
)
def test_token_is_worth_nothing_from_another_origin(guarded: Any, minted: str, origin: str | None) -> None:
    with guarded.nobody as client:
        refused = asks(client, minted, origin)
        assert refused.status_code in {401, 403}
        assert "access-control-allow-origin" not in refused.headers
        assert asks(client, minted).status_code == 200


def test_expired_and_tampered_tokens_are_refused(guarded: Any, minted: str) -> None:
    expired = guarded.widget("reader", seconds=-1)
    flipped = [minted[:at] + ("A" if minted[at] != "A" else "B") + minted[at + 1 :] for at in range(4, len(minted), 5)]
    with guarded.nobody as client:
        for token in (expired, minted[:-1], minted + "A", minted.upper(), "khw_", "x", *flipped):
            assert asks(client, token).status_code == 401, token
        assert asks(client, minted).status_code == 200


def test_renewed_token_is_refused_and_its_replay_ends_the_family(guarded: Any, minted: str) -> None:
    with guarded.nobody as client:
        renewing = {"Authorization": f"Bearer {minted}", "Origin": INTRANET}
        fresh = client.post("/api/widget/token", json={"origin": INTRANET}, headers=renewing).json()["token"]
        assert asks(client, minted).status_code == 401
        assert asks(client, fresh).status_code == 200
        replayed = client.post("/api/widget/token", json={"origin": INTRANET}, headers=renewing)
        assert replayed.status_code == 401
        assert asks(client, fresh).status_code == 401


def test_token_opens_what_is_meant_for_widgets_alone(guarded: Any) -> None:
    token = guarded.widget("administrator")
    with guarded.nobody as client:
        client.headers.update({"Authorization": f"Bearer {token}", "Origin": INTRANET})
        assert client.get("/api/documents").status_code == 200
        for path in ("/api/admin/users", "/api/admin/audit", "/metrics"):
            refused = client.get(path)
            assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)


def test_token_ends_with_what_minted_it(guarded: Any) -> None:
    guarded.add("visitor", Role.READER)
    with guarded.nobody as client:
        token = guarded.widget("visitor")
        with guarded.memory.store.noting() as connection:
            credentials.close_all(connection, people.named(connection, "visitor").id)
        assert asks(client, token).status_code == 401
        program = guarded.token("intranet-b", "widget")
        wanted = {"origin": INTRANET, "user": "visitor"}
        minted = client.post("/api/widget/token", json=wanted, headers={"Authorization": f"Bearer {program}"})
        token = minted.json()["token"]
        assert asks(client, token).status_code == 200
        with guarded.memory.store.noting() as connection:
            credentials.revoke_token(connection, "intranet-b")
        assert asks(client, token).status_code == 401


def test_widget_sees_what_its_user_holds_at_that_moment(guarded: Any) -> None:
    guarded.add("mover-w", Role.READER, labels=("finance",))
    token = guarded.widget("mover-w")
    with guarded.nobody as client:
        client.headers.update({"Authorization": f"Bearer {token}", "Origin": INTRANET})
        held = client.get("/api/documents").json()["total"]
        with guarded.memory.store.noting() as connection:
            catalogue.grant(connection, "mover-w", ())
        assert (held, client.get("/api/documents").json()["total"]) == (4, 3)


def test_user_without_a_role_is_let_in_by_no_widget(guarded: Any) -> None:
    guarded.add("roleless")
    program = {"Authorization": f"Bearer {guarded.token('intranet-d', 'widget')}"}
    with guarded.nobody as client:
        wanted = {"origin": INTRANET, "user": "roleless"}
        assert client.post("/api/widget/token", json=wanted, headers=program).status_code == 403
        # One minted before his roles were taken away.
        assert asks(client, guarded.widget("roleless")).status_code == 401


def test_user_who_is_new_reads_what_is_public(guarded: Any) -> None:
    program = {"Authorization": f"Bearer {guarded.token('intranet-c', 'widget')}"}
    with guarded.nobody as client:
        wanted = {"origin": INTRANET, "user": "newcomer@muni.example"}
        token = client.post("/api/widget/token", json=wanted, headers=program).json()["token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Origin": INTRANET})
        assert client.get("/api/documents").json()["total"] == 3


@pytest.mark.parametrize(
    ("origin", "method", "path", "allowed"),
    [
        (INTRANET, "POST", "/api/ask", True),
        (INTRANET, "GET", "/api/documents/1/versions/1/pages/1.png", True),
        (INTRANET, "GET", "/static/widget/widget.js", True),
        (EVIL, "POST", "/api/ask", False),
        ("null", "POST", "/api/ask", False),
        (INTRANET, "GET", "/api/admin/users", False),
        (INTRANET, "POST", "/api/sign-in", False),
        (INTRANET, "DELETE", "/api/ask", False),
    ],
)
def test_preflight_lets_allowed_origins_do_what_widgets_do(
    guarded: Any, origin: str, method: str, path: str, allowed: bool
) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    with guarded.nobody as client:
        answered = client.options(path, headers=headers)
        assert ("access-control-allow-origin" in answered.headers) is allowed
        assert answered.headers.get("access-control-allow-origin", origin) == origin
        assert answered.headers["vary"] == "Origin"


def test_token_for_an_origin_that_is_not_configured_names_the_setting(served: Any) -> None:
    answered = served.client.post("/api/widget/token", json={"origin": INTRANET})
    assert "KHUMBULA_WIDGET_ORIGINS" in answered.json()["detail"]


def test_files_of_the_widget_are_compressed_and_kept_apart_by_origin(guarded: Any) -> None:
    with guarded.nobody as client:
        asked = {"Origin": INTRANET, "Accept-Encoding": "gzip"}
        answered = client.get("/static/widget/widget.js", headers=asked)
        assert answered.headers["content-encoding"] == "gzip"
        assert {one.strip() for one in answered.headers["vary"].split(",")} == {"Accept-Encoding", "Origin"}
        known = client.get("/static/widget/widget.js", headers=asked | {"If-None-Match": answered.headers["etag"]})
        assert (known.status_code, known.headers["access-control-allow-origin"]) == (304, INTRANET)
        foreign = client.get("/static/widget/widget.js", headers=asked | {"Origin": EVIL})
        assert "access-control-allow-origin" not in foreign.headers
