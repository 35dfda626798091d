"""What stands in the catalogue: writing a version whole, and reading documents, versions, pages, passages."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Connection,
    CursorResult,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from memory import schema
from memory.access import PUBLIC, Scope, Selection
from memory.effects import effects
from memory.records import Document, Line, Page, Passage, Span, Version
from memory.statements import as_list, listed, pair_listed
from memory.store import bump

EVERYTHING = Scope.operator()
# Placeholders in one statement: SQLite allows 32,766.
_IN_LIMIT = 10_000

documents, versions, pages, passages, vectors = (
    schema.documents,
    schema.versions,
    schema.pages,
    schema.passages,
    schema.vectors,
)

_OF_PASSAGE, _OF_VERSION, _OF_DOCUMENT, _OF_PAGE = (
    [table.c[name] for name in noun.__slots__ if name in table.c]
    for table, noun in ((passages, Passage), (versions, Version), (documents, Document), (pages, Page))
)
# Holds a statement that names `documents` to what a scope sees, whose `held_labels` are bound to `labels`.
VISIBLE = or_(bindparam("labels").is_(None), documents.c.label.in_(listed("labels")))
# On the way of every question.
_PASSAGES = (
    select(*_OF_PASSAGE)
    .select_from(passages.join(versions).join(documents))
    .where(passages.c.id.in_(listed("ids")), VISIBLE)
)
_OWNERS = (
    select(*_OF_VERSION, *_OF_DOCUMENT)
    .select_from(versions.join(documents))
    .where(versions.c.id.in_(listed("ids")), VISIBLE)
)
_AROUND = (
    select(*_OF_PASSAGE)
    .where(passages.c.version_id == bindparam("version"))
    .where(passages.c.ordinal.between(bindparam("first"), bindparam("last")))
    .order_by(passages.c.ordinal)
)
_ON = pair_listed("pages", pages.c.version_id, pages.c.number)
_PAGES, _LABELS = select(*_OF_PAGE).where(_ON), select(pages.c.version_id, pages.c.number, pages.c.label).where(_ON)
_TEXTS = select(pages.c.number, pages.c.text).where(
    pages.c.version_id == bindparam("version"), pages.c.number.in_(listed("numbers"))
)
_GRANTED = select(schema.grants.c.label).where(schema.grants.c.user == bindparam("user"))

# The day that a version is dated by: the best of what is known of it.
dated = func.coalesce(versions.c.published, versions.c.in_force_from, versions.c.created)
# What it is, as its document is registered or, where that says nothing, as it was recognised.
kind = func.coalesce(documents.c.kind, schema.standings.c.kind)


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage before it has an id. `text_hash` names what is embedded: context and searchable text."""

    spans: tuple[Span, ...]
    text: str
    context: str
    heading: tuple[str, ...]
    ocr: bool
    text_hash: str


@dataclass(frozen=True, slots=True)
class Vector:
    """`vector`: float16 bytes (dim * 2); `codes`: token codes, (pieces * dim / 8) bytes."""

    text_hash: str
    vector: bytes
    codes: bytes


def now() -> str:
    """The present moment, UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pack_layout(blocks: Any, lines: Any, pointers: Any = ()) -> bytes:
    """Blocks, lines and pointers, as plain JSON values, for the `layout` column."""
    values = {"blocks": blocks, "lines": lines} | ({"pointers": pointers} if pointers else {})
    return zlib.compress(json.dumps(values, separators=(",", ":")).encode(), 6)


def unpack_layout(layout: bytes) -> dict[str, Any]:
    """The reverse: {"blocks": [...], "lines": [[start, end, x0, y0, x1, y1], ...], "pointers": [...]}."""
    return {"pointers": []} | dict(json.loads(zlib.decompress(layout)))


# Writing


def add_document(connection: Connection, document: Document) -> int:
    """A new document; its id."""
    values = {name: getattr(document, name) for name in Document.__slots__ if name != "id"}
    return _new_id(connection.execute(insert(documents).values(values)))


def _new_id(result: CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def update_document(connection: Connection, document: Document) -> None:
    """Set what is known of a document; its label cannot change this way."""
    values = {name: getattr(document, name) for name in Document.__slots__ if name not in {"id", "label"}}
    connection.execute(update(documents).where(documents.c.id == document.id).values(values))


def add_version(connection: Connection, version: Version) -> int:
    """A new version; when it is current, the document's earlier current versions become superseded."""
    values = {name: getattr(version, name) for name in Version.__slots__ if name != "id"}
    values["authors"], values["notes"] = list(version.authors), list(version.notes)
    values["valid_from"] = version.in_force_from or (version.ingested_at[:10] if version.number > 1 else None)
    values["valid_to"] = version.in_force_to
    values["stale"] = False
    added = _new_id(connection.execute(insert(versions).values(values)))
    if version.status == "current":
        _supersede(connection, version, added)
    return added


