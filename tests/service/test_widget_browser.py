"""The widget in a real browser, on pages of other origins: allowed and not, strict, hostile and framed; its states
for everybody; what it keeps; what it does when the service is slow, gone or back."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    Request,
    Route,
    expect,
)

from eval.intranet import Intranet, intranet
from ingest.pool import Pool
from memory import credentials, feedback, people
from memory.memory import Memory
from memory.people import Role, User
from memory.settings import DoorSettings
from service.app import create_app
from service.caller import COOKIE

STATIC = Path(__file__).resolve().parents[2] / "service" / "static"
ARREARS = "How many days in arrears before the electricity is disconnected?"
RECORDS = "Who keeps the register of records?"
UNKNOWN = "Which astronauts has the municipality sent to Mars?"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
DESKTOP, PHONE = (1280, 900), (390, 844)
# The shadow root's part that has the focus, and where it is.
FOCUS = """() => {
  const here = document.querySelector('khumbula-chat').shadowRoot.activeElement;
  const box = here?.getBoundingClientRect();
  const inside = here && box.top >= 0 && box.bottom <= innerHeight + 1 && box.left >= 0 && box.right <= innerWidth + 1;
  return here && [here.className || here.tagName, inside];
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


@contextmanager
def opened(
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
def carrying(allowed: Intranet, carried: Any, browser: Browser) -> Callable[..., AbstractContextManager[Reading]]:
    """Read a page of the allowed intranet, as a user who has asked nothing yet."""
    name = f"reader-{next(NUMBERS)}"
    carried.add(name, Role.READER)

    def read(**options: Any) -> AbstractContextManager[Reading]:
        allowed.user = options.pop("user", name)
        return opened(options.pop("browser", browser), allowed, **options)

    return read


NUMBERS = itertools.count(1)


@pytest.fixture(params=[(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def reading(
    carrying: Callable[..., AbstractContextManager[Reading]], request: pytest.FixtureRequest
) -> Iterator[Reading]:
    size, scheme = request.param
    with carrying(size=size, scheme=scheme, has_touch=size == PHONE) as one:
        yield one


def ask(page: Page | Frame, question: str = ARREARS) -> None:
    launcher = page.locator(".launcher")
    expect(page.locator(".launcher:not([hidden]), .panel[open]").first).to_be_visible()
    if launcher.is_visible():
        launcher.click()
    page.locator(".ask textarea").fill(question)
    page.locator(".ask textarea").press("Enter")
    expect(page.locator(".turn").last.locator(".feedback")).to_be_visible()


# Where it may be, and where not


@pytest.mark.parametrize("path", ["/plain", "/strict", "/hostile", "/frame"])
def test_widget_asks_and_shows_the_cited_page_on_every_kind_of_page(
    carrying: Callable[..., AbstractContextManager[Reading]], path: str
) -> None:
    with carrying() as reading:
        page = reading.goto(path)
        part = page.frames[1] if path == "/frame" else page
        ask(part)
        expect(part.locator(".answer")).to_contain_text("more than 60 days")
        part.locator(".citation").first.click()
        expect(part.locator(".page canvas")).to_be_visible()
        expect(part.locator(".preview .waiting")).to_be_hidden()
        drawn = part.locator("canvas").evaluate(
            "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
        )
        assert drawn > 20
        expect(part.locator(".preview blockquote")).to_contain_text("60 days")
        reading.shot(f"on{path.replace('/', '-')}")


def test_hostile_page_changes_nothing_of_how_the_widget_looks(
    carrying: Callable[..., AbstractContextManager[Reading]],
) -> None:
    seen = []
    for path in ("/plain", "/hostile"):
        with carrying() as reading:
            page = reading.goto(path)
            page.locator(".launcher").click()
            page.wait_for_timeout(300)
            box = page.locator(".panel").bounding_box()
            assert box is not None
            seen.append(page.screenshot(clip=box))
    assert seen[0] == seen[1]


def test_page_of_an_origin_that_is_not_allowed_gets_nothing(browser: Browser, carried: Any) -> None:
    with intranet() as net:
        net.khumbula, net.key = carried.url, carried.token(f"foreign-{next(NUMBERS)}", "widget")
        stolen = carried.widget("reader")
        with opened(browser, net) as reading:
            page = reading.goto("/plain")
            page.wait_for_timeout(1000)
            assert page.evaluate(
                "[typeof customElements.get('khumbula-chat'), document.querySelector('khumbula-chat').shadowRoot]"
            ) == ["undefined", None]
            tries = page.evaluate(
                """async ([khumbula, stolen]) => {
              const json = {"Content-Type": "application/json"}, bearer = {Authorization: `Bearer ${stolen}`};
              const tried = [
                [`${khumbula}/api/widget/token`,
                  {method: "POST", credentials: "include", headers: json, body: `{"origin": "${location.origin}"}`}],
                [`${khumbula}/api/ask`, {method: "POST", headers: {...json, ...bearer}, body: '{"question": "Who?"}'}],
                [`${khumbula}/api/documents`, {headers: bearer}],
                [`${khumbula}/static/widget/widget.js`, {}], [`${khumbula}/static/words/en.json`, {}],
              ];
              const told = ([url, options]) => fetch(url, options).then(() => "read", error => error.name);
              return Promise.all(tried.map(told));
            }""",
                [carried.url, stolen],
            )
            assert tries == ["TypeError"] * 5
            assert net.token() == (422, b"{}")
            reading.expect_failures("CORS", "Failed to load resource")


def test_closed_off_frame_gets_nothing(carrying: Callable[..., AbstractContextManager[Reading]]) -> None:
    with carrying() as reading:
        page = reading.goto("/closed-off")
        page.wait_for_timeout(500)
        assert page.frames[1].locator(".launcher").count() == 0
        reading.expect_failures("CORS", "Failed to load resource")


def test_nothing_but_the_element_is_left_in_the_page(carrying: Callable[..., AbstractContextManager[Reading]]) -> None:
    with carrying() as reading:
        own = "Object.getOwnPropertyNames(window)"
        reading.page.add_init_script(f"window.before = null; window.before = {own}")
        page = reading.goto("/plain")
        ask(page)
        assert page.evaluate(f"{own}.filter(name => !before.includes(name))") == []
        assert (
            page.evaluate("document.adoptedStyleSheets.length + document.querySelectorAll('style, link').length") == 0
        )
        assert page.evaluate("[...document.body.children].map(one => one.tagName)") == [
            "MAIN",
            "SCRIPT",
            "KHUMBULA-CHAT",
        ]


def test_keys_typed_into_the_widget_are_not_the_pages(carrying: Callable[..., AbstractContextManager[Reading]]) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        page.evaluate(
            """window.seen = [];
            for (const name of ['keydown', 'keyup', 'keypress'])
              document.addEventListener(name, event => seen.push(event.key));"""
        )
        page.locator(".launcher").click()
        page.keyboard.type("/s?")
        assert page.locator(".ask textarea").input_value() == "/s?"
        assert page.evaluate("seen") == []


# For everybody


def violations(page: Page, rules: list[str] | None = None) -> list[tuple[str, list[str]]]:
    options = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]


def check(reading: Reading, state: str) -> None:
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


def test_no_state_has_a_violation(reading: Reading) -> None:
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
    ask(page, RECORDS)
    page.locator(".turn").last.locator(".citation").first.click()
    expect(page.locator(".page .text mark").first).to_be_visible()
    check(reading, "preview-text")
    page.keyboard.press("Escape")
    ask(page, UNKNOWN)
    check(reading, "unknown")


def test_no_failure_has_a_violation(reading: Reading, carried: Any) -> None:
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


def focused(page: Page) -> str:
    found = page.evaluate(FOCUS)
    return str(found and found[0])


def test_every_flow_goes_by_keys_alone(reading: Reading) -> None:
    page = reading.goto("/plain")
    expect(page.locator(".launcher")).to_be_visible()
    tab_to(page, ".launcher")
    page.keyboard.press("Enter")
    expect(page.locator(".ask textarea")).to_be_focused()
    page.keyboard.type(ARREARS)
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
    assert "citation" in focused(page)
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


def test_who_hears_the_page_is_told_what_happens(reading: Reading) -> None:
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
def test_letters_twice_as_large_lose_nothing(
    carrying: Callable[..., AbstractContextManager[Reading]], large: Browser, size: tuple[int, int]
) -> None:
    with carrying(browser=large, size=size) as reading:
        page = reading.goto("/plain")
        expect(page.locator(".launcher")).to_be_visible()
        assert cut_off(page) == []
        reading.shot("large-closed")
        ask(page)
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


def test_nothing_moves_for_who_wants_less_motion(carrying: Callable[..., AbstractContextManager[Reading]]) -> None:
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


def test_texts_follow_the_elements_language(carrying: Callable[..., AbstractContextManager[Reading]]) -> None:
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


def test_page_gives_the_widget_its_colours(carrying: Callable[..., AbstractContextManager[Reading]]) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        page.evaluate("document.documentElement.style.setProperty('--khumbula-brand', 'rgb(120, 10, 90)')")
        expect(page.locator(".launcher")).to_have_css("background-color", "rgb(120, 10, 90)")


# What it keeps, and for whom


def test_conversation_goes_along_from_page_to_page_and_the_token_does_not(
    carrying: Callable[..., AbstractContextManager[Reading]],
) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        ask(page)
        page.get_by_role("link", name="Another page").click()
        expect(page).to_have_url(re.compile("second"))
        expect(page.locator(".asked")).to_have_text(ARREARS)
        expect(page.locator(".answer")).to_contain_text("more than 60 days")
        assert focused(page) == "None"
        ask(page, "And for the water?")
        expect(page.locator(".leaning").last).to_contain_text(ARREARS)
        kept = page.evaluate(
            """[JSON.stringify({...sessionStorage}), {...localStorage}, document.cookie,
            document.documentElement.outerHTML + document.querySelector('khumbula-chat').shadowRoot.innerHTML]"""
        )
        assert re.fullmatch(r'\{"khumbula-chat":"\{\\"open\\":true,\\"conversation\\":\d+\}"\}', kept[0])
        assert kept[1:3] == [{}, ""]
        assert "khw_" not in kept[3]
        page.keyboard.press("Escape")
        page.reload()
        expect(page.locator(".launcher")).to_be_visible()
        expect(page.locator(".panel")).to_be_hidden()


def test_who_comes_after_in_the_same_tab_sees_nothing_of_it(
    carrying: Callable[..., AbstractContextManager[Reading]], allowed: Intranet
) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        ask(page)
        allowed.user = "accountant"
        page.reload()
        expect(page.locator(".first")).to_be_visible()
        expect(page.locator(".asked")).to_have_count(0)
        ask(page, RECORDS)
        expect(page.locator(".asked")).to_have_text([RECORDS])
        reading.expect_failures("404")


def test_full_application_goes_on_with_the_conversation(
    carrying: Callable[..., AbstractContextManager[Reading]], carried: Any, allowed: Intranet
) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        ask(page)
        secret = carried.session(allowed.user)["Cookie"].partition("=")[2]
        reading.context.add_cookies([{"name": COOKIE, "value": secret, "url": carried.url}])
        with reading.context.expect_page() as coming:
            page.locator("a.tool").click()
        there = coming.value
        expect(there.locator("h2.asked")).to_have_text(ARREARS)
        expect(there.locator(".answer")).to_contain_text("more than 60 days")
        expect(there).to_have_url(re.compile(r"/conversations/\d+"))
        assert there.evaluate("[opener, document.referrer]") == [None, ""]


def test_browsers_own_sign_in_is_enough_under_one_domain(
    carrying: Callable[..., AbstractContextManager[Reading]], carried: Any, allowed: Intranet
) -> None:
    with carrying() as reading:
        page = reading.goto("/cookie")
        page.locator(".launcher").click()
        page.locator(".ask textarea").fill(ARREARS)
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".notice.error a")).to_have_attribute("href", f"{carried.url}/sign-in")
        secret = carried.session(allowed.user)["Cookie"].partition("=")[2]
        reading.context.add_cookies([{"name": COOKIE, "value": secret, "url": carried.url}])
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".answer")).to_contain_text("more than 60 days")
        reading.expect_failures("401")


