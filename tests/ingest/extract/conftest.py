"""A version made of plain texts, as an extractor reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ingest.document import Block, ReadPage
from ingest.extract.subject import Subject
from memory.records import Document, Version


@pytest.fixture
def subject() -> Callable[..., Subject]:
    """`subject("page one", "page two", title=, path=, kind=, **version fields)`: each line of a page is a block."""

    def make(*pages: str, title: str = "A document", path: str = "", kind: str | None = None, **facts: Any) -> Subject:
        values: dict[str, Any] = {"media_type": "text/plain", "file_name": "text.txt", "status": "current"} | facts
        version = Version(1, 1, 1, "0" * 64, size=1, title=title, **values)
        document = Document(1, title, "main", "public", kind=kind)
        return Subject(document, version, path, tuple(_page(n, text) for n, text in enumerate(pages, start=1)))

    return make


def _page(number: int, text: str) -> ReadPage:
    blocks, at = [], 0
    for line in text.split("\n\n"):
        blocks.append(Block("row" if " | " in line else "paragraph", at, at + len(line)))
        at += len(line) + 2
    return ReadPage(number, text, f"page-{number}", blocks=tuple(blocks))