def _supersede(connection: Connection, version: Version, added: int) -> None:
    until = _day_before(version.in_force_from or version.ingested_at[:10])
    connection.execute(
        update(versions)
        .where(
            versions.c.document_id == version.document_id,
            versions.c.id != added,
            versions.c.status == "current",
            versions.c.number < version.number,
        )
        .values(status="superseded", valid_to=func.coalesce(versions.c.in_force_to, until))
    )


def _day_before(day: str) -> str:
    # 0001-01-01 has no day before; files do carry it.
    return date.fromordinal(max(1, date.fromisoformat(day).toordinal() - 1)).isoformat()


def set_status(connection: Connection, version_id: int, status: str) -> None:
    """Withdraw a version, or bring it back."""
    connection.execute(update(versions).where(versions.c.id == version_id).values(status=status))


def add_pages(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Pages as rows of the `pages` table."""
    if rows:
        connection.execute(insert(pages), list(rows))


def replace_page(connection: Connection, row: dict[str, Any]) -> None:
    """A page read again by OCR; its version's passages are stale from now on."""
    where = and_(pages.c.version_id == row["version_id"], pages.c.number == row["number"])
    connection.execute(update(pages).where(where).values(row))
    connection.execute(update(versions).where(versions.c.id == row["version_id"]).values(stale=True))
    # Its words are others now: what was extracted of them is read again.
    connection.execute(delete(schema.extracted).where(schema.extracted.c.version_id == row["version_id"]))


def add_passages(connection: Connection, version_id: int, new: Sequence[NewPassage]) -> None:
    """A version's passages, in reading order."""
    rows = [
        {
            "version_id": version_id,
            "ordinal": ordinal,
            "spans": [[s.page, s.start, s.end] for s in p.spans],
            "text": p.text,
            "context": p.context,
            "heading": list(p.heading),
            "ocr": p.ocr,
            "text_hash": p.text_hash,
        }
        for ordinal, p in enumerate(new)
    ]
    if rows:
        connection.execute(insert(passages), rows)


def replace_passages(connection: Connection, version_id: int, new: Sequence[NewPassage]) -> None:
    """A version's passages cut again; caches learn from the counter that ids are gone."""
    connection.execute(delete(passages).where(passages.c.version_id == version_id))
    add_passages(connection, version_id, new)
    connection.execute(update(versions).where(versions.c.id == version_id).values(stale=False))
    bump(connection, "removals")


def add_vectors(connection: Connection, new: Iterable[Vector]) -> None:
    """Vectors that are not there yet."""
    rows = [{"text_hash": v.text_hash, "vector": v.vector, "codes": v.codes} for v in new]
    if rows:
        connection.execute(insert(vectors).prefix_with("OR IGNORE", dialect="sqlite"), rows)


def missing_vectors(connection: Connection, hashes: Iterable[str]) -> set[str]:
    """Those of `hashes` without a vector."""
    wanted = set(hashes)
    for chunk in _chunks(sorted(wanted)):
        found = connection.scalars(select(vectors.c.text_hash).where(vectors.c.text_hash.in_(chunk)))
        wanted.difference_update(found)
    return wanted


# Reading


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[i : i + _IN_LIMIT] for i in range(0, len(values), _IN_LIMIT))


def document_from(row: Row[Any]) -> Document:
    """A row of `documents`."""
    return Document(**{name: getattr(row, name) for name in Document.__slots__})


