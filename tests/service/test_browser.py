"""The first page in a real browser: Chromium, over loopback, on a light desktop and a dark phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARREARS = "How many days in arrears before the electricity is disconnected?"
UNKNOWN = "Which astronauts has the municipality sent to Mars?"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Visit:
    """A page, and what it did that it should not."""

    page: Page
    url: str
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        program = CHROMIUM if CHROMIUM.exists() else own
        if not program.exists():
            pytest.skip("no Chromium here")
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def visit(browser: Browser, served: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    width, height = request.param
    scheme: Literal["dark", "light"] = "dark" if width < 500 else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    visiting = Visit(context.new_page(), served.url)
    host = urlsplit(served.url).netloc

    def note(url: str) -> None:
        if urlsplit(url).netloc != host:
            visiting.elsewhere.append(url)

    visiting.page.on("request", lambda asked: note(asked.url))
    visiting.page.on("console", lambda said: visiting.console.append(said.text) if said.type == "error" else None)
    visiting.page.on("pageerror", lambda error: visiting.console.append(str(error)))
    yield visiting
    context.close()
    assert (visiting.console, visiting.elsewhere) == ([], [])


def shot(visit: Visit, name: str) -> None:
    """Keep a picture where KHUMBULA_SCREENSHOTS names a folder."""
    if folder := os.environ.get("KHUMBULA_SCREENSHOTS"):
        size = visit.page.viewport_size or {"width": 0}
        visit.page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_question_is_answered_and_its_marker_opens_the_marked_page(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.url)
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#held")).to_contain_text("3 documents")
    shot(visit, "first")
    page.keyboard.type(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator("#answer .marker").first).to_be_visible()
    assert fits(page)
    shot(visit, "answer")
    page.locator("#answer .marker").first.click()
    expect(page.locator("#picture")).to_be_visible(timeout=30_000)
    assert page.locator("#picture").evaluate("picture => picture.naturalWidth") > 0
    shot(visit, "panel")
    page.locator("#as-text").click()
    expect(page.locator("#text mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_suggestion_asks_and_citation_opens_by_keyboard(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.url)
    page.get_by_role("button", name=ARREARS).press("Enter")
    expect(page.locator(".citation").first).to_be_visible()
    assert "q=How+many+days" in page.url
    page.locator(".citation").first.press("Enter")
    expect(page.locator("#panel")).to_be_visible()
    expect(page.locator("#panel-title")).not_to_be_empty()
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator("#suggestions")).to_be_visible()


def test_unknown_is_said_plainly_with_the_closest_as_closest(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.url}/?q={UNKNOWN}")
    expect(page.locator("#verdict")).to_have_text("I do not know")
    expect(page.locator("#answer .marker")).to_have_count(0)
    assert fits(page)
    shot(visit, "unknown")


def test_citation_address_opens_a_format_without_pictures_as_marked_text(visit: Visit, served: Any) -> None:
    asked = {"q": "Who keeps the register of records?", "k": 30}
    results = served.client.get("/api/search", params=asked).json()["results"]
    url = next(result["url"] for result in results if result["file_name"].endswith(".docx"))
    visit.page.goto(visit.url + url)
    expect(visit.page.locator("#text mark").first).to_be_visible()
    expect(visit.page.locator("#as-text")).to_be_hidden()
    shot(visit, "text")


def test_markup_in_a_question_stays_text(visit: Visit) -> None:
    visit.page.goto(f"{visit.url}/?q=<img src=x onerror=alert(1)> disconnection of electricity in arrears")
    expect(visit.page.locator("#verdict")).not_to_be_empty()
    assert visit.page.locator("main img").count() == 0


def test_failure_is_shown_in_words(visit: Visit, served: Any) -> None:
    visit.page.goto(visit.url)
    gate = served.app.state.door.questions
    entered = [gate.entered() for _ in range(gate.size)]
    for one in entered:
        one.__enter__()
    visit.page.locator("#question").fill(ARREARS)
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#error")).to_contain_text("try again")
    for one in entered:
        one.__exit__(None, None, None)
    # The browser itself reports the 503 that this test is about.
    visit.console[:] = [line for line in visit.console if "503" not in line]
