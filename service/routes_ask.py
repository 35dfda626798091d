"""Asking: a question in, an answer out, whole or as a stream; kept in the asker's history where he wants it.

And what one could ask."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from memory import conversations
from memory.access import Selection
from memory.conversations import NewTurn
from memory.memory import checked_question
from service import stream
from service.answer import answer
from service.door import CallerOf, Door, DoorState
from service.follow_up import standalone
from service.problems import responses
from service.release import ANSWER_HEADER, release_answer
from service.shapes import AnswerShape, Question, SuggestionList

router = APIRouter(prefix="/api", tags=["ask"])

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {stream.MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "The answer"}
}


@router.post("/ask", response_model=AnswerShape, responses=responses(404, 413, 422, 503) | _STREAM)
def ask(asked: Question, request: Request, response: Response, door: Door, caller: CallerOf) -> AnswerShape | Response:
    """Answer a question with verbatim citations, or say that it is not known.

    With `Accept: text/event-stream` the answer comes as events: `begin` (all but the words), `text` (the words as
    they come), `end` (the whole answer). The header X-Answer-Id names the answer in feedback.
    """
    checked_question(asked.question)
    looked_up = _looked_up(door, asked, caller.name)
    selection = Selection.on(caller.scope, asked.as_of, asked.collection)
    with door.questions.entered():
        answered = answer(door.memory, looked_up, selection, limit=asked.limit, asked_by=caller.name)
    door.metrics.answers.labels(str(answered.supported).lower(), answered.state).inc()
    shown = AnswerShape.model_validate(answered).model_copy(
        update={"question": asked.question, "asked_as": looked_up if looked_up != asked.question else None}
    )
    answer_id = release_answer(request, door, caller, selection, shown)
    if (asked.keep or asked.conversation is not None) and door.memory.store.writable:
        shown = _kept(door, asked, looked_up, shown, caller.name)
    response.headers[ANSWER_HEADER] = answer_id
    return stream.streamed(shown, {ANSWER_HEADER: answer_id}) if stream.wanted(request) else shown


@router.get("/suggestions", responses=responses(503))
def suggest(door: Door, caller: CallerOf) -> SuggestionList:
    """Questions that you could begin with: each names a document in force that you may see, and is answered from it."""
    selection = Selection.on(caller.scope)
    found = door.suggestions.kept(selection)
    if found is None:
        with door.questions.entered():
            found = door.suggestions.find(selection)
    return SuggestionList(questions=list(found))


def _looked_up(door: DoorState, asked: Question, user: str) -> str:
    """The question, with the one before it where it leans on it."""
    if asked.conversation is None:
        return asked.question
    with door.memory.store.reading() as connection:
        before = conversations.last_question(connection, user, asked.conversation)
    return asked.question if asked.alone else standalone(asked.question, before)


def _kept(door: DoorState, asked: Question, looked_up: str, shown: AnswerShape, user: str) -> AnswerShape:
    as_of = asked.as_of.isoformat() if asked.as_of else None
    new = NewTurn(asked.question, looked_up, as_of, asked.collection, shown.model_dump(mode="json"))
    with door.memory.store.noting() as connection:
        turn = conversations.add_turn(connection, user, asked.conversation, new)
    return shown.model_copy(update={"conversation_id": turn.conversation_id, "turn_id": turn.id})
