"""What happened to a decision or a subject, in order: proposed, decided, amended, ended, reported; each with its words.

From the register of decisions, from what other texts say of them, from the facts of documents, and from a search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from memory import catalogue, register, schema
from memory.access import Scope, Selection
from memory.dates import periods
from memory.law import Evidence
from memory.memory import Memory
from memory.minutes import number_key
from memory.records import Document, Hit, Version
from memory.register import Named, Recorded, Wanted
from memory.sentences import sentences

_SEARCHED = 60
_MOST_DECISIONS = 400
_MOST_REPORTS = 12
# A decision is on the subject when it has at least this share of its words.
_COVERED = 0.75
# Words alike in their first letters are one: "disconnected", "disconnection".
_STEM = 5
_WORD = re.compile(r"[^\W\d_]{3,}|\d{2,}")
_COMMON = frozenset(
    "the and for with from into that this what when who why how was were has have had been are about our its their "
    "which did does council municipality municipal decision decisions resolution policy by-law bylaw law".split()
)
NUMBER = re.compile(r"\b(?:[A-Z]{1,5}[ .-]?)?\d{1,4}/(?:19|20)\d\d\b|\bR(?:19|20)\d\d-\d{1,4}[A-Z]?\b", re.I)
_SENSES = {"ended": "ended", "amended": "amended", "done": "carried out", "reported": "reported", "named": "named"}
_FACTS = {
    "adoption": "adopted",
    "publication": "published",
    "commencement": "commenced",
    "amendment": "amended",
    "repeal": "ended",
    "expiry": "ended",
}
_RELATIONS = frozenset({"amends", "repeals", "replaces"})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `kind`: proposed, decided, lost, adopted, published, commenced, amended, ended, amends,
    repeals, replaces, carried out, reported, named. `day`: ISO 8601, "" when unknown. `evidence`: its words; None
    where the manifest or the file's own metadata says so (`note` names which)."""

    day: str
    kind: str
    evidence: Evidence | None
    version: Version
    document: Document
    decision: Recorded | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """`number`: the decision that was asked for, "" for a subject. `outstanding`: decisions that wait for somebody."""

    topic: str
    number: str
    events: tuple[Event, ...]
    outstanding: tuple[Recorded, ...]


def timeline(memory: Memory, topic: str, scope: Scope, collection: str | None = None) -> Timeline:
    """What the scope sees of the history of a decision (when its number is named) or of a subject.

    Raises:
        Misuse: the topic is empty or too long.
    """
    found = NUMBER.search(topic)
    if found:
        with memory.store.reading() as connection:
            return _of_number(connection, topic, found[0], scope)
    selection = Selection(
        scope, date.today(), today=False, collection=collection, records=True, drafts=True, superseded=True
    )
    hits = memory.search(topic, selection, k=_SEARCHED).hits
    with memory.store.reading() as connection:
        return _of_subject(connection, topic, hits, scope, collection)