def version_from(row: Row[Any]) -> Version:
    """A row of `versions`."""
    return _version([getattr(row, name) for name in Version.__slots__])


def _version(values: Iterable[Any]) -> Version:
    """From what stands in the catalogue, in the order of `_OF_VERSION`."""
    named = dict(zip(Version.__slots__, values, strict=True))
    return Version(**named | {"authors": tuple(named["authors"]), "notes": tuple(named["notes"])})


def _owner(row: Row[Any]) -> tuple[Version, Document]:
    """A row of `_OWNERS`."""
    return _version(row[: len(_OF_VERSION)]), Document(*row[len(_OF_VERSION) :])


def page_from(row: Row[Any]) -> Page:
    """A row of `pages`."""
    lines = tuple(Line(*line) for line in unpack_layout(row.layout)["lines"])
    return Page(**{name: getattr(row, name) for name in Page.__slots__ if name != "lines"}, lines=lines)


def passage_from(row: Row[Any]) -> Passage:
    """A row of `passages`."""
    spans = tuple(Span(*span) for span in row.spans)
    heading = tuple(row.heading)
    return Passage(row.id, row.version_id, row.ordinal, spans, row.text, row.context, heading, row.ocr)


def held_labels(scope: Scope) -> str | None:
    """The labels of a scope as `VISIBLE` takes them."""
    return None if scope.labels is None else as_list(scope.labels)


def seen(query: Select[Any], scope: Scope) -> Select[Any]:
    """A query that names `documents`, held to those that the scope sees."""
    return query if scope.labels is None else query.where(documents.c.label.in_(scope.labels))


def selected(query: Select[Any], selection: Selection, ended: Collection[int]) -> Select[Any]:
    """A query over versions and documents, narrowed to a selection; `ended`: versions that others put an end to."""
    day, standings = selection.as_of.isoformat(), schema.standings
    begun = or_(versions.c.valid_from.is_(None), versions.c.valid_from <= day)
    if selection.records:
        begun = or_(begun, standings.c.record)
    last = versions.c.valid_to
    query = (
        seen(query, selection.scope)
        .outerjoin(standings, standings.c.version_id == versions.c.id)
        .where(begun, versions.c.status.in_(_statuses(selection)), versions.c.id.not_in(ended))
    )
    if not selection.superseded:
        query = query.where(or_(last.is_(None), last >= day))
    return _filtered(query, selection)


def _filtered(query: Select[Any], selection: Selection) -> Select[Any]:
    filters = selection.filters
    wanted = (
        (documents.c.collection, selection.collection),
        (documents.c.department, filters.department),
        (kind, filters.kind),
    )
    query = query.where(*(column == value for column, value in wanted if value is not None))
    if filters.since is not None:
        query = query.where(dated >= filters.since.isoformat())
    return query if filters.until is None else query.where(dated <= filters.until.isoformat())


def ended_by(connection: Connection, selection: Selection) -> list[int]:
    """Versions that are not in force on the selection's day because another document says so."""
    if selection.superseded:
        return []
    day = selection.as_of.isoformat()
    return [version for version, effect in effects(connection, selection.scope).items() if effect.day <= day]


def selected_versions(connection: Connection, selection: Selection) -> NDArray[np.int64]:
    """Ids of the versions that a question is answered from, ascending. (n,)"""
    query = selected(select(versions.c.id).join(documents), selection, ended_by(connection, selection))
    return np.fromiter(connection.scalars(query.order_by(versions.c.id)), np.int64)


def _statuses(selection: Selection) -> list[str]:
    past = not selection.today or selection.superseded
    return ["current", *(["superseded", "repealed"] if past else []), *(["draft"] if selection.drafts else [])]


def labels(connection: Connection, scope: Scope) -> frozenset[str]:
    """The labels that documents in the scope carry."""
    return frozenset(connection.scalars(seen(select(documents.c.label).distinct(), scope)))


def granted(connection: Connection, user: str) -> frozenset[str]:
    """The labels that a user holds, looked up at each question; everybody holds `public`."""
    return frozenset(connection.scalars(_GRANTED, {"user": user})) | {PUBLIC}


