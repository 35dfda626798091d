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
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from ingest.pipeline import Options, ingest
from ingest.pool import Pool
from memory.access import Scope
from memory.embed import OpenVinoEmbedder
from memory.memory import Memory
from service.app import create_app

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
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            extra_http_headers={"X-User": user, "X-Labels": labels},
        )
        visit = Visit(context.new_page(), context, sampled.url, user)
        _watch(visit)
        yield visit
        context.close()
        assert (visit.console, visit.elsewhere) == ([], [])

    return going


def _watch(visit: Visit) -> None:
    host = urlsplit(visit.url).netloc

    def note(url: str) -> None:
        if urlsplit(url).netloc != host:
            visit.elsewhere.append(url)

    visit.page.on("request", lambda asked: note(asked.url))
    visit.page.on("console", lambda said: visit.console.append(said.text) if said.type == "error" else None)
    visit.page.on("pageerror", lambda error: visit.console.append(str(error)))


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
