"""The kind of a document: Act, by-law, council resolution, policy, ... from the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.extract.subject import Subject
from memory.law import Fact


def kinds(subject: Subject) -> Sequence[Fact]:
    """The kind that the manifest gives."""
    kind = subject.document.kind
    return [Fact("kind", kind, "manifest", 1.0)] if kind else []
