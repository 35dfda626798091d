"""Timelines over HTTP: what happened to a decision or a subject, in order, each with its words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from memory.memory import checked_question
from memory.timeline import timeline
from service.door import Asker, Door
from service.problems import responses
from service.shapes_timeline import TimelineShape, timeline_of

router = APIRouter(prefix="/api/timeline", tags=["decisions"])


@router.get("", responses=responses(422, 503))
def of(
    topic: Annotated[str, Query(description="a decision's number, or a subject", examples=["C45/2019"])],
    door: Door,
    scope: Asker,
    collection: Annotated[str | None, Query(description="this collection alone")] = None,
) -> TimelineShape:
    """What was proposed, decided, amended, ended and reported, oldest first; and what is outstanding."""
    checked_question(topic)
    with door.questions.entered():
        return timeline_of(timeline(door.memory, topic, scope, collection))
