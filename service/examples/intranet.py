"""The intranet's side of the widget, in Python's standard library: `GET /khumbula-token` for the page's script.

KHUMBULA_URL=https://khumbula.muni.example KHUMBULA_TOKEN=khs_... ORIGIN=https://intranet.muni.example \\
    python intranet.py

KHUMBULA_TOKEN is made by `khumbula tokens add intranet --ability widget`. It stays here; the page gets a token that
lives five minutes and is worth something for this user on pages of ORIGIN alone.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

URL, KEY, ORIGIN = os.environ["KHUMBULA_URL"], os.environ["KHUMBULA_TOKEN"], os.environ["ORIGIN"]


def widget_token(user: str) -> bytes:
    """A token for a user of the intranet, as JSON: {"token", "expires_in", ...}."""
    request = urllib.request.Request(
        f"{URL}/api/widget/token",
        json.dumps({"origin": ORIGIN, "user": user}).encode(),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answered:
        return bytes(answered.read())


class Intranet(BaseHTTPRequestHandler):
    """Knows who is signed in by the header that the intranet's own sign-in sets; yours will know it otherwise."""

    def do_GET(self) -> None:
        """Answer the page's script; it is of the same origin, so no CORS is needed."""
        user = self.headers.get("X-Remote-User")
        if self.path != "/khumbula-token" or not user:
            self.send_error(404 if user else 401)
            return
        try:
            token = widget_token(user)
        except urllib.error.URLError:
            self.send_error(502)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(token)))
        self.end_headers()
        self.wfile.write(token)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8090"))), Intranet).serve_forever()