def test_feedback_reaches_the_custodian_with_the_citation_that_is_wrong(
    reading: Reading, carried: Any, allowed: Intranet
) -> None:
    page = reading.goto("/plain")
    ask(page)
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("radio", name=re.compile("^2 ·")).check()
    page.get_by_label("What is wrong or missing?").fill("It is the other policy.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thanks")).to_be_visible()
    with carried.memory.store.reading() as connection:
        (kept,) = feedback.of_user(connection, allowed.user)
    assert (kept.question, kept.useful, kept.wrong_citation, kept.text) == (
        ARREARS,
        False,
        2,
        "It is the other policy.",
    )


def test_ended_rights_are_told_and_a_new_token_is_asked_for(
    carrying: Callable[..., AbstractContextManager[Reading]], carried: Any, allowed: Intranet
) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        ask(page)
        with carried.memory.store.noting() as connection:
            user = people.named(connection, allowed.user)
            credentials.close_all(connection, user.id)
        ask(page, RECORDS)
        expect(page.locator(".answer")).to_have_count(2)
        reading.expect_failures("401")


# Slow, gone, back


def test_answer_that_breaks_off_is_read_again_not_asked_again(
    carrying: Callable[..., AbstractContextManager[Reading]],
) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        asked: list[str] = []

        def cut(route: Route) -> None:
            asked.append(route.request.url)
            whole = route.fetch()
            body = whole.text()
            route.fulfill(response=whole, body=body[: body.index("event: end")])

        page.route("**/api/ask", cut)
        page.locator(".launcher").click()
        page.locator(".ask textarea").fill(ARREARS)
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".notice")).to_contain_text("The answer broke off.")
        page.get_by_role("button", name="Try now").click()
        expect(page.locator(".feedback")).to_be_visible()
        assert len(asked) == 1


