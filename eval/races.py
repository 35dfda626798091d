"""`python -m eval.races --data DIR [--races 10000]`: a right is revoked while it is used; does anything come out after?

Each race restores a right, sends a question, and revokes the right at some moment while it is being answered: a
label, the account, the session, a program's key, a widget. Then it asks again. Two things are held:

- a question that is sent after the revocation was confirmed gets nothing of what was revoked;
- in the audit, whose entries are in the order in which they were committed, no answer under the right comes after
  its revocation.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
from sqlalchemy import select

from eval.guarded import Guarded, Headers, guarded
from memory import audit, schema
from memory.access import PUBLIC
from memory.embed import load
from memory.people import Role
from memory.settings import Settings
from service.caller import NOBODY

Kind = Literal["label", "account", "session", "key", "widget"]
KINDS: tuple[Kind, ...] = ("label", "account", "session", "key", "widget")
# Questions asked to learn how long an answer takes here; the moment of a revocation is drawn from twice that.
_CALIBRATING = 8
_WORDS = 12


@dataclass(slots=True)
class Report:
    """What came of it. `late_ms`: by how much an answer that was let out before a revocation arrived after it."""

    races: int = 0
    answered_before: int = 0
    refused_in_flight: int = 0
    after_revocation: int = 0
    out_of_order: int = 0
    unexpected: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    audit_entries: int = 0
    audit_faults: int = 0
    late_ms: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that only who holds a label may read, and a question that it answers."""

    label: str
    documents: frozenset[int]
    question: str


