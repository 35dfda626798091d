"""Somebody who reads a page of an intranet that carries the widget, in a real browser."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Frame, Page, Request, expect

from eval.intranet import Intranet
from memory.people import Role

ARREARS = "How many days in arrears before the electricity is disconnected?"
DESKTOP, PHONE = (1280, 900), (390, 844)
NUMBERS = itertools.count(1)
FOCUSED = """() => {
  const here = document.querySelector('khumbula-chat').shadowRoot.activeElement;
  return here && (here.className || here.tagName);
}"""


@dataclass
class Reading:
    """Somebody reads a page of the intranet; `console`, `elsewhere`: what must not happen there."""

    page: Page
    context: BrowserContext
    net: Intranet
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def goto(self, path: str) -> Page:
        self.page.goto(self.net.url + path)
        return self.page

    def shot(self, name: str) -> None:
        """Keep a picture where KHUMBULA_SCREENSHOTS names a folder."""
        if folder := os.environ.get("KHUMBULA_SCREENSHOTS"):
            size = self.page.viewport_size or {"width": 0}
            self.page.screenshot(path=Path(folder) / f"widget-{name}-{size['width']}.png")

    def expect_failures(self, *words: str) -> None:
        """The browser reports each request that failed; those that a test is about are no fault."""
        self.console[:] = [line for line in self.console if not any(word in line for word in words)]

    def ask(self, question: str = ARREARS, part: Page | Frame | None = None) -> None:
        """Open the panel where it is not, ask, and wait for the whole answer; `part`: the frame that has the widget."""
        part = part or self.page
        expect(part.locator(".launcher:not([hidden]), .panel[open]").first).to_be_visible()
        if part.locator(".launcher").is_visible():
            part.locator(".launcher").click()
        part.locator(".ask textarea").fill(question)
        part.locator(".ask textarea").press("Enter")
        expect(part.locator(".turn").last.locator(".feedback")).to_be_visible()

    def focused(self) -> str:
        """What in the widget has the focus: its class."""
        return str(self.page.evaluate(FOCUSED))


@contextmanager
def opening(
    browser: Browser,
    net: Intranet,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["dark", "light"] = "light",
    **more: Any,
) -> Iterator[Reading]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, **more)
    reading = Reading(context.new_page(), context, net)
    hosts = {urlsplit(net.url).netloc, urlsplit(net.khumbula).netloc}
    page = reading.page

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc not in hosts:
            reading.elsewhere.append(request.url)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and "favicon" not in message.location["url"]:
            reading.console.append(message.text)

    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: reading.console.append(str(error)))
    yield reading
    context.close()
    assert (reading.console, reading.elsewhere) == ([], [])


@pytest.fixture
def opened() -> Callable[..., AbstractContextManager[Reading]]:
    """Read pages of any intranet."""
    return opening


@pytest.fixture
def carrying(allowed: Intranet, carried: Any, browser: Browser) -> Callable[..., AbstractContextManager[Reading]]:
    """Read a page of the allowed intranet, as a user who has asked nothing yet."""
    name = f"reader-{next(NUMBERS)}"
    carried.add(name, Role.READER)

    def read(**options: Any) -> AbstractContextManager[Reading]:
        allowed.user = options.pop("user", name)
        return opening(options.pop("browser", browser), allowed, **options)

    return read


@pytest.fixture(params=[(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def reading(
    carrying: Callable[..., AbstractContextManager[Reading]], request: pytest.FixtureRequest
) -> Iterator[Reading]:
    size, scheme = request.param
    with carrying(size=size, scheme=scheme, has_touch=size == PHONE) as one:
        yield one
