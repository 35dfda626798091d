"""Pieces of one long text, with their headings, are laid out on pages that are slices of that text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.document import Block, BlockKind, ReadPage
from ingest.readers.office_pages import slug

# Characters: about a printed page, and the longest section that stays whole.
PAGE = 3_000
SECTION = 8_000
# Headings down to this level begin a page when the page so far is long enough.
_PAGE_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] is one block. `level`: of a heading, 1 the highest; 0 for anything else.

    `opens`: a page may begin here as at a heading. `breaks`: a page has to begin here.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    context: str = ""
    heading: tuple[str, ...] = ()
    opens: bool = False
    breaks: bool = False


def with_headings(spans: Iterable[Span], title_of: dict[int, str]) -> list[Span]:
    """The spans with their heading paths; `title_of`: the words of the heading that starts at an offset."""
    path: list[tuple[int, str]] = []
    placed = []
    for span in spans:
        if span.level:
            path = [entry for entry in path if entry[0] < span.level]
            path.append((span.level, title_of[span.start]))
        placed.append(replace(span, heading=tuple(title for _, title in path)))
    return placed


def lay_out(text: str, spans: Sequence[Span], *, longest: int) -> tuple[ReadPage, ...]:
    """Pages that together are `text`, each about `PAGE` and at most `longest` characters where blocks allow.

    A page takes whole sections as long as they fit; only a section over `longest` is cut, between blocks.
    """
    short = list(_shortened(text, spans))
    borders = [0, *_begins_of_pages(short, longest), len(text)]
    left = short[::-1]
    taken: dict[str, int] = {}
    pages: list[ReadPage] = []
    for start, end in pairwise(borders):
        start, end = _stripped(text, start, end)
        if start < end:
            inside = []
            while left and left[-1].start < end:
                inside.append(left.pop())
            pages.append(_page(text, start, end, inside, len(pages) + 1, taken))
    return tuple(pages)


def unique(anchor: str, taken: dict[str, int]) -> str:
    """`anchor`, numbered when it was given before."""
    taken[anchor] = taken.get(anchor, 0) + 1
    return anchor if taken[anchor] == 1 else unique(f"{anchor}-{taken[anchor]}", taken)


def _page(text: str, start: int, end: int, spans: Sequence[Span], number: int, taken: dict[str, int]) -> ReadPage:
    title = next((span.heading[-1] for span in spans if span.heading), "")
    anchor = unique(f"section-{slug(title)}" if title else f"part-{number}", taken)
    blocks = tuple(Block(s.kind, s.start - start, s.end - start, s.heading, s.context) for s in spans)
    return ReadPage(number=number, text=text[start:end], anchor=anchor, blocks=blocks)


def _begins_of_pages(spans: Sequence[Span], longest: int) -> Iterator[int]:
    """Offsets at which a new page begins, the first page apart."""
    begun = 0
    for section in _sections(spans):
        start, end = section[0].start, section[-1].end
        if section[0].breaks or end - begun > PAGE:
            yield start
            begun = start
        if end - begun > longest:
            for border in _cuts(section, begun):
                yield border
                begun = border


def _cuts(section: Sequence[Span], begun: int) -> Iterator[int]:
    """Where a section that is too long is cut: about every page, and not between a heading and its text."""
    before = section[0]
    head = before.start
    for span in section[1:]:
        if not before.level:
            head = span.start
        # Headings without end, one after the other, are cut all the same.
        border = span.start if span.end - begun > SECTION else head
        if span.end - begun > PAGE and border > begun:
            yield border
            begun = border
        before = span


def _sections(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Spans up to the next heading of a page's level; headings in a row stay with what follows them."""
    section: list[Span] = []
    for span in spans:
        opens = span.opens or 0 < span.level <= _PAGE_LEVEL
        if section and (span.breaks or (opens and not section[-1].level)):
            yield section
            section = []
        section.append(span)
    if section:
        yield section


def _shortened(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Spans of more than a section cut at sentence ends, or at blanks, or anywhere."""
    for span in spans:
        start = span.start
        while span.end - start > SECTION:
            cut = _cut_at(text, start + PAGE // 2, start + PAGE)
            yield replace(span, start=start, end=_stripped(text, start, cut)[1])
            start = _stripped(text, cut, span.end)[0]
        yield replace(span, start=start)


def _cut_at(text: str, low: int, high: int) -> int:
    for mark in (r"\n", r"[.;!?]\s", r"\s"):
        found = [match.end() for match in re.finditer(mark, text[low:high])]
        if found:
            return low + found[-1]
    return high


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The borders without white space at either side."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
