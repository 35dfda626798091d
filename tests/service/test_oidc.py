"""Signing in with a real OpenID provider, in a process of its own on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ingest.pool import Pool
from memory import people
from memory.errors import Misuse
from memory.memory import Memory
from memory.people import Role
from memory.settings import DoorSettings
from service import mapping
from service.app import create_app
from service.oidc import Provider

MAPPING = """group,label,role,post
Finance Staff,finance,reader,
Finance Staff,,,Chief Financial Officer
IT Admins,,administrator,
*,public,,
"""


@dataclass(frozen=True, slots=True)
class World:
    """A provider, and a service that trusts it."""

    issuer: str
    url: str
    memory: Memory
    mapping: Path

    def script(self, **script: Any) -> None:
        httpx.post(f"{self.issuer}/script", json=script).raise_for_status()

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)

    def sign_in(self, browser: httpx.Client, next_: str = "/") -> httpx.Response:
        """All of it, as a browser goes; the response that ends it."""
        begun = browser.get("/sign-in/oidc", params={"next": next_})
        back = httpx.get(begun.headers["location"], timeout=30).headers["location"]
        return browser.get(back)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    program = Path(__file__).with_name("provider.py")
    process = subprocess.Popen([sys.executable, str(program), "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def world(issuer: str, guarded: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    file = tmp_path_factory.mktemp("mapping") / "groups.csv"
    file.write_text(MAPPING)
    with socket.socket() as listener, Pool(1) as pool:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = DoorSettings(
            public_url=url,
            oidc_issuer=issuer,
            oidc_client_id="khumbula",
            oidc_client_secret=SecretStr("the client's secret"),
            oidc_mapping=file,
        )
        app = create_app(guarded.memory, settings=settings, pool=pool)
        app.state.door.entrance.sign_ins._per_minute = 100_000
        yield from _running(app, listener, World(issuer, url, guarded.memory, file))


def _running(app: Any, listener: socket.socket, world: World) -> Iterator[World]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield world
    server.should_exit = True
    thread.join()


@pytest.fixture(autouse=True)
def _as_usual(world: World) -> None:
    world.script()
    world.mapping.write_text(MAPPING)


def test_groups_become_labels_roles_and_posts(world: World) -> None:
    with world.browser() as browser:
        ended = world.sign_in(browser, "/?q=arrears")
        assert (ended.status_code, ended.headers["location"]) == (303, "/?q=arrears")
        me = browser.get("/api/me").json()
        facts = {name: me[name] for name in ("user", "name", "roles", "labels", "posts")}
        assert facts == {
            "user": "t.dlamini",
            "name": "Thandi Dlamini",
            "roles": ["reader"],
            "labels": ["finance", "public"],
            "posts": ["Chief Financial Officer"],
        }
        assert me["sign_in"]["oidc"] == {"name": "your municipal account", "url": "/sign-in/oidc"}
        assert browser.get("/api/documents").json()["total"] == 4


def test_sign_in_uses_a_state_a_nonce_and_a_challenge_that_differ_each_time(world: World) -> None:
    with world.browser() as browser:
        asked = [parse_qs(urlsplit(browser.get("/sign-in/oidc").headers["location"]).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert asked[0]["response_type"] == ["code"]


def test_change_of_groups_counts_at_the_next_sign_in_and_in_open_sessions_too(world: World) -> None:
    with world.browser() as first, world.browser() as second:
        world.sign_in(first)
        world.script(claims={"groups": ["IT Admins"]})
        world.sign_in(second)
        for browser in (first, second):
            me = browser.get("/api/me").json()
            assert (me["roles"], me["labels"], me["posts"]) == (["administrator"], ["public"], [])


def test_groups_come_from_userinfo_where_the_token_has_none(world: World) -> None:
    world.script(claims={"groups": None})
    with world.browser() as browser:
        world.sign_in(browser)
        assert browser.get("/api/me").json()["roles"] == ["administrator"]


def test_who_has_no_role_is_told_so_and_loses_what_is_open(world: World) -> None:
    with world.browser() as browser, world.browser() as again:
        world.sign_in(browser)
        world.script(claims={"groups": ["Gardeners"]})
        assert world.sign_in(again).headers["location"] == "/sign-in?problem=role"
        assert again.get("/api/documents").status_code == 401
        assert browser.get("/api/documents").status_code == 403


def test_new_key_of_the_provider_is_fetched(world: World) -> None:
    with world.browser() as browser:
        world.sign_in(browser)
        world.script(rotate=True)
        assert world.sign_in(browser).headers["location"] == "/"


@pytest.mark.parametrize(
    "script",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "another-client"}},
        {"claims": {"aud": ["khumbula", "another"], "azp": "another"}},
        {"claims": {"iss": "https://elsewhere.example"}},
        {"claims": {"exp": 1_000_000}},
        {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"claims": {"groups": None}, "userinfo": {"sub": "somebody-else"}},
        {"sign": "none"},
        {"sign": "foreign"},
        {"sign": "tampered"},
    ],
    ids=str,
)
def test_token_that_does_not_hold_lets_nobody_in(world: World, script: dict[str, Any]) -> None:
    world.script(**script)
    with world.browser() as browser:
        ended = world.sign_in(browser)
        assert ended.headers["location"] == "/sign-in?problem=provider"
        assert browser.get("/api/documents").status_code == 401


def test_answer_counts_once_and_in_the_browser_that_asked_alone(world: World) -> None:
    with world.browser() as browser, world.browser() as thief:
        begun = browser.get("/sign-in/oidc")
        back = httpx.get(begun.headers["location"]).headers["location"]
        assert thief.get(back).headers["location"] == "/sign-in?problem=unfinished"
        thief.get("/sign-in/oidc")
        assert thief.get(back).headers["location"] == "/sign-in?problem=unfinished"
        assert browser.get(back).headers["location"] == "/"
        assert browser.get(back).headers["location"] == "/sign-in?problem=unfinished"


def test_refusal_at_the_provider_is_told_on_the_sign_in_page(world: World) -> None:
    with world.browser() as browser:
        browser.get("/sign-in/oidc")
        ended = browser.get("/sign-in/oidc/back", params={"error": "access_denied", "state": "x"})
        assert ended.headers["location"] == "/sign-in?problem=unfinished"


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/\r\nX"]
)
def test_sign_in_ends_on_a_page_of_the_service(world: World, next_: str) -> None:
    with world.browser() as browser:
        assert world.sign_in(browser, next_).headers["location"] == "/"


def test_name_that_a_local_account_has_is_not_taken_over(world: World, guarded: Any) -> None:
    guarded.add("s.naidoo", Role.ADMINISTRATOR)
    world.script(claims={"sub": "other", "preferred_username": "S.Naidoo"})
    with world.browser() as browser:
        assert world.sign_in(browser).headers["location"] == "/sign-in?problem=name"
    with world.memory.store.reading() as connection:
        assert people.named(connection, "s.naidoo").subject is None


def test_mapping_that_is_wrong_is_named_by_line(tmp_path: Path) -> None:
    for text, told in (
        ("name,role\nx,reader\n", "has the columns"),
        ("group,role\nx,king\n", "line 2: 'king' is not a valid Role"),
        ("group,role\nx,reader\ny,\n", "line 3: names no group"),
    ):
        file = tmp_path / "groups.csv"
        file.write_text(text)
        with pytest.raises(Misuse, match=told):
            mapping.check(file)
    with pytest.raises(Misuse, match="No such file"):
        mapping.check(tmp_path / "absent.csv")


def test_settings_that_do_not_fit_together_are_named() -> None:
    with pytest.raises(Misuse, match="KHUMBULA_OIDC_CLIENT_ID"):
        Provider(DoorSettings(oidc_issuer="http://127.0.0.1:1"))
    with pytest.raises(Misuse, match="KHUMBULA_PUBLIC_URL"):
        Provider(DoorSettings(oidc_issuer="http://127.0.0.1:1", oidc_client_id="x"))


def test_provider_that_is_down_is_told_in_words(small_memory: Memory) -> None:
    settings = DoorSettings(public_url="http://127.0.0.1:1", oidc_issuer="http://127.0.0.1:9", oidc_client_id="x")
    with Pool(1) as pool:
        app = create_app(small_memory, settings=settings, pool=pool)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            answered = client.get("/sign-in/oidc")
    assert (answered.status_code, "does not answer as one" in answered.json()["detail"]) == (503, True)
