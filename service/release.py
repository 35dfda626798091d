"""The last step before an answer leaves: is the asker still who he was, and what was he shown?

Both stand in one transaction that writes. A right that is revoked is written too, so the two come one after the
other: no answer leaves under a right whose revocation has been committed, and the audit shows that order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import Request

from memory.access import PUBLIC, Selection
from memory.records import Document, Hit
from service.authorise import check_still, still
from service.caller import Caller
from service.door import DoorState
from service.shapes import AnswerShape

# Carries the id that feedback names an answer by.
ANSWER_HEADER = "X-Answer-Id"
# What is noted of a place, beside the document.
_PLACE = ("version", "sha256", "page", "start", "end")


def release_answer(request: Request, door: DoorState, caller: Caller, selection: Selection, shown: AnswerShape) -> str:
    """Let an answer leave; its id. What streams is released before its first byte.

    Raises:
        HTTPException: the asker's rights changed meanwhile (401 or 403).
    """
    detail = {
        "question": door.trail.question(shown.question),
        "supported": shown.supported,
        "state": shown.state,
        "generated_by": shown.generated_by,
        "generation": shown.generation,
        "passages": list(_places(shown.model_dump(mode="json"))),
    }
    _release(request, door, caller, "ask", detail | _selected(selection))
    return door.answers.keep(caller.name, shown)


def release_hits(
    request: Request, door: DoorState, caller: Caller, selection: Selection, question: str, hits: Sequence[Hit]
) -> None:
    """Let found passages leave.

    Raises:
        HTTPException: the asker's rights changed meanwhile (401 or 403).
    """
    detail = {"question": door.trail.question(question), "passages": [_found(hit) for hit in hits]}
    _release(request, door, caller, "search", detail | _selected(selection))


def release_kept(
    request: Request, door: DoorState, caller: Caller, action: str, kept: Mapping[int, AnswerShape]
) -> None:
    """Let answers leave that were given before, by their turns: read again, taken along, or shared.

    Raises:
        HTTPException: the asker's rights changed meanwhile (401 or 403).
    """
    passages = [place for shown in kept.values() for place in _places(shown.model_dump(mode="json"))]
    _release(request, door, caller, action, {"turns": list(kept), "passages": passages})


def release_document(
    request: Request, door: DoorState, caller: Caller, action: str, document: Document, **place: int
) -> None:
    """Let a page or an original leave; noted where not everybody may see the document.

    Raises:
        HTTPException: the asker's rights changed meanwhile (401 or 403).
    """
    if document.label == PUBLIC:
        still(request, door, caller)
    else:
        _release(request, door, caller, action, {"document": document.id, "label": document.label} | place)


def _release(request: Request, door: DoorState, caller: Caller, action: str, detail: dict[str, Any]) -> None:
    store = door.memory.store
    opened = store.noting() if store.writable else store.reading()
    with opened as connection:
        check_still(caller, door.entrance.caller(request, connection))
        door.trail.note(connection, caller, action, **detail)


def _selected(selection: Selection) -> dict[str, Any]:
    as_of = None if selection.today else selection.as_of.isoformat()
    return {"as_of": as_of, "collection": selection.collection}


def _places(value: Any) -> Iterator[dict[str, Any]]:
    """Every place of a document in an answer, however deep: notes and contradictions cite some too."""
    if isinstance(value, dict):
        if isinstance(value.get("document_id"), int):
            place = {"document": value["document_id"]} | {name: value[name] for name in _PLACE if name in value}
            around = [[part["page"], part["start"], part["end"]] for part in value.get("excerpt", ())]
            yield place | ({"excerpt": around} if around else {})
        for inner in value.values():
            yield from _places(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _places(inner)


def _found(hit: Hit) -> dict[str, Any]:
    return {
        "document": hit.document.id,
        "version": hit.version.number,
        "sha256": hit.version.sha256,
        "page": hit.passage.first_page,
        "passage": hit.passage.id,
    }
