"""What every response carries and no request may exceed, whatever the route."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem

LARGEST_BODY = 1 << 20
# Where files are sent to; they may be longer.
UPLOADS = "/api/admin/uploads"

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Middleware: strict headers, no answer kept by a cache, bodies of LARGEST_BODY bytes at most.

    `largest_upload`: bytes that a file sent to UPLOADS may have.

    `hosts`: the names under which the service is reached, besides addresses and localhost. Any other name is
    refused: a web page elsewhere could make its own name point here and read what its visitor may see.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = (), largest_upload: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest_upload = largest_upload
        self._hosts = {host.lower() for host in hosts} | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if not self._is_ours(request.headers.get("host", "")):
            refusal = problem(request, 421, "the service is not known under this name; add it to its hosts")
            await refusal(scope, receive, send)
            return
        # A document may be withdrawn from somebody at any time: what he saw stays in no cache.
        caching = "no-cache" if scope["path"].startswith("/static/") else "no-store"
        largest = self._largest_upload if scope["path"] == UPLOADS else LARGEST_BODY
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise HTTPException(413, f"the request is longer than {largest:,} bytes, which is the most allowed")
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers["Cache-Control"] = caching
            await send(message)

        await self._app(scope, limited, guarded)

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this service: an address, or one of its names; the port does not matter."""
        name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
        if name.lower() in self._hosts:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True
