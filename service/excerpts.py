"""What a quote stands in, for reading: the whole table, the whole definition, or the passage with its neighbours.

An excerpt is made of slices of pages, verbatim as the quote itself; it says nothing that the pages do not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from sqlalchemy import Connection

from memory import catalogue
from memory.records import Excerpt, Hit, Passage, Span
from service.candidates import DEFINES

# Characters of an excerpt at most; a longer table is shown as far as it goes around the row, with its first row.
LONGEST = 2_400
# Passages looked at on either side: what is longer than these would be too long to show.
_REACH = 8
# A row, and the line that Markdown draws under the names of the columns.
_ROW_WORDS = r"[^\n]* \| [^\n]*|[^\S\n]*\|?[ :|]*-[ :|-]*(?=\n|\Z)"
_ROW = re.compile(_ROW_WORDS)
# What may stand between two rows.
_BORDERS = " \t\n|:-"
# A page here is printed paper; elsewhere it is a section, a sheet or a slide, and no table goes on on the next.
_PRINTED = frozenset({"application/pdf", "image/tiff"})
_ROWS_ABOVE = re.compile(rf"(?:^(?:{_ROW_WORDS})\n\s*)+\|?[^\S\n]*\Z", re.MULTILINE)
# Ends the last definition of a list: what stands under a number of its own.
_NEXT_MATTER = re.compile(r"\n\s*\n?(?=\(?\d{1,3}[.)]|Chapter\b|Part\b|Schedule\b)")


class Run:
    """Passages that follow each other as one text, with the way back to the pages; with `header`, each begins where
    the rows right above it begin, which name the columns and are no part of the passages."""

    def __init__(self, passages: Sequence[Passage], pages: Mapping[int, str], *, header: bool = False) -> None:
        self._pages = pages
        spans = [span for passage in passages for span in passage.spans]
        if header:
            spans = [_headed(span, pages) for span in spans]
        self._spans = list(_joined(spans, pages, _BORDERS if header else None))
        self.text = "\n".join(pages[span.page][span.start : span.end] for span in self._spans)

    def at(self, wanted: Span) -> int | None:
        """Where a slice begins in `text`; None where it is not part of it."""
        return next(
            (
                begin + wanted.start - span.start
                for begin, span in self._begins()
                if span.page == wanted.page and span.start <= wanted.start and wanted.end <= span.end
            ),
            None,
        )

    def page(self, at: int) -> int:
        """The page of a place in `text`."""
        return [span.page for begin, span in self._begins() if begin <= at][-1]

    def slices(self, start: int, end: int) -> Iterator[Excerpt]:
        """`text[start:end]` as slices of pages, white space at their ends left out."""
        for begin, span in self._begins():
            first, last = max(start - begin, 0), min(end - begin, span.end - span.start)
            words = self._pages[span.page][span.start + first : span.start + max(first, last)]
            if words.strip():
                at = span.start + first + len(words) - len(words.lstrip())
                yield Excerpt(span.page, at, at + len(words.strip()), words.strip())

    def _begins(self) -> Iterator[tuple[int, Span]]:
        begin = 0
        for span in self._spans:
            yield begin, span
            begin += span.end - span.start + 1


def excerpt(connection: Connection, hit: Hit, quote: Span, found: Collection[int]) -> tuple[Excerpt, ...]:
    """What `quote`, a slice of the hit's passage, stands in; `found`: ids of the passages that the search gave too."""
    passage = hit.passage
    around = catalogue.list_around(connection, passage, _REACH)
    numbers = {span.page for one in around for span in one.spans}
    pages = catalogue.page_texts(connection, passage.version_id, numbers)
    if _in_row(pages[quote.page], quote.start):
        table = Run(_alike(around, passage, lambda one: one.context == passage.context), pages, header=True)
        if rows := _table(table, quote, crosses=hit.version.media_type in _PRINTED):
            return tuple(rows)
    section = Run(_alike(around, passage, lambda one: one.heading == passage.heading), pages)
    if defined := _definition(section, quote):
        return tuple(defined)
    neighbours = Run(_near(around, passage, found), pages)
    return tuple(neighbours.slices(0, len(neighbours.text)))


