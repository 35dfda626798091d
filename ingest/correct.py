"""What people say against the extractors: a kind, a status or a date set by hand, which outlives every extraction."""

from __future__ import annotations

from datetime import date

from ingest import extraction
from memory import catalogue, facts
from memory.access import Scope
from memory.errors import Misuse, NotFound
from memory.memory import Memory

DAYS = ("adoption", "publication", "commencement", "expiry", "repeal", "review", "date")
NAMES = ("kind", "status", *DAYS)
_STATUSES = ("current", "superseded", "repealed", "draft")


def correct(
    memory: Memory, document_id: int, name: str, value: str, *, version: int | None = None, by: str | None = None
) -> int:
    """Set what is known of a document's version (the newest where none is named); "" takes a correction back.

    Gives the number of the version that was corrected.

    Raises:
        NotFound: there is no such document or version.
        Misuse: the name or the value is none that can be.
    """
    with memory.store.writing():
        kinds = extraction.kinds_of(memory)
        _check(name, value, [kind.name for kind in kinds])
        with memory.store.reading() as connection:
            document = catalogue.get_document(connection, document_id, Scope.operator())
            versions = catalogue.list_versions(connection, document_id) if document else []
        chosen = next((v for v in reversed(versions) if version in {None, v.number}), None)
        if chosen is None:
            raise NotFound(f"document {document_id}: there is none, or none with such a version")
        with memory.store.transaction() as connection:
            facts.set_correction(connection, chosen.id, name, value, by)
            if name == "kind":
                authority = next((str(kind.authority) for kind in kinds if kind.name == value), "")
                facts.set_correction(connection, chosen.id, "authority", authority, by)
        extraction.settle(memory)
    return chosen.number


def _check(name: str, value: str, kinds: list[str]) -> None:
    if name not in NAMES:
        raise Misuse(f"{name}: nothing of that name can be corrected; one of {', '.join(NAMES)}")
    if not value:
        return
    if name == "kind" and value not in kinds:
        raise Misuse(f"{value}: no kind of document; one of {', '.join(kinds)}")
    if name == "status" and value not in _STATUSES:
        raise Misuse(f"{value}: no status; one of {', '.join(_STATUSES)}")
    if name in DAYS:
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise Misuse(f"{value}: no day; write it as 2024-07-01") from error
