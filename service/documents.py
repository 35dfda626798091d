"""Documents on the command line: the list, and all that is known of one with where it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.table import Table
from sqlalchemy import Connection

from memory import catalogue
from memory.access import Scope
from memory.dossier import Dossier, Known, Link, Proof, dossier
from memory.effects import as_ended, effects
from memory.errors import NotFound
from memory.records import Document, Version
from memory.standing import kinds_of

_EVERY = 1_000_000


def listed(connection: Connection, scope: Scope, kind: str | None = None) -> list[dict[str, Any]]:
    """Every version in the scope: document, number, title, kind, authority, status and dates."""
    ended = effects(connection, scope)
    rows = []
    for document in catalogue.list_documents(connection, scope, limit=_EVERY):
        versions = catalogue.list_versions(connection, document.id)
        kinds = kinds_of(connection, [version.id for version in versions])
        for version in versions:
            known, authority = kinds.get(version.id, (document.kind, None))
            if kind in {None, known}:
                rows.append(_row(as_ended(version, ended.get(version.id)), known, authority))
    return rows


def _row(version: Version, kind: str | None, authority: int | None) -> dict[str, Any]:
    return {
        "document": version.document_id,
        "version": version.number,
        "title": version.title,
        "kind": kind,
        "authority": authority,
        "status": version.status,
        "in_force_from": version.in_force_from,
        "in_force_to": version.in_force_to,
        "file_name": version.file_name,
    }


def shown(connection: Connection, document_id: int, scope: Scope) -> dict[str, Any]:
    """A document with its versions and the dossier of each, as plain values.

    Raises:
        NotFound: there is none in the scope.
    """
    document = _document(connection, document_id, scope)
    versions = [
        _row(version, found.kind, found.authority) | {"dossier": asdict(found)}
        for version, found in _versions(connection, document_id, scope)
    ]
    return asdict(document) | {"versions": versions}


def _document(connection: Connection, document_id: int, scope: Scope) -> Document:
    document = catalogue.get_document(connection, document_id, scope)
    if document is None:
        raise NotFound(f"document {document_id}: there is none; khumbula documents lists them")
    return document


def _versions(connection: Connection, document_id: int, scope: Scope) -> Iterator[tuple[Version, Dossier]]:
    """A document's versions as other documents leave them, each with its dossier."""
    ended = effects(connection, scope)
    for version in catalogue.list_versions(connection, document_id):
        yield as_ended(version, ended.get(version.id)), dossier(connection, version, scope)


def list_table(rows: list[dict[str, Any]]) -> Table:
    """The list for a terminal."""
    table = Table(box=None)
    for name in ("id", "v", "title", "kind", "status", "from", "to"):
        table.add_column(name)
    for row in rows:
        days = (row["in_force_from"] or "", row["in_force_to"] or "")
        table.add_row(str(row["document"]), str(row["version"]), row["title"], row["kind"] or "", row["status"], *days)
    return table


def lines(connection: Connection, document_id: int, scope: Scope) -> Iterator[str]:
    """A document for a terminal, line by line.

    Raises:
        NotFound: there is none in the scope.
    """
    _document(connection, document_id, scope)
    for now, found in _versions(connection, document_id, scope):
        yield f"{now.title}, version {now.number} ({now.status}) · {now.file_name}"
        yield f"  in force from {now.in_force_from or 'unknown'} to {now.in_force_to or 'further notice'}"
        authority = "unknown" if found.authority is None else found.authority
        yield f"  kind {found.kind or 'unknown'}, authority {authority}"
        yield from (f"  {_fact(fact)}" for fact in found.facts if fact.name not in {"authority", "resolution"})
        yield from (f"  {name}: not said in the document" for name in found.missing)
        yield from (f"  {_link(link)}" for link in (*found.links, *found.linked_from))
        yield ""


def _fact(fact: Known) -> str:
    value = fact.value or "said, without the day"
    return f"{fact.name}: {value} ({fact.source}, {fact.confidence:.2f}){_where(fact.proof)}"


def _link(link: Link) -> str:
    target = (
        f"document {link.document_id}, version {link.version}: {link.title}" if link.document_id else "open: not held"
    )
    return f"{link.relation.replace('_', ' ')}: {link.words} → {target}{_where(link.proof)}"


def _where(proof: Proof | None) -> str:
    return f" · page {proof.page}: “{' '.join(proof.quote.split())[:120]}”" if proof else ""
