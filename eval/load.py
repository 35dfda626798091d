"""`python -m eval.load --data DIR QUESTIONS.jsonl...` (or `--url URL [--token KEY]`): many people at once.

Against a real service process on loopback, over HTTP, each answer as a stream:

- one person, one question after another: how long until the first words;
- `--people`, each asking every `--every` seconds for `--seconds`: how long, counted from when each wanted to ask;
- how many answers a second the service can take; then ten times that for `--seconds`, first by the same people, then
  by ten times as many: every answer is 200, or 429 or 503 with Retry-After; memory and threads are watched;
- one person again: does it answer as before?

With `--data` a copy of the memory is served, with an account and a session for everybody who asks. A table goes to
stderr, JSON to stdout. The machine's load average stands beside each figure: quote none without it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from eval.served import Process, started, watched
from memory import credentials, people
from memory.people import Role, User
from memory.store import Store
from service.caller import COOKIE, csrf_of

# The bounds: milliseconds until the first words, and for 50 people.
FIRST_WORDS_MS, PEOPLE_MS = 150, 1000
TOO_MUCH = 10
# Resident memory may grow by so much while ten times too many ask (MiB).
BOUNDED_MB = 512
_ALONE, _WARM = 100, 20
_CAPACITY_SECONDS, _ASKING_AT_ONCE = 10, 4
# Seconds after which somebody is taken to have gone away; counts as an error.
_PATIENCE = 60
_ALLOWED = frozenset({"200", "429", "503"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status or what went wrong; seconds to the first words, and to the end."""

    status: str
    first: float
    whole: float


@dataclass(slots=True)
class Phase:
    """What came of one phase. Times in milliseconds, of answered questions, to the first words and the end."""

    name: str
    load_average: float
    asked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    a_second: float = 0.0
    first_p50: float = 0.0
    first_p95: float = 0.0
    whole_p50: float = 0.0
    whole_p95: float = 0.0
    slowest: float = 0.0
    turned_away_p95: float = 0.0
    peak_rss_mb: int = 0
    peak_threads: int = 0

    @property
    def errors(self) -> int:
        """Replies that are neither an answer nor a proper "later"."""
        return sum(count for status, count in self.statuses.items() if status not in _ALLOWED)


class People:
    """Those who ask: each with headers of his own, the questions in turn."""

    def __init__(self, url: str, questions: Sequence[str], headers: Sequence[str]) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._questions, self._headers = itertools.cycle(questions), headers

    async def ask(self, person: int, since: float) -> Reply:
        """Ask the next question; times count from `since`."""
        body = json.dumps({"question": next(self._questions)}).encode()
        head = (
            f"POST /api/ask HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nAccept: text/event-stream\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
            f"{self._headers[person % len(self._headers)]}\r\n"
        )
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._sent(head.encode() + body, since)
        except (OSError, TimeoutError) as error:
            return Reply(type(error).__name__, 0.0, time.monotonic() - since)

    async def _sent(self, request: bytes, since: float) -> Reply:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(request)
            got, first = b"", 0.0
            while block := await reader.read(1 << 16):
                got += block
                if not first and b"event: text" in got:
                    first = time.monotonic() - since
            return Reply(_status(got), first, time.monotonic() - since)
        finally:
            writer.close()


def _status(got: bytes) -> str:
    """The status of a whole response, or what is wrong with it."""
    head, _, body = got.partition(b"\r\n\r\n")
    status = head[9:12].decode("latin-1") or "nothing came"
    if status == "200" and b"event: end" not in body:
        return "broken off"
    if status in {"429", "503"} and b"\r\nretry-after: " not in head.lower():
        return f"{status} without Retry-After"
    return status


async def alone(askers: People, count: int) -> list[Reply]:
    """One person, one question after another."""
    # Everybody in turn: one alone could not ask so often.
    return [await askers.ask(at, time.monotonic()) for at in range(count)]


async def regularly(askers: People, number: int, every: float, seconds: float) -> list[Reply]:
    """`number` people who each ask every so many seconds, whether or not the last answer is there."""
    chance, began = random.Random(1), time.monotonic()
    begins = [(chance.uniform(0, every), person) for person in range(number)]
    wanted = sorted((at + turn * every, person) for at, person in begins for turn in range(round(seconds / every)))
    return await _as_wanted(askers, began, wanted)


