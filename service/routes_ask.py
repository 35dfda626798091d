"""Asking and searching: a question in, an answer or ranked passages out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from memory import catalogue
from memory.access import Selection
from memory.memory import checked_question
from memory.records import Answer, Hit
from service.answer import answer
from service.door import Asker, Door, DoorState
from service.problems import responses
from service.shapes import QUESTION, AnswerShape, Question, SearchShape, result_of

router = APIRouter(prefix="/api", tags=["ask"])

K_AT_MOST = 100


@router.post("/ask", response_model=AnswerShape, responses=responses(413, 422, 503))
def ask(asked: Question, door: Door, scope: Asker) -> Answer:
    """Answer a question with verbatim citations, or say that it is not known."""
    checked_question(asked.question)
    selection = Selection.on(scope, asked.as_of, asked.collection)
    with door.questions.entered():
        answered = answer(door.memory, asked.question, selection, limit=asked.limit)
    door.metrics.answers.labels(str(answered.supported).lower()).inc()
    return answered


@router.get("/search", responses=responses(422, 503))
def search(
    q: Annotated[str, Query(description="the question", examples=[QUESTION])],
    door: Door,
    scope: Asker,
    k: Annotated[int, Query(ge=1, le=K_AT_MOST, description="passages at most")] = 10,
    as_of: Annotated[date | None, Query(description="the day whose rules count")] = None,
    collection: Annotated[str | None, Query(description="search this collection alone")] = None,
) -> SearchShape:
    """Passages that fit the question, best first."""
    started = time.perf_counter()
    checked_question(q)
    with door.questions.entered():
        found = door.memory.search(q, Selection.on(scope, as_of, collection), k=k)
    labels = _page_labels(door, found.hits)
    results = [result_of(hit, label) for hit, label in zip(found.hits, labels, strict=True)]
    took_ms = (time.perf_counter() - started) * 1000
    return SearchShape(question=q, results=results, generation=found.generation, took_ms=took_ms)


def _page_labels(door: DoorState, hits: Sequence[Hit]) -> list[str | None]:
    """What is printed on the pages that the hits begin on."""
    keys = [(hit.version.id, hit.passage.first_page) for hit in hits]
    if not keys:
        return []
    with door.memory.store.reading() as connection:
        pages = catalogue.get_pages(connection, keys)
    return [pages[key].label or None if key in pages else None for key in keys]
