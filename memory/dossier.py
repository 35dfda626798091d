"""All that is known of one version: its facts and their evidence, its links both ways, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, select

from memory import catalogue, schema
from memory.access import Scope
from memory.records import Span, Version

_INVERSE = {
    "amends": "amended_by",
    "amended_by": "amends",
    "repeals": "repealed_by",
    "repealed_by": "repeals",
    "replaces": "replaced_by",
    "implements": "implemented_by",
    "rests_on": "basis_of",
    "refers_to": "referred_to_by",
}
# What a text of a kind is expected to say of itself.
_EXPECTED = {
    "by-law": ("adoption", "publication", "commencement"),
    "act": ("publication", "commencement"),
    "policy": ("adoption", "commencement", "review"),
    "sop": ("adoption", "commencement"),
    "tariff": ("adoption", "commencement", "expiry"),
    "plan": ("adoption", "commencement", "expiry"),
    "circular": ("date",),
    "notice": ("date",),
    "memo": ("date",),
    "minutes": ("date",),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """A slice of a page of a version, with its words: `quote == page_text[start:end]`."""

    document_id: int
    version: int
    page: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as it is shown. `source`: correction, manifest, metadata, title, text, folder, format, file."""

    name: str
    value: str | None
    source: str
    confidence: float
    note: str | None
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is shown from one side. The other side is null when the memory holds nothing of the sort."""

    relation: str
    words: str
    number: str | None
    year: str | None
    section: str | None
    day: str | None
    source: str
    confidence: float
    document_id: int | None
    version: int | None
    title: str | None
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """`missing`: facts that a text of its kind is expected to give and does not."""

    kind: str | None
    authority: int | None
    municipality: str | None
    facts: tuple[Known, ...]
    links: tuple[Link, ...]
    linked_from: tuple[Link, ...]
    missing: tuple[str, ...]

    @property
    def open(self) -> tuple[Link, ...]:
        """References to what the memory does not hold."""
        return tuple(link for link in self.links if link.document_id is None)


def dossier(connection: Connection, version: Version, scope: Scope) -> Dossier:
    """What is known of a version that the scope sees; links to and from what it does not see are not there."""
    stands = connection.execute(select(schema.standings).where(schema.standings.c.version_id == version.id)).first()
    known = [*_corrections(connection, version), *_stated(version), *_facts(connection, version)]
    kind = stands.kind if stands else None
    said = {fact.name for fact in known if fact.value}
    return Dossier(
        kind=kind,
        authority=stands.authority if stands else None,
        municipality=stands.municipality if stands else None,
        facts=tuple(known),
        links=tuple(_links(connection, version, scope)),
        linked_from=tuple(_linked_from(connection, version, scope)),
        missing=tuple(name for name in _EXPECTED.get(kind or "", ()) if name not in said),
    )


def _stated(version: Version) -> Iterable[Known]:
    names = {"in_force_from": "commencement", "in_force_to": "expiry", "status": "status"}
    for source in ("manifest", "metadata"):
        for name, value in version.stated.get(source, {}).items():
            note = version.extra.get("commencement") if (source, name) == ("metadata", "in_force_from") else None
            # By law a by-law begins with its publication where it says nothing else: surmised, not said.
            surmised = bool(note and note.startswith("publication"))
            yield Known(names[name], value, source, 0.6 if surmised else 0.95, note, None)


def _corrections(connection: Connection, version: Version) -> Iterable[Known]:
    c = schema.corrections
    for row in connection.execute(select(c).where(c.c.version_id == version.id).order_by(c.c.name)):
        yield Known(row.name, row.value, "correction", 1.0, row.by, None)


def _facts(connection: Connection, version: Version) -> Iterable[Known]:
    f = schema.facts
    query = select(f).where(f.c.version_id == version.id).order_by(f.c.name, f.c.confidence.desc(), f.c.id)
    for row in _with_quotes(connection, query, f.c.version_id):
        proof = _proof(row, version.document_id, version.number)
        yield Known(row.name, row.value or None, row.source, row.confidence, row.note or None, proof)


def _links(connection: Connection, version: Version, scope: Scope) -> Iterable[Link]:
    k = schema.links
    query = select(k).where(k.c.version_id == version.id).order_by(k.c.page, k.c.start, k.c.id)
    targets = _best_targets(connection, version, scope)
    for row in _with_quotes(connection, query, k.c.version_id):
        target = targets.get(row.id)
        link = _link(row, row.relation, _proof(row, version.document_id, version.number))
        if target is not None:
            link = replace(link, document_id=target.document_id, version=target.number, title=target.title)
        yield link


def _best_targets(connection: Connection, version: Version, scope: Scope) -> dict[int, Any]:
    k, t, v, d = schema.links, schema.link_targets, schema.versions, schema.documents
    query = (
        select(t.c.link_id, t.c.score, v.c.id, v.c.document_id, v.c.number, v.c.title)
        .select_from(t.join(k, k.c.id == t.c.link_id).join(v, v.c.id == t.c.version_id))
        .join(d, d.c.id == v.c.document_id)
        .where(k.c.version_id == version.id)
        .order_by(t.c.score, v.c.id.desc())
    )
    return {row.link_id: row for row in connection.execute(catalogue.seen(query, scope))}


def _linked_from(connection: Connection, version: Version, scope: Scope) -> Iterable[Link]:
    """Links of other versions whose best target, among those that the scope sees, is of this version's document."""
    k, t, v, d = schema.links, schema.link_targets, schema.versions, schema.documents
    mine = select(t.c.link_id).where(t.c.version_id == version.id)
    ranked = (
        select(t.c.link_id, t.c.version_id, t.c.score)
        .join(v, v.c.id == t.c.version_id)
        .join(d, d.c.id == v.c.document_id)
        .where(t.c.link_id.in_(mine))
    )
    best: dict[int, float] = {}
    own: dict[int, float] = {}
    for row in connection.execute(catalogue.seen(ranked, scope)):
        best[row.link_id] = max(row.score, best.get(row.link_id, 0.0))
        if row.version_id == version.id:
            own[row.link_id] = row.score
    meant = [link_id for link_id, score in own.items() if best[link_id] - score <= _AS_GOOD]
    query = (
        select(k, v.c.document_id, v.c.number.label("source_number"), v.c.title.label("source_title"))
        .join(v, v.c.id == k.c.version_id)
        .join(d, d.c.id == v.c.document_id)
        .where(k.c.id.in_(meant), v.c.status != "withdrawn")
        .order_by(v.c.title, k.c.page, k.c.start, k.c.id)
    )
    for row in _with_quotes(connection, catalogue.seen(query, scope), k.c.version_id):
        link = _link(row, _INVERSE[row.relation], _proof(row, row.document_id, row.source_number))
        yield replace(link, document_id=row.document_id, version=row.source_number, title=row.source_title)


# Targets that hardly differ in score are all meant (see `memory.effects`).
_AS_GOOD = 0.03


def _link(row: Any, relation: str, proof: Proof | None) -> Link:
    return Link(
        relation=relation,
        words=row.words,
        number=row.number or None,
        year=row.year or None,
        section=row.section or None,
        day=row.day or None,
        source=row.source,
        confidence=row.confidence,
        document_id=None,
        version=None,
        title=None,
        proof=proof,
    )


def _with_quotes(connection: Connection, query: Select[Any], version_id: Any) -> Iterable[Any]:
    """The rows with the text of the page that each one's evidence stands on."""
    p = schema.pages
    table = version_id.table
    on = (p.c.version_id == version_id) & (p.c.number == table.c.page)
    return connection.execute(query.add_columns(p.c.text.label("page_text")).outerjoin(p, on)).all()


def _proof(row: Any, document_id: int, version: int) -> Proof | None:
    if row.page is None or row.page_text is None:
        return None
    span = Span(row.page, row.start, row.end)
    return Proof(document_id, version, span.page, span.start, span.end, row.page_text[span.start : span.end])
