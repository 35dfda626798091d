"""The log: one line for each event on stderr, with the request's id. No question, no query string, no file's name."""

from __future__ import annotations

import logging
import sys
import time
import uuid
from typing import Any, Literal

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Goes through the standard library: what is not configured, as in tests, says nothing below a warning.
log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
    logging.getLogger("khumbula"),
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
)
REQUEST_ID = "X-Request-Id"
_LONGEST_ID = 64


def configure(form: Literal["json", "plain"]) -> None:
    """Set up the log of this process; what libraries log goes the same way."""
    last = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("khumbula").setLevel(logging.INFO)


class Logged:
    """Middleware: an id for each request, given back as X-Request-Id, and a line when it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; log what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(Request(scope))
        started, status = time.perf_counter(), 500

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, tagged)
        finally:
            # The template, never the path: an id of a document may tell what somebody looks for.
            route = getattr(scope.get("route"), "path", "other")
            took_ms = round((time.perf_counter() - started) * 1000, 1)
            log.info("request", method=scope["method"], route=route, status=status, took_ms=took_ms)
            structlog.contextvars.unbind_contextvars("request_id")


def _id_of(request: Request) -> str:
    """The id that a proxy gave, when it is one; else a new one."""
    given = request.headers.get(REQUEST_ID.lower(), "")
    sound = 0 < len(given) <= _LONGEST_ID and all(
        letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in given
    )
    return given if sound else uuid.uuid4().hex
