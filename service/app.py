"""The service: a memory and a pool in, an ASGI app out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from ingest.pool import Pool
from memory.access import Scope
from memory.errors import Misuse
from memory.memory import Memory
from memory.people import LOCAL
from memory.settings import DoorSettings
from service import (
    routes_admin,
    routes_ask,
    routes_compare,
    routes_decisions,
    routes_documents,
    routes_feedback,
    routes_history,
    routes_ingest,
    routes_pages,
    routes_people,
    routes_search,
    routes_service,
    routes_signin,
    routes_timeline,
    routes_widget,
)
from service.answers import Answers
from service.authorise import authorised
from service.cors import Cors
from service.crowd import Crowd
from service.described import describe
from service.door import DoorState
from service.gate import Gate
from service.guard import Guard
from service.jobs import Jobs
from service.limits import Rate
from service.logs import Logged
from service.metrics import Measured, Metrics
from service.oidc import Provider
from service.policies import unruled
from service.problems import add_handlers
from service.signin import Entrance
from service.suggestions import Suggestions
from service.trail import Trail

# Requests of all kinds under way, for each question that may be: some wait for a thread, the next is turned away.
_REQUESTS = 16
# Passwords checked at once: each takes 64 MiB and some 50 ms.
_HASHES = 4
_ROUTES = (
    routes_ask,
    routes_search,
    routes_documents,
    routes_decisions,
    routes_timeline,
    routes_compare,
    routes_history,
    routes_pages,
    routes_service,
    routes_signin,
    routes_widget,
    routes_feedback,
    routes_people,
    routes_ingest,
    routes_admin,
)
_DESCRIPTION = """Ask a municipality's documents; every answer is cited to the page, verbatim.

Errors are problem details (RFC 9457). What you may not see is answered like what does not exist."""


def create_app(
    memory: Memory,
    *,
    pool: Pool,
    scope: Callable[[Request], Scope] | None = None,
    user: Callable[[Request], str] = lambda _: LOCAL,
    settings: DoorSettings | None = None,
    gate: int = 4,
    patience: float = 0.0,
    hosts: Collection[str] = (),
) -> FastAPI:
    """The app. `scope`: there is no sign-in, and this is what its one user may see, whose history is kept under the
    name `user`; None: people sign in.

    `gate`: questions under way at once; the next waits `patience` seconds for one to end, then it is 503. `hosts`:
    the names under which it is reached, besides addresses, localhost and the public address. The caller closes `pool`
    after the app has ended.

    Raises:
        Misuse: the settings of sign-in do not fit together, or a route has no policy.
    """
    settings = settings or DoorSettings()
    entrance = Entrance(settings, scope, user, Provider(settings) if settings.oidc_issuer and scope is None else None)
    questions = Gate("questions", gate, patience=patience)
    crowd = Gate("requests", _REQUESTS * gate, retry_after=2)
    asking = Gate("questions at the door", questions.most, retry_after=2)
    door = _door(memory, pool, entrance, questions, (crowd, asking))
    app = FastAPI(
        title="Khumbula",
        summary="A municipality's institutional memory",
        description=_DESCRIPTION,
        version="1",
        openapi_url="/api/openapi.json",
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(authorised)],
    )
    app.state.door = door
    for routes in _ROUTES:
        app.include_router(routes.router)
    app.include_router(routes_documents.contradictory)
    app.mount("/static", GZipMiddleware(StaticFiles(directory=routes_pages.STATIC)), name="static")
    if left := unruled(app):
        raise Misuse(f"routes without a policy: {left}; give them one in service/policies.py")
    add_handlers(app)
    public = urlsplit(settings.public_url).hostname
    upload = settings.upload_megabytes << 20
    app.add_middleware(Crowd, gate=crowd, asking=asking)
    app.add_middleware(Guard, hosts={*hosts, *({public} if public else ())}, largest_upload=upload)
    app.add_middleware(Cors, entrance=door.entrance)
    app.add_middleware(Measured, metrics=door.metrics)
    app.add_middleware(Logged)
    describe(app)
    return app


def _door(memory: Memory, pool: Pool, entrance: Entrance, questions: Gate, at_the_door: Sequence[Gate]) -> DoorState:
    settings = entrance.settings
    jobs = Jobs(memory)
    pictures, passwords = Gate("pictures", questions.size), Gate("passwords", _HASHES)
    metrics = Metrics((*at_the_door, questions, pictures, passwords))
    metrics.jobs.set_function(jobs.open)
    return DoorState(
        memory=memory,
        pool=pool,
        entrance=entrance,
        trail=Trail(memory.store, key=settings.audit_key, questions=settings.audit_questions, days=settings.audit_days),
        questions=questions,
        pictures=pictures,
        passwords=passwords,
        asks=Rate("questions", settings.asks_per_minute),
        answers=Answers(),
        suggestions=Suggestions(memory),
        jobs=jobs,
        metrics=metrics,
    )