def _alike(around: Sequence[Passage], passage: Passage, same: Callable[[Passage], bool]) -> list[Passage]:
    """The passages before and after that are the same in something, with none between that is not."""
    at = next(i for i, one in enumerate(around) if one.id == passage.id)
    first = next((i + 1 for i in range(at - 1, -1, -1) if not same(around[i])), 0)
    last = next((i for i in range(at + 1, len(around)) if not same(around[i])), len(around))
    return list(around[first:last])


def _near(around: Sequence[Passage], passage: Passage, found: Collection[int]) -> list[Passage]:
    """The passage with its neighbours under the same heading that were found too, while there is room."""
    run = _alike(around, passage, lambda one: one.id in found and one.heading == passage.heading)
    at = next(i for i, one in enumerate(run) if one.id == passage.id)
    first, last, size = at, at + 1, len(passage.text)
    while True:
        sides = [i for i in (first - 1, last) if 0 <= i < len(run) and size + len(run[i].text) <= LONGEST]
        if not sides:
            return run[first:last]
        first, last = min(first, sides[0]), max(last, sides[0] + 1)
        size += len(run[sides[0]].text)


def _in_row(text: str, at: int) -> bool:
    """Whether a place in a page's text is in a line that may be a row of a table."""
    line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]
    return _ROW.match(line) is not None


def _table(run: Run, quote: Span, *, crosses: bool) -> list[Excerpt]:
    """The rows around a row, blank lines between them or not; as many as there is room for, and the first. `crosses`:
    a table may go on on the next page."""
    at = run.at(quote)
    rows = [match.span() for match in _ROW.finditer(run.text)]
    own = next((i for i, (start, end) in enumerate(rows) if at is not None and start <= at < end), None)
    if own is None:
        return []
    gaps = [
        i
        for i, (one, other) in enumerate(pairwise(rows), start=1)
        if run.text[one[1] : other[0]].strip(_BORDERS) or not (crosses or run.page(one[0]) == run.page(other[0]))
    ]
    first = max((gap for gap in gaps if gap <= own), default=0)
    last = min((gap for gap in gaps if gap > own), default=len(rows))
    begin, end = own, own + 1
    room = LONGEST - (rows[first][1] - rows[first][0])
    while begin > first or end < last:
        further = [
            (b, e)
            for b, e in ((begin - 1, end), (begin, end + 1))
            if first <= b and e <= last and rows[e - 1][1] - rows[b][0] <= room
        ]
        if not further:
            break
        begin, end = further[0] if len(further) == 1 or own - begin <= end - 1 - own else further[1]
    head = run.slices(*rows[first]) if begin > first else iter(())
    return [*head, *run.slices(rows[begin][0], rows[end - 1][1])]


def _definition(run: Run, quote: Span) -> list[Excerpt]:
    """From the word that is defined to the next one."""
    at = run.at(quote)
    starts = [m.start() for m in DEFINES.finditer(run.text) if not run.text[: m.start()].rpartition("\n")[2].strip()]
    start = max((one for one in starts if at is not None and one <= at), default=None)
    if start is None:
        return []
    following = _NEXT_MATTER.search(run.text, start)
    ends = [one for one in starts if one > start] + ([following.start()] if following else []) + [len(run.text)]
    end = min(ends)
    return list(run.slices(start, end)) if at is not None and at < end <= start + LONGEST else []


def _headed(span: Span, pages: Mapping[int, str]) -> Span:
    """The slice from the first row right above it on."""
    above = _ROWS_ABOVE.search(pages[span.page], 0, span.start)
    return Span(span.page, above.start(), span.end) if above else span


def _joined(spans: Sequence[Span], pages: Mapping[int, str], between: str | None) -> Iterator[Span]:
    """As few spans as hold them: what stands between two is blank, or made of the letters of `between`."""
    before: Span | None = None
    for span in spans:
        if before and before.page == span.page and not pages[span.page][before.end : span.start].strip(between):
            before = Span(span.page, before.start, max(before.end, span.end))
            continue
        if before:
            yield before
        before = span
    if before:
        yield before
