"""How the service is: status, health, readiness, figures; and the page that staff see."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from memory import catalogue
from service import metrics
from service.door import Asker, Door
from service.problems import responses
from service.shapes import Health, StatusShape

router = APIRouter(tags=["service"])


@router.get("/api/status", responses=responses(503))
def get_status(door: Door, scope: Asker) -> StatusShape:
    """How much there is that you may see."""
    generation = door.memory.generation()
    with door.memory.store.reading() as connection:
        counts = catalogue.counts(connection, scope)
    return StatusShape(**counts, generation=generation.facts.number, model=door.memory.embedder.fingerprint)


# Answered by the event loop itself: a full thread pool is no reason to be restarted.
@router.get("/healthz")
async def health() -> Health:
    """That the service runs."""
    return Health(status="ok")


@router.get("/readyz", responses=responses(503))
def ready(door: Door) -> Health:
    """That questions can be answered: the search caches open."""
    door.memory.generation()
    return Health(status="ok")


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def get_metrics(door: Door) -> Response:
    """Figures for Prometheus."""
    return Response(door.metrics.text(), media_type=metrics.MEDIA_TYPE)
