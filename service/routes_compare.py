"""Comparisons over HTTP: two versions section by section; what changed since a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from memory.access import Scope
from memory.comparison import Comparison, changes, choose, compared
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


def _compared(door: DoorState, left: str, right: str, scope: Scope) -> Comparison:
    with door.questions.entered(), door.memory.store.reading() as connection:
        return compared(connection, choose(connection, left, scope), choose(connection, right, scope))
