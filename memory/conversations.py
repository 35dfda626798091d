"""Conversations and their turns: what a user asked and was answered. Every function takes the user whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from memory.catalogue import now
from memory.errors import NotFound
from memory.schema import conversations, turns

_TITLE = 120


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation. Times are UTC; `turns`: how many questions it has."""

    id: int
    title: str
    started_at: str
    changed_at: str
    turns: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer as it was given (plain JSON). `asked_as`: the question as it was looked up."""

    id: int
    conversation_id: int
    question: str
    asked_as: str
    as_of: str | None
    collection: str | None
    answer: dict[str, Any]
    asked_at: str
    share: str | None


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn before it has an id."""

    question: str
    asked_as: str
    as_of: str | None
    collection: str | None
    answer: dict[str, Any]


def add_turn(connection: Connection, user: str, conversation_id: int | None, new: NewTurn) -> Turn:
    """Keep a turn in the user's conversation; None: in one that begins with it.

    Raises:
        NotFound: the user has no such conversation.
    """
    at = now()
    if conversation_id is None:
        values = {"user": user, "title": new.question[:_TITLE], "started_at": at, "changed_at": at}
        conversation_id = _id(connection.execute(insert(conversations).values(values)).inserted_primary_key)
    else:
        _touch(connection, user, conversation_id, at)
    kept = {name: getattr(new, name) for name in NewTurn.__slots__} | {"asked_at": at}
    added = connection.execute(insert(turns).values(conversation_id=conversation_id, **kept))
    return Turn(_id(added.inserted_primary_key), conversation_id, share=None, **kept)


def _id(key: Row[Any] | None) -> int:
    assert key is not None
    return int(key[0])


def _touch(connection: Connection, user: str, conversation_id: int, at: str) -> None:
    mine = (conversations.c.id == conversation_id, conversations.c.user == user)
    if connection.execute(update(conversations).where(*mine).values(changed_at=at)).rowcount == 0:
        raise none_of(conversation_id)


def none_of(conversation_id: int) -> NotFound:
    """What is said of a conversation that is not there or another's."""
    return NotFound(f"conversation {conversation_id}: you have none of that number")


def list_conversations(
    connection: Connection, user: str, *, words: str = "", limit: int, offset: int = 0
) -> tuple[int, list[Conversation]]:
    """A user's conversations, newest first, and how many there are; `words`: those with a question that has them."""
    query = select(conversations.c.id).where(conversations.c.user == user)
    if words:
        having = select(turns.c.conversation_id).where(turns.c.question.icontains(words, autoescape=True))
        query = query.where(conversations.c.id.in_(having))
    found = query.subquery()
    number = select(func.count()).where(turns.c.conversation_id == conversations.c.id).scalar_subquery()
    listed = (
        select(conversations, number.label("turns"))
        .where(conversations.c.id.in_(select(found.c.id)))
        .order_by(conversations.c.changed_at.desc(), conversations.c.id.desc())
    )
    total = int(connection.scalar(select(func.count()).select_from(found)) or 0)
    return total, [_conversation(row) for row in connection.execute(listed.limit(limit).offset(offset))]


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(**{name: getattr(row, name) for name in Conversation.__slots__})


def get_conversation(connection: Connection, user: str, conversation_id: int) -> tuple[Conversation, list[Turn]]:
    """One conversation with its turns, oldest first.

    Raises:
        NotFound: the user has no such conversation.
    """
    number = select(func.count()).where(turns.c.conversation_id == conversations.c.id).scalar_subquery()
    where = (conversations.c.id == conversation_id, conversations.c.user == user)
    row = connection.execute(select(conversations, number.label("turns")).where(*where)).first()
    if row is None:
        raise none_of(conversation_id)
    query = select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.id)
    return _conversation(row), [_turn(turn) for turn in connection.execute(query)]


def _turn(row: Row[Any]) -> Turn:
    return Turn(**{name: getattr(row, name) for name in Turn.__slots__})


def last_question(connection: Connection, user: str, conversation_id: int) -> str:
    """What the conversation's last question was looked up as; "" before the first.

    Raises:
        NotFound: the user has no such conversation.
    """
    mine = (conversations.c.id == conversation_id, conversations.c.user == user)
    if connection.scalar(select(conversations.c.id).where(*mine)) is None:
        raise none_of(conversation_id)
    query = select(turns.c.asked_as).where(turns.c.conversation_id == conversation_id).order_by(turns.c.id.desc())
    return connection.scalar(query.limit(1)) or ""


def get_turn(connection: Connection, user: str, turn_id: int) -> Turn:
    """One turn of the user's.

    Raises:
        NotFound: the user has none of that number.
    """
    query = select(turns).join(conversations).where(turns.c.id == turn_id, conversations.c.user == user)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"answer {turn_id}: you have none of that number")
    return _turn(row)


def get_shared(connection: Connection, share: str) -> Turn | None:
    """The turn shared under a name, whoever's it is."""
    row = connection.execute(select(turns).where(turns.c.share == share)).first()
    return None if row is None else _turn(row)


def set_share(connection: Connection, turn_id: int, share: str | None) -> None:
    """Share a turn under a name, or no longer. The caller has checked whose it is."""
    connection.execute(update(turns).where(turns.c.id == turn_id).values(share=share))


def delete_conversation(connection: Connection, user: str, conversation_id: int) -> None:
    """Forget a conversation with its turns.

    Raises:
        NotFound: the user has no such conversation.
    """
    mine = (conversations.c.id == conversation_id, conversations.c.user == user)
    if connection.execute(delete(conversations).where(*mine)).rowcount == 0:
        raise none_of(conversation_id)


def delete_conversations(connection: Connection, user: str) -> int:
    """Forget everything that a user asked; how many conversations."""
    return connection.execute(delete(conversations).where(conversations.c.user == user)).rowcount
