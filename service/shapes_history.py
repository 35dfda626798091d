"""What goes over HTTP of conversations: one's own questions and what they were answered."""

from __future__ import annotations

from pydantic import Field

from service.shapes import AnswerShape, Shape


class ConversationShape(Shape):
    """A conversation of yours. Times are UTC."""

    id: int = Field(examples=[7])
    title: str = Field(description="its first question")
    started_at: str = Field(examples=["2024-03-01T08:00:00Z"])
    changed_at: str
    turns: int = Field(description="how many questions it has")


class ConversationList(Shape):
    """Your conversations, the newest first."""

    total: int
    limit: int
    offset: int
    conversations: list[ConversationShape]


class TurnShape(Shape):
    """A question and what it was answered then; null when you may no longer see all that it was made from."""

    id: int
    conversation_id: int
    question: str
    asked_as: str = Field(description="the question as it was looked up: a follow-up with the one before it")
    as_of: str | None
    collection: str | None
    asked_at: str
    shared: str | None = Field(description="the address under which others open it, when it is shared")
    answer: AnswerShape | None


class ConversationWithTurns(ConversationShape):
    """A conversation of yours, oldest question first."""

    questions: list[TurnShape]


class Shared(Shape):
    """An answer that somebody shared, as you may see it."""

    question: str
    as_of: str | None
    collection: str | None
    asked_at: str
    answer: AnswerShape


class ShareLink(Shape):
    """Where others open an answer; whether they may see it is looked up when they do."""

    url: str = Field(examples=["/shared/pX3fQw0Zb9cW1uQ2"])


class Forgotten(Shape):
    """How many conversations are gone."""

    conversations: int
