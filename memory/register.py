"""The decision register: what minutes record, written whole for a version, and found again within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, or_, select

from memory import catalogue, schema
from memory.access import Scope
from memory.law import Evidence
from memory.minutes import (
    Action,
    Decision,
    Interest,
    Mention,
    Minutes,
    Unread,
    Votes,
    number_key,
    number_tail,
)
from memory.records import Document, Version

_D, _A, _M, _U = schema.decisions, schema.decision_actions, schema.decision_mentions, schema.unread_items
_PLACES = ("day", "mover", "seconder", "outcome", "votes", "report")
# Rows read together: SQLite allows 32,766 placeholders in one statement.
_CHUNK = 5_000
# A decision that took effect; what was lost or deferred leaves nothing to be done.
_TAKEN = ("carried", "recommended")
# Outcomes of later texts after which nothing of a decision is outstanding.
_CLOSED = ("done", "ended")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions; None is any. `text`: words that all stand in it; `since`, `until`: ISO days, both included.

    `outstanding`: only those with somebody to act, of which no text says that it was done or ended.
    """

    number: str | None = None
    body: str | None = None
    text: str | None = None
    mover: str | None = None
    outcome: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    collection: str | None = None
    outstanding: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision of the register, and the version that records it. `state`: done, ended, amended, outstanding or ""."""

    id: int
    house: str
    decision: Decision
    version: Version
    document: Document
    state: str


@dataclass(frozen=True, slots=True)
class Named:
    """A text that names a decision, and what it belongs to. `day`: the text's own, "" when unknown."""

    mention: Mention
    day: str
    version: Version
    document: Document


@dataclass(frozen=True, slots=True)
class NotRead:
    """Words of minutes that were not read, and where."""

    unread: Unread
    version: Version
    document: Document


# Writing


def write_minutes(connection: Connection, version_id: int, found: Sequence[Minutes]) -> None:
    """Set what a version of minutes holds."""
    old = select(_D.c.id).where(_D.c.version_id == version_id)
    connection.execute(delete(_A).where(_A.c.decision_id.in_(old)))
    connection.execute(delete(_D).where(_D.c.version_id == version_id))
    connection.execute(delete(_U).where(_U.c.version_id == version_id))
    for minutes in found:
        for ordinal, decision in enumerate(minutes.decisions):
            _add(connection, _row(version_id, ordinal, minutes.house, decision), decision.actions)
        rows = [{"version_id": version_id, "reason": u.reason} | _place(u.evidence) for u in minutes.unread]
        if rows:
            connection.execute(insert(_U), rows)


def write_mentions(connection: Connection, version_id: int, found: Sequence[Mention]) -> None:
    """Set where a version names decisions."""
    connection.execute(delete(_M).where(_M.c.version_id == version_id))
    rows = [
        {
            "version_id": version_id,
            "number_key": number_key(m.number),
            "number_tail": number_tail(m.number),
            "sense": m.sense,
        }
        | _place(m.evidence)
        for m in found
    ]
    if rows:
        connection.execute(insert(_M), rows)


def _add(connection: Connection, row: dict[str, Any], actions: Sequence[Action]) -> None:
    key = connection.execute(insert(_D).values(row)).inserted_primary_key
    assert key is not None
    rows = [
        {
            "decision_id": key[0],
            "ordinal": ordinal,
            "actor": action.actor,
            "due": action.due,
            "due_words": action.due_words,
            "clauses": action.clauses,
        }
        | _place(action.evidence)
        for ordinal, action in enumerate(actions)
    ]
    if rows:
        connection.execute(insert(_A), rows)


def _row(version_id: int, ordinal: int, house: str, d: Decision) -> dict[str, Any]:
    places: dict[str, Any] = {"head": _list(d.head), "wording": [_list(e) for e in d.wording]}
    places |= {name: _list(at) for name in _PLACES if (at := getattr(d, f"{name}_at")) is not None}
    same = ("kind", "number", "body", "day", "item", "title", "mover", "seconder", "text", "outcome", "report")
    return {name: getattr(d, name) for name in same} | {
        "version_id": version_id,
        "ordinal": ordinal,
        "house": house,
        "number_key": number_key(d.number),
        "number_tail": number_tail(d.number),
        "votes_for": d.votes.votes_for,
        "votes_against": d.votes.votes_against,
        "abstentions": d.votes.abstentions,
        "places": places,
        "interests": [[i.who, i.item, _list(i.evidence)] for i in d.interests],
        "words": f"{d.title} {d.text}".casefold(),
    }


