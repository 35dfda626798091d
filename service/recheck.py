"""An answer that was kept is shown again only if all that it was made from is still there for who looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from memory import catalogue
from memory.access import Scope


def still_holds(connection: Connection, answer: Any, scope: Scope) -> bool:
    """Whether the scope sees every document that a kept answer (plain JSON) names, and every quote stands there."""
    return all(_stands(connection, named, scope) for named in _documents(answer))


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in it that names a document, however deep: other parts of an answer name some too."""
    if isinstance(value, dict):
        if isinstance(value.get("document_id"), int):
            yield value
        for inner in value.values():
            yield from _documents(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _documents(inner)


def _stands(connection: Connection, named: dict[str, Any], scope: Scope) -> bool:
    number = named.get("version")
    if not isinstance(number, int):
        return catalogue.get_document(connection, named["document_id"], scope) is not None
    found = catalogue.get_version(connection, named["document_id"], number, scope)
    if found is None or found[1].status == "withdrawn":
        return False
    if "quote" not in named:
        return True
    slices = [(named | {"text": named["quote"]}), *named.get("excerpt", ())]
    return all(_says(connection, found[1].id, slice_) for slice_ in slices)


def _says(connection: Connection, version_id: int, slice_: dict[str, Any]) -> bool:
    """Whether a slice of a page still says what it said."""
    text = catalogue.page_texts(connection, version_id, [slice_["page"]]).get(slice_["page"])
    return text is not None and text[slice_["start"] : slice_["end"]] == slice_["text"]
