"""Decisions as they go over HTTP and out of the command line. What the minutes do not say is null."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from memory.law import Evidence
from memory.records import Document, Span, Version
from memory.register import NotRead, Recorded
from service.citing import page_url


class Place(BaseModel):
    """A verbatim quote and where it stands: `quote` is the page's text from `start` to `end`."""

    page: int
    start: int
    end: int
    quote: str
    url: str


class ActionShape(BaseModel):
    """Who must act. `due_words`: as written, "at once"."""

    actor: str
    due: str | None
    due_words: str | None
    clauses: str | None
    place: Place


class InterestShape(BaseModel):
    """An interest that somebody declared."""

    who: str
    item: str | None
    place: Place


class VotesShape(BaseModel):
    """Votes counted."""

    votes_for: int | None
    votes_against: int | None
    abstentions: int | None


class DecisionShape(BaseModel):
    """What a body decided, and where its minutes say so."""

    id: int
    number: str | None = Field(examples=["C45/2019"])
    kind: str = Field(description="resolution, recommendation, amendment, motion or noting")
    body: str
    date: str | None
    item: str | None
    title: str | None
    mover: str | None
    seconder: str | None
    text: str
    outcome: str | None = Field(examples=["carried"])
    votes: VotesShape
    report: str | None = Field(description="the report that it rests on")
    state: str | None = Field(description="what other texts say became of it: done, ended, amended; or outstanding")
    actions: list[ActionShape]
    interests: list[InterestShape]
    document_id: int
    document: str
    collection: str
    version: int
    file_name: str
    house: str
    places: dict[str, list[Place]] = Field(description="where head, text, mover, ... are written")


class DecisionList(BaseModel):
    """Decisions that you may see, newest first."""

    total: int
    limit: int
    offset: int
    decisions: list[DecisionShape]


class UnreadShape(BaseModel):
    """Words of minutes that look like a decision and were not read."""

    reason: str
    document_id: int
    document: str
    version: int
    file_name: str
    place: Place


class UnreadList(BaseModel):
    """What of the minutes was not read."""

    unread: list[UnreadShape]


def place_url(document: Document, version: Version, page: int, start: int, end: int) -> str:
    """Where the page opens with the slice highlighted."""
    return page_url(document.id, version.number, Span(page, start, end))


def place_of(evidence: Evidence, document: Document, version: Version) -> Place:
    """Evidence as a place that can be opened."""
    url = place_url(document, version, evidence.page, evidence.start, evidence.end)
    return Place(page=evidence.page, start=evidence.start, end=evidence.end, quote=evidence.quote, url=url)


def decision_of(found: Recorded) -> DecisionShape:
    """A decision of the register as it is shown."""
    d = found.decision

    def at(*evidence: Evidence | None) -> list[Place]:
        return [place_of(e, found.document, found.version) for e in evidence if e is not None]

    places = {
        "head": at(d.head),
        "text": at(*d.wording),
        "date": at(d.day_at),
        "mover": at(d.mover_at),
        "seconder": at(d.seconder_at),
        "outcome": at(d.outcome_at),
        "votes": at(d.votes_at),
        "report": at(d.report_at),
    }
    votes = VotesShape(
        votes_for=d.votes.votes_for, votes_against=d.votes.votes_against, abstentions=d.votes.abstentions
    )
    said: dict[str, Any] = {
        name: getattr(d, name) or None for name in ("number", "item", "title", "mover", "seconder", "outcome", "report")
    }
    return DecisionShape(
        id=found.id,
        kind=d.kind,
        body=d.body,
        date=d.day or None,
        text=d.text,
        votes=votes,
        state=found.state or None,
        actions=[
            ActionShape(
                actor=a.actor,
                due=a.due or None,
                due_words=a.due_words or None,
                clauses=a.clauses or None,
                place=at(a.evidence)[0],
            )
            for a in d.actions
        ],
        interests=[InterestShape(who=i.who, item=i.item or None, place=at(i.evidence)[0]) for i in d.interests],
        document_id=found.document.id,
        document=found.version.title or found.document.title,
        collection=found.document.collection,
        version=found.version.number,
        file_name=found.version.file_name,
        house=found.house,
        places={name: listed for name, listed in places.items() if listed},
        **said,
    )


def unread_of(found: Sequence[NotRead]) -> UnreadList:
    """What was not read, as it is shown."""
    return UnreadList(
        unread=[
            UnreadShape(
                reason=n.unread.reason,
                document_id=n.document.id,
                document=n.version.title or n.document.title,
                version=n.version.number,
                file_name=n.version.file_name,
                place=place_of(n.unread.evidence, n.document, n.version),
            )
            for n in found
        ]
    )
