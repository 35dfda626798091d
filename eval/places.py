"""Where a gold answer stands: its words found again in the catalogue's pages, whatever the line breaks and hyphens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from eval.datasets import Gold
from ingest import ledger
from memory import catalogue
from memory.memory import Memory
from memory.records import Page

# White space, hyphens, quotes and table borders are written differently by every format.
_LOOSE = re.compile(r"[\s\-\u00ad\u2010-\u2015'\"\u2018-\u201f|*_`\ufffe]+")
_GRAM = 4
# Share of the answer's runs of four letters that a scanned page must hold.
_ENOUGH = 0.7


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a version; `page` counts from 1."""

    version_id: int
    page: int


def loose(text: str) -> str:
    """`text` without what differs between a document and its rendering."""
    return _LOOSE.sub("", unicodedata.normalize("NFKC", text)).lower()


def page_of(answer: str, pages: Sequence[Page]) -> int | None:
    """The page on which `answer` begins; None when no page holds it. Scans are allowed misread letters."""
    wanted = loose(answer)
    texts = [loose(page.text) for page in pages]
    for page, text in zip(pages, texts, strict=True):
        if wanted in text:
            return page.number
    for (page, text), (_, following) in pairwise(zip(pages, texts, strict=True)):
        if wanted in text + following:
            return page.number
    read = [(_held(wanted, text), -page.number) for page, text in zip(pages, texts, strict=True) if page.ocr]
    share, number = max(read, default=(0.0, 0))
    return -number if share >= _ENOUGH else None


def _held(wanted: str, text: str) -> float:
    grams = {wanted[i : i + _GRAM] for i in range(max(1, len(wanted) - _GRAM + 1))}
    return sum(gram in text for gram in grams) / len(grams)


class Places:
    """The pages of the files below `folder`, as a memory holds them."""

    def __init__(self, memory: Memory, folder: Path) -> None:
        with memory.store.reading() as connection:
            known = ledger.known_paths(connection)
            self._versions = {
                path.removeprefix(f"{folder}/"): row.version_id for path, row in known.items() if row.version_id
            }
        self._memory = memory

    def version(self, file: str) -> int | None:
        """The id of the version that a file gave."""
        return self._versions.get(file)

    def find(self, file: str, answer: str) -> Place | None:
        """Where the answer stands in a file."""
        version = self.version(file)
        if version is None:
            return None
        with self._memory.store.reading() as connection:
            number = page_of(answer, catalogue.list_pages(connection, version))
        return None if number is None else Place(version, number)

    def right(self, gold: Gold) -> set[Place]:
        """Every page where a gold question's answer stands, of its file and of the others that answer as well."""
        if gold.file is None or gold.answer is None:
            return set()
        right = {place for file, answer in ((gold.file, gold.answer), *gold.also) if (place := self.find(file, answer))}
        version = self.version(gold.file)
        return right | ({Place(version, gold.page)} if version and gold.page else set())