def grant(connection: Connection, user: str, held: Iterable[str]) -> None:
    """Set the labels that a user holds, replacing what he held."""
    connection.execute(delete(schema.grants).where(schema.grants.c.user == user))
    rows = [{"user": user, "label": label} for label in sorted(set(held))]
    if rows:
        connection.execute(insert(schema.grants), rows)


def add_gap(connection: Connection, question: str, asked_by: str | None, custodian: str | None) -> None:
    """A question that the memory could not answer: work for somebody."""
    values = {"question": question, "asked_by": asked_by, "custodian": custodian}
    connection.execute(insert(schema.gaps).values(asked_at=now(), status="open", **values))


def list_documents(connection: Connection, scope: Scope, *, limit: int, offset: int = 0) -> list[Document]:
    """Documents in the scope, by title."""
    query = seen(select(documents), scope).order_by(documents.c.title, documents.c.id)
    return [document_from(row) for row in connection.execute(query.limit(limit).offset(offset))]


def get_document(connection: Connection, document_id: int, scope: Scope) -> Document | None:
    """The document, if the scope sees it."""
    row = connection.execute(seen(select(documents), scope).where(documents.c.id == document_id)).first()
    return None if row is None else document_from(row)


def document_by_key(connection: Connection, key: str, collection: str, label: str) -> Document | None:
    """The document that a manifest calls `key`."""
    where = (documents.c.key == key, documents.c.collection == collection, documents.c.label == label)
    row = connection.execute(select(documents).where(*where)).first()
    return None if row is None else document_from(row)