def stems(text: str) -> frozenset[str]:
    """The telling words of a text, cut to their first letters."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _COMMON)
    return frozenset(word[:_STEM] if word.isalpha() else word for word in words)


# A decision


def _of_number(connection: Connection, topic: str, number: str, scope: Scope) -> Timeline:
    decisions = register.find(connection, Wanted(number=number), scope)
    events = [event for decision in decisions for event in _around(connection, decision, scope)]
    named = register.named(connection, number, scope)
    said = [_naming(n) for n in named]
    resting = {event.version.id for event in said if event.kind == "adopted"}
    events += said
    events += (e for e in _facts(connection, resting, scope) if e.kind in {"commenced", "ended", "published"})
    return Timeline(topic, number_key(number), _ordered(events), _open(decisions))


def _around(connection: Connection, decision: Recorded, scope: Scope) -> Iterator[Event]:
    """The decision, the report under it, and what else was moved on the same item."""
    d = decision.decision
    yield _decided(decision)
    if d.report_at is not None:
        yield Event(_day_in(d.report) or d.day, "proposed", d.report_at, decision.version, decision.document)
    if d.item:
        others = register.find(connection, Wanted(since=d.day, until=d.day), scope, limit=_MOST_DECISIONS)
        for other in others:
            if other.version.id == decision.version.id and other.decision.item == d.item and other.id != decision.id:
                yield _decided(other)


def _decided(found: Recorded) -> Event:
    d = found.decision
    kind = "decided"
    if d.kind in {"amendment", "motion", "recommendation"}:
        kind = {"lost": "lost", "lapsed": "lost"}.get(d.outcome, "proposed")
    elif d.outcome in {"lost", "deferred", "withdrawn"}:
        kind = "lost" if d.outcome == "lost" else d.outcome
    return Event(d.day, kind, d.head, found.version, found.document, found)


def _naming(named: Named) -> Event:
    kind = _SENSES[named.mention.sense]
    day = named.day
    if kind == "named" and not _is_record(named.document) and re.search(r"\badopt", named.mention.evidence.quote, re.I):
        kind, day = "adopted", _day_in(named.mention.evidence.quote) or day
    return Event(day, kind, named.mention.evidence, named.version, named.document)


def _is_record(document: Document) -> bool:
    return (document.kind or "") in {"minutes", "agenda", "report", "email", "interview", "case-study", "slides"}


# A subject


def _of_subject(
    connection: Connection, topic: str, hits: Sequence[Hit], scope: Scope, collection: str | None
) -> Timeline:
    wanted = stems(topic)
    decisions = [d for d in decisions_on(connection, stems(topic), hits, scope, collection) if _covers(wanted, d)]
    titled = _titled(connection, wanted, scope, collection)
    events = [_decided(d) for d in decisions]
    events += (_naming(n) for d in decisions for n in _became(connection, d, scope))
    events += _facts(connection, titled, scope)
    events += _links(connection, titled, scope)
    seen = {(d.version.id, page) for d in decisions for page in {d.decision.head.page}}
    days = register.days_of(connection, {hit.version.id for hit in hits})
    events += (event for event in _reports(wanted, hits, titled, days) if (event.version.id, _page(event)) not in seen)
    return Timeline(topic, "", _ordered(events), _open(decisions))


def decisions_on(
    connection: Connection, subject: frozenset[str], hits: Sequence[Hit], scope: Scope, collection: str | None
) -> list[Recorded]:
    """Decisions that have all words (`stems`) of a subject, and those in whose words a search for it hits."""
    wanted = Wanted(text=" ".join(sorted(subject)), collection=collection)
    by_words = register.find(connection, wanted, scope, limit=_MOST_DECISIONS)
    places = [(hit.version.id, span.page, span.start, span.end) for hit in hits for span in hit.passage.spans]
    known = {found.id for found in by_words}
    ids = [i for i in register.at_places(connection, places, scope) if i not in known]
    return by_words + register.get(connection, ids, scope)


def _covers(wanted: frozenset[str], found: Recorded) -> bool:
    has = stems(f"{found.decision.title} {found.decision.text}")
    return bool(wanted) and len(wanted & has) >= _COVERED * len(wanted)


def _became(connection: Connection, found: Recorded, scope: Scope) -> Iterator[Named]:
    """What later meetings say of a decision."""
    if found.decision.number:
        for named in register.named(connection, found.decision.number, scope):
            if named.mention.sense != "named" and named.version.id != found.version.id:
                yield named


def _titled(connection: Connection, wanted: frozenset[str], scope: Scope, collection: str | None) -> set[int]:
    """Versions whose title has all words of the topic; minutes left out."""
    v, d = schema.versions, schema.documents
    query = catalogue.seen(select(v.c.id, v.c.title, d.c.kind).join(d, d.c.id == v.c.document_id), scope)
    query = query.where(v.c.status != "withdrawn")
    if collection is not None:
        query = query.where(d.c.collection == collection)
    rows = connection.execute(query)
    return {row.id for row in rows if wanted and wanted <= stems(row.title) and row.kind != "minutes"}


def _facts(connection: Connection, versions: Iterable[int], scope: Scope) -> list[Event]:
    """Dated facts of versions, the surest of each kind; a day that nothing but the file's own date says is left out."""
    f = schema.facts
    query = select(f).where(f.c.version_id.in_(set(versions)), f.c.name.in_(_FACTS), f.c.value != "")
    best: dict[tuple[int, str], Any] = {}
    for row in connection.execute(query.order_by(f.c.confidence.desc(), f.c.id)):
        best.setdefault((row.version_id, row.name), row)
    owners = register.owners(connection, [version for version, _ in best], scope)
    texts = register.texts(connection, {(row.version_id, row.page) for row in best.values() if row.page})
    return [
        Event(row.value, _FACTS[row.name], _evidence(texts, row), *owners[row.version_id], note=row.source)
        for row in best.values()
        if row.version_id in owners and row.confidence >= 0.5
    ]


