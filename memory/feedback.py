"""What people say of answers: it reaches custodian and gaps, gets a status and a reply, and the asker is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, func, insert, select, update

from memory.catalogue import now
from memory.errors import NotFound
from memory.schema import gaps
from memory.schema_doors import feedback


class Status(StrEnum):
    """How far somebody has come with a feedback or a gap."""

    OPEN = "open"
    IN_HAND = "in hand"
    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of an answer. `answer`: as it was given, None where it was not at hand any more.

    `wrong_citation`: the marker of the citation that was wrong; `custodian`: the post that it reaches, None: nobody's.
    """

    id: int
    user: str
    at: str
    question: str
    answer: dict[str, Any] | None
    generation: int | None
    useful: bool
    wrong_citation: int | None
    text: str
    document_id: int | None
    custodian: str | None
    gap_id: int | None
    status: Status
    reply: str
    replied_by: str | None
    replied_at: str | None
    read_at: str | None


@dataclass(frozen=True, slots=True)
class New:
    """A feedback before it is kept."""

    user: str
    question: str
    answer: dict[str, Any] | None
    generation: int | None
    useful: bool
    wrong_citation: int | None
    text: str
    document_id: int | None
    custodian: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that the memory could not answer, or answered wrongly."""

    id: int
    question: str
    asked_by: str | None
    asked_at: str
    custodian: str | None
    status: str


def add(connection: Connection, new: New) -> int:
    """Keep a feedback; one that is not useful, or names a wrong citation, is also a gap. Its id."""
    bad = not new.useful or new.wrong_citation is not None
    gap_id = _gap(connection, new) if bad else None
    values = {name: getattr(new, name) for name in New.__slots__}
    status = Status.OPEN if bad or new.text else Status.DONE
    row = values | {"at": now(), "gap_id": gap_id, "status": status, "reply": ""}
    key = connection.execute(insert(feedback).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _gap(connection: Connection, new: New) -> int:
    """The open gap of the same question, else a new one."""
    same = (gaps.c.question == new.question, gaps.c.status == Status.OPEN)
    found = connection.scalar(select(gaps.c.id).where(*same).limit(1))
    if found is not None:
        return int(found)
    row = {"question": new.question, "asked_by": new.user, "asked_at": now(), "custodian": new.custodian}
    key = connection.execute(insert(gaps).values(row | {"status": Status.OPEN})).inserted_primary_key
    assert key is not None
    return int(key[0])


def of_user(connection: Connection, user: str) -> list[Feedback]:
    """What a user said, newest first, with the replies."""
    query = select(feedback).where(feedback.c.user == user).order_by(feedback.c.id.desc())
    return [_from(row) for row in connection.execute(query)]


def unread(connection: Connection, user: str) -> int:
    """How many replies a user has not seen."""
    return int(connection.scalar(select(func.count()).select_from(feedback).where(_unseen(user))) or 0)


def mark_read(connection: Connection, user: str) -> None:
    """A user has seen the replies that there are."""
    connection.execute(update(feedback).where(_unseen(user)).values(read_at=now()))


def _unseen(user: str) -> ColumnElement[bool]:
    return and_(feedback.c.user == user, feedback.c.replied_at.is_not(None), feedback.c.read_at.is_(None))


def listed(
    connection: Connection,
    posts: Collection[str] | None,
    *,
    status: Status | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Feedback]:
    """Feedback that reaches whoever holds `posts` (None: all of it), newest first."""
    return [_from(row) for row in _page(connection, feedback, posts, status, limit, offset)]


def answer_to(
    connection: Connection, feedback_id: int, posts: Collection[str] | None, *, status: Status, reply: str, by: str
) -> Feedback:
    """Set the status and the reply, of the gap too. The asker has not read it.

    Raises:
        NotFound: there is none that reaches these posts.
    """
    query = _reaching(feedback, posts).where(feedback.c.id == feedback_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"feedback {feedback_id}: there is none for you")
    values = {"status": status, "reply": reply, "replied_by": by, "replied_at": now(), "read_at": None}
    connection.execute(update(feedback).where(feedback.c.id == feedback_id).values(values))
    if row.gap_id is not None:
        connection.execute(update(gaps).where(gaps.c.id == row.gap_id).values(status=status))
    return _from(connection.execute(select(feedback).where(feedback.c.id == feedback_id)).one())


def list_gaps(
    connection: Connection,
    posts: Collection[str] | None,
    *,
    status: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Gap]:
    """Gaps that reach whoever holds `posts` (None: all), newest first."""
    rows = _page(connection, gaps, posts, status, limit, offset)
    return [Gap(**{name: getattr(row, name) for name in Gap.__slots__}) for row in rows]


def _page(
    connection: Connection, table: Table, posts: Collection[str] | None, status: str | None, limit: int, offset: int
) -> Iterable[Row[Any]]:
    """Rows that reach whoever holds `posts`, newest first."""
    query = _reaching(table, posts)
    if status is not None:
        query = query.where(table.c.status == status)
    return connection.execute(query.order_by(table.c.id.desc()).limit(limit).offset(offset))


def _reaching(table: Table, posts: Collection[str] | None) -> Select[Any]:
    query = select(table)
    return query if posts is None else query.where(table.c.custodian.in_(posts))


def _from(row: Row[Any]) -> Feedback:
    values = {name: getattr(row, name) for name in Feedback.__slots__}
    return Feedback(**values | {"status": Status(row.status)})
