"""One's own history: conversations, their answers as files, and links under which others open an answer."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from memory import conversations
from memory.access import Scope
from memory.conversations import Turn
from memory.errors import NotFound
from service import answer_files
from service.door import CallerOf, Door, DoorState, User
from service.problems import responses
from service.recheck import still_holds
from service.release import release_kept
from service.shapes import LARGEST_ID, AnswerShape
from service.shapes_history import (
    ConversationList,
    ConversationShape,
    ConversationWithTurns,
    Forgotten,
    Shared,
    ShareLink,
    TurnShape,
)

router = APIRouter(prefix="/api", tags=["history"])

ConversationId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="the conversation's id")]
TurnId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="the answer's id")]
_SHARE_BYTES = 12


@router.get("/conversations", responses=responses(422, 503))
def list_conversations(
    door: Door,
    user: User,
    q: Annotated[str, Query(max_length=200, description="those with a question that has these words")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
    offset: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> ConversationList:
    """Your conversations, the newest first."""
    with door.memory.store.reading() as connection:
        total, found = conversations.list_conversations(connection, user, words=q.strip(), limit=limit, offset=offset)
    shown = [ConversationShape.model_validate(one) for one in found]
    return ConversationList(total=total, limit=limit, offset=offset, conversations=shown)


@router.delete("/conversations", responses=responses(503))
def forget_everything(door: Door, user: User) -> Forgotten:
    """Forget all your conversations."""
    with door.memory.store.noting() as connection:
        return Forgotten(conversations=conversations.delete_conversations(connection, user))


@router.get("/conversations/{conversation_id}", responses=responses(404, 422, 503))
def get_conversation(
    conversation_id: ConversationId, request: Request, door: Door, caller: CallerOf
) -> ConversationWithTurns:
    """A conversation of yours; an answer whose documents you may no longer see is left out."""
    with door.memory.store.reading() as connection:
        found, turns = conversations.get_conversation(connection, caller.name, conversation_id)
        shown = [_turn_shape(connection, turn, caller.scope) for turn in turns]
    release_kept(request, door, caller, "conversation", {one.id: one.answer for one in shown if one.answer})
    return ConversationWithTurns(**asdict(found), questions=shown)


@router.delete("/conversations/{conversation_id}", responses=responses(404, 422, 503))
def forget_conversation(conversation_id: ConversationId, door: Door, user: User) -> Forgotten:
    """Forget a conversation of yours, and the links to its answers with it."""
    with door.memory.store.noting() as connection:
        conversations.delete_conversation(connection, user, conversation_id)
    return Forgotten(conversations=1)


@router.get(
    "/turns/{turn_id}/export",
    response_class=Response,
    responses=responses(404, 422, 503)
    | {200: {"content": {form.media_type: {} for form in answer_files.FORMS.values()}, "description": "the file"}},
)
def get_export(
    turn_id: TurnId,
    request: Request,
    door: Door,
    caller: CallerOf,
    form: Annotated[Literal["text", "markdown", "docx"], Query(description="of which kind")] = "markdown",
    language: Annotated[str, Query(max_length=10, description="of the words around the quotes")] = "en",
) -> Response:
    """An answer of yours with its references, to be kept or passed on."""
    with door.memory.store.reading() as connection:
        turn = conversations.get_turn(connection, caller.name, turn_id)
        answer = _visible(connection, turn, caller.scope)
    release_kept(request, door, caller, "export", {turn.id: answer})
    return answer_files.response(turn, answer, form, language, str(request.base_url))


@router.post("/turns/{turn_id}/share", responses=responses(404, 422, 503))
def share_turn(turn_id: TurnId, door: Door, user: User) -> ShareLink:
    """Make a link under which others open your answer, as far as they may see what it is made from."""
    turn = _own(door, user, turn_id)
    share = turn.share or secrets.token_urlsafe(_SHARE_BYTES)
    with door.memory.store.noting() as connection:
        conversations.set_share(connection, turn_id, share)
    return ShareLink(url=f"/shared/{share}")


@router.delete("/turns/{turn_id}/share", responses=responses(404, 422, 503))
def unshare_turn(turn_id: TurnId, door: Door, user: User) -> Forgotten:
    """Take the link to your answer back."""
    _own(door, user, turn_id)
    with door.memory.store.noting() as connection:
        conversations.set_share(connection, turn_id, None)
    return Forgotten(conversations=0)


@router.get("/shared/{share}", responses=responses(404, 422, 503))
def get_shared(share: Annotated[str, Path(max_length=64)], request: Request, door: Door, caller: CallerOf) -> Shared:
    """An answer that somebody shared. What you may not see is answered like a link that does not exist."""
    with door.memory.store.reading() as connection:
        turn = conversations.get_shared(connection, share)
        if turn is None or not still_holds(connection, turn.answer, caller.scope):
            raise NotFound("this link: there is nothing under it for you; ask the question yourself")
    answer = _answer_shape(turn).model_copy(update={"turn_id": None, "conversation_id": None})
    release_kept(request, door, caller, "shared", {turn.id: answer})
    return Shared(
        question=turn.question,
        as_of=turn.as_of,
        collection=turn.collection,
        asked_at=turn.asked_at,
        answer=answer,
    )


def _own(door: DoorState, user: str, turn_id: int) -> Turn:
    with door.memory.store.reading() as connection:
        return conversations.get_turn(connection, user, turn_id)


def _visible(connection: Connection, turn: Turn, scope: Scope) -> AnswerShape:
    if not still_holds(connection, turn.answer, scope):
        raise NotFound(f"answer {turn.id}: what it was made from is no longer there for you; ask again")
    return _answer_shape(turn)


def _answer_shape(turn: Turn) -> AnswerShape:
    own = {"turn_id": turn.id, "conversation_id": turn.conversation_id}
    return AnswerShape.model_validate(turn.answer | own)


def _turn_shape(connection: Connection, turn: Turn, scope: Scope) -> TurnShape:
    shown = _answer_shape(turn) if still_holds(connection, turn.answer, scope) else None
    values = {name: getattr(turn, name) for name in TurnShape.model_fields if name not in {"shared", "answer"}}
    return TurnShape(**values, shared=f"/shared/{turn.share}" if turn.share else None, answer=shown)
