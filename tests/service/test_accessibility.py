"""The application for everybody: axe-core on every page and state in both themes, the keyboard alone, large text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

ARREARS = "How many days in arrears before the electricity is disconnected?"
UNKNOWN = "Which astronauts has the municipality sent to Mars?"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
OTHER_THEME = (
    "document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'light' : 'dark'"
)

# Where the focus is: top, bottom and the window's height; whether nothing lies over it; what it is.
FOCUS = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 12));
  const free = Boolean(over && (here.contains(over) || over.contains(here)));
  return [[box.top, box.bottom, innerHeight], free, here.outerHTML.slice(0, 120)];
}"""

# What moves by itself: how much, and what it was.
SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const one of list.getEntries())
    if (!one.hadRecentInput) window.shifts.push([one.value, one.sources.map(s => s.node?.outerHTML?.slice(0, 90))]);
}).observe({type: 'layout-shift', buffered: true});
"""
# A browser gives a page without TLS no clipboard.
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"


def violations(page: Page, rules: str) -> list[tuple[str, list[str]]]:
    options = {"runOnly": {"type": "rule", "values": [rules]}} if rules != "all" else {}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]


def check(visit: Any, state: str) -> None:
    """Nothing that axe knows of is wrong, in the theme of the device and in the other one."""
    page = visit.page
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    own = violations(page, "all")
    page.evaluate(OTHER_THEME)
    other = violations(page, "color-contrast")
    page.evaluate("delete document.documentElement.dataset.theme")
    assert (state, own, other) == (state, [], [])
    assert visit.fits(), state
    visit.shot(f"axe-{state}")


def asked(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn").last.locator(".made")).to_be_visible()


def test_asking_has_no_violation_in_any_state(visit: Any) -> None:
    page = visit.page
    held: list[Route] = []
    page.route("**/api/ask", lambda route: held.append(route))
    page.add_init_script(NO_CLIPBOARD)
    page.goto(visit.url)
    expect(page.locator("#held")).not_to_be_empty()
    check(visit, "first")
    page.locator("#options summary").click()
    page.locator("#question").fill(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".skeleton")).to_be_visible()
    check(visit, "waiting")
    held[0].continue_()
    page.unroute("**/api/ask")
    expect(page.locator(".made")).to_be_visible()
    check(visit, "answered")
    asked(page, "And for the water?")
    check(visit, "follow-up")
    asked(page, UNKNOWN)
    check(visit, "unknown")
    page.get_by_role("button", name="Share").last.click()
    expect(page.locator(".taken")).to_be_visible()
    check(visit, "to-be-taken")
    page.goto(visit.url)
    expect(page.locator(".recent")).not_to_be_empty()
    check(visit, "first-again")


def test_panel_has_no_violation_in_any_state(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/?q={ARREARS}")
    page.locator(".citation").nth(1).click()
    expect(page.locator("#picture")).not_to_have_js_property("naturalWidth", 0, timeout=30_000)
    check(visit, "picture")
    page.locator(".about summary").click()
    page.locator("#as-text").click()
    expect(page.locator("#text mark").first).to_be_visible()
    check(visit, "text")
    page.goto(f"{visit.url}/?document=999999&version=1&page=1")
    expect(page.locator("#panel .notice.error")).to_be_visible()
    check(visit, "absent-page")
    visit.expect_failures("404")


def test_failures_have_no_violation(visit: Any, sampled: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    gate = sampled.app.state.door.questions
    entered = [gate.entered() for _ in range(gate.size)]
    for one in entered:
        one.__enter__()
    page.locator("#question").fill(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".notice.error")).to_be_visible()
    for one in entered:
        one.__exit__(None, None, None)
    check(visit, "busy")
    visit.context.set_offline(True)
    page.locator("#question").fill(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_be_visible()
    check(visit, "offline")
    visit.context.set_offline(False)
    expect(page.locator(".answer")).to_be_visible(timeout=15_000)
    visit.expect_failures("503", "ERR_INTERNET_DISCONNECTED")


def test_search_has_no_violation_in_any_state(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/search")
    expect(page.locator(".shelf a").first).to_be_visible()
    page.locator(".filters").evaluate("filters => { filters.open = true; }")
    check(visit, "shelf")
    page.goto(f"{visit.url}/search?q=disconnection+of+water&as_of=2017-03-01&department=Finance")
    expect(page.locator(".found").first).to_be_visible()
    check(visit, "found")
    page.goto(f"{visit.url}/search?q=water&kind=nothing")
    expect(page.locator("#results-title")).to_have_text("Nothing found")
    check(visit, "nothing-found")


def test_document_history_and_settings_have_no_violation(visit: Any, sampled: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/history")
    expect(page.locator(".notice")).to_be_visible()
    check(visit, "no-history")
    document = sampled.client.get("/api/search", params={"q": ARREARS}).json()["results"][0]["document_id"]
    page.goto(f"{visit.url}/documents/{document}")
    expect(page.locator(".facts-list")).to_be_visible()
    check(visit, "document")
    page.goto(f"{visit.url}/documents/999999")
    expect(page.locator(".notice.error")).to_be_visible()
    check(visit, "absent-document")
    page.goto(visit.url)
    asked(page, ARREARS)
    page.goto(f"{visit.url}/history")
    expect(page.locator(".history .card")).to_have_count(1)
    check(visit, "history")
    page.locator(".forget-all").click()
    check(visit, "forget")
    page.keyboard.press("Escape")
    page.locator("#settings").click()
    check(visit, "settings")
    visit.expect_failures("404")


def test_comparison_has_no_violation_in_any_state(visit: Any, sampled: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/compare")
    expect(page.locator("#left")).to_be_focused()
    check(visit, "compare")
    results = sampled.client.get("/api/search", params={"q": ARREARS}).json()["results"]
    document = next(r["document_id"] for r in results if r["title"].startswith("Credit Control"))
    page.goto(f"{visit.url}/compare?left={document}@3&right={document}@4")
    expect(page.locator(".pairs")).to_be_visible()
    check(visit, "compared")
    page.goto(f"{visit.url}/compare?left={document}@4&right={document}@4")
    expect(page.locator(".notice")).to_have_text("Nothing is different.")
    check(visit, "compared-same")
    page.goto(f"{visit.url}/compare?left=nothing&right=there")
    expect(page.locator(".notice.error")).to_be_visible()
    check(visit, "compare-nothing")
    visit.expect_failures("404")


def test_shared_answer_and_sign_in_have_no_violation(visit: Any, sampled: Any) -> None:
    page = visit.page
    kept = sampled.client.post("/api/ask", json={"question": ARREARS, "keep": True}).json()["turn_id"]
    url = sampled.client.post(f"/api/turns/{kept}/share").json()["url"]
    page.goto(visit.url + url)
    expect(page.locator(".made")).to_be_visible()
    check(visit, "shared")
    page.goto(f"{visit.url}/shared/nothing")
    expect(page.locator(".notice.error")).to_be_visible()
    check(visit, "shared-nothing")
    page.goto(f"{visit.url}/sign-in")
    expect(page.locator("h1")).to_have_text("Sign in")
    check(visit, "sign-in")
    visit.expect_failures("404")


# The keyboard alone


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.className || document.activeElement.id"))


def tab_to(page: Page, wanted: str, *, key: str = "Tab") -> None:
    for _ in range(80):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{wanted}: not reached by {key}")


def test_question_answer_and_page_are_reached_by_keys_alone(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".made")).to_be_visible()
    page.keyboard.press("ArrowUp")
    citations = page.locator(".citation")
    expect(citations.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(citations.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    number = page.locator(".panel-page")
    expect(number).to_have_text(re.compile(r"Page \d+ of \d+"))
    cited, pages = (int(word) for word in number.inner_text().split() if word.isdecimal())
    page.keyboard.press("ArrowRight")
    expect(number).to_have_text(f"Page {cited + 1} of {pages}")
    page.keyboard.press("ArrowLeft")
    expect(number).to_have_text(f"Page {cited} of {pages}")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#panel")).to_contain_text("Source 1 of")
    tab_to(page, "#as-text")
    page.keyboard.press("Enter")
    expect(page.locator("#text mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(citations.nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()


def test_search_document_history_and_settings_are_reached_by_keys_alone(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    asked(page, ARREARS)
    tab_to(page, "nav a[href='/search']", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("disconnection")
    page.keyboard.press("Enter")
    expect(page.locator(".found").first).to_be_visible()
    if not page.locator(".facets").is_visible():
        tab_to(page, ".filters summary")
        page.keyboard.press("Enter")
    tab_to(page, ".facet")
    page.keyboard.press("Space")
    expect(page.locator(".facet[aria-pressed=true]")).to_be_focused()
    tab_to(page, ".found")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".found").nth(1)).to_be_focused()
    tab_to(page, ".group h3 a")
    page.keyboard.press("Enter")
    expect(page.locator(".facts-list")).to_be_visible()
    page.goto(f"{visit.url}/history")
    tab_to(page, ".history .quiet")
    page.keyboard.press("Enter")
    expect(page.locator(".history .card")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator(".settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".settings")).to_be_hidden()


def test_focus_is_never_lost_nor_out_of_sight(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/?q={ARREARS}")
    expect(page.locator(".made")).to_be_visible()
    page.locator("#main").focus()
    page.keyboard.press("Home")
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        box, top, name = page.evaluate(FOCUS)
        if name.startswith("<body"):
            continue
        seen.add(name)
        assert box[1] > 0, name
        assert box[0] < box[2], name
        assert top, name
    assert len(seen) > 8


# Large text, and less motion


@pytest.fixture(scope="module")
def large(launch: Callable[..., Browser]) -> Browser:
    """A browser whose reader has set letters twice as large."""
    return launch("--blink-settings=defaultFontSize=32,minimumFontSize=12")


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def large_visit(
    large: Browser, visiting: Callable[..., AbstractContextManager[Any]], request: pytest.FixtureRequest
) -> Iterator[Any]:
    with visiting(large, request.param) as one:
        yield one


def cut_off(page: Page) -> list[str]:
    """Words that do not fit into what holds them, where nothing scrolls or says that there is more."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('button, a, h1, h2, h3, label, p, dd, dt, summary')]
            .filter(e => e.offsetParent && !e.closest('.unseen') && getComputedStyle(e).overflowX === 'visible'
              && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
            .map(e => e.outerHTML.slice(0, 160))"""
        )
    )


def test_letters_twice_as_large_lose_nothing(large_visit: Any) -> None:
    page = large_visit.page
    page.goto(large_visit.url)
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "34px"
    expect(page.locator("#held")).not_to_be_empty()
    for step in ("first", "answered", "search", "document", "compare", "history", "settings"):
        if step == "answered":
            asked(page, ARREARS)
        if step in {"search", "history"}:
            page.goto(f"{large_visit.url}/{step}{'?q=disconnection' if step == 'search' else ''}")
            expect(page.locator(".found, .history .card").first).to_be_visible()
        if step == "document":
            page.locator(".group h3 a").first.click()
            expect(page.locator(".facts-list")).to_be_visible()
        if step == "compare":
            page.get_by_role("link", name="Compare with another").click()
            expect(page.locator("#right")).to_be_focused()
        if step == "settings":
            page.locator("#settings").click()
        large_visit.shot(f"large-{step}")
        assert (step, large_visit.fits(), cut_off(page)) == (step, True, [])
    page.goto(f"{large_visit.url}/?q={ARREARS}")
    page.locator(".citation").first.click()
    expect(page.locator("#picture")).to_be_visible()
    large_visit.shot("large-panel")
    assert large_visit.fits()
    page.get_by_role("button", name="Close the page").click()
    expect(page.locator("#panel")).to_be_hidden()


def test_nothing_moves_for_who_wants_less_motion(browser: Browser, visiting: Callable[..., Any]) -> None:
    with visiting(browser) as visit:
        page = visit.page
        page.emulate_media(reduced_motion="reduce")
        held: list[Route] = []
        page.route("**/api/ask", lambda route: held.append(route))
        page.goto(visit.url)
        page.locator("#question").fill(ARREARS)
        page.keyboard.press("Enter")
        expect(page.locator(".skeleton")).to_be_visible()
        assert page.evaluate("document.getAnimations().length") == 0
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate("document.getAnimations().length") > 0
        held[0].continue_()
        expect(page.locator(".made")).to_be_visible()


# The first load


@pytest.mark.parametrize("path", ["/", "/search", "/history"])
def test_first_load_is_small_and_nothing_shifts(browser: Browser, visiting: Callable[..., Any], path: str) -> None:
    with visiting(browser) as visit:
        page = visit.page
        bodies: dict[str, int] = {}
        page.on("response", lambda answer: bodies.update({answer.url: len(answer.body())}))
        page.add_init_script(SHIFTS)
        page.goto(visit.url + path)
        expect(page.locator("html")).to_have_attribute("data-ready", "yes")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.shifts") == []
        assert sum(bodies.values()) <= 150_000


def test_nothing_shifts_while_an_answer_comes_or_a_page_opens(visit: Any) -> None:
    page = visit.page
    page.add_init_script(SHIFTS)
    page.goto(visit.url)
    expect(page.locator("#held")).not_to_be_empty()
    # Typed, not filled in: what moves because of an input is no shift.
    page.keyboard.type(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".made")).to_be_visible()
    page.locator(".citation").nth(1).click()
    expect(page.locator("#picture")).not_to_have_js_property("naturalWidth", 0, timeout=30_000)
    assert page.evaluate("window.shifts") == []
