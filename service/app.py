"""The service: a memory and a pool in, an ASGI app out."""

from __future__ import annotations

from collections.abc import Callable, Collection

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles

from ingest.pool import Pool
from memory.access import Scope
from memory.memory import Memory
from service import (
    routes_ask,
    routes_compare,
    routes_decisions,
    routes_documents,
    routes_history,
    routes_pages,
    routes_search,
    routes_service,
    routes_timeline,
)
from service.door import DoorState
from service.gate import Gate
from service.guard import Guard
from service.metrics import Measured, Metrics
from service.problems import Problem, add_handlers

_DESCRIPTION = """Ask a municipality's documents; every answer is cited to the page, verbatim.

Errors are problem details (RFC 9457). What you may not see is answered like what does not exist."""

# Who asks where there is no sign-in.
LOCAL_USER = "local"


def create_app(
    memory: Memory,
    *,
    scope: Callable[[Request], Scope],
    pool: Pool,
    user: Callable[[Request], str] = lambda _: LOCAL_USER,
    gate: int = 8,
    hosts: Collection[str] = (),
) -> FastAPI:
    """The app. `scope`: what the asker of a request may see; `user`: his name, under which his history is kept.

    `gate`: questions under way at once before 503.

    `hosts`: the names under which it is reached, besides addresses and localhost.

    The caller closes `pool` after the app has ended.
    """
    questions, pictures = Gate("questions", gate), Gate("pictures", gate)
    metrics = Metrics((questions, pictures))
    app = FastAPI(
        title="Khumbula",
        summary="A municipality's institutional memory",
        description=_DESCRIPTION,
        version="1",
        openapi_url="/api/openapi.json",
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.door = DoorState(memory, pool, scope, user, questions, pictures, metrics)
    for routes in (
        routes_ask,
        routes_search,
        routes_documents,
        routes_decisions,
        routes_timeline,
        routes_compare,
        routes_history,
        routes_service,
        routes_pages,
    ):
        app.include_router(routes.router)
    app.include_router(routes_documents.contradictory)
    app.mount("/static", StaticFiles(directory=routes_pages.STATIC), name="static")
    add_handlers(app)
    app.add_middleware(Guard, hosts=hosts)
    app.add_middleware(Measured, metrics=metrics)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the problem's shape where the routes' error responses refer to it."""
    made = app.openapi

    def described() -> dict[str, object]:
        schema = made()
        shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = schema["components"]["schemas"]
        schemas.update(shape.pop("$defs"))
        schemas["Problem"] = shape
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return schema

    app.openapi = described  # type: ignore[method-assign]
