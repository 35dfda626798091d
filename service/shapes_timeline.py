"""A timeline as it goes over HTTP and out of the command line."""

from __future__ import annotations

from pydantic import BaseModel, Field

from memory.timeline import Event, Timeline
from service.shapes_decisions import DecisionShape, Place, decision_of, place_of, place_url


class EventShape(BaseModel):
    """Something that happened, in the words of a document."""

    date: str | None
    kind: str = Field(
        description="proposed, decided, lost, adopted, commenced, amended, replaced, ended, reported, ..."
    )
    document_id: int
    document: str
    version: int
    file_name: str
    status: str
    number: str | None = Field(description="the decision's number, where it is one")
    decision_id: int | None
    mover: str | None
    outcome: str | None
    text: str | None = Field(description="what was decided, where it is a decision")
    place: Place | None = Field(description="null where the manifest or the file's own metadata says it")
    source: str | None
    url: str


class TimelineShape(BaseModel):
    """What happened to a decision or a subject, oldest first; what has no day comes last."""

    topic: str
    number: str | None
    events: list[EventShape]
    outstanding: list[DecisionShape]


def timeline_of(found: Timeline) -> TimelineShape:
    """A timeline as it is shown."""
    return TimelineShape(
        topic=found.topic,
        number=found.number or None,
        events=[_event(event) for event in found.events],
        outstanding=[decision_of(decision) for decision in found.outstanding],
    )


def _event(event: Event) -> EventShape:
    decision = event.decision.decision if event.decision else None
    place = place_of(event.evidence, event.document, event.version) if event.evidence else None
    return EventShape(
        date=event.day or None,
        kind=event.kind,
        document_id=event.document.id,
        document=event.version.title or event.document.title,
        version=event.version.number,
        file_name=event.version.file_name,
        status=event.version.status,
        number=(decision.number or None) if decision else None,
        decision_id=event.decision.id if event.decision else None,
        mover=(decision.mover or None) if decision else None,
        outcome=(decision.outcome or None) if decision else None,
        text=decision.text if decision else None,
        place=place,
        source=event.note or None,
        url=place.url if place else place_url(event.document, event.version, 1, 0, 0),
    )