async def steadily(askers: People, number: int, a_second: float, seconds: float) -> list[Reply]:
    """So many questions a second, by `number` people in turn."""
    count = round(a_second * seconds)
    return await _as_wanted(askers, time.monotonic(), [(at / a_second, at % number) for at in range(count)])


async def _as_wanted(askers: People, began: float, wanted: Sequence[tuple[float, int]]) -> list[Reply]:
    """Each question at its time (seconds after `began`), by its person; times count from then."""
    asked = []
    for at, person in wanted:
        await asyncio.sleep(max(0.0, began + at - time.monotonic()))
        asked.append(asyncio.create_task(askers.ask(person, began + at)))
    return await asyncio.gather(*asked)


async def capacity(askers: People, number: int) -> list[Reply]:
    """A few at once, each asking again as soon as he is answered."""
    persons, ends = itertools.cycle(range(number)), time.monotonic() + _CAPACITY_SECONDS

    async def one() -> list[Reply]:
        replies = []
        while time.monotonic() < ends:
            replies.append(await askers.ask(next(persons), time.monotonic()))
        return replies

    return [reply for part in await asyncio.gather(*(one() for _ in range(_ASKING_AT_ONCE))) for reply in part]


def summed(phase: Phase, replies: Sequence[Reply], seconds: float) -> None:
    """Put the figures of a phase's replies into it."""
    phase.asked = len(replies)
    phase.statuses = Counter(reply.status for reply in replies)
    answered = [reply for reply in replies if reply.status == "200"]
    phase.a_second = round(len(answered) / seconds, 1)
    if answered:
        firsts, wholes = [reply.first for reply in answered], [reply.whole for reply in answered]
        phase.first_p50, phase.first_p95 = (round(float(v) * 1000, 1) for v in np.percentile(firsts, (50, 95)))
        phase.whole_p50, phase.whole_p95 = (round(float(v) * 1000, 1) for v in np.percentile(wholes, (50, 95)))
        phase.slowest = round(max(wholes) * 1000, 1)
    away = [reply.whole for reply in replies if reply.status in {"429", "503"}]
    phase.turned_away_p95 = round(float(np.percentile(away, 95)) * 1000, 1) if away else 0.0


class Bounds(NamedTuple):
    """How many people, who each ask every so many seconds, for so many seconds."""

    people: int
    every: float
    seconds: float


class Runner:
    """Runs the phases against one service."""

    def __init__(self, askers: People, process: Process | None, bounds: Bounds) -> None:
        self._askers, self._process, self._bounds = askers, process, bounds
        self.phases: list[Phase] = []

    def run(self) -> list[Phase]:
        """All phases, in the order in which `verdicts` reads them."""
        askers, (number, every, seconds) = self._askers, self._bounds
        asyncio.run(alone(askers, _WARM))
        self._phase("one after another", alone(askers, _ALONE))
        self._phase(f"{number} people, every {every:g} s", regularly(askers, number, every, seconds))
        able = self._phase("as many as it can take", capacity(askers, number)).a_second
        rate = TOO_MUCH * able
        for many in (number, TOO_MUCH * number):
            self._phase(f"{rate:.0f} a second, by {many} people", steadily(askers, many, rate, seconds))
        self._phase("one after another, again", alone(askers, _ALONE))
        return self.phases

    def _phase(self, name: str, asking: Coroutine[None, None, list[Reply]]) -> Phase:
        phase = Phase(name, round(os.getloadavg()[0], 2))
        with watched(self._process) as peak:
            began = time.monotonic()
            replies = asyncio.run(asking)
            summed(phase, replies, time.monotonic() - began)
        phase.peak_rss_mb, phase.peak_threads = peak.rss_mb, peak.threads
        self.phases.append(phase)
        return phase


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that is wanted, what was measured, and whether it holds."""

    wanted: str
    measured: str
    holds: bool


def verdicts(phases: Sequence[Phase], *, alive: bool) -> list[Verdict]:
    """The issue's bounds against the phases of `Runner.run`."""
    first, many, _, *overloads, again = phases
    grown = max(phase.peak_rss_mb for phase in overloads) - many.peak_rss_mb
    turned = sum(phase.errors for phase in overloads)
    well = again.statuses["200"] == again.asked and alive
    return [
        Verdict(f"first words p50 <= {FIRST_WORDS_MS} ms", f"{first.first_p50} ms", first.first_p50 <= FIRST_WORDS_MS),
        Verdict(f"people's p95 < {PEOPLE_MS} ms", f"{many.whole_p95} ms", many.whole_p95 < PEOPLE_MS),
        Verdict("nobody turned away", f"{many.statuses}", many.statuses["200"] == many.asked),
        Verdict("too much: 200, 429, 503 with Retry-After alone", f"{turned} others", turned == 0),
        Verdict(f"too much: memory grows by < {BOUNDED_MB} MiB", f"{grown} MiB", grown < BOUNDED_MB),
        Verdict("afterwards: alive, and answers everybody", f"{again.statuses}, p50 {again.first_p50} ms", well),
    ]


