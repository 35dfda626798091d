"""Searching: ranked passages of a selection, and what the selection holds by collection, department and kind."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from memory import catalogue, shelf
from memory.access import Filters, Selection
from memory.memory import checked_question
from memory.records import Hit
from memory.shelf import Shelved
from service.door import Asker, CallerOf, Door, DoorState
from service.explaining import reading_of, with_stages
from service.problems import responses
from service.release import release_hits
from service.shapes import LARGEST_ID, QUESTION, FacetsShape, SearchShape, ShelfShape, ShelvedShape, result_of

router = APIRouter(prefix="/api", tags=["search"])

K_AT_MOST = 100


# Not a plain function: those run in the thread pool, and this takes no time.
async def _selection(
    scope: Asker,
    as_of: Annotated[date | None, Query(description="the day whose rules count")] = None,
    collection: Annotated[str | None, Query(description="search this collection alone")] = None,
    department: Annotated[str | None, Query(description="this department's documents alone")] = None,
    kind: Annotated[str | None, Query(description="documents of this kind alone", examples=["policy"])] = None,
    since: Annotated[date | None, Query(description="dated on this day or later")] = None,
    until: Annotated[date | None, Query(description="dated on this day or earlier")] = None,
) -> Selection:
    return Selection.on(scope, as_of, collection, Filters(department, kind, since, until))


Selected = Annotated[Selection, Depends(_selection)]


@router.get("/search", responses=responses(422, 503))
def search(
    q: Annotated[str, Query(description="the question", examples=[QUESTION])],
    request: Request,
    door: Door,
    caller: CallerOf,
    selection: Selected,
    k: Annotated[int, Query(ge=1, le=K_AT_MOST, description="passages at most")] = 10,
    explain: Annotated[bool, Query(description="say why each passage stands where it does")] = False,
) -> SearchShape:
    """Passages that fit the question, best first."""
    started = time.perf_counter()
    checked_question(q)
    with door.questions.entered():
        found = door.memory.search(q, selection, k=k)
    release_hits(request, door, caller, selection, q, found.hits)
    labels = _page_labels(door, found.hits)
    results = [result_of(hit, label) for hit, label in zip(found.hits, labels, strict=True)]
    if explain:
        results = with_stages(results, found)
    return SearchShape(
        question=q,
        results=results,
        reading=reading_of(found, selection) if explain else None,
        generation=found.generation,
        took_ms=(time.perf_counter() - started) * 1000,
    )


def _page_labels(door: DoorState, hits: Sequence[Hit]) -> list[str | None]:
    """What is printed on the pages that the hits begin on."""
    keys = [(hit.version.id, hit.passage.first_page) for hit in hits]
    with door.memory.store.reading() as connection:
        labels = catalogue.page_labels(connection, keys)
    return [labels.get(key) or None for key in keys]


@router.get("/shelf", responses=responses(422, 503))
def get_shelf(
    door: Door,
    selection: Selected,
    limit: Annotated[int, Query(ge=0, le=500, description="documents at most; 0: the facets alone")] = 50,
    offset: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> ShelfShape:
    """The documents that a search with these filters looks into, by title, and their facets."""
    with door.memory.store.reading() as connection:
        counted = shelf.facets(connection, selection)
        found = shelf.shelved(connection, selection, limit=limit, offset=offset) if limit else []
    facets = FacetsShape.model_validate(counted)
    return ShelfShape(facets=facets, limit=limit, offset=offset, documents=[_shelved(one) for one in found])


def _shelved(one: Shelved) -> ShelvedShape:
    return ShelvedShape(**asdict(one.document), version=one.version, status=one.status, dated=one.dated)
