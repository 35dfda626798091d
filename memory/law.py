"""What is extracted of a version: facts (kind, dates, status), references to other documents, and claims.

Each has evidence, a slice of one of the version's pages (`quote == page_text[start:end]`), or None where it comes
from elsewhere (the manifest, the file's own metadata, its folder); `source` says from where. `confidence`: 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote: `quote == page_text[start:end]`. `page` counts from 1."""

    page: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Fact:
    """`name`: kind, adoption, publication, commencement, amendment, repeal, expiry, review, draft.

    `value`: an ISO 8601 day or a word; "" where the text says that there is one and not which.
    """

    name: str
    value: str
    source: str
    confidence: float
    evidence: Evidence | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that name another document. `relation`: amends, repeals, replaces, implements, rests_on, refers_to.

    `kind`, `number`, `title`, `year`, `section`: what the words say of it, "" where they are silent.
    `identity`: an FRBR work URI. `day`: when an amendment or repeal takes effect.
    """

    relation: str
    words: str
    source: str
    confidence: float
    evidence: Evidence | None = None
    kind: str = ""
    number: str = ""
    title: str = ""
    year: str = ""
    section: str = ""
    identity: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that a text gives to a thing: `terms` name the thing, sorted and stemmed.

    `measure`: amount, period, percentage, quantity, time, address, post. `value`: in normal form, several of one
    sentence joined by " · ". `about`: words of the title, heading and table header around it. `bound`: "<" where
    the text sets a greatest value, ">" a least one, "" where it sets both or none.
    """

    measure: str
    value: str
    terms: tuple[str, ...]
    about: tuple[str, ...]
    bound: str
    evidence: Evidence
