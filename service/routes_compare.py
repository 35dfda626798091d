"""Comparisons over HTTP: two versions section by section, as JSON and as a plain page; what changed since a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from memory.access import Scope
from memory.comparison import Comparison, changes, choose, compared
from memory.errors import Misuse, NotFound
from service import compare_page
from service.door import Asker, Door, DoorState
from service.problems import responses
from service.shapes_compare import ChangesShape, ComparisonShape, changes_of, comparison_of

router = APIRouter(tags=["compare"])

_NAMES = "a number (12, or 12@2 for its version 2), a file's name or a title"
Reference = Annotated[str, Query(min_length=1, max_length=300, description=_NAMES, examples=["12@1"])]
Maybe = Annotated[str | None, Query(max_length=300)]


@router.get("/api/compare", responses=responses(404, 422, 503))
def compare(
    left: Reference,
    right: Reference,
    door: Door,
    scope: Asker,
    changed: Annotated[bool, Query(description="leave out the sections that are the same")] = False,
) -> ComparisonShape:
    """Two versions, section by section, the words that differ marked."""
    return comparison_of(_compared(door, left, right, scope), changed_only=changed)


@router.get("/api/changes", responses=responses(422, 503))
def changed_since(
    since: date,
    door: Door,
    scope: Asker,
    about: Annotated[str | None, Query(max_length=300, description="a document or a subject")] = None,
    collection: Maybe = None,
) -> ChangesShape:
    """What began, was replaced or ended after a day; and what was decided on the subject."""
    with door.questions.entered(), door.memory.store.reading() as connection:
        return changes_of(changes(connection, since, scope, about=about, collection=collection))


@router.get("/compare", response_class=HTMLResponse, include_in_schema=False)
def page(door: Door, scope: Asker, left: Maybe = None, right: Maybe = None) -> HTMLResponse:
    """The comparison as a page; without two texts, the form that asks for them."""
    if not left or not right:
        return HTMLResponse(compare_page.form())
    try:
        found = _compared(door, left, right, scope)
    except (NotFound, Misuse) as error:
        return HTMLResponse(compare_page.form(str(error)), status_code=404)
    return HTMLResponse(compare_page.page(comparison_of(found)))


def _compared(door: DoorState, left: str, right: str, scope: Scope) -> Comparison:
    with door.questions.entered(), door.memory.store.reading() as connection:
        return compared(connection, choose(connection, left, scope), choose(connection, right, scope))
