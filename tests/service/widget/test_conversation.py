"""What the widget keeps and for whom; what it does when the service is slow, gone or back."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Route, expect

from eval.intranet import Intranet, intranet
from ingest.pool import Pool
from memory import credentials, feedback, people
from memory.memory import Memory
from memory.people import Role
from memory.settings import DoorSettings
from service.app import create_app
from service.caller import COOKIE

ARREARS = "How many days in arrears before the electricity is disconnected?"
RECORDS = "Who keeps the register of records?"
# Its answer has more than one source.
TRADER = "What must a street trader do?"
# `with carrying() as reading:` reads a page of the allowed intranet.
Carrying = Callable[..., AbstractContextManager[Any]]


def test_conversation_goes_along_from_page_to_page_and_the_token_does_not(carrying: Carrying) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        reading.ask()
        page.get_by_role("link", name="Another page").click()
        expect(page).to_have_url(re.compile("second"))
        expect(page.locator(".asked")).to_have_text(ARREARS)
        expect(page.locator(".answer")).to_contain_text("more than 60 days")
        assert reading.focused() == "None"
        reading.ask("And for the water?")
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


def test_who_comes_after_in_the_same_tab_sees_nothing_of_it(carrying: Carrying, allowed: Intranet) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        reading.ask()
        allowed.user = "accountant"
        page.reload()
        expect(page.locator(".first")).to_be_visible()
        expect(page.locator(".asked")).to_have_count(0)
        reading.ask(RECORDS)
        expect(page.locator(".asked")).to_have_text([RECORDS])
        reading.expect_failures("404")


def test_full_application_goes_on_with_the_conversation(carrying: Carrying, carried: Any, allowed: Intranet) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        reading.ask()
        secret = carried.session(allowed.user)["Cookie"].partition("=")[2]
        reading.context.add_cookies([{"name": COOKIE, "value": secret, "url": carried.url}])
        with reading.context.expect_page() as coming:
            page.locator("a.tool").click()
        there = coming.value
        expect(there.locator("h2.asked")).to_have_text(ARREARS)
        expect(there.locator(".answer")).to_contain_text("more than 60 days")
        expect(there).to_have_url(re.compile(r"/conversations/\d+"))
        assert there.evaluate("[opener, document.referrer]") == [None, ""]


def test_browsers_own_sign_in_is_enough_under_one_domain(carrying: Carrying, carried: Any, allowed: Intranet) -> None:
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
    reading: Any, carried: Any, allowed: Intranet
) -> None:
    page = reading.goto("/plain")
    reading.ask(TRADER)
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("radio", name=re.compile("^2 ·")).check()
    page.get_by_label("What is wrong or missing?").fill("It is the other policy.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thanks")).to_be_visible()
    with carried.memory.store.reading() as connection:
        (kept,) = feedback.of_user(connection, allowed.user)
    assert (kept.question, kept.useful, kept.wrong_citation, kept.text) == (
        TRADER,
        False,
        2,
        "It is the other policy.",
    )


def test_ended_rights_are_told_and_a_new_token_is_asked_for(
    carrying: Carrying, carried: Any, allowed: Intranet
) -> None:
    with carrying() as reading:
        page = reading.goto("/plain")
        reading.ask()
        with carried.memory.store.noting() as connection:
            user = people.named(connection, allowed.user)
            credentials.close_all(connection, user.id)
        reading.ask(RECORDS)
        expect(page.locator(".answer")).to_have_count(2)
        reading.expect_failures("401")


# Slow, gone, back


def test_answer_that_breaks_off_is_read_again_not_asked_again(carrying: Carrying) -> None:
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


def test_slow_answer_is_said_to_be_slow(carrying: Carrying) -> None:
    with carrying() as reading:
        page = reading.page
        page.clock.install()
        held: list[Route] = []
        page.route("**/api/ask", lambda route: held.append(route))
        reading.goto("/plain")
        page.locator(".launcher").click()
        page.locator(".ask textarea").fill(ARREARS)
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".skeleton")).to_be_visible()
        page.clock.run_for(7_000)
        expect(page.locator(".verdict")).to_have_text("This takes longer than usual…")
        while not held:
            page.wait_for_timeout(20)
        held[0].continue_()
        expect(page.locator(".feedback")).to_be_visible()


def test_busy_service_is_asked_again_no_sooner_than_it_says(carrying: Carrying) -> None:
    with carrying() as reading:
        page = reading.page
        page.clock.install()
        asked: list[str] = []

        def busy(route: Route) -> None:
            asked.append(route.request.url)
            if len(asked) > 1:
                route.continue_()
                return
            shared = {"Access-Control-Allow-Origin": reading.net.url, "Access-Control-Expose-Headers": "Retry-After"}
            route.fulfill(status=503, headers=shared | {"Retry-After": "20"}, body="{}")

        page.route("**/api/ask", busy)
        reading.goto("/plain")
        page.locator(".launcher").click()
        page.locator(".ask textarea").fill(ARREARS)
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".notice")).to_contain_text(re.compile(r"Many questions .* tried again in 2\d s"))
        page.clock.run_for(19_000)
        assert len(asked) == 1
        page.clock.run_for(7_000)
        expect(page.locator(".feedback")).to_be_visible()
        assert len(asked) == 2
        reading.expect_failures("503")


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


def test_question_asked_of_a_restarting_service_is_answered_when_it_is_back(
    browser: Browser, carried: Any, opened: Carrying
) -> None:
    with intranet() as net, ExitStack() as ending:
        net.key = carried.token("restarting", "widget")
        with standing(carried.memory, 0, net.url) as port:
            net.khumbula, net.user = f"http://127.0.0.1:{port}", carried.add("patient", Role.READER).name
            reading = ending.enter_context(opened(browser, net))
            page = reading.goto("/strict")
            reading.ask()
        page.locator(".ask textarea").fill(RECORDS)
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".notice")).to_contain_text("Khumbula cannot be reached just now. It is tried again in")
        with standing(carried.memory, port, net.url):
            expect(page.locator(".answer")).to_have_count(2)
            expect(page.locator(".asked")).to_have_text([ARREARS, RECORDS])
        reading.expect_failures("Failed to load resource")
