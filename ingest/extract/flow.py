"""The pages of a version as one text to search, and the way back: slices of it are evidence on the pages.

Blocks are joined by blank lines. What a style calls noise (running heads that the reader took for text) is left out,
so that a resolution over two pages is one run of words; what it keeps (a resolution's head at the top of each page,
which the reader took for a running head) is put back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.document import ReadPage
from memory.law import Evidence

GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """A slice of a page, and where it stands in the flow. `heading`: the path of headings above it."""

    page: int
    start: int
    end: int
    at: int
    heading: tuple[str, ...]


class Flow:
    """`text`: what is searched, with the letters of `blank` as spaces. `paragraphs`: its slices, one a block."""

    def __init__(
        self,
        pages: Sequence[ReadPage],
        *,
        noise: re.Pattern[str] | None = None,
        blank: re.Pattern[str] | None = None,
        keep: re.Pattern[str] | None = None,
    ) -> None:
        self._pages = {page.number: page.text for page in pages}
        self.pieces: list[Piece] = []
        self.paragraphs: list[tuple[int, int]] = []
        words: list[str] = []
        at = 0
        for page in pages:
            for start, end, heading in _blocks(page, keep):
                began = at
                for start_of, end_of in _without(page.text, start, end, noise):
                    self.pieces.append(Piece(page.number, start_of, end_of, at, heading))
                    words += page.text[start_of:end_of], "\n"
                    at += end_of - start_of + 1
                if at > began:
                    self.paragraphs.append((began, at - 1))
                    words.append("\n")
                    at += 1
        self.raw = "".join(words)
        self.text = self.raw if blank is None else blank.sub(lambda found: " " * len(found[0]), self.raw)
        self._starts = [piece.at for piece in self.pieces]

    def heading(self, at: int) -> tuple[str, ...]:
        """The path of headings above a place."""
        index = bisect_right(self._starts, at) - 1
        return self.pieces[index].heading if index >= 0 else ()

    def evidence(self, start: int, end: int) -> tuple[Evidence, ...]:
        """A slice of the flow as slices of the pages, one a page where nothing was left out between."""
        found: list[tuple[int, int, int]] = []
        for page, first, last in self._slices(start, end):
            if found and found[-1][0] == page and not self._pages[page][found[-1][2] : first].strip():
                found[-1] = (page, found[-1][1], last)
            else:
                found.append((page, first, last))
        return tuple(Evidence(page, first, last, self._pages[page][first:last]) for page, first, last in found)

    def place(self, start: int, end: int) -> Evidence:
        """The first slice of `evidence`.

        Raises: ValueError where the slice holds nothing but white space.
        """
        found = self.evidence(start, end)
        if not found:
            raise ValueError(f"nothing stands at {start}:{end}")
        return found[0]

    def _slices(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        for piece in self.pieces[max(0, bisect_right(self._starts, start) - 1) :]:
            if piece.at >= end:
                break
            first = piece.start + max(0, start - piece.at)
            last = min(piece.end, piece.start + end - piece.at)
            text = self._pages[piece.page]
            while first < last and text[first].isspace():
                first += 1
            while last > first and text[last - 1].isspace():
                last -= 1
            if first < last:
                yield piece.page, first, last


def _blocks(page: ReadPage, keep: re.Pattern[str] | None) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """A page's blocks in reading order; one that overlaps the one before begins where that one ends."""
    at = 0
    heading: tuple[str, ...] = ()
    for block in sorted(page.blocks, key=lambda block: (block.start, block.end)):
        if block.end > at:
            heading = block.heading
            yield from ((*kept, heading) for kept in _kept(page.text, at, block.start, keep))
            yield max(block.start, at), block.end, heading
            at = block.end
    yield from ((*kept, heading) for kept in _kept(page.text, at, len(page.text), keep))


def _kept(text: str, start: int, end: int, keep: re.Pattern[str] | None) -> Iterator[tuple[int, int]]:
    for found in keep.finditer(text, start, max(start, end)) if keep else ():
        yield found.span()


def _without(text: str, start: int, end: int, noise: re.Pattern[str] | None) -> Iterator[tuple[int, int]]:
    at = start
    for found in noise.finditer(text, start, end) if noise else ():
        if text[at : found.start()].strip():
            yield at, found.start()
        at = found.end()
    if text[at:end].strip():
        yield at, end
