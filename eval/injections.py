"""`python -m eval.injections [--payloads 1000]`: script injections through everything that is shown; does any run?

Each payload is the title, the file's name, the custodian and a part of the text of a document, a question, a note, and
a part of an answer that a model streams (cut in the middle of it). All of it is shown by the application and by the
widget on a page of another origin, in Chromium with their content security policies switched off, so that nothing but
their way of showing text holds. A payload ran when it says so, opens a dialog, asks another host or leads elsewhere.
The same payloads as markup, beside, show how many of them would.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page, Route, sync_playwright
from sqlalchemy import Connection

from eval.datasets import Text
from eval.guarded import Guarded, guarded
from eval.ingest_set import Cut, cut
from eval.intranet import Intranet, intranet
from eval.payloads import ELSEWHERE, payloads
from ingest import record
from memory import catalogue
from memory.access import PUBLIC
from memory.embed import Embedder, load
from memory.memory import Memory
from memory.records import Document, Version
from memory.settings import Settings
from service.caller import COOKIE

CHROMIUM = Path("/usr/bin/chromium")
# No name leads anywhere: a request elsewhere is seen, and goes nowhere.
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
# Frames at once on the page where payloads are markup.
_FRAMES = 25
# To another view of the application, as its own links lead.
_GO = """path => {
  document.getElementById("main").replaceChildren();
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}"""
# Answers shown on one page before it is opened anew.
_ON_ONE_PAGE = 20


@dataclass(slots=True)
class Report:
    """What came of it. `live`: payloads that ran as markup; `shown`: where how many were seen as text; `ran`: those
    that ran where they must not, which is none.
    """

    payloads: int = 0
    live: int = 0
    shown: Counter[str] = field(default_factory=Counter)
    ran: list[str] = field(default_factory=list)
    seconds: float = 0.0


def word_of(number: int) -> str:
    """A word that no other document has."""
    letters = "bdfgklmnprstvz"
    return (
        "quo" + "".join(letters[number // 14**place % 14] + "aeiou"[(number + place) % 5] for place in range(3)) + "x"
    )


def remember(folder: Path, embedder: Embedder, attacks: Sequence[str]) -> None:
    """A memory in `folder` of one document for each payload."""
    memory = Memory(folder / "memory", embedder, create=True)
    with memory.store.writing():
        texts = [Text(str(n), f"Notice {word_of(n)}", _text(n, attack)) for n, attack in enumerate(attacks)]
        cuts = [cut(text, folder, embedder) for text in texts]
        with memory.store.transaction() as connection:
            passages = [passage for item in cuts for passage in item.passages]
            catalogue.add_vectors(connection, record.embed(connection, passages, embedder))
            for number, (attack, item) in enumerate(zip(attacks, cuts, strict=True)):
                _add(connection, number, attack, item)
        memory.publish()


def _text(number: int, attack: str) -> str:
    return f"The notice of {word_of(number)} says {attack} and nothing else of {word_of(number)}."


def _add(connection: Connection, number: int, attack: str, item: Cut) -> None:
    document = Document(0, attack, "notices", PUBLIC, key=str(number), custodian=attack, department=attack)
    version = Version(
        id=0,
        document_id=catalogue.add_document(connection, document),
        number=1,
        sha256=f"{number:064x}",
        file_name=attack,
        media_type="text/plain",
        size=len(item.text.text),
        status="current",
        title=attack,
        ingested_at=catalogue.now(),
    )
    version_id = catalogue.add_version(connection, version)
    catalogue.add_pages(connection, [record.page_row(version_id, page) for page in item.reading.pages])
    catalogue.add_passages(connection, version_id, item.passages)


def watched(browser: Browser, hosts: frozenset[str], ran: list[str], where: str) -> BrowserContext:
    """A browser's window in which nothing may run; what does is told in `ran`."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    context.expose_function("ran", lambda number: ran.append(f"{where}: payload {number} ran"))

    def asked(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.netloc not in hosts:
            ran.append(f"{where}: {url} was asked for")

    context.on("request", lambda request: asked(request.url))

    def said(dialog: Dialog) -> None:
        ran.append(f"{where}: dialog {dialog.message}")
        # It may have gone with its frame.
        with suppress(Error):
            dialog.dismiss()

    def opened(page: Page) -> None:
        if len(context.pages) > 1:
            ran.append(f"{where}: {page.url} was opened")

    context.on("dialog", said)
    context.on("page", opened)
    return context


def live(browser: Browser, url: str, attacks: Sequence[str]) -> int:
    """How many of the payloads run when they are put into a page as markup."""
    said: list[str] = []
    context = watched(browser, frozenset(), said, "markup")
    page = context.new_page()
    for start in range(0, len(attacks), _FRAMES):
        page.goto(url)
        page.evaluate(
            """async attacks => {
          for (const attack of attacks) {
            const frame = document.createElement("iframe");
            document.body.append(frame);
            frame.contentWindow.ran = frame.contentWindow.alert = top.ran;
            frame.contentDocument.write(`<body><p>${attack}`);
          }
          await new Promise(resolve => setTimeout(resolve, 500));
        }""",
            list(attacks[start : start + _FRAMES]),
        )
    context.close()
    told = " ".join(said)
    numbers = re.findall(rf"payload (\d+) ran|dialog (\d+)|{re.escape(ELSEWHERE)}/(\d+)", told)
    return len({number for found in numbers for number in found if number})


def hostile(attacks: dict[str, str]) -> Callable[[Route], None]:
    """Answers as a model might be brought to write them: the payload, cut in two, and a note of it."""

    def rewritten(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")["question"]
        attack = next(attack for word, attack in attacks.items() if word in asked)
        answered = route.fetch()
        events = [event.partition("\ndata: ") for event in answered.text().split("\n\n") if event]
        whole: dict[str, Any] = json.loads(events[-1][2])
        note = {"kind": "draft", "text": attack, "citations": [], "source": "text"}
        whole |= {"generated_by": "a model", "supported": True, "notes": [note], "asked_as": attack}
        whole |= {"citations": whole["citations"] or whole["closest"], "answer": f"It says {attack} [1]"}
        half = len(attack) // 2
        told = [("begin", {k: v for k, v in whole.items() if k not in {"answer", "took_ms"}})]
        told += [("text", {"text": part}) for part in ("It says ", attack[:half], attack[half:], " [1]")]
        told.append(("end", whole))
        body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in told)
        route.fulfill(response=answered, body=body)

    return rewritten


class Campaign:
    """The application and the widget, and what they have shown so far."""

    def __init__(self, browser: Browser, service: Guarded, net: Intranet, attacks: Sequence[str]) -> None:
        self.report = Report(payloads=len(attacks))
        self._service, self._net, self._attacks = service, net, attacks
        hosts = frozenset(urlsplit(url).netloc for url in (service.url, net.url))
        self._rewrite = hostile({word_of(number): attack for number, attack in enumerate(attacks)})
        self._app = watched(browser, hosts, self.report.ran, "application")
        secret = service.session("reader")["Cookie"].partition("=")[2]
        self._app.add_cookies([{"name": COOKIE, "value": secret, "url": service.url}])
        self._elsewhere = watched(browser, hosts, self.report.ran, "widget")

    def application(self, say: Callable[[str], None]) -> None:
        """Ask each payload in the application, open the page and the document; every tenth, search."""
        page = self._app.new_page()
        page.route("**/api/ask", self._rewrite)
        for number, attack in enumerate(self._attacks):
            if number % _ON_ONE_PAGE == 0:
                page.goto(self._service.url)
                say(f"application: {number} payloads, {len(self.report.ran)} ran")
            page.locator("#question").fill(question(number, attack))
            page.locator("#question").press("Enter")
            turn = page.locator(".turn").last
            turn.locator(".made").wait_for()
            self._count("application: question", turn.locator(".asked"), attack)
            self._count("application: streamed answer", turn.locator(".answer"), attack)
            self._count("application: note", turn.locator(".notes"), attack)
            self._count("application: title", turn.locator(".citation .title").first, attack)
            self._count("application: text", turn.locator(".citation .quote").first, attack)
            turn.locator(".citation").first.click()
            page.locator("#text mark").first.wait_for()
            self._count("application: page", page.locator("#text"), attack)
            page.keyboard.press("Escape")
            if number % _ON_ONE_PAGE == _ON_ONE_PAGE - 1:
                self._documents(page, number - _ON_ONE_PAGE + 1)
        self._still(page, self._service.url)

    def _documents(self, page: Page, first: int) -> None:
        """The pages of so many documents, and what a search for them shows."""
        for number in range(first, first + _ON_ONE_PAGE):
            page.evaluate(_GO, f"/documents/{number + 1}")
            page.locator(".facts-list").wait_for()
            self._count("application: file name", page.locator("#main"), self._attacks[number])
        page.goto(f"{self._service.url}/search?q={word_of(first)}+{word_of(first + 1)}")
        page.locator(".found").first.wait_for()

    def widget(self, say: Callable[[str], None]) -> None:
        """Ask each payload in the widget and open its page."""
        page = self._elsewhere.new_page()
        page.route("**/api/ask", self._rewrite)
        page.goto(f"{self._net.url}/plain")
        page.locator(".launcher").click()
        for number, attack in enumerate(self._attacks):
            if number % _ON_ONE_PAGE == 0:
                say(f"widget: {number} payloads, {len(self.report.ran)} ran")
            page.locator(".ask textarea").fill(question(number, attack))
            page.locator(".ask textarea").press("Enter")
            page.locator(".turn .feedback").wait_for()
            for part, selector in (
                ("question", ".asked"),
                ("streamed answer", ".answer"),
                ("note", ".notes"),
                ("title", ".citation .title"),
            ):
                self._count(f"widget: {part}", page.locator(selector).first, attack)
            page.locator(".citation").first.click()
            page.locator(".page mark").first.wait_for()
            self._count("widget: text", page.locator("blockquote"), attack)
            self._count("widget: page", page.locator(".page .text"), attack)
            page.keyboard.press("Escape")
            page.locator(".head .tool").first.click()
        self._still(page, self._net.url)

    def _count(self, where: str, part: Any, attack: str) -> None:
        # White space is folded in a question's field, and in some headings.
        self.report.shown[where] += _folded(attack) in _folded(part.text_content() or "")

    def _still(self, page: Page, url: str) -> None:
        """What runs late, runs now; and the page is still where it was."""
        page.wait_for_timeout(1500)
        if not page.url.startswith(url):
            self.report.ran.append(f"the page went to {page.url}")


def question(number: int, attack: str) -> str:
    """The question that leads to the payload's document, and carries it."""
    return f"What does the notice of {word_of(number)} say? {_folded(attack)}"


def _folded(text: str) -> str:
    return " ".join(text.split())


def run(folder: Path, embedder: Embedder, count: int, say: Callable[[str], None] = lambda _: None) -> Report:
    """Send so many payloads, a multiple of `_ON_ONE_PAGE`, on all ways."""
    began = time.monotonic()
    attacks = payloads(count)
    remember(folder, embedder, attacks)
    with intranet() as net, guarded(folder / "memory", embedder, net.url) as service, sync_playwright() as playwright:
        net.khumbula, (_, key) = service.url, service.token("widget")
        net.key = key["Authorization"].partition(" ")[2]
        options: dict[str, Any] = {"executable_path": CHROMIUM} if CHROMIUM.exists() else {}
        browser = playwright.chromium.launch(args=list(FLAGS), **options)
        alive = live(browser, f"{net.url}/sign-in-page", attacks)
        campaign = Campaign(browser, service, net, attacks)
        campaign.widget(say)
        campaign.application(say)
        browser.close()
    campaign.report.live = alive
    campaign.report.seconds = round(time.monotonic() - began, 1)
    return campaign.report


def main() -> int:
    """Print the report as JSON; 1 when anything ran."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payloads", type=int, default=1000)
    chosen = parser.parse_args()
    settings = Settings()
    embedder = load(settings.model, settings.model_cache)
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), embedder, chosen.payloads, lambda line: print(line, file=sys.stderr, flush=True))
    print(json.dumps({name: getattr(found, name) for name in Report.__slots__}, indent=1))
    return 1 if found.ran else 0


if __name__ == "__main__":
    sys.exit(main())
