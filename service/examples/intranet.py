"""The intranet's side of the widget, in Python's standard library: `GET /khumbula-token` for the page's script.

KHUMBULA_URL=https://khumbula.muni.example KHUMBULA_TOKEN=khs_... ORIGIN=https://intranet.muni.example \\
    python intranet.py

KHUMBULA_TOKEN is made by `khumbula tokens add intranet --ability widget`. It stays here; the page gets a token that
lives five minutes and is worth something for this user on pages of ORIGIN alone. To try it on one machine,
TRY_AS=thandi takes everybody for her, and http://127.0.0.1:8090/ is a page that carries the widget.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

URL, KEY, ORIGIN = os.environ["KHUMBULA_URL"], os.environ["KHUMBULA_TOKEN"], os.environ["ORIGIN"]
TRY_AS = os.environ.get("TRY_AS", "")
PAGE = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Intranet</title>
<h1>Intranet</h1>
<script type="module" src="{URL}/static/widget/widget.js"></script>
<khumbula-chat token-url="/khumbula-token"></khumbula-chat>
</html>"""


def widget_token(user: str) -> tuple[int, bytes]:
    """A token for a user of the intranet, as JSON: {"token", "expires_in", ...}; the status says when there is none."""
    request = urllib.request.Request(
        f"{URL}/api/widget/token",
        json.dumps({"origin": ORIGIN, "user": user}).encode(),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answered:
            return 200, answered.read()
    except urllib.error.HTTPError as error:
        # 403: this user is disabled there. All else is for whoever runs this server, and not for its pages.
        print(f"Khumbula answered {error.code}: {error.read().decode()}")
        return (403 if error.code == 403 else 502), b"{}"
    except urllib.error.URLError as error:
        print(f"{URL}: {error.reason}")
        return 502, b"{}"


class Intranet(BaseHTTPRequestHandler):
    """Knows who is signed in by the header that the intranet's own sign-in sets; yours will know it otherwise."""

    def do_GET(self) -> None:
        """Answer the page's script; it is of the same origin, so no CORS is needed."""
        user = self.headers.get("X-Remote-User") or TRY_AS
        if self.path == "/khumbula-token":
            status, body = widget_token(user) if user else (401, b"{}")
            self._answer(status, "application/json", body)
        elif self.path == "/" and TRY_AS:
            self._answer(200, "text/html", PAGE.encode())
        else:
            self._answer(404, "text/plain", b"")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8090"))), Intranet).serve_forever()
