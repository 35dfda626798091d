"""When too many come: the next is told so at the door, before anything is done for him.

What is let in waits for one of the threads. Without a bound on how much waits, who came first would be answered long
after he has gone, and what waits would grow without end.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.gate import Gate, GateFull
from service.problems import problem

# Costly, and counted by themselves: whoever only reads a page is not turned away because others ask.
_ASKING = ("/api/ask", "/api/search")
# Cheap, and asked for when something is wrong.
_OPEN = ("/static/", "/healthz", "/readyz", "/metrics")


class Crowd:
    """Middleware: lets as many requests in at once as `gate` does, and as many questions as `asking`."""

    def __init__(self, app: ASGIApp, gate: Gate, asking: Gate) -> None:
        self._app = app
        self._gate = gate
        self._asking = asking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or turn it away."""
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        gate = self._asking if scope["path"].startswith(_ASKING) else self._gate
        try:
            with gate.entered():
                await self._app(scope, receive, send)
        except GateFull as full:
            refusal = problem(Request(scope), 503, str(full), headers={"Retry-After": str(full.retry_after)})
            await refusal(scope, receive, send)