def _list(evidence: Evidence) -> list[int]:
    return [evidence.page, evidence.start, evidence.end]


def _place(evidence: Evidence) -> dict[str, int]:
    return {"page": evidence.page, "start": evidence.start, "end": evidence.end}


# Finding


def find(connection: Connection, wanted: Wanted, scope: Scope, *, limit: int = 100, offset: int = 0) -> list[Recorded]:
    """Decisions that the scope sees, newest first, as they stand in their minutes."""
    query = _seen(select(_D), wanted, scope).order_by(_D.c.day.desc(), _D.c.version_id, _D.c.ordinal)
    rows = connection.execute(query.limit(limit).offset(offset)).all()
    chunks = (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
    return [recorded for chunk in chunks for recorded in _recorded(connection, chunk, scope)]


def count(connection: Connection, wanted: Wanted, scope: Scope) -> int:
    """How many `find` would give without a limit."""
    return connection.scalar(_seen(select(func.count()).select_from(_D), wanted, scope)) or 0


def get(connection: Connection, ids: Sequence[int], scope: Scope) -> list[Recorded]:
    """Decisions by id, in the order of the ids; those that the scope does not see are left out."""
    rows = connection.execute(_seen(select(_D), Wanted(), scope).where(_D.c.id.in_(ids))).all()
    by_id = {recorded.id: recorded for recorded in _recorded(connection, rows, scope)}
    return [by_id[i] for i in ids if i in by_id]


def at_places(connection: Connection, places: Iterable[tuple[int, int, int, int]], scope: Scope) -> list[int]:
    """Ids of the decisions whose words share letters with slices (version, page, start, end), in their order."""
    wanted = list(places)
    query = _seen(select(_D.c.id, _D.c.version_id, _D.c.places), Wanted(), scope)
    rows = connection.execute(query.where(_D.c.version_id.in_({version for version, *_ in wanted}))).all()
    found: dict[int, None] = {}
    for version, page, start, end in wanted:
        for row in rows:
            slices = [row.places["head"], *row.places["wording"]]
            if row.version_id == version and any(p == page and s < end and start < e for p, s, e in slices):
                found[row.id] = None
    return list(found)


def passage_at(connection: Connection, version_id: int, page: int, at: int) -> int | None:
    """The passage of a version that holds a letter of a page."""
    p = schema.passages
    rows = connection.execute(select(p.c.id, p.c.spans).where(p.c.version_id == version_id).order_by(p.c.ordinal))
    return next((row.id for row in rows if any(n == page and s <= at < e for n, s, e in row.spans)), None)


def named(connection: Connection, number: str, scope: Scope) -> list[Named]:
    """Where texts that the scope sees name a decision, oldest first; the head of the decision itself left out."""
    query = (
        catalogue.seen(select(_M), scope)
        .join(schema.versions, schema.versions.c.id == _M.c.version_id)
        .join(schema.documents, schema.documents.c.id == schema.versions.c.document_id)
        .where(_same_number(_M, number), schema.versions.c.status != "withdrawn")
    )
    rows = connection.execute(query.order_by(_M.c.id)).all()
    owned = owners(connection, [row.version_id for row in rows], scope)
    pages = texts(connection, {(row.version_id, row.page) for row in rows})
    heads = {
        (d.version_id, *d.places["head"][:2])
        for d in connection.execute(select(_D.c.version_id, _D.c.places).where(_same_number(_D, number)))
    }
    days = days_of(connection, [row.version_id for row in rows])
    found = []
    for row in rows:
        if (row.version_id, row.page, row.start) in heads:
            continue
        version, document = owned[row.version_id]
        evidence = _evidence(pages, row.version_id, [row.page, row.start, row.end])
        found.append(
            Named(Mention(row.number_key, row.sense, evidence), days.get(row.version_id, ""), version, document)
        )
    return sorted(found, key=lambda n: n.day)


def not_read(connection: Connection, scope: Scope, *, limit: int = 1000) -> list[NotRead]:
    """What of the minutes that the scope sees was not read."""
    query = (
        catalogue.seen(select(_U), scope)
        .join(schema.versions, schema.versions.c.id == _U.c.version_id)
        .join(schema.documents, schema.documents.c.id == schema.versions.c.document_id)
        .where(schema.versions.c.status != "withdrawn")
        .order_by(_U.c.version_id, _U.c.page, _U.c.start)
    )
    rows = connection.execute(query.limit(limit)).all()
    owned = owners(connection, [row.version_id for row in rows], scope)
    pages = texts(connection, {(row.version_id, row.page) for row in rows})
    return [
        NotRead(
            Unread(row.reason, _evidence(pages, row.version_id, [row.page, row.start, row.end])),
            *owned[row.version_id],
        )
        for row in rows
    ]


def bodies(connection: Connection, scope: Scope) -> list[str]:
    """The bodies whose decisions the scope sees."""
    return list(connection.scalars(_seen(select(_D.c.body).distinct(), Wanted(), scope).order_by(_D.c.body)))


def _seen(query: Select[Any], wanted: Wanted, scope: Scope) -> Select[Any]:
    """A query on decisions, held to what is wanted of what the scope sees."""
    v, d = schema.versions, schema.documents
    query = query.join(v, v.c.id == _D.c.version_id).join(d, d.c.id == v.c.document_id)
    query = catalogue.seen(query, scope).where(v.c.status != "withdrawn")
    like = [(_D.c.body, wanted.body), (_D.c.mover, wanted.mover)]
    query = query.where(*(func.lower(column).contains(said.lower(), autoescape=True) for column, said in like if said))
    query = query.where(
        *(_D.c.words.contains(word, autoescape=True) for word in (wanted.text or "").casefold().split())
    )
    exact = [(_D.c.outcome, wanted.outcome), (_D.c.kind, wanted.kind), (d.c.collection, wanted.collection)]
    query = query.where(*(column == said for column, said in exact if said is not None))
    if wanted.number is not None:
        query = query.where(_same_number(_D, wanted.number))
    if wanted.since is not None:
        query = query.where(_D.c.day >= wanted.since)
    if wanted.until is not None:
        query = query.where(_D.c.day <= wanted.until)
    return query.where(_outstanding(scope)) if wanted.outstanding else query


def _same_number(table: Any, number: str) -> ColumnElement[bool]:
    """A number given without its letters is any number that ends so; a text may leave them out as well."""
    key, tail = number_key(number), number_tail(number)
    same: ColumnElement[bool] = table.c.number_tail == tail
    if key == tail:
        return same
    bare = and_(same, table.c.number_key == table.c.number_tail)
    exact: ColumnElement[bool] = table.c.number_key == key
    return or_(exact, bare) if table is _M else exact


def _outstanding(scope: Scope) -> ColumnElement[bool]:
    v, d = schema.versions.alias(), schema.documents.alias()
    closed = (
        select(_M.c.id)
        .join(v, v.c.id == _M.c.version_id)
        .join(d, d.c.id == v.c.document_id)
        .where(
            _M.c.sense.in_(_CLOSED),
            v.c.status != "withdrawn",
            _M.c.version_id != _D.c.version_id,
            _D.c.number != "",
            or_(
                _M.c.number_key == _D.c.number_key,
                and_(_M.c.number_tail == _D.c.number_tail, _M.c.number_key == _M.c.number_tail),
            ),
        )
    )
    if scope.labels is not None:
        closed = closed.where(d.c.label.in_(scope.labels))
    acts = select(_A.c.decision_id).where(_A.c.decision_id == _D.c.id)
    return and_(_D.c.outcome.in_(_TAKEN), acts.exists(), ~closed.exists())


# Rows


def _recorded(connection: Connection, rows: Sequence[Row[Any]], scope: Scope) -> list[Recorded]:
    owned = owners(connection, [row.version_id for row in rows], scope)
    actions = _actions(connection, [row.id for row in rows])
    places = {(row.version_id, place[0]) for row in rows for place in _all_places(row)}
    places |= {(row.version_id, a.page) for row in rows for a in actions.get(row.id, ())}
    pages = texts(connection, places)
    senses = _senses(connection, rows, scope)
    found = []
    for row in rows:
        decision = _decision(row, pages, actions.get(row.id, ()))
        found.append(Recorded(row.id, row.house, decision, *owned[row.version_id], _state(decision, senses[row.id])))
    return found


def _state(decision: Decision, senses: set[str]) -> str:
    said = next((sense for sense in ("ended", "done") if sense in senses), "")
    if said:
        return said
    if decision.actions and decision.outcome in _TAKEN:
        return "outstanding"
    return "amended" if "amended" in senses else ""


def _senses(connection: Connection, rows: Sequence[Row[Any]], scope: Scope) -> dict[int, set[str]]:
    """What later texts that the scope sees say of each decision."""
    tails = {row.number_tail for row in rows if row.number}
    query = (
        catalogue.seen(select(_M.c.version_id, _M.c.number_key, _M.c.number_tail, _M.c.sense), scope)
        .join(schema.versions, schema.versions.c.id == _M.c.version_id)
        .join(schema.documents, schema.documents.c.id == schema.versions.c.document_id)
        .where(_M.c.number_tail.in_(tails), schema.versions.c.status != "withdrawn")
    )
    said = connection.execute(query).all()
    return {
        row.id: {
            m.sense
            for m in said
            if m.version_id != row.version_id
            and row.number
            and m.number_tail == row.number_tail
            and m.number_key in {row.number_key, m.number_tail}
        }
        for row in rows
    }


def _all_places(row: Row[Any]) -> list[list[int]]:
    return [
        row.places["head"],
        *row.places["wording"],
        *(row.places[name] for name in _PLACES if name in row.places),
        *(place for _, _, place in row.interests),
    ]


def _decision(row: Row[Any], pages: dict[tuple[int, int], str], actions: Sequence[Row[Any]]) -> Decision:
    def at(place: list[int]) -> Evidence:
        return _evidence(pages, row.version_id, place)

    def maybe(name: str) -> Evidence | None:
        return at(row.places[name]) if name in row.places else None

    return Decision(
        kind=row.kind,
        number=row.number,
        body=row.body,
        day=row.day,
        item=row.item,
        title=row.title,
        mover=row.mover,
        seconder=row.seconder,
        text=row.text,
        outcome=row.outcome,
        votes=Votes(row.votes_for, row.votes_against, row.abstentions),
        report=row.report,
        head=at(row.places["head"]),
        wording=tuple(at(place) for place in row.places["wording"]),
        actions=tuple(Action(a.actor, a.due, a.due_words, a.clauses, at([a.page, a.start, a.end])) for a in actions),
        interests=tuple(Interest(who, item, at(place)) for who, item, place in row.interests),
        day_at=maybe("day"),
        mover_at=maybe("mover"),
        seconder_at=maybe("seconder"),
        outcome_at=maybe("outcome"),
        votes_at=maybe("votes"),
        report_at=maybe("report"),
    )


def _evidence(pages: dict[tuple[int, int], str], version_id: int, place: list[int]) -> Evidence:
    page, start, end = place
    return Evidence(page, start, end, pages[version_id, page][start:end])


def texts(connection: Connection, places: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The text of pages by (version id, number)."""
    p = schema.pages
    query = select(p.c.version_id, p.c.number, p.c.text).where(
        p.c.version_id.in_({version for version, _ in places}), p.c.number.in_({number for _, number in places})
    )
    return {(row.version_id, row.number): row.text for row in connection.execute(query)}


def _actions(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    query = select(_A).where(_A.c.decision_id.in_(ids)).order_by(_A.c.decision_id, _A.c.ordinal)
    for row in connection.execute(query):
        found.setdefault(row.decision_id, []).append(row)
    return found


def owners(connection: Connection, ids: Iterable[int], scope: Scope) -> dict[int, tuple[Version, Document]]:
    """Versions by id, with their documents: those that the scope sees."""
    found = {}
    for version_id in set(ids):
        version = catalogue.get_version_by_id(connection, version_id)
        document = version and catalogue.get_document(connection, version.document_id, scope)
        if version and document:
            found[version_id] = version, document
    return found


def days_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The day of each version: of its meeting, else when it began, was published or written; unknown left out."""
    wanted, v, f = set(ids), schema.versions, schema.facts
    found: dict[int, str] = {}
    meetings = select(_D.c.version_id, func.max(_D.c.day).label("day")).where(_D.c.version_id.in_(wanted))
    dated = select(f.c.version_id, f.c.value).where(f.c.version_id.in_(wanted), f.c.name == "date", f.c.value != "")
    known = func.coalesce(v.c.in_force_from, v.c.published, v.c.created)
    for query in (
        meetings.group_by(_D.c.version_id),
        select(v.c.id, known).where(v.c.id.in_(wanted), known.is_not(None)),
        dated.order_by(f.c.confidence.desc()),
    ):
        for version_id, day in connection.execute(query):
            if day:
                found.setdefault(version_id, day)
    return found
