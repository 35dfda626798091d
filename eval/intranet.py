"""A small intranet on loopback whose pages carry the widget: a plain one, one under a strict policy, a hostile one,
one in a frame. Its back end mints tokens as `service/examples/intranet.py` does.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Of all that a page may load or send, nothing but the widget; no style of its own, no markup made from text.
STRICT = (
    "default-src 'none'; script-src {khumbula}; connect-src 'self' {khumbula}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# What old intranets do to every element, meant for their own.
HOSTILE = """
html { font-size: 40px; }
body { transform: rotate(0.5deg) scale(0.9); overflow: hidden; font: 60px/3 serif; color: red; }
body { text-transform: uppercase; }
body * { all: unset !important; display: none !important; visibility: hidden !important; opacity: 0 !important;
  font-size: 90px !important; transform: scale(3) !important; pointer-events: none !important; color: lime !important;
  position: static !important; width: 1px !important; letter-spacing: 1em !important; }
body * { clip-path: inset(50%) !important; }
* { --brand: red; --ink: red; --card: red; }
*::before { content: "hostile" !important; }
button, textarea, h2, p { border: 20px solid lime !important; }
"""
_TEXT = "".join(
    f"<p>News of the municipality, paragraph {number}, as long as such paragraphs are.</p>" for number in range(30)
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Intranet</title>{head}</head>
<body><main><h1>Intranet of the municipality</h1><a href="/plain?second">Another page</a>{text}</main>
{widget}</body></html>"""
_SCRIPT = '<script type="module" src="{khumbula}/static/widget/widget.js"></script>'
_SUGGESTIONS = (
    'suggestions="How many days in arrears before the electricity is disconnected?|Who keeps the register of records?"'
)


@dataclass
class Intranet:
    """The intranet. `khumbula`: the service's address, `key`: what its back end mints with, `user`: who reads."""

    url: str
    khumbula: str = ""
    key: str = ""
    user: str = "reader"

    def page(self, path: str) -> tuple[str, dict[str, str]] | None:
        """A page's markup and headers; None: there is none."""
        script = _SCRIPT.format(khumbula=self.khumbula)
        tagged = f'{script}<khumbula-chat token-url="/khumbula-token" {_SUGGESTIONS}></khumbula-chat>'
        strict = {"Content-Security-Policy": STRICT.format(khumbula=self.khumbula)}
        found: dict[str, tuple[str, str, dict[str, str]]] = {
            "/plain": ("", tagged, {}),
            "/strict": ("", tagged, strict),
            "/hostile": (f"<style>{HOSTILE}</style>", tagged, {}),
            "/frame": ("", '<iframe src="/strict" title="Inner" width="700" height="700"></iframe>', {}),
            "/closed-off": ("", '<iframe src="/strict" title="Inner" sandbox="allow-scripts"></iframe>', {}),
            "/cookie": ("", f"{script}<khumbula-chat></khumbula-chat>", {}),
            "/unknown": ("", tagged.replace("/khumbula-token", "/sign-in-page"), {}),
            "/afrikaans": ("", tagged.replace("<khumbula-chat", '<khumbula-chat lang="af"'), {}),
        }
        if path not in found:
            return None
        head, widget, headers = found[path]
        text = "" if "<iframe" in widget else _TEXT
        return _PAGE.format(head=head, text=text, widget=widget), headers

    def token(self) -> tuple[int, bytes]:
        """What the back end answers to its page's script: a status, and a token as JSON."""
        wanted = {"origin": self.url, "user": self.user}
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.khumbula}/api/widget/token", json.dumps(wanted).encode(), headers)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answered:
                return 200, answered.read()
        except urllib.error.HTTPError as error:
            return error.code, b"{}"
        except urllib.error.URLError:
            return 502, b"{}"


@contextmanager
def intranet() -> Iterator[Intranet]:
    """An intranet on a port of its own; the caller tells it where the service is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            status, body, headers = self._found(path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Cache-Control": "no-store", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _found(self, path: str) -> tuple[int, bytes, dict[str, str]]:
            if path == "/khumbula-token":
                return *made.token(), {"Content-Type": "application/json"}
            page = made.page(path)
            if page is None:
                # As intranets do: who is not signed in gets the page for that, with 200.
                return 200 if path == "/sign-in-page" else 404, b"<p>Sign in</p>", {"Content-Type": "text/html"}
            return 200, page[0].encode(), {"Content-Type": "text/html; charset=utf-8", **page[1]}

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Intranet(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
