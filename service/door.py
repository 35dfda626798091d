"""What every route needs: the memory, the pool, the gates, who asks, and what he may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from ingest.pool import Pool
from memory.access import Scope
from memory.memory import Memory
from service.gate import Gate
from service.metrics import Metrics


@dataclass(frozen=True, slots=True)
class DoorState:
    """One app's parts. `scope`: gives what the asker of a request may see; `user`: his name."""

    memory: Memory
    pool: Pool
    scope: Callable[[Request], Scope]
    user: Callable[[Request], str]
    questions: Gate
    pictures: Gate
    metrics: Metrics


# Not a plain function: those run in the thread pool, and this takes no time.
async def _door(request: Request) -> DoorState:
    door: DoorState = request.app.state.door
    return door


Door = Annotated[DoorState, Depends(_door)]


def _asker(request: Request, door: Door) -> Scope:
    return door.scope(request)


Asker = Annotated[Scope, Depends(_asker)]


def _user(request: Request, door: Door) -> str:
    return door.user(request)


User = Annotated[str, Depends(_user)]