@contextmanager
def standing(memory: Memory, port: int, origins: str) -> Iterator[int]:
    """The service on a port, until the block ends."""
    with Pool(1) as pool:
        app = create_app(memory, settings=DoorSettings(widget_origins=origins), pool=pool, gate=4)
        config = uvicorn.Config(
            app, port=port, log_level="error", ws="none", lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield int(server.servers[0].sockets[0].getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
            app.state.door.jobs.close()


def test_question_asked_of_a_restarting_service_is_answered_when_it_is_back(browser: Browser, carried: Any) -> None:
    with intranet() as net:
        net.key = carried.token(f"restarting-{next(NUMBERS)}", "widget")
        with standing(carried.memory, 0, net.url) as port:
            net.khumbula = f"http://127.0.0.1:{port}"
            with carried.memory.store.noting() as connection:
                people.add_user(connection, User(0, net_user := f"reader-{next(NUMBERS)}", net_user))
            net.user = net_user
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{net.url}/strict")
            ask(page)
        page.locator(".ask textarea").fill(RECORDS)
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".notice")).to_contain_text("Khumbula cannot be reached just now. It is tried again in")
        with standing(carried.memory, port, net.url):
            expect(page.locator(".answer")).to_have_count(2)
            expect(page.locator(".asked")).to_have_text([ARREARS, RECORDS])
        context.close()


