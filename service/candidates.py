"""The sentences of a passage that can be an answer: whole, verbatim, without what stands before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from memory.records import Hit, Span
from memory.sentences import sentences
from memory.text import searchable

_SHORTEST_WORDS = 4
# How a sentence ends that leads in a list, and an item that others follow; characters after which a list is cut off.
_LEADS_IN = (":", "—", "–", ":-")
_GOES_ON = (*_LEADS_IN, ";", ",", "; or", "; and", ", or", ", and")
_LONGEST_LIST = 900
_NUMBER = re.compile(r"^\W*(?:(?:section|item|clause|chapter)\s+)?[\dA-Za-z]{0,3}(?:\.\d+)*[.):]\s+", re.IGNORECASE)
_NEITHER = re.compile(r"[\W_]+")
_LINE_END = re.compile(r"\n\s*")
# A heading printed over more lines than this is no heading.
_HEADING_LINES = 3
# "(Report 4/3/1 of the Director dated 10 June)": a line in parentheses without a sentence in it.
_ASIDE = re.compile(r"\([^().?!]*(?:\.[^\s().?!][^().?!]*)*\)\s*")
# "3. What we build and buy ....... 7", and what is left of it.
_CONTENTS = re.compile(r"(?:(?:\.\s?){4,}|\s\.)\s*\d*$")
_QUESTION = re.compile(r"^(?:interviewer|question|q|vraag)\s?:|\?[\"'”’)\]]*$", re.IGNORECASE)
DEFINES = re.compile(
    r"[\"“'‘][^\"”'’\n]{2,80}[\"”'’](?:\s*\([^)\n]*\))?,?\s+(?:means|includes|has\s+the|shall\s+mean)\b"
)
_DEFINES_NEXT = re.compile(rf"\n\s*({DEFINES.pattern})")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit and the slice of the page that it is. `whole`: with what was skipped before it; `asks`: it
    is itself a question, which what follows answers; `tells`: it can be an answer."""

    hit: Hit
    span: Span
    text: str
    whole: str
    asks: bool
    tells: bool


def candidates(hit: Hit) -> Iterator[Candidate]:
    """Each sentence of a passage that stands on one page; one that leads in a list, with the list."""
    headings = {plain(heading) for heading in hit.passage.heading}
    at = 0
    for span in hit.passage.spans:
        length = span.end - span.start
        text = hit.passage.text[at : at + length]
        for start, end in _with_lists(text, list(_rows(text))):
            begin = start + _skipped(text[start:end], headings)
            sentence = text[begin:end]
            asks = _QUESTION.search(" ".join(sentence.split())) is not None
            place = Span(span.page, span.start + begin, span.start + end)
            yield Candidate(hit, place, sentence, text[start:end], asks, not asks and _tells(sentence, headings))
        at += length + 1


def plain(text: str) -> str:
    """Letters and digits alone, without the number that stands before a heading."""
    return _NEITHER.sub("", _NUMBER.sub("", searchable(text).lower()))


def _tells(text: str, headings: set[str]) -> bool:
    """Whether a sentence can be an answer: not a scrap, not a heading, not a line of a table of contents, not the
    beginning of a list that is not there."""
    line = " ".join(text.split())
    words = (word for word in _NUMBER.sub("", line).split() if any(letter.isalpha() for letter in word))
    short = next(islice(words, _SHORTEST_WORDS - 1, None), None) is None
    scrap = short or line.endswith(_LEADS_IN) or _CONTENTS.search(line)
    return not scrap and plain(text) not in headings and not _ASIDE.fullmatch(line)


def _skipped(text: str, headings: set[str]) -> int:
    """Where a sentence begins after the heading, or the line in parentheses, that was read as its beginning."""
    start = 0
    while begin := _skipped_once(text[start:], headings):
        start += begin
    return start


def _skipped_once(text: str, headings: set[str]) -> int:
    for match in islice(_LINE_END.finditer(text), _HEADING_LINES):
        begun = plain(text[: match.end()])
        if begun in headings:
            return match.end()
        if not any(heading.startswith(begun) for heading in headings):
            break
    aside = _ASIDE.match(text)
    return aside.end() if aside and "\n" in aside.group() and aside.end() < len(text) else 0


def _rows(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, each definition apart; of a table its rows."""
    for start, end in sentences(text):
        if " | " not in text[start:end]:
            yield from _defined(text, start, end)
            continue
        for row in re.finditer(r"\S[^\n]*", text[start:end]):
            yield start + row.start(), start + row.end()


def _defined(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a sentence that each define a word, on a line of its own."""
    begins = [match.start(1) for match in _DEFINES_NEXT.finditer(text, start, end)]
    for begin, finish in pairwise([start, *begins, end]):
        yield begin, begin + len(text[begin:finish].rstrip())


def _with_lists(text: str, parts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    begun: int | None = None
    for at, (start, end) in enumerate(parts):
        begun = start if begun is None else begun
        goes_on = text[start:end].rstrip().endswith(_LEADS_IN if begun == start else _GOES_ON)
        last = at == len(parts) - 1 or DEFINES.match(text, parts[at + 1][0])
        if not goes_on or end - begun > _LONGEST_LIST or last:
            yield begun, end
            begun = None
