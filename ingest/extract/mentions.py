"""Where any text names a decision by its number, and whether it says what became of it. House files give the forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ingest.document import ReadPage
from ingest.extract.house import houses
from ingest.extract.subject import Subject
from memory.minutes import Mention
from memory.sentences import sentences

# What may stand before the number in a paragraph that is about it.
_ABOUT = re.compile(r"[\W\d]*(?:(?:council\s+)?(?:resolution|besluit)\s+)?", re.I)
_MOST_LETTERS = 700
_NEAR = 90
_SHORTEST = 40
_RESCINDED = re.compile(r"\b(?:rescind|rescission|revok|repeal|set aside|herroep)", re.I)
_ENDED = re.compile(r"\b(?:rescind|rescission|revok|repeal|replac|withdraw|set aside|supersed|herroep|lapsed)", re.I)
_AMENDED = re.compile(r"\b(?:(?:is|are|be|been|was|were)\s+(?:hereby\s+)?amended|amends|put off to|gewysig)\b", re.I)
_DONE = re.compile(
    r"\b(?:(?<!should )(?:has|have|had)(?:\s+since)?\s+been\s+(?!on\b|made\b|received|at\b|asked)\w+ed\b|"
    r"(?:was|were|is|are)\s+(?:\w+ly\s+)?(?:completed|carried out|finished|implemented|installed|published|"
    r"promulgated|appointed|paid|signed|opened|filled|erected|bought|built|done)\b|"
    r"\b(?:installed|completed|finished|opened)\s+(?:by|on|in)\s+(?:\d|[A-Z])|(?:^|[.;:]\s+)(?:published|completed|"
    r"bought|signed|paid)\b|afgehandel)",
    re.I,
)
_ENDS = re.compile(r"[.;]\s+(?:[Rr]esolution\s+)?$")
# Part of it, or not yet.
_PARTLY = re.compile(
    r"\b(?:not|only|still|cannot|some of|part of|except|but|partly|outstanding|waits?\s+for|three of|are open|remain"
    r"|[\d ]+of\s+(?:about\s+)?(?:the\s+)?\d)",
    re.I,
)


def mentions(subject: Subject) -> Sequence[Mention]:
    """Every place of a version where a decision is named."""
    pattern = _numbers(frozenset(house.mention for house in subject.houses or houses() if house.mention))
    return [mention for page in subject.pages for mention in _of_page(subject, page, pattern)]


@cache
def _numbers(forms: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in sorted(forms)))


def _of_page(subject: Subject, page: ReadPage, pattern: re.Pattern[str]) -> Iterator[Mention]:
    for found in pattern.finditer(page.text):
        number = next((group for group in found.groups() if group), found[0])
        start, end = _surroundings(page, found.start(), pattern)
        text = page.text[start:end]
        yield Mention(number, sense(text, found.start() - start), subject.evidence(page, start, end))


def sense(text: str, at: int) -> str:
    """What a text says of the decision that it names at `at`: done, ended, amended, reported or named."""
    near = text[max(0, at - _NEAR) : at + _NEAR]
    if not _ABOUT.fullmatch(text[:at]):
        return "ended" if _ENDED.search(near) else "amended" if _AMENDED.search(near) else "named"
    if _RESCINDED.search(near):
        return "ended"
    return "done" if _DONE.search(text) and not _PARTLY.search(text[at + 12 :]) else "reported"


def _surroundings(page: ReadPage, at: int, pattern: re.Pattern[str]) -> tuple[int, int]:
    """The paragraph, where it is about the decision, up to the next one that it is about; else the sentence."""
    block = next((b for b in page.blocks if b.start <= at < b.end), None)
    start, end = (block.start, block.end) if block else (0, len(page.text))
    if block is not None and _ABOUT.fullmatch(page.text[start:at]) and end - start <= _MOST_LETTERS:
        others = (found.start() for found in pattern.finditer(page.text, at + 1, end))
        return start, next((other for other in others if _ENDS.search(page.text[start:other])), end)
    before = start
    for first, last in sentences(page.text[start:end]):
        if start + first <= at < start + last:
            # "Policy (C7/2013)." says nothing without the sentence before it.
            return (start + first if last - first >= _SHORTEST else before), start + last
        before = start + first
    return at, min(end, at + _MOST_LETTERS)