class Runner:
    """One worker: a user of its own, and what it sends."""

    def __init__(self, service: Guarded, secret: Secret, number: int, report: Report, change: threading.Lock) -> None:
        self._service, self._secret, self._report, self._change = service, secret, report, change
        self.user = f"racer-{number}"
        service.add(self.user, labels=[secret.label])
        self._client = httpx.Client(base_url=service.url, timeout=120)
        self._asker = httpx.Client(base_url=service.url, timeout=120)
        self._administrator = service.session(Role.ADMINISTRATOR)
        self._threads = ThreadPoolExecutor(1)

    def race(self, kind: Kind, wait: float) -> None:
        """One race."""
        headers, key = self._restore(kind)
        asked = self._threads.submit(self._ask, headers)
        time.sleep(wait)
        self._revoke(kind, key)
        revoked_at = time.monotonic()
        status, shown, answered_at = asked.result()
        after_status, after_shown, _ = self._ask(headers)
        with self._change:
            self._report.races += 1
            self._report.by_kind[kind] += 1
            self._report.answered_before += shown
            self._report.refused_in_flight += not shown and status in {401, 403}
            self._report.after_revocation += after_shown
            if shown and answered_at > revoked_at:
                self._report.late_ms = max(self._report.late_ms, round((answered_at - revoked_at) * 1000, 1))
            for told in (status, after_status):
                if told not in {200, 401, 403}:
                    self._report.unexpected[str(told)] += 1

    def takes(self) -> float:
        """Seconds that an answer takes, at the median."""
        headers, times = self._service.session(self.user), []
        for _ in range(_CALIBRATING):
            began = time.monotonic()
            _, shown, _ = self._ask(headers)
            if not shown:
                raise SystemExit(f"{self._secret.question!r}: is not answered from what is restricted; nothing to race")
            times.append(time.monotonic() - began)
        return sorted(times)[_CALIBRATING // 2]

    def close(self) -> None:
        """End the connections."""
        self._threads.shutdown()
        self._client.close()
        self._asker.close()

    def _ask(self, headers: Headers) -> tuple[int, bool, float]:
        """Status, whether what is revoked was shown, and when it arrived (seconds)."""
        answered = self._asker.post("/api/ask", json={"question": self._secret.question}, headers=headers)
        at = time.monotonic()
        if answered.status_code != 200:
            return answered.status_code, False, at
        body = answered.json()
        cited = {one["document_id"] for one in (*body["citations"], *body["closest"])}
        return 200, bool(cited & self._secret.documents), at

    def _restore(self, kind: Kind) -> tuple[Headers, str]:
        """Give the right back; what to send with it, and what to revoke."""
        if kind == "key":
            name, headers = self._service.token("ask", labels=[PUBLIC, self._secret.label])
            return headers, name
        # Noted first: the session is worth something from the moment that it is there.
        self._service.trail.noted(NOBODY, "race.signed-in", user=self.user)
        return self._service.widget(self.user) if kind == "widget" else self._service.session(self.user), self.user

    def _revoke(self, kind: Kind, key: str) -> None:
        if kind == "key":
            self._call("DELETE", f"/api/admin/tokens/{key}")
        elif kind == "label":
            self._call("PATCH", f"/api/admin/users/{key}", {"labels": []})
        elif kind == "account":
            self._call("PATCH", f"/api/admin/users/{key}", {"disabled": True})
        else:
            self._call("POST", f"/api/admin/users/{key}/sign-out")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        self._client.request(method, path, json=body, headers=self._administrator).raise_for_status()

    def whole(self) -> None:
        """Give the user everything back."""
        self._call("PATCH", f"/api/admin/users/{self.user}", {"labels": [self._secret.label], "disabled": False})


def secret_of(service: Guarded) -> Secret:
    """A label that is not public, its documents, and a passage of one of them to ask for."""
    documents, versions, passages = schema.documents, schema.versions, schema.passages
    with service.memory.store.reading() as connection:
        label = connection.scalar(select(documents.c.label).where(documents.c.label != PUBLIC).limit(1))
        if label is None:
            raise SystemExit("the memory holds nothing that is not public; ingest corpus/files")
        ids = frozenset(connection.scalars(select(documents.c.id).where(documents.c.label == label)))
        query = select(passages.c.text).select_from(passages.join(versions).join(documents))
        where = (documents.c.label == label, versions.c.status == "current")
        texts = list(connection.scalars(query.where(*where)))
    # A few words of it are enough to find it, and are answered sooner than a long question: more races an hour.
    longest = max(texts, key=len)
    return Secret(str(label), ids, " ".join(longest.split()[:_WORDS]))


def run(
    service: Guarded, races: int, workers: int = 4, seed: int = 1, say: Callable[[str], None] = lambda _: None
) -> Report:
    """Run the races, and look through the audit afterwards."""
    secret, report, change = secret_of(service), Report(), threading.Lock()
    started = time.monotonic()
    runners = [Runner(service, secret, number, report, change) for number in range(workers)]

    longest = 2 * max(runner.takes() for runner in runners)

    def work(runner: Runner, number: int) -> None:
        chance = random.Random(seed * 1_000 + number)
        for at in range(-(-races // workers)):
            kind = KINDS[at % len(KINDS)]
            runner.race(kind, chance.uniform(0, longest))
            if kind in {"label", "account"}:
                runner.whole()
            if at % 100 == 99:
                told = f"{report.races} races: {report.after_revocation} after revocation, {dict(report.unexpected)}"
                say(f"{told}, {report.refused_in_flight} refused in flight")
        runner.close()

    with ThreadPoolExecutor(workers) as threads:
        for done in [threads.submit(work, runner, number) for number, runner in enumerate(runners)]:
            done.result()
    report.seconds = round(time.monotonic() - started, 1)
    _look_through(service, secret, report)
    return report


def _look_through(service: Guarded, secret: Secret, report: Report) -> None:
    """Hold the order of the audit against what was revoked when."""
    assert service.trail.key is not None
    with service.memory.store.reading() as connection:
        report.audit_faults = len(audit.verify(connection, service.trail.key).faults)
        entries = list(audit.entries(connection))
    report.audit_entries = len(entries)
    report.out_of_order = sum(_out_of_order(entries, secret))


def _out_of_order(entries: list[audit.Entry], secret: Secret) -> Iterator[bool]:
    """Whether each answer was let out under a right that had been revoked."""
    without: dict[str, set[str]] = {}
    for entry in entries:
        detail = json.loads(entry.detail)
        name = detail.get("user", "")
        if entry.action == "user.set":
            for right, lost in (("labels", not detail.get("labels")), ("disabled", detail.get("disabled"))):
                if right in detail:
                    (set.add if lost else set.discard)(without.setdefault(name, set()), right)
        elif entry.action in {"user.sign-out", "race.signed-in"}:
            gone = entry.action == "user.sign-out"
            (set.add if gone else set.discard)(without.setdefault(name, set()), "session")
        elif entry.action == "token.revoke":
            without.setdefault(f"service:{detail['token']}", set()).add("key")
        elif entry.action == "ask":
            shown = {passage["document"] for passage in detail["passages"]} & secret.documents
            yield bool(without.get(entry.actor)) and bool(shown)


def main() -> int:
    """Print the report as JSON; 1 when anything came out after its revocation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a memory; a copy of it is served")
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4)
    chosen = parser.parse_args()
    settings = Settings()
    with guarded(chosen.data, load(settings.model, settings.model_cache)) as service:
        found = run(service, chosen.races, chosen.workers, say=lambda line: print(line, file=sys.stderr, flush=True))
    print(json.dumps({name: getattr(found, name) for name in Report.__slots__}, indent=1))
    return 1 if found.after_revocation or found.out_of_order or found.audit_faults or found.unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
