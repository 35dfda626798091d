"""All facts of a version: kind, names, dates, whether it is a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.extract.dates import dates
from ingest.extract.kinds import kinds
from ingest.extract.names import names
from ingest.extract.references import references
from ingest.extract.status import drafts
from ingest.extract.subject import Subject
from memory.law import Fact, Reference


def facts(subject: Subject) -> list[Fact]:
    """Its facts; the title that the text gives stands in for one that is only the file's name."""
    titled = _titled(subject)
    found = kinds(titled)
    return [*found, *names(subject), *dates(titled, kind_of(found)), *drafts(titled)]


def references_of(subject: Subject) -> list[Reference]:
    """What it refers to."""
    titled = _titled(subject)
    return references(titled, kind_of(kinds(titled)))


def kind_of(found: Sequence[Fact]) -> str:
    """The surest kind, "" where there is none."""
    return next((fact.value for fact in found if fact.name == "kind"), "")


def _titled(subject: Subject) -> Subject:
    title = next((fact.value for fact in names(subject) if fact.name == "title"), subject.version.title)
    return replace(subject, version=replace(subject.version, title=title))
