"""What every route needs: the memory, the pool, the gates, the way in, the audit, who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from ingest.pool import Pool
from memory.access import Scope
from memory.memory import Memory
from service.answers import Answers
from service.caller import Caller
from service.gate import Gate
from service.jobs import Jobs
from service.limits import Rate
from service.metrics import Metrics
from service.signin import Entrance
from service.suggestions import Suggestions
from service.trail import Trail


@dataclass(frozen=True, slots=True)
class DoorState:
    """One app's parts. `asks`: how often one caller may ask; `answers`: those given of late, for feedback."""

    memory: Memory
    pool: Pool
    entrance: Entrance
    trail: Trail
    questions: Gate
    pictures: Gate
    passwords: Gate
    asks: Rate
    answers: Answers
    suggestions: Suggestions
    jobs: Jobs
    metrics: Metrics


# Not a plain function: those run in the thread pool, and this takes no time.
async def _door(request: Request) -> DoorState:
    door: DoorState = request.app.state.door
    return door


Door = Annotated[DoorState, Depends(_door)]


# Set by `service.authorise.authorised`, which runs before every route.
async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _asker(caller: CallerOf) -> Scope:
    return caller.scope


async def _user(caller: CallerOf) -> str:
    return caller.name


CallerOf = Annotated[Caller, Depends(_caller)]
Asker = Annotated[Scope, Depends(_asker)]
User = Annotated[str, Depends(_user)]
