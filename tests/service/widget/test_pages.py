"""Where the widget may be and where not, what it leaves in a page, how large it is."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from eval.intranet import intranet

STATIC = Path(__file__).resolve().parents[3] / "service" / "static"
# `with carrying() as reading:` reads a page of the allowed intranet.
Carrying = Callable[..., AbstractContextManager[Any]]


@pytest.mark.parametrize("path", ["/plain", "/strict", "/hostile", "/frame"])
def test_widget_asks_and_shows_the_cited_page_on_every_kind_of_page(carrying: Carrying, path: str) -> None:
    with carrying() as reading:
        page = reading.goto(path)
        part = page.frames[1] if path == "/frame" else page
        reading.ask(part=part)
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


def test_hostile_page_changes_nothing_of_how_the_widget_looks(carrying: Carrying) -> None:
    def picture(page: Any) -> bytes:
        box = page.locator(".panel").bounding_box()
        assert box is not None
        return bytes(page.screenshot(clip=box))

    with carrying() as plain, carrying() as hostile:
        pages = [plain.goto("/plain"), hostile.goto("/hostile")]
        for page in pages:
            page.locator(".launcher").click()
            expect(page.locator(".panel .suggestion").first).to_be_visible()
        # What moves comes to rest at its own time on each.
        until = time.monotonic() + 10
        while not (alike := picture(pages[0]) == picture(pages[1])) and time.monotonic() < until:
            pages[0].wait_for_timeout(100)
        assert alike


def test_page_of_an_origin_that_is_not_allowed_gets_nothing(browser: Browser, carried: Any, opened: Carrying) -> None:
    with intranet() as net:
        net.khumbula, net.key = carried.url, carried.token("foreign", "widget")
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


def test_closed_off_frame_gets_nothing(carrying: Carrying) -> None:
    with carrying() as reading:
        page = reading.goto("/closed-off")
        page.wait_for_timeout(500)
        assert page.frames[1].locator(".launcher").count() == 0
        reading.expect_failures("CORS", "Failed to load resource")


def test_nothing_but_the_element_is_left_in_the_page(carrying: Carrying) -> None:
    with carrying() as reading:
        own = "Object.getOwnPropertyNames(window)"
        reading.page.add_init_script(f"window.before = null; window.before = {own}")
        page = reading.goto("/plain")
        reading.ask()
        assert page.evaluate(f"{own}.filter(name => !before.includes(name))") == []
        assert (
            page.evaluate("document.adoptedStyleSheets.length + document.querySelectorAll('style, link').length") == 0
        )
        assert page.evaluate("[...document.body.children].map(one => one.tagName)") == [
            "MAIN",
            "SCRIPT",
            "KHUMBULA-CHAT",
        ]


def test_keys_typed_into_the_widget_are_not_the_pages(carrying: Carrying) -> None:
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


def test_first_load_is_small_and_nothing_shifts(carrying: Carrying) -> None:
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
