"""Versions chosen by how people name them, and compared; and what changed since a day. Within a scope."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from memory import catalogue, register, schema
from memory.access import Scope
from memory.compare import Pair, compare
from memory.effects import Effect, effects
from memory.errors import Misuse, NotFound
from memory.records import Document, Version
from memory.register import Recorded, Wanted
from memory.sections import Section, sections
from memory.timeline import stems

_REFERENCE = re.compile(r"(?P<document>\d+)(?:@(?P<number>\d+))?")
_MOST_NAMED = 5
# A language that fewer of a text's sections than this are written in is not one of the text's.
_SHARE = 0.2
_MOST_DECISIONS = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """A version and what it belongs to."""

    version: Version
    document: Document


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side. `left_out`: sections left out, by language: one that only one text is written in."""

    left: Chosen
    right: Chosen
    pairs: tuple[Pair, ...]
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class Change:
    """A version that began after the day, or ended. `before`: what it stands in place of, where there is that.

    `kind`: new, replaced (by a later version, or by another document), ended.
    """

    day: str
    kind: str
    chosen: Chosen
    before: Chosen | None
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a day, oldest first, and what was decided."""

    since: str
    changes: tuple[Change, ...]
    decisions: tuple[Recorded, ...]


def choose(connection: Connection, reference: str, scope: Scope, *, as_of: date | None = None) -> Chosen:
    """The version that a reference means: "12" or "12@2" (document, version), a file's name, or a title.

    Without a version's number: the one in force on `as_of` (today when None), else the newest.

    Raises:
        NotFound: the scope sees nothing of that name.
        Misuse: several documents have it.
    """
    match = _REFERENCE.fullmatch(reference.strip())
    if match and match["number"]:
        found = catalogue.get_version(connection, int(match["document"]), int(match["number"]), scope)
        if found is None:
            raise NotFound(f"{reference}: there is no such version for you")
        return Chosen(found[1], found[0])
    if match:
        document = catalogue.get_document(connection, int(match["document"]), scope)
        if document is None:
            raise NotFound(f"document {reference}: there is none for you")
        return Chosen(_newest(connection, document, as_of), document)
    return _named(connection, reference, scope, as_of)


def compared(connection: Connection, left: Chosen, right: Chosen) -> Comparison:
    """Two versions, section by section."""
    a, b = sections(connection, left.version.id), sections(connection, right.version.id)
    spoken = _languages(a) & _languages(b)
    left_out = Counter(s.language for s in (*a, *b) if s.language and spoken and s.language not in spoken)
    kept = [[s for s in side if not s.language or not spoken or s.language in spoken] for side in (a, b)]
    one_text = left.document.id == right.document.id or _one_work(left, right)
    return Comparison(left, right, tuple(compare(*kept, one_text=one_text)), dict(left_out))


def changes(
    connection: Connection, since: date, scope: Scope, *, about: str | None = None, collection: str | None = None
) -> Changes:
    """What began or ended after a day and until today, of a document, a collection or a subject (`about`)."""
    one = _document(connection, about, scope) if about else None
    found = [
        change
        for chosen in _candidates(connection, scope, about if one is None else None, collection, one)
        for change in _changed(connection, chosen, since, scope)
    ]
    wanted = Wanted(
        text=None if about is None else " ".join(sorted(stems(one.title if one else about))),
        since=_after(since),
        until=date.today().isoformat(),
        collection=collection,
    )
    decisions = register.find(connection, wanted, scope, limit=_MOST_DECISIONS) if about or collection else []
    ordered = sorted(found, key=lambda c: (c.day, c.chosen.version.id))
    return Changes(since.isoformat(), tuple(ordered), tuple(sorted(decisions, key=lambda d: d.decision.day)))


# Choosing


def _newest(connection: Connection, document: Document, as_of: date | None) -> Version:
    versions = [v for v in catalogue.list_versions(connection, document.id) if v.status != "withdrawn"]
    if not versions:
        raise NotFound(f"document {document.id}: its versions are withdrawn")
    day = (as_of or date.today()).isoformat()
    begun = [v for v in versions if not v.in_force_from or v.in_force_from <= day]
    return max(begun or versions, key=lambda v: v.number)


def _named(connection: Connection, name: str, scope: Scope, as_of: date | None) -> Chosen:
    v, d = schema.versions, schema.documents
    query = catalogue.seen(select(v.c.id, v.c.document_id, v.c.file_name, v.c.title), scope)
    query = query.join(d, d.c.id == v.c.document_id).where(v.c.status != "withdrawn")
    rows = connection.execute(query.order_by(v.c.id)).all()
    files = [row for row in rows if row.file_name.lower() == name.strip().lower()]
    if len(files) == 1:
        return _chosen(connection, files[0].id, scope)
    wanted = stems(name)
    titled = [row for row in rows if row.title.strip().lower() == name.strip().lower()]
    titled = titled or [row for row in rows if wanted and wanted <= stems(row.title)]
    documents = dict.fromkeys(row.document_id for row in (files or titled))
    if not documents:
        raise NotFound(
            f"{name}: no document is called that; give its file name, its title, or its number (12, or 12@2)"
        )
    if len(documents) > 1:
        shown = dict.fromkeys(f"{row.document_id} ({row.title})" for row in (files or titled))
        raise Misuse(f"{name}: more than one is called that; give the number: {'; '.join(list(shown)[:_MOST_NAMED])}")
    document = catalogue.get_document(connection, next(iter(documents)), scope)
    if document is None:
        raise NotFound(f"{name}: no document is called that for you")
    return Chosen(_newest(connection, document, as_of), document)


def _chosen(connection: Connection, version_id: int, scope: Scope) -> Chosen:
    return Chosen(*register.owners(connection, [version_id], scope)[version_id])


def _document(connection: Connection, about: str, scope: Scope) -> Document | None:
    try:
        return choose(connection, about, scope).document
    except (NotFound, Misuse):
        return None


def _languages(found: Sequence[Section]) -> set[str]:
    spoken = Counter(section.language for section in found if section.language)
    return {language for language, count in spoken.items() if count >= _SHARE * sum(spoken.values())}


def _one_work(left: Chosen, right: Chosen) -> bool:
    """Whether two documents are one text: a gazette and its Akoma Ntoso, an original and the text as amended."""
    same = stems(left.version.title) == stems(right.version.title)
    return same and left.document.collection == right.document.collection


# What changed


def _candidates(
    connection: Connection, scope: Scope, about: str | None, collection: str | None, one: Document | None
) -> list[Chosen]:
    v, d, s = schema.versions, schema.documents, schema.standings
    query = catalogue.seen(select(v.c.id, v.c.title), scope).join(d, d.c.id == v.c.document_id)
    query = query.outerjoin(s, s.c.version_id == v.c.id).where(
        v.c.status.in_(["current", "superseded", "repealed"]), s.c.record.is_not(True)
    )
    if collection is not None:
        query = query.where(d.c.collection == collection)
    if one is not None:
        query = query.where(d.c.id == one.id)
    wanted = stems(about) if about else frozenset()
    ids = [row.id for row in connection.execute(query.order_by(v.c.id)) if wanted <= stems(row.title)]
    owned = register.owners(connection, ids, scope)
    return [Chosen(*owned[i]) for i in ids if i in owned]


def _changed(connection: Connection, chosen: Chosen, since: date, scope: Scope) -> list[Change]:
    day, today = since.isoformat(), date.today().isoformat()
    begun = _begins(connection, chosen.version.id)
    found = []
    if begun and day < begun <= today:
        before = _before(connection, chosen)
        comparison = compared(connection, before, chosen) if before else None
        found.append(Change(begun, "replaced" if before else "new", chosen, before, comparison))
    ended = effects(connection, scope).get(chosen.version.id)
    if ended is not None and day < ended.day <= today:
        found.append(Change(ended.day, "ended", chosen, _by(connection, ended, scope), None))
    return found


def _begins(connection: Connection, version_id: int) -> str | None:
    v = schema.versions
    return connection.scalar(select(v.c.valid_from).where(v.c.id == version_id))


def _before(connection: Connection, chosen: Chosen) -> Chosen | None:
    """The version before it."""
    earlier = [
        version
        for version in catalogue.list_versions(connection, chosen.document.id)
        if version.number < chosen.version.number and version.status != "withdrawn"
    ]
    return Chosen(max(earlier, key=lambda v: v.number), chosen.document) if earlier else None


def _by(connection: Connection, effect: Effect, scope: Scope) -> Chosen | None:
    owned = register.owners(connection, [effect.by], scope)
    return Chosen(*owned[effect.by]) if effect.by in owned else None


def _after(since: date) -> str:
    return date.fromordinal(since.toordinal() + 1).isoformat()
