"""A small OpenID provider in a process of its own, on loopback: `python provider.py PORT`. It signs whoever asks in.

Authorization code flow with PKCE, discovery, rotating RS256 keys. `POST /script` sets what the next sign-in gives, and
what is wrong with its token; `GET /log` tells what it was asked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "khumbula", "the client's secret"


def half_hash(text: str) -> str:
    """As OpenID Connect Core 1.0, 3.1.3.6, has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode().rstrip("=")


class Provider:
    """What the provider knows."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.codes: dict[str, dict[str, str]] = {}
        self.log: list[dict[str, str]] = []
        self.script: dict[str, Any] = {}
        self.rotate()

    def rotate(self) -> None:
        """A new key; the one before is forgotten."""
        self.kid = secrets.token_hex(4)
        self.key = RSAKey.generate_key(2048, {"kid": self.kid, "use": "sig", "alg": "RS256"})

    def metadata(self) -> dict[str, Any]:
        """Discovery."""
        return {
            "issuer": self.script.get("issuer", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        self.log.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        told = {"code": code, "state": asked["state"]} | self.script.get("back", {})
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def token(self, asked: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The tokens for a code, once."""
        self.log.append(asked)
        began = self.codes.pop(asked.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{quote_plus(SECRET)}".encode()).decode()
        if began is None or authorization != f"Basic {basic}" or asked["redirect_uri"] != began["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != began["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": self.id_token(began, access)}

    def id_token(self, began: dict[str, str], access: str) -> str:
        """Who signed in, with what the script makes wrong of it."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "7f3a",
            "iat": now,
            "exp": now + 300,
            "nonce": began["nonce"],
            "at_hash": half_hash(access),
            "preferred_username": "t.dlamini",
            "name": "Thandi Dlamini",
            "email": "t.dlamini@muni.example",
            "groups": ["Finance Staff"],
        } | self.script.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.script.get("sign") == "none":
            parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        key = RSAKey.generate_key(2048, {"kid": self.kid}) if self.script.get("sign") == "foreign" else self.key
        token = jwt.encode({"alg": "RS256", "kid": self.kid}, claims, key)
        head, body, seal = token.split(".")
        return f"{head}.{body[:-2]}AA.{seal}" if self.script.get("sign") == "tampered" else token

    def userinfo(self) -> dict[str, Any]:
        """More of who signed in."""
        script: dict[str, Any] = self.script.get("userinfo", {})
        return {"sub": "7f3a", "groups": ["IT Admins"]} | script


class Handler(BaseHTTPRequestHandler):
    """One request."""

    provider: Provider

    def do_GET(self) -> None:
        """Discovery, keys, authorization."""
        at = urlsplit(self.path)
        if at.path == "/authorize":
            self.send_response(303)
            self.send_header("Location", self.provider.authorize(dict(parse_qsl(at.query))))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        answers = {
            "/.well-known/openid-configuration": self.provider.metadata,
            "/jwks": lambda: {"keys": [dict(self.provider.key.as_dict(private=False))]},
            "/userinfo": self.provider.userinfo,
            "/log": lambda: {"log": self.provider.log},
        }
        answer: Any = answers[at.path]
        self._json(200, answer())

    def do_POST(self) -> None:
        """Tokens; and what a test sets."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/token":
            self._json(*self.provider.token(dict(parse_qsl(body)), self.headers.get("Authorization", "")))
            return
        self.provider.script = json.loads(body)
        if self.provider.script.get("rotate"):
            self.provider.rotate()
        self._json(200, {})

    def _json(self, status: int, value: dict[str, Any]) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until ended; the address goes to stdout."""
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    issuer = f"http://127.0.0.1:{server.server_port}"
    Handler.provider = Provider(issuer)
    print(issuer, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