def document_of_bytes(
    connection: Connection, sha256: str, collection: str, label: str
) -> tuple[Document, Version] | None:
    """The newest version made of these bytes in this collection under this label."""
    query = (
        select(versions.c.id, versions.c.document_id)
        .join(documents)
        .where(
            versions.c.sha256 == sha256,
            documents.c.collection == collection,
            documents.c.label == label,
        )
        .order_by(versions.c.status == "withdrawn", versions.c.id.desc())
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    version = get_version_by_id(connection, row.id)
    document = get_document(connection, row.document_id, Scope.operator())
    return None if version is None or document is None else (document, version)


def list_versions(connection: Connection, document_id: int) -> list[Version]:
    """A document's versions, oldest first. The caller has checked the scope."""
    query = select(versions).where(versions.c.document_id == document_id).order_by(versions.c.number)
    return [version_from(row) for row in connection.execute(query)]


def list_called(connection: Connection, scope: Scope) -> list[tuple[int, str, str]]:
    """(version id, title, everything else that it is called) of each version whose document the scope sees."""
    v, d = versions.c, documents.c
    columns = (v.id, v.title, v.file_name, v.authors, v.in_force_from, v.published, d.key)
    query = select(*columns, d.title.label("document")).join(documents)
    found = []
    for row in connection.execute(seen(query, scope)):
        dates = [row.in_force_from or "", row.published or ""]
        names = [row.title, row.document, _stem(row.file_name), row.key or "", *row.authors, *dates]
        found.append((row.id, row.title, "\n".join(names)))
    return found


def _stem(file_name: str) -> str:
    return file_name.rpartition(".")[0] or file_name


def get_version_by_id(connection: Connection, version_id: int) -> Version | None:
    """A version by its id."""
    row = connection.execute(select(versions).where(versions.c.id == version_id)).first()
    return None if row is None else version_from(row)


def path_of(connection: Connection, version_id: int) -> str:
    """A path that gives the version, "" when none does any more."""
    paths = schema.paths
    found = connection.scalar(select(func.min(paths.c.path)).where(paths.c.version_id == version_id))
    return found or ""


def get_version(connection: Connection, document_id: int, number: int, scope: Scope) -> tuple[Document, Version] | None:
    """A version by its document and number, if the scope sees it."""
    document = get_document(connection, document_id, scope)
    if document is None:
        return None
    where = (versions.c.document_id == document_id, versions.c.number == number)
    row = connection.execute(select(versions).where(*where)).first()
    return None if row is None else (document, version_from(row))


def list_pages(connection: Connection, version_id: int) -> list[Page]:
    """A version's pages. The caller has checked the scope."""
    query = select(pages).where(pages.c.version_id == version_id).order_by(pages.c.number)
    return [page_from(row) for row in connection.execute(query)]


def page_marks(connection: Connection, version_id: int) -> list[Page]:
    """A version's pages without their texts and lines. The caller has checked the scope."""
    columns = [pages.c[name] for name in Page.__slots__ if name not in {"text", "lines"}]
    query = select(*columns).where(pages.c.version_id == version_id).order_by(pages.c.number)
    return [Page(**row._asdict(), text="") for row in connection.execute(query)]


def count_pages(connection: Connection, version_id: int) -> int:
    """How many pages a version has. The caller has checked the scope."""
    return int(connection.scalar(select(func.count()).where(pages.c.version_id == version_id)) or 0)


def get_page(connection: Connection, version_id: int, number: int) -> Page | None:
    """One page. The caller has checked the scope."""
    where = and_(pages.c.version_id == version_id, pages.c.number == number)
    row = connection.execute(select(pages).where(where)).first()
    return None if row is None else page_from(row)


def page_texts(connection: Connection, version_id: int, numbers: Iterable[int]) -> dict[int, str]:
    """The texts alone of pages of a version, by number. The caller has checked the scope."""
    rows = connection.execute(_TEXTS, {"version": version_id, "numbers": as_list(numbers)})
    return {row.number: row.text for row in rows}


def get_pages(connection: Connection, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Page]:
    """Pages by (version id, number), without their lines. The caller has checked the scope."""
    rows = connection.execute(_PAGES, {"pages": as_list(wanted)})
    return {(row.version_id, row.number): Page(**row._mapping) for row in rows}


def page_labels(connection: Connection, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """What is printed on pages, by (version id, number). The caller has checked the scope."""
    found = connection.execute(_LABELS, {"pages": as_list(wanted)})
    return {(version, number): label for version, number, label in found}


def get_passages(
    connection: Connection, ids: Iterable[int], scope: Scope
) -> dict[int, tuple[Passage, Version, Document]]:
    """Passages by id with what they belong to: those that the scope sees, checked once more here."""
    labels = held_labels(scope)
    found = [passage_from(row) for row in connection.execute(_PASSAGES, {"ids": as_list(ids), "labels": labels})]
    owned = {"ids": as_list({passage.version_id for passage in found}), "labels": labels}
    owners = {version.id: (version, document) for version, document in map(_owner, connection.execute(_OWNERS, owned))}
    return {p.id: (p, *owners[p.version_id]) for p in found if p.version_id in owners}


def get_passage(connection: Connection, passage_id: int, scope: Scope) -> tuple[Passage, Version, Document] | None:
    """One passage, if the scope sees it."""
    return get_passages(connection, [passage_id], scope).get(passage_id)


def list_around(connection: Connection, passage: Passage, reach: int) -> list[Passage]:
    """A passage with those that follow and precede it in its version, `reach` on either side, in reading order. The
    caller has checked the scope."""
    near = {"version": passage.version_id, "first": passage.ordinal - reach, "last": passage.ordinal + reach}
    return [passage_from(row) for row in connection.execute(_AROUND, near)]


def counts(connection: Connection, scope: Scope) -> dict[str, int]:
    """How many documents, versions, pages and passages the scope sees, and pages that wait for OCR."""

    def of(column: Any, *joins: Any) -> int:
        query = select(func.count(column))
        for target, on in joins:
            query = query.join(target, on)
        return int(connection.scalar(seen(query, scope)) or 0)

    by_version = (documents, documents.c.id == versions.c.document_id)
    of_page = ((versions, versions.c.id == pages.c.version_id), by_version)
    of_passage = ((versions, versions.c.id == passages.c.version_id), by_version)
    pending = select(func.count()).select_from(pages.join(versions).join(documents)).where(pages.c.needs_ocr)
    return {
        "documents": of(documents.c.id),
        "versions": of(versions.c.id, by_version),
        "pages": of(pages.c.number, *of_page),
        "passages": of(passages.c.id, *of_passage),
        "pages_waiting_for_ocr": int(connection.scalar(seen(pending, scope)) or 0),
    }
