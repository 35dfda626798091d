"""Real servers on loopback: over a few documents of the sample corpus, one of them restricted; over all of it.

And a real browser that visits the latter: Chromium, on a light desktop and a dark phone.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from eval.intranet import Intranet, intranet
from ingest.pipeline import Options, ingest
from ingest.pool import Pool
from memory import catalogue, credentials, people
from memory.access import Scope
from memory.embed import OpenVinoEmbedder
from memory.memory import Memory
from memory.people import Role, User
from memory.settings import DoorSettings
from service import passwords
from service.app import create_app
from service.caller import COOKIE, csrf_of

FILES = Path(__file__).resolve().parents[2] / "corpus" / "files"
PUBLIC = (
    "policies/credit-control-policy-2023.pdf",
    "policies/records-management-policy-2021.docx",
    "by-laws/street-trading-by-law-2014-as-amended-2018.pdf",
)
RESTRICTED = "policies/credit-control-policy-2019.pdf"


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs. `client` asks as somebody who sees what is public."""

    url: str
    app: FastAPI
    memory: Memory
    client: httpx.Client

    def document(self, file_name: str) -> int:
        """The id of the document with that file, whoever may see it."""
        everything = self.client.get("/api/documents", params={"limit": 100}, headers={"X-Labels": "public,finance"})
        for document in everything.json()["documents"]:
            whole = self.client.get(f"/api/documents/{document['id']}", headers={"X-Labels": "public,finance"}).json()
            if whole["versions"][0]["file_name"] == file_name:
                return int(document["id"])
        raise AssertionError(f"{file_name}: not ingested")


def _asker(request: Request) -> Scope:
    return Scope.of(request.headers.get("X-Labels", "public").split(","))


def _user(request: Request) -> str:
    return request.headers.get("X-User", "thandi")


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The app behind a real server; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def small_memory(tmp_path_factory: pytest.TempPathFactory, embedder: OpenVinoEmbedder) -> Memory:
    folder = tmp_path_factory.mktemp("files")
    for name, label in [*((name, "public") for name in PUBLIC), (RESTRICTED, "finance")]:
        (folder / label).mkdir(exist_ok=True)
        shutil.copy(FILES / name, folder / label)
    memory = Memory(tmp_path_factory.mktemp("memory") / "data", embedder, create=True)
    for label in ("public", "finance"):
        assert ingest(memory, [folder / label], Options(label=label, collection="policies")).failures == []
    return memory


@pytest.fixture(scope="session")
def served(small_memory: Memory) -> Iterator[Served]:
    with Pool(1) as pool:
        app = create_app(small_memory, scope=_asker, user=_user, pool=pool, gate=4)
        with running(app) as url, httpx.Client(base_url=url, timeout=60) as client:
            yield Served(url, app, small_memory, client)


# The browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = (1280, 900), (390, 844)
NUMBERS = itertools.count(1)


