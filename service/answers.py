"""Answers given of late, by the id under which feedback names them. In this process alone; the oldest are dropped."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass

from service.shapes import AnswerShape

_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, and to whom it was given."""

    user: str
    answer: AnswerShape


class Answers:
    """The last `kept` answers."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._given: OrderedDict[str, Given] = OrderedDict()
        self._change = threading.Lock()

    def keep(self, user: str, answer: AnswerShape) -> str:
        """Keep an answer; its id, which nobody can guess."""
        answer_id = secrets.token_urlsafe(12)
        with self._change:
            self._given[answer_id] = Given(user, answer)
            if len(self._given) > self._kept:
                self._given.popitem(last=False)
        return answer_id

    def get(self, answer_id: str, user: str) -> AnswerShape | None:
        """The answer of that id, if it was given to that user and is still at hand."""
        with self._change:
            given = self._given.get(answer_id)
        return given.answer if given is not None and given.user == user else None
