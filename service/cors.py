"""Cross-origin requests: the widget's calls and files, for the origins that are configured, and nothing else.

No wildcard, and no cookie but where a page mints its token: there the browser sends it for pages of the same site.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.policies import POLICIES
from service.release import ANSWER_HEADER
from service.signin import Entrance

# What the widget is made of; a module script is fetched with CORS.
WIDGET_FILES = ("/static/widget/", "/static/words/", "/static/app/")
_ROUTES = [(method, compile_path(path)[0], policy) for (method, path), policy in POLICIES.items() if policy.widget]
_HEADERS = "Authorization, Content-Type, Accept, X-Request-Id"
_EXPOSED = f"{ANSWER_HEADER}, Retry-After, X-Request-Id"
_PREFLIGHT_SECONDS = "600"


class Cors:
    """Middleware that answers preflights and lets pages of the allowed origins read what is meant for the widget."""

    def __init__(self, app: ASGIApp, entrance: Entrance) -> None:
        self._app = app
        self._origins = entrance.widget_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; say who may read the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        origin = request.headers.get("origin")
        wanted = request.headers.get("access-control-request-method")
        method = wanted if request.method == "OPTIONS" and wanted else request.method
        allowed = origin is not None and origin in self._origins and _is_for_widgets(method, request.url.path)
        headers = _headers(request.url.path, origin or "") if allowed else {}
        if allowed and request.method == "OPTIONS" and wanted:
            preflight = {
                "Access-Control-Allow-Methods": method,
                "Access-Control-Allow-Headers": _HEADERS,
                "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
            }
            await Response(status_code=204, headers=headers | preflight | {"Vary": "Origin"})(scope, receive, send)
            return

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                tagging = MutableHeaders(scope=message)
                tagging.update(headers)
                tagging.add_vary_header("Origin")
            await send(message)

        await self._app(scope, receive, tagged)


def _is_for_widgets(method: str, path: str) -> bool:
    if path.startswith(WIDGET_FILES):
        return method in {"GET", "HEAD"}
    return any(method == ruled and pattern.match(path) for ruled, pattern, _ in _ROUTES)


def _headers(path: str, origin: str) -> dict[str, str]:
    headers = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": _EXPOSED,
    }
    if any(policy.from_intranet and pattern.match(path) for _, pattern, policy in _ROUTES):
        headers["Access-Control-Allow-Credentials"] = "true"
    return headers
