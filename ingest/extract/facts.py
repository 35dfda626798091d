"""All facts of a version: kind, names, dates, whether it is a draft; and what it refers to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.extract.dates import dates
from ingest.extract.kinds import kinds
from ingest.extract.names import names
from ingest.extract.references import references
from ingest.extract.status import drafts
from ingest.extract.subject import Subject
from memory.law import Fact, Reference


@dataclass(frozen=True, slots=True)
class Found:
    """What one version gave."""

    facts: tuple[Fact, ...]
    references: tuple[Reference, ...]


def find(subject: Subject) -> Sequence[Found]:
    """All of it, as one; the title that the text gives stands in for one that is only the file's name."""
    named = names(subject)
    title = next((fact.value for fact in named if fact.name == "title"), subject.version.title)
    titled = replace(subject, version=replace(subject.version, title=title))
    kind = kinds(titled)
    surest = kind[0].value if kind else ""
    found = (*kind, *named, *dates(titled, surest), *drafts(titled))
    return [Found(found, tuple(references(titled, surest)))]
