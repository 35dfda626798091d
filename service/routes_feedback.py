"""Feedback on answers: told, answered by the custodian, read by who told it."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import Connection

from memory import catalogue, feedback
from memory.access import Scope
from memory.errors import Misuse, NotFound
from memory.feedback import Feedback, New, Status
from memory.people import Role
from service.caller import Caller
from service.door import CallerOf, Door
from service.problems import responses
from service.shapes import LARGEST_ID, AnswerShape, Shape, Words

router = APIRouter(tags=["feedback"])

FeedbackId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class Said(BaseModel):
    """What somebody says of an answer: by the id that came with it (X-Answer-Id), or by its generation."""

    question: Words = Field(min_length=1, max_length=2000)
    answer_id: Words | None = Field(None, max_length=64)
    generation: int | None = Field(None, ge=0, le=LARGEST_ID)
    useful: bool
    wrong_citation: int | None = Field(None, ge=1, le=100, description="the marker of the citation that is wrong")
    document_id: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="the document that is meant, where there is no answer_id"
    )
    text: Words = Field("", max_length=5000)

    @model_validator(mode="after")
    def _names_an_answer(self) -> Self:
        if self.answer_id is None and self.generation is None:
            raise ValueError("give answer_id or generation")
        return self


class FeedbackShape(Shape):
    """A feedback, how far it has come, and the reply."""

    id: int
    at: str
    question: str
    useful: bool
    wrong_citation: int | None
    text: str
    generation: int | None
    document_id: int | None
    custodian: str | None = Field(description="the post that it reached", examples=["Chief Financial Officer"])
    status: Status
    reply: str
    replied_at: str | None
    read_at: str | None = Field(description="when the reply was first read by who gave the feedback")


class FeedbackInHand(FeedbackShape):
    """A feedback as the custodian sees it: who gave it, on which answer."""

    user: str
    gap_id: int | None
    answer: AnswerShape | None
    replied_by: str | None


class Kept(BaseModel):
    """That a feedback was kept."""

    id: int
    custodian: str | None


class MyFeedback(BaseModel):
    """One's own feedback, newest first."""

    feedback: list[FeedbackShape]


class FeedbackList(BaseModel):
    """Feedback that reaches the asker, newest first."""

    feedback: list[FeedbackInHand]


class GapShape(Shape):
    """A question that the memory could not answer."""

    id: int
    question: str
    asked_by: str | None
    asked_at: str
    custodian: str | None
    status: str


class GapList(BaseModel):
    """Gaps that reach the asker, newest first."""

    gaps: list[GapShape]


class Reply(BaseModel):
    """How far one has come, and what the asker is told."""

    status: Status
    reply: Words = Field("", max_length=5000)


@router.post("/api/feedback", status_code=201, responses=responses(404, 413, 422, 503))
def tell(said: Said, door: Door, caller: CallerOf) -> Kept:
    """Say whether an answer was useful, which citation was wrong, and what else is to be said."""
    answered = door.answers.get(said.answer_id, caller.name) if said.answer_id is not None else None
    document_id = _document_meant(said, answered)
    with door.memory.store.noting() as connection:
        document = catalogue.get_document(connection, document_id, caller.scope) if document_id is not None else None
        if document is None and document_id is not None:
            raise NotFound(f"document {document_id}: there is none for you")
        new = New(
            user=caller.name,
            question=answered.question if answered is not None else said.question,
            answer=answered.model_dump(mode="json") if answered is not None else None,
            generation=answered.generation if answered is not None else said.generation,
            useful=said.useful,
            wrong_citation=said.wrong_citation,
            text=said.text,
            document_id=document_id,
            custodian=document.custodian if document is not None else None,
        )
        kept = feedback.add(connection, new)
        door.trail.note(connection, caller, "feedback", id=kept, useful=said.useful, document=document_id)
    return Kept(id=kept, custodian=new.custodian)


def _document_meant(said: Said, answered: AnswerShape | None) -> int | None:
    """The document of the wrong citation, else of the first one."""
    if answered is None:
        return said.document_id
    cited = {citation.marker: citation.document_id for citation in (*answered.citations, *answered.closest)}
    if said.wrong_citation is not None and said.wrong_citation not in cited:
        raise Misuse(f"wrong_citation: the answer has no citation {said.wrong_citation}")
    return cited.get(said.wrong_citation or 1)


@router.get("/api/feedback/mine", responses=responses(503))
def my_feedback(door: Door, caller: CallerOf) -> MyFeedback:
    """One's own feedback with the replies; those count as read from now on."""
    with door.memory.store.reading() as connection:
        found = feedback.of_user(connection, caller.name)
        unread = feedback.unread(connection, caller.name)
    if unread:
        with door.memory.store.noting() as connection:
            feedback.mark_read(connection, caller.name)
    return MyFeedback(feedback=[FeedbackShape.model_validate(one) for one in found])


def _posts(caller: Caller) -> frozenset[str] | None:
    """The posts whose feedback one sees; an administrator sees it all, what is nobody's too."""
    return None if Role.ADMINISTRATOR in caller.roles else caller.posts


@router.get("/api/admin/feedback", responses=responses(422, 503))
def list_feedback(
    door: Door,
    caller: CallerOf,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> FeedbackList:
    """Feedback on documents of the posts that one holds."""
    with door.memory.store.reading() as connection:
        found = feedback.listed(connection, _posts(caller), status=status, limit=limit, offset=offset)
        shown = [_in_hand(connection, one, caller.scope) for one in found]
    return FeedbackList(feedback=shown)


def _in_hand(connection: Connection, one: Feedback, scope: Scope) -> FeedbackInHand:
    """The feedback; with the answer if all that it cites may be seen by who reads it."""
    shown = FeedbackInHand.model_validate(one)
    cited = {c.document_id for c in (*shown.answer.citations, *shown.answer.closest)} if shown.answer else ()
    if all(catalogue.get_document(connection, document_id, scope) is not None for document_id in cited):
        return shown
    return shown.model_copy(update={"answer": None})


@router.post("/api/admin/feedback/{feedback_id}", responses=responses(404, 413, 422, 503))
def reply(feedback_id: FeedbackId, given: Reply, door: Door, caller: CallerOf) -> FeedbackInHand:
    """Set how far one has come and what the asker is told; the gap of it goes along."""
    with door.memory.store.noting() as connection:
        changed = feedback.answer_to(
            connection, feedback_id, _posts(caller), status=given.status, reply=given.reply, by=caller.name
        )
        door.trail.note(connection, caller, "feedback.reply", id=feedback_id, status=given.status)
        return _in_hand(connection, changed, caller.scope)


@router.get("/api/admin/gaps", responses=responses(422, 503))
def list_gaps(
    door: Door,
    caller: CallerOf,
    status: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> GapList:
    """Questions that the memory could not answer, for the posts that one holds."""
    with door.memory.store.reading() as connection:
        found = feedback.list_gaps(connection, _posts(caller), status=status, limit=limit, offset=offset)
    return GapList(gaps=[GapShape.model_validate(one) for one in found])