# Small, and still


def test_first_load_is_small_and_nothing_shifts(carrying: Callable[..., AbstractContextManager[Reading]]) -> None:
    with carrying() as reading:
        page = reading.page
        bodies: dict[str, int] = {}
        page.on("requestfinished", lambda asked: bodies.update({asked.url: asked.sizes()["responseBodySize"]}))
        page.add_init_script(
            """window.shifts = [];
            new PerformanceObserver(list => shifts.push(...list.getEntries().map(one => one.value)))
              .observe({type: 'layout-shift', buffered: true});"""
        )
        reading.goto("/strict")
        expect(page.locator(".launcher")).to_be_visible()
        page.wait_for_load_state("networkidle")
        own = {url: size for url, size in bodies.items() if url.startswith(reading.net.khumbula)}
        assert len(own) <= 16
        assert 0 < sum(own.values()) <= 30_000
        assert page.evaluate("shifts") == []


def test_widget_is_less_than_30_kilobytes_compressed_in_every_language() -> None:
    modules = sorted((STATIC / "widget").glob("*.js"))
    source = "\n".join(module.read_text("utf-8") for module in modules)
    shared = {STATIC / "app" / name for name in re.findall(r"\"\.\./app/(\w+\.js)\"", source)}
    program = sum(len(gzip.compress(module.read_bytes())) for module in (*modules, *shared))
    words = {file.stem: len(gzip.compress(file.read_bytes())) for file in (STATIC / "words").glob("*.json")}
    assert {name for name, size in words.items() if program + size > 30_000} == set()


def test_no_script_of_ours_turns_text_into_markup_or_code() -> None:
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTML|DOMParser|createContextualFragment|srcdoc"
        r"|\beval\(|new Function|javascript:"
    )
    found = {file.name: re.findall(sinks, file.read_text("utf-8")) for file in sorted(STATIC.rglob("*.js"))}
    assert {name: sinks for name, sinks in found.items() if sinks} == {}