def _links(connection: Connection, versions: Iterable[int], scope: Scope) -> list[Event]:
    """What versions do to others: amend, repeal, replace."""
    k, v = schema.links, schema.versions
    query = select(k, v.c.valid_from).join(v, v.c.id == k.c.version_id)
    query = query.where(k.c.version_id.in_(set(versions)), k.c.relation.in_(_RELATIONS), k.c.page.is_not(None))
    rows = connection.execute(query.order_by(k.c.id)).all()
    owners = register.owners(connection, [row.version_id for row in rows], scope)
    texts = register.texts(connection, {(row.version_id, row.page) for row in rows})
    return [
        Event(row.day or row.valid_from or "", row.relation, _evidence(texts, row), *owners[row.version_id])
        for row in rows
        if row.version_id in owners
    ]


def _evidence(texts: dict[tuple[int, int], str], row: Any) -> Evidence | None:
    if row.page is None:
        return None
    return Evidence(row.page, row.start, row.end, texts[row.version_id, row.page][row.start : row.end])


def _reports(wanted: frozenset[str], hits: Sequence[Hit], titled: set[int], days: dict[int, str]) -> Iterator[Event]:
    """What reports, interviews and mails say of the subject: the sentence of each that has most of its words."""
    told: set[int] = set()
    for hit in hits:
        words = stems(f"{hit.version.title} {hit.passage.text}")
        kind = hit.document.kind or ""
        if hit.version.id in told or kind in {"minutes", "policy", "by-law", "tariff"} or hit.version.id in titled:
            continue
        if wanted <= words and len(told) < _MOST_REPORTS:
            told.add(hit.version.id)
            day = days.get(hit.version.id, "")
            yield Event(day, "reported", _sentence(wanted, hit), hit.version, hit.document)


def _sentence(wanted: frozenset[str], hit: Hit) -> Evidence:
    span, text = hit.passage.spans[0], hit.passage.text
    text = text[: span.end - span.start]
    start, end = max(
        sentences(text), key=lambda s: (len(wanted & stems(text[slice(*s)])), min(s[1] - s[0], 200), -s[0])
    )
    return Evidence(span.page, span.start + start, span.start + end, text[start:end])


def _day_in(text: str) -> str:
    return next((period.key for period in periods(text) if period.kind == "day"), "")


def _page(event: Event) -> int:
    return event.evidence.page if event.evidence else 0


def _ordered(events: Iterable[Event]) -> tuple[Event, ...]:
    """By day, each once; what has no day comes last."""
    once: dict[tuple[str, str, str], Event] = {}
    for event in events:
        words = " ".join(event.evidence.quote.split()).lower() if event.evidence else event.version.title
        once.setdefault((event.day, event.kind, words[:120]), event)
    shown = {(event.day, event.kind) for event in once.values() if event.evidence}
    told = (event for event in once.values() if event.evidence or (event.day, event.kind) not in shown)
    return tuple(sorted(told, key=lambda e: (e.day or "9999", _ORDER.get(e.kind, 9))))


_ORDER = {"proposed": 0, "lost": 1, "decided": 2, "adopted": 3, "published": 4, "commenced": 5}


def _open(decisions: Iterable[Recorded]) -> tuple[Recorded, ...]:
    return tuple(found for found in decisions if found.state == "outstanding")
