"""An answer as server-sent events: `begin`, the words as `text`, and `end` with the whole answer.

Everything is read before the first byte leaves: a slow reader holds no connection to the catalogue and no place at
the gate.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from service.shapes import AnswerShape

MEDIA_TYPE = "text/event-stream"
# A sentence ends with its marker.
_SENTENCE_END = re.compile(r"(?<=\d\]) ")


def wanted(request: Request) -> bool:
    """Whether who asks wants the answer as a stream."""
    return MEDIA_TYPE in request.headers.get("accept", "")


def streamed(answer: AnswerShape, headers: Mapping[str, str] = MappingProxyType({})) -> StreamingResponse:
    """The answer as a stream, with further headers."""
    # Proxies that gather a response before they pass it on are asked not to.
    return StreamingResponse(
        _events(answer), media_type=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"} | dict(headers)
    )


async def _events(answer: AnswerShape) -> AsyncIterator[str]:
    whole = answer.model_dump(mode="json")
    yield _event("begin", {key: value for key, value in whole.items() if key not in {"answer", "took_ms"}})
    for piece in pieces(answer.answer):
        yield _event("text", {"text": piece})
    yield _event("end", whole)


def pieces(text: str) -> list[str]:
    """A text in pieces that give it again when joined: its sentences with their markers."""
    parts = _SENTENCE_END.split(text)
    return [part if last else f"{part} " for part, last in zip(parts, _lasts(len(parts)), strict=True)]


def _lasts(count: int) -> list[bool]:
    return [at == count - 1 for at in range(count)]


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
