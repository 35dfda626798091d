"""What the application's first load takes: bytes, requests, time until it can be used, and how much shifts.

    khumbula serve &
    python -m eval.first_load http://127.0.0.1:8080/ [--page /search] [--carrying http://127.0.0.1:8090/] [--json]

Chromium over loopback, an empty cache each time. `ready_ms`: from the navigation until the page takes a question
(the median); bytes are those of the bodies as they are sent. `--carrying`: a page of the intranet that carries the
widget, of which only what comes from the service is counted, and which is ready when the widget's button is there.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Request, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
_WATCH = """
window.shifted = 0;
new PerformanceObserver(list => { for (const one of list.getEntries()) window.shifted += one.value; })
  .observe({type: 'layout-shift', buffered: true});
const look = () => {
  const widget = document.querySelector('khumbula-chat')?.shadowRoot?.querySelector('.launcher');
  if (document.documentElement?.dataset.ready || widget) window.readyAt = performance.now();
  else requestAnimationFrame(look);
};
look();
"""


@dataclass(frozen=True, slots=True)
class FirstLoad:
    """One page's first load. `shift`: cumulative layout shift, 0 when nothing moves."""

    page: str
    bytes: int
    requests: int
    ready_ms: float
    shift: float


def first_load(browser: Browser, url: str, page: str, runs: int) -> FirstLoad:
    """Load a page `runs` times, each with an empty cache; `page`: of the service at `url`, or an address elsewhere."""
    found = [_once(browser, urljoin(url, page), urlsplit(url).netloc) for _ in range(runs)]
    ready = median(ready for _, ready, _ in found)
    bodies, _, _ = found[0]
    return FirstLoad(page, sum(bodies), len(bodies), round(ready, 1), max(shift for *_, shift in found))


def _once(browser: Browser, address: str, host: str) -> tuple[list[int], float, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    bodies: list[int] = []

    def count(request: Request) -> None:
        if urlsplit(request.url).netloc == host:
            bodies.append(request.sizes()["responseBodySize"])

    page.on("requestfinished", count)
    page.add_init_script(_WATCH)
    page.goto(address, wait_until="networkidle")
    ready, shift = page.evaluate("[window.readyAt, window.shifted]")
    context.close()
    return bodies, float(ready), float(shift)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--page", action="append", help="an address of the application (default: the main ones)")
    parser.add_argument(
        "--carrying", action="append", default=[], help="a page of the intranet that carries the widget"
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        options: dict[str, Any] = {"executable_path": CHROMIUM} if CHROMIUM.exists() else {}
        browser = playwright.chromium.launch(args=["--headless", "--no-sandbox", "--disable-gpu"], **options)
        pages = asked.page or ([] if asked.carrying else ["/", "/search", "/history"])
        pages += asked.carrying
        found = [asdict(first_load(browser, asked.url, page, asked.runs)) for page in pages]
        browser.close()
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    for one in found:
        print(
            "{page:10} {bytes:7,} bytes  {requests:3} requests  ready {ready_ms:6.1f} ms  shift {shift}".format(**one)
        )


if __name__ == "__main__":
    main()
