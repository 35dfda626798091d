"""What an extractor reads: a version's metadata and its pages, as the catalogue holds them. Nothing is parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.document import ReadPage
from ingest.extract.house import House
from memory.law import Evidence
from memory.records import Document, Version

_TITLE_PAGES = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind, its authority (higher counts more) and what tells it."""

    name: str
    authority: int
    title: re.Pattern[str]
    folder: re.Pattern[str]
    head: re.Pattern[str]
    media: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """One version. `path`: where its file stood, "" when unknown; pages are in order.

    `kinds`, `houses`: those that the municipality knows; empty for the usual ones.
    """

    document: Document
    version: Version
    path: str
    pages: tuple[ReadPage, ...]
    kinds: tuple[Kind, ...] = ()
    houses: tuple[House, ...] = ()

    def evidence(self, page: ReadPage, start: int, end: int) -> Evidence:
        """A slice of one of its pages, without the white space around it."""
        while start < end and page.text[start].isspace():
            start += 1
        while end > start and page.text[end - 1].isspace():
            end -= 1
        return Evidence(page.number, start, end, page.text[start:end])

    def title_place(self) -> Evidence | None:
        """Where the version's title stands on its first pages."""
        words = re.compile(r"\s+".join(re.escape(word) for word in self.version.title.split()), re.I)
        for page in self.pages[:_TITLE_PAGES]:
            if found := words.search(page.text):
                return self.evidence(page, found.start(), found.end())
        return None
