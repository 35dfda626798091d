"""The application where people sign in: in and out by its own page, feedback, and rights that are taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from memory import audit, catalogue

ARREARS = "How many days in arrears before the electricity is disconnected?"
PASSWORD = "a long enough phrase"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


def sign_in(page: Page, user: str) -> None:
    page.locator("#user").fill(user)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")


def ask(page: Page) -> None:
    page.locator("#question").fill(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".made")).to_be_visible()


def test_who_has_not_signed_in_is_led_there_and_back_again(page: Page, guarded: Any) -> None:
    page.goto(f"{guarded.url}/history")
    expect(page).to_have_url(f"{guarded.url}/sign-in?next=%2Fhistory")
    page.locator("#user").fill("reader")
    page.locator("#password").fill("not the password at all")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.error")).to_be_visible()
    sign_in(page, "reader")
    expect(page).to_have_url(f"{guarded.url}/history")
    expect(page.locator("h1")).to_have_text("What you asked")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#password")).to_be_visible()


def test_feedback_is_given_and_its_fate_told(page: Page, guarded: Any) -> None:
    page.goto(f"{guarded.url}/sign-in?next=https://elsewhere.example/")
    sign_in(page, "custodian")
    expect(page).to_have_url(f"{guarded.url}/")
    ask(page)
    page.locator(".feedback").get_by_role("button", name="No").click()
    page.get_by_role("radio").nth(1).check()
    page.locator(".feedback-form textarea").fill("It is 60 days.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".feedback")).to_contain_text("Thank you")
    page.goto(f"{guarded.url}/history")
    expect(page.locator(".replies")).to_contain_text(ARREARS)


def test_kept_answer_that_is_read_again_stands_in_the_audit_with_its_passages(guarded: Any) -> None:
    with guarded.signed_in("reader") as client:
        answer = client.post("/api/ask", json={"question": ARREARS, "keep": True}).json()
        client.get(f"/api/conversations/{answer['conversation_id']}")
        client.get(f"/api/turns/{answer['turn_id']}/export")
    with guarded.memory.store.reading() as connection:
        noted = [(entry.actor, entry.action, json.loads(entry.detail)) for entry in audit.entries(connection)]
    shown = [detail for actor, action, detail in noted if actor == "reader" and action in {"conversation", "export"}]
    for detail in shown[-2:]:
        assert detail["turns"] == [answer["turn_id"]]
        assert [place["document"] for place in detail["passages"]] == [c["document_id"] for c in answer["citations"]]


def test_right_that_is_taken_away_takes_the_kept_answer_along(page: Page, guarded: Any) -> None:
    page.goto(f"{guarded.url}/sign-in")
    sign_in(page, "accountant")
    expect(page).to_have_url(f"{guarded.url}/")
    ask(page)
    address = page.url
    grant(guarded, "accountant")
    page.goto(address)
    expect(page.locator(".made, .turn .notice")).to_be_visible()
    seen = guarded.memory.scope_of("accountant")
    shown = page.locator(".citation").evaluate_all("all => all.map(one => one.dataset.url)")
    with guarded.memory.store.reading() as connection:
        for url in shown:
            document = int(url.partition("document=")[2].partition("&")[0])
            assert catalogue.get_document(connection, document, seen) is not None
    grant(guarded, "accountant", "finance")


def grant(guarded: Any, user: str, *labels: str) -> None:
    with guarded.memory.store.noting() as connection:
        catalogue.grant(connection, user, labels)