@contextmanager
def peopled(data: Path, number: int) -> Iterator[tuple[Process, list[str]]]:
    """Serve a copy of a memory in which `number` people have signed in; the header that each sends."""
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        copy = Path(folder) / "data"
        shutil.copytree(data, copy)
        headers = list(_sign_in(copy, number))
        with started(copy) as process:
            yield process, headers


def _sign_in(data: Path, number: int) -> Iterator[str]:
    """Accounts with a session each, in one transaction: what a password costs is not measured here."""
    store = Store(data)
    with store.noting() as connection:
        for at in range(number):
            people.add_user(connection, User(0, f"asker-{at}", f"Asker {at}", roles=frozenset({Role.READER})))
            user = people.named(connection, f"asker-{at}")
            secret = credentials.open_session(connection, user, "local", seconds=3600)
            yield f"Cookie: {COOKIE}={secret}\r\nX-CSRF-Token: {csrf_of(secret)}\r\n"


def table(phases: Sequence[Phase], found: Sequence[Verdict]) -> str:
    """What was measured, for people."""
    columns = "{:<34} {:>5} {:>6} {:>8} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}  {}"
    names = ("", "load", "asked", "answ./s", "first p50", "first p95", "whole p50", "whole p95", "MiB", "threads", "")
    lines = [columns.format(*names)]
    for p in phases:
        times = (p.first_p50, p.first_p95, p.whole_p50, p.whole_p95)
        replies = ", ".join(f"{count} x {status}" for status, count in p.statuses.most_common())
        lines.append(
            columns.format(p.name, p.load_average, p.asked, p.a_second, *times, p.peak_rss_mb, p.peak_threads, replies)
        )
    return "\n".join([*lines, "", *(f"{'holds' if v.holds else 'FAILS'}  {v.wanted}: {v.measured}" for v in found)])


def load_questions(files: Sequence[Path]) -> list[str]:
    """The questions of gold files and of BEIR's queries, the files in turn."""
    lists = [[json.loads(line) for line in file.read_text("utf-8").splitlines() if line] for file in files]
    mixed = itertools.chain.from_iterable(itertools.zip_longest(*lists))
    return [record.get("text") or record["question"] for record in mixed if record is not None]


def main() -> int:
    """Print the table and the JSON; 1 when something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="+", help="JSON lines with `question` or `text`")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--data", type=Path, help="a memory; a copy of it is served")
    where.add_argument("--url", help="a service that runs already; its memory and threads are not watched")
    parser.add_argument("--token", help="with --url: a key that may ask")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--every", type=float, default=5.0, help="seconds")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each phase with many people")
    chosen = parser.parse_args()
    questions = load_questions(chosen.questions)
    # Whoever is not answered yet keeps a connection.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    bounds = Bounds(chosen.people, chosen.every, chosen.seconds)
    if chosen.url:
        headers = [f"Authorization: Bearer {chosen.token}\r\n" if chosen.token else ""]
        return report(Runner(People(chosen.url, questions, headers), None, bounds), None)
    with peopled(chosen.data, TOO_MUCH * chosen.people) as (process, headers):
        return report(Runner(People(process.url, questions, headers), process, bounds), process)


def report(runner: Runner, process: Process | None) -> int:
    """Run, and tell; 1 when something does not hold."""
    phases = runner.run()
    found = verdicts(phases, alive=process is None or process.alive())
    print(table(phases, found), file=sys.stderr)
    print(
        json.dumps(
            {"phases": [asdict(p) | {"statuses": p.statuses} for p in phases], "verdicts": [asdict(v) for v in found]},
            indent=1,
        )
    )
    return 0 if all(verdict.holds for verdict in found) else 1


if __name__ == "__main__":
    sys.exit(main())