@dataclass
class Visit:
    """A page of somebody who has asked nothing yet, and what it did that it should not."""

    page: Page
    context: BrowserContext
    url: str
    user: str
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def shot(self, name: str) -> None:
        """Keep a picture where KHUMBULA_SCREENSHOTS names a folder."""
        if folder := os.environ.get("KHUMBULA_SCREENSHOTS"):
            size = self.page.viewport_size or {"width": 0}
            self.page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png")

    def fits(self) -> bool:
        """Whether nothing stands out to the right."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def expect_failures(self, *words: str) -> None:
        """The browser itself reports each request that failed; those that a test is about are no fault."""
        self.console[:] = [line for line in self.console if not any(word in line for word in words)]


@pytest.fixture(scope="session")
def sampled(
    sample_memory: Memory, embedder: OpenVinoEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The whole sample corpus, served from a copy: what is asked there is kept."""
    data = tmp_path_factory.mktemp("sampled") / "data"
    shutil.copytree(sample_memory.store.data, data)
    memory = Memory(data, embedder)
    with Pool(1) as pool:
        app = create_app(memory, scope=_asker, user=_user, pool=pool, gate=4)
        with running(app) as url, httpx.Client(base_url=url, timeout=60) as client:
            yield Served(url, app, memory, client)


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Start a browser, with further flags."""
    # A machine that does much else is slow, not wrong.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright, ExitStack() as ending:
        own = Path(playwright.chromium.executable_path)
        program = CHROMIUM if CHROMIUM.exists() else own
        if not program.exists():
            pytest.skip("no Chromium here")

        def start(*flags: str) -> Browser:
            launched = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
            ending.callback(launched.close)
            return launched

        yield start


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Browser:
    return launch()


@pytest.fixture(scope="session")
def visiting(sampled: Served) -> Callable[..., AbstractContextManager[Visit]]:
    """Visit the sample corpus as a new user: `with visiting(browser, size, scheme) as visit`."""

    @contextmanager
    def going(
        browser: Browser,
        size: tuple[int, int] = DESKTOP,
        scheme: Literal["dark", "light"] = "light",
        labels: str = "public",
    ) -> Iterator[Visit]:
        user = f"visitor-{next(NUMBERS)}"
        with _watched(browser, sampled.url, user, size, scheme) as visit:
            visit.context.set_extra_http_headers({"X-User": user, "X-Labels": labels})
            yield visit

    return going


@contextmanager
def _watched(
    browser: Browser, url: str, user: str, size: tuple[int, int], scheme: Literal["dark", "light"]
) -> Iterator[Visit]:
    """A visit that fails when its page complains or asks another host."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    visit = Visit(context.new_page(), context, url, user)
    _watch(visit)
    yield visit
    context.close()
    assert (visit.console, visit.elsewhere) == ([], [])


def _is_fault(said: ConsoleMessage) -> bool:
    """A busy machine draws pages slower than a test turns them: told so by 503, the application asks again."""
    drawing = ".png" in said.location["url"] and "503" in said.text
    return said.type == "error" and not drawing


def _watch(visit: Visit) -> None:
    host = urlsplit(visit.url).netloc

    def note(url: str) -> None:
        if urlsplit(url).netloc != host:
            visit.elsewhere.append(url)

    visit.page.on("request", lambda asked: note(asked.url))
    visit.page.on("console", lambda said: visit.console.append(said.text) if _is_fault(said) else None)
    visit.page.on("pageerror", lambda error: visit.console.append(str(error)))


@pytest.fixture(scope="session")
def entering(managed: Guarded) -> Callable[..., AbstractContextManager[Visit]]:
    """Visit the managed server as somebody who has signed in: `with entering(browser, user, size, scheme) as visit`."""

    @contextmanager
    def going(
        browser: Browser, user: str, size: tuple[int, int] = DESKTOP, scheme: Literal["dark", "light"] = "light"
    ) -> Iterator[Visit]:
        with _watched(browser, managed.url, user, size, scheme) as visit:
            secret = managed.session(user)["Cookie"].partition("=")[2]
            visit.context.add_cookies([{"name": COOKIE, "value": secret, "url": managed.url}])
            yield visit

    return going


