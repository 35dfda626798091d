from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.extract.status import drafts
from ingest.extract.subject import Subject


@pytest.mark.parametrize(
    ("title", "text", "draft"),
    [
        ("Draft Leak Policy", "text", True),
        ("Leak Policy", "DRAFT 3 of 14 March 2025, published for comment.", True),
        ("Leak Policy", "It has no force until Council adopts it.", True),
        ("Leak Policy", "In force from 1 July 2025.", False),
        ("Notice: draft Refuse By-law, comments invited", "Where the draft may be read: the library.", False),
    ],
)
def test_draft_is_known_by_its_title_or_its_first_words(
    subject: Callable[..., Subject], title: str, text: str, *, draft: bool
) -> None:
    assert [fact.name for fact in drafts(subject(text, title=title))] == (["draft"] if draft else [])
