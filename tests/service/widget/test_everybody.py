"""The widget for everybody: axe-core in every state and both themes, the keyboard alone, large text, less motion,
languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

ARREARS = "How many days in arrears before the electricity is disconnected?"
# Its answer has more than one source.
TRADER = "What must a street trader do?"
RECORDS = "Who keeps the register of records?"
UNKNOWN = "Which astronauts has the municipality sent to Mars?"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
DESKTOP, PHONE = (1280, 900), (390, 844)
STATIC = Path(__file__).resolve().parents[3] / "service" / "static"
# `with carrying() as reading:` reads a page of the allowed intranet.
Carrying = Callable[..., AbstractContextManager[Any]]
# The shadow root's part that has the focus, and where it is.
FOCUS = """() => {
  const here = document.querySelector('khumbula-chat').shadowRoot.activeElement;
  const box = here?.getBoundingClientRect();
  const inside = here && box.top >= 0 && box.bottom <= innerHeight + 1 && box.left >= 0 && box.right <= innerWidth + 1;
  return here && [here.className || here.tagName, inside];
}"""


def violations(page: Page, rules: list[str] | None = None) -> list[tuple[str, list[str]]]:
    options = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]


def check(reading: Any, state: str) -> None:
    """Nothing that axe knows of is wrong, in the theme of the device and in the other one."""
    page = reading.page
    page.wait_for_timeout(350)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    own = violations(page)
    page.evaluate(
        """document.querySelector('khumbula-chat').setAttribute('theme',
        matchMedia('(prefers-color-scheme: dark)').matches ? 'light' : 'dark')"""
    )
    other = violations(page, ["color-contrast"])
    reading.shot(f"{state}-other")
    page.evaluate("document.querySelector('khumbula-chat').removeAttribute('theme')")
    reading.shot(state)
    assert (state, own, other) == (state, [], [])


def released(page: Page, held: list[Route]) -> None:
    """Let the question go that is held up."""
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.unroute("**/api/ask")


def test_no_state_has_a_violation(reading: Any) -> None:
    page = reading.goto("/plain")
    expect(page.locator(".launcher")).to_be_visible()
    check(reading, "closed")
    page.locator(".launcher").click()
    check(reading, "open")
    held: list[Route] = []
    page.route("**/api/ask", lambda route: held.append(route))
    page.locator(".ask textarea").fill(ARREARS)
    page.locator(".ask textarea").press("Enter")
    expect(page.locator(".skeleton")).to_be_visible()
    check(reading, "asked")
    released(page, held)
    expect(page.locator(".feedback")).to_be_visible()
    check(reading, "answer")
    page.locator(".citation").first.click()
    expect(page.locator(".preview .waiting")).to_be_hidden()
    check(reading, "preview")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="No", exact=True).click()
    check(reading, "feedback")
    reading.ask(RECORDS)
    page.locator(".turn").last.locator(".citation").first.click()
    expect(page.locator(".page .text mark").first).to_be_visible()
    check(reading, "preview-text")
    page.keyboard.press("Escape")
    reading.ask(UNKNOWN)
    check(reading, "unknown")


def test_no_failure_has_a_violation(reading: Any, carried: Any) -> None:
    page = reading.goto("/plain")
    page.locator(".launcher").click()
    gate = carried.app.state.door.questions
    entered = [gate.entered() for _ in range(gate.size)]
    for one in entered:
        one.__enter__()
    page.locator(".ask textarea").fill(ARREARS)
    page.locator(".ask textarea").press("Enter")
    expect(page.locator(".notice")).to_contain_text("Many questions are being asked just now.")
    check(reading, "busy")
    for one in entered:
        one.__exit__(None, None, None)
    expect(page.locator(".answer")).to_be_visible()
    reading.context.set_offline(True)
    page.locator(".ask textarea").fill(RECORDS)
    page.locator(".ask textarea").press("Enter")
    expect(page.locator(".notice")).to_contain_text("cannot be reached")
    check(reading, "offline")
    reading.context.set_offline(False)
    expect(page.locator(".answer")).to_have_count(2)
    page.goto(f"{reading.net.url}/unknown")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    page.locator(".launcher").click()
    page.locator(".ask textarea").fill(ARREARS)
    page.locator(".ask textarea").press("Enter")
    expect(page.locator(".notice.error")).to_contain_text("does not know who you are")
    check(reading, "not-known")
    reading.expect_failures("503", "ERR_INTERNET_DISCONNECTED")


def tab_to(page: Page, wanted: str, key: str = "Tab") -> None:
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate(
            "wanted => document.querySelector('khumbula-chat').shadowRoot.activeElement?.matches(wanted)", wanted
        ):
            assert page.evaluate(FOCUS)[1], wanted
            return
    raise AssertionError(f"{wanted}: not reached by {key}")


def test_every_flow_goes_by_keys_alone(reading: Any) -> None:
    page = reading.goto("/plain")
    expect(page.locator(".launcher")).to_be_visible()
    tab_to(page, ".launcher")
    page.keyboard.press("Enter")
    expect(page.locator(".ask textarea")).to_be_focused()
    page.keyboard.type(TRADER)
    page.keyboard.press("Enter")
    expect(page.locator(".feedback")).to_be_visible()
    expect(page.locator(".ask textarea")).to_be_focused()
    tab_to(page, ".citation", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".preview h3")).to_be_focused()
    before = page.locator(".count").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".count")).not_to_have_text(before)
    tab_to(page, ".tool[aria-label='Next source']:not(:disabled)", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".count")).to_have_text(before)
    expect(page.locator(".preview .waiting")).to_be_hidden()
    tab_to(page, ".quiet[aria-pressed]", "Tab")
    page.keyboard.press("Space")
    tab_to(page, ".page")
    page.keyboard.press("Escape")
    assert "citation" in reading.focused()
    tab_to(page, ".feedback .quiet")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    tab_to(page, ".feedback textarea")
    page.keyboard.type("That is another policy.")
    tab_to(page, ".feedback .primary")
    page.keyboard.press("Enter")
    expect(page.locator(".thanks")).to_be_focused()
    tab_to(page, ".tool[aria-label='New conversation']", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".first")).to_be_visible()
    expect(page.locator(".ask textarea")).to_be_focused()
    tab_to(page, ".suggestion", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".feedback")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".launcher")).to_be_focused()


def test_who_hears_the_page_is_told_what_happens(reading: Any) -> None:
    page = reading.goto("/plain")
    page.locator(".launcher").click()
    expect(page.get_by_role("dialog", name="Khumbula")).to_be_visible()
    held: list[Route] = []
    page.route("**/api/ask", lambda route: held.append(route))
    page.locator(".ask textarea").fill(ARREARS)
    page.locator(".ask textarea").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Looking it up…")
    released(page, held)
    expect(page.get_by_role("status")).to_contain_text("Answer: 7.1 Electricity may be disconnected")
    page.get_by_role("button", name=re.compile(r"Source 1: Credit Control .*, page 4")).first.click()
    expect(
        page.get_by_role("img", name=re.compile("A picture of page 4.*with this marked: 7.1 Electricity"))
    ).to_be_visible()


@pytest.fixture(scope="module")
def large(launch: Callable[..., Browser]) -> Browser:
    """A browser whose reader has set letters twice as large."""
    return launch("--blink-settings=defaultFontSize=32,minimumFontSize=12")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_letters_twice_as_large_lose_nothing(carrying: Carrying, large: Browser, size: tuple[int, int]) -> None:
    with carrying(browser=large, size=size) as reading:
        page = reading.goto("/plain")
        expect(page.locator(".launcher")).to_be_visible()
        assert cut_off(page) == []
        reading.shot("large-closed")
        reading.ask()
        assert (
            page.evaluate(
                "getComputedStyle(document.querySelector('khumbula-chat').shadowRoot.querySelector('.answer')).fontSize"
            )
            == "32px"
        )
        assert cut_off(page) == []
        reading.shot("large-answer")
        page.locator(".citation").first.click()
        expect(page.locator(".preview .waiting")).to_be_hidden()
        assert cut_off(page) == []
        reading.shot("large-preview")


def cut_off(page: Page) -> list[str]:
    """Words that do not fit into what holds them, and parts that stand out of the window."""
    return list(
        page.evaluate(
            """() => [...document.querySelector('khumbula-chat').shadowRoot
            .querySelectorAll('button, a, h2, h3, h4, label, p, li')]
            .filter(e => e.checkVisibility() && !e.matches('.unseen') && (e.scrollWidth > e.clientWidth + 1
              && getComputedStyle(e).display !== 'inline'
              || e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().left < 0))
            .map(e => e.outerHTML.slice(0, 160))"""
        )
    )


def test_nothing_moves_for_who_wants_less_motion(carrying: Carrying) -> None:
    with carrying() as reading:
        page = reading.page
        page.emulate_media(reduced_motion="reduce")
        page.route("**/api/ask", lambda _: None)
        reading.goto("/plain")
        page.locator(".launcher").click()
        page.locator(".ask textarea").fill(ARREARS)
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".skeleton")).to_be_visible()
        moving = "document.querySelector('khumbula-chat').shadowRoot.getAnimations().length"
        assert page.evaluate(moving) == 0
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate(moving) > 0


def test_texts_follow_the_elements_language(carrying: Carrying) -> None:
    words = {
        name: json.loads((STATIC / "words" / f"{name}.json").read_text("utf-8"))["words"]
        for name in ("en", "af", "zu", "xh")
    }
    with carrying() as reading:
        page = reading.goto("/afrikaans")
        expect(page.locator(".launcher")).to_have_text(words["af"]["widget.open"])
        for language in ("zu", "xh", "af"):
            page.evaluate("name => { document.querySelector('khumbula-chat').lang = name; }", language)
            page.locator(".launcher").click()
            expect(page.locator(".first h3")).to_have_text(words[language]["widget.hello"])
            expect(page.locator(".first .hint")).to_have_text(words[language]["settings.draft"])
            page.keyboard.press("Escape")
        reading.goto("/plain")
        expect(page.locator(".launcher")).to_have_text(words["en"]["widget.open"])


def test_page_gives_the_widget_its_colours(carrying: Carrying) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        page.evaluate("document.documentElement.style.setProperty('--khumbula-brand', 'rgb(120, 10, 90)')")
        expect(page.locator(".launcher")).to_have_css("background-color", "rgb(120, 10, 90)")