@pytest.fixture(params=[(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def visit(
    browser: Browser, visiting: Callable[..., AbstractContextManager[Visit]], request: pytest.FixtureRequest
) -> Iterator[Visit]:
    size, scheme = request.param
    with visiting(browser, size, scheme) as one:
        yield one


MINUTES = (
    ("public", "minutes/council-2013-03-28.pdf"),
    ("public", "minutes/council-2015-10-29.pdf"),
    ("public", "policies/credit-control-policy-2016.pdf"),
    ("council-closed", "minutes/closed-council-2017-08-31.pdf"),
)


@pytest.fixture(scope="session")
def minutes_served(tmp_path_factory: pytest.TempPathFactory, embedder: OpenVinoEmbedder) -> Iterator[Served]:
    """A server over two public minutes and a policy, and the minutes of a closed meeting."""
    folder = tmp_path_factory.mktemp("minutes")
    for label, name in MINUTES:
        (folder / label).mkdir(exist_ok=True)
        shutil.copy(FILES / name, folder / label)
    memory = Memory(tmp_path_factory.mktemp("register") / "data", embedder, create=True)
    for label in ("public", "council-closed"):
        assert ingest(memory, [folder / label], Options(label=label, collection="minutes")).failures == []
    with Pool(1) as pool:
        app = create_app(memory, scope=_asker, user=_user, pool=pool, gate=4)
        with running(app) as url, httpx.Client(base_url=url, timeout=60) as client:
            yield Served(url, app, memory, client)


# Sign-in

PASSWORD = "a long enough phrase"
INTRANET = "https://intranet.example"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A server on which people sign in. Every role has a user of its name; `accountant` reads what is restricted."""

    url: str
    app: FastAPI
    memory: Memory

    @property
    def nobody(self) -> httpx.Client:
        """Who has not signed in; the caller closes it."""
        return httpx.Client(base_url=self.url, timeout=60)

    @contextmanager
    def signed_in(self, user: str) -> Iterator[httpx.Client]:
        """Somebody with a session; sends the token against forged requests along."""
        with self.nobody as client:
            answered = client.post("/api/sign-in", json={"user": user, "password": PASSWORD})
            assert answered.status_code == 200, answered.text
            client.headers["X-CSRF-Token"] = answered.json()["csrf"]
            yield client

    def add(self, name: str, *roles: Role, labels: tuple[str, ...] = (), posts: tuple[str, ...] = ()) -> User:
        """A user with the password that all have."""
        hashed = passwords.hash_password(PASSWORD, name)
        new = User(0, name, name.title(), password=hashed, roles=frozenset(roles), posts=frozenset(posts))
        with self.memory.store.noting() as connection:
            people.add_user(connection, new)
            catalogue.grant(connection, name, labels)
            return people.named(connection, name)

    def session(self, user: str) -> dict[str, str]:
        """The headers of a new session, without the time that a password takes."""
        with self.memory.store.noting() as connection:
            found = people.named(connection, user)
            secret = credentials.open_session(connection, found, "local", seconds=600)
        return {"Cookie": f"{COOKIE}={secret}", "X-CSRF-Token": csrf_of(secret)}

    def widget(self, user: str, origin: str = INTRANET, *, seconds: float = 300, token: int | None = None) -> str:
        """A widget's token, minted by a session of its own."""
        with self.memory.store.noting() as connection:
            found = people.named(connection, user)
            opened = credentials.open_session(connection, found, "local", seconds=600)
            session = None if token is not None else credentials.hashed(opened)
            minting = credentials.Minting(found, origin, session_hash=session, token_id=token)
            return credentials.mint(connection, minting, seconds=seconds, ends_after=600)

    def token(self, name: str, *abilities: str, labels: tuple[str, ...] = ("public",)) -> str:
        """A program's key."""
        with self.memory.store.noting() as connection:
            return credentials.add_token(connection, name, abilities=abilities, labels=labels, made_by="test")


@contextmanager
def guarding(memory: Memory, *origins: str) -> Iterator[Guarded]:
    """A server on which people sign in; `origins`: of pages that may carry the widget."""
    settings = DoorSettings(widget_origins=",".join((INTRANET, *origins)), asks_per_minute=100_000)
    with Pool(1) as pool:
        app = create_app(memory, settings=settings, pool=pool, gate=4)
        # Tests sign in more often from one address than people do.
        app.state.door.entrance.sign_ins._per_minute = 100_000
        with running(app) as url:
            made = Guarded(url, app, memory)
            for role in Role:
                made.add(role, role)
            made.add("accountant", Role.READER, labels=("finance",))
            yield made
        app.state.door.jobs.close()


def _copy(memory: Memory, folder: Path) -> Memory:
    shutil.copytree(memory.store.data, folder / "data")
    return Memory(folder / "data", memory.embedder)


@pytest.fixture(scope="session")
def guarded(small_memory: Memory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A server on which people sign in, over the small memory's documents."""
    with guarding(_copy(small_memory, tmp_path_factory.mktemp("guarded"))) as made:
        yield made


@pytest.fixture(scope="session")
def allowed() -> Iterator[Intranet]:
    """An intranet on which the widget is allowed."""
    with intranet() as made:
        yield made


@pytest.fixture(scope="session")
def carried(small_memory: Memory, allowed: Intranet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The service that it asks."""
    with guarding(_copy(small_memory, tmp_path_factory.mktemp("carried")), allowed.url) as made:
        allowed.khumbula, allowed.key = made.url, made.token("intranet", "widget")
        yield made


@pytest.fixture(scope="session")
def managed(small_memory: Memory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Another one, into which tests bring documents."""
    with guarding(_copy(small_memory, tmp_path_factory.mktemp("managed"))) as made:
        yield made
