"""Markdown (CommonMark with pipe tables): sections become pages, the source stays verbatim in the page text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.document import BlockKind, Reading
from ingest.readers.front import front_of, metadata_of
from ingest.readers.prose import Manner, Stretch, manner_of, spans_of, speak_on
from ingest.readers.span import SECTION, Span, lay_out, with_headings
from ingest.readers.text import text_of

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)(.*?)(?:[ \t]+#+)?[ \t]*$")
# MediaWiki's "== Heading ==", also with its signs apart.
_WIKI = re.compile(r" {0,3}(=(?: ?=)*) *(?=[^\s=])(.*[^\s=]) *\1 *$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_SETEXT_LENGTH = 120
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)+")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_NUMBERED = re.compile(r"[ \t]*\d")
# Lines that say nothing to a reader: a tag, a template instruction or a link definition alone.
_SILENT = re.compile(r"\s*(?:</?[A-Za-z][^<>]*>\s*|<!--.*?-->\s*|\{%[^%]*%\}\s*|\{:[^}]*\}\s*|\[[^\]]+\]:\s+\S.*)+$")
# Characters; beyond them a line is no heading, and its marks are not looked for.
_HEADING_LENGTH = 500
_MARKUP = [
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]*)\]\[[^\]]*\]"), r"\1"),
    (re.compile(r"(\*{1,3}|_{2,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"</?[A-Za-z][^<>]*>|\{:?[#%.][^}]*\}"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line: where it lies without line end, and its words."""

    start: int
    end: int
    text: str


def read(path: Path) -> Reading:
    """The sections in pages. Raises Damaged for what is no text."""
    text = text_of(path).replace("\f", "\n")
    if not text.strip():
        return Reading(pages=(), notes=(f"{path.name}: holds nothing but white space",))
    front = front_of(text)
    spans = _spans(text, front.end)
    metadata = metadata_of(front.fields)
    if not metadata.title:
        metadata = replace(metadata, title=_title(spans))
    return Reading(pages=lay_out(text, spans, longest=SECTION), metadata=metadata)


def plain(text: str) -> str:
    """A heading's words without Markdown's marks, on one line."""
    if len(text) <= _HEADING_LENGTH:
        for mark, words in _MARKUP:
            text = mark.sub(words, text)
    return " ".join(text.split())


def _spans(text: str, start: int) -> list[Span]:
    rows = _without_comments(text, start)
    marked = any(_ATX.match(row.text) for row in rows)
    # Files made from PDF carry no marks: there the lines in capitals are the headings.
    manner = manner_of(text[start:], headings=not marked)
    spans = list(_Blocks(text, rows, manner).spans())
    titles = {span.start: plain(text[span.start : span.end]) for span in spans if span.level}
    return with_headings(speak_on(spans), titles)


def _without_comments(text: str, start: int) -> list[_Row]:
    """The lines from `start`, those inside a comment over several lines left out."""
    hidden = [(first, last) for first, last in _comments(text, start) if "\n" in text[first:last]][::-1]
    rows = []
    for match in re.finditer(r"[^\n]*(?:\n|$)", text[start:]):
        at = start + match.start()
        while hidden and hidden[-1][1] <= at:
            hidden.pop()
        words = match[0].rstrip()
        if not hidden or not hidden[-1][0] <= at:
            rows.append(_Row(at, at + len(words), words))
    return rows


def _comments(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where comments begin and end."""
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        at = end + len("-->")
        yield start, at


def _title(spans: Sequence[Span]) -> str:
    top = [span for span in spans if span.level == 1]
    return top[0].heading[-1] if len(top) == 1 or (top and spans[0] is top[0]) else ""


class _Blocks:
    """Walks over the lines once; `at` is the next one."""

    def __init__(self, text: str, rows: Sequence[_Row], manner: Manner) -> None:
        self._text = text
        self._rows = rows
        self._manner = manner
        self._at = 0

    def spans(self) -> Iterator[Span]:
        """The blocks in order, without heading paths."""
        opens = False
        while self._at < len(self._rows):
            row = self._rows[self._at]
            if len(row.text) <= _HEADING_LENGTH and _RULE.match(row.text):
                opens = True
                self._at += 1
                continue
            found = self._block(row)
            if found:
                yield replace(found[0], opens=opens)
                yield from found[1:]
                opens = False

    def _block(self, row: _Row) -> list[Span]:
        """The spans of the block that begins at `row`; moves on past it."""
        if not row.text or (len(row.text) <= _HEADING_LENGTH and _SILENT.match(row.text)):
            self._at += 1
            return []
        heading = _ATX.match(row.text) or _WIKI.match(row.text)
        if heading and len(row.text) <= _HEADING_LENGTH:
            self._at += 1
            start = row.start + heading.start(2)
            level = len(heading[1].replace(" ", ""))
            return [Span("heading", start, start + len(heading[2]), level)] if heading[2] else []
        if _FENCE.match(row.text):
            return self._fence(row)
        if "|" in row.text and _DELIMITER.match(self._after().text) and "|" in self._after().text:
            return self._table(row)
        if _ITEM.match(row.text):
            return self._item(row)
        return self._paragraph()

    def _after(self) -> _Row:
        following = self._at + 1
        return self._rows[following] if following < len(self._rows) else _Row(0, 0, "")

    def _fence(self, row: _Row) -> list[Span]:
        fence = row.text.strip()
        mark = fence[0] * (len(fence) - len(fence.lstrip(fence[0])))
        inside: list[_Row] = []
        self._at += 1
        while self._at < len(self._rows):
            line = self._rows[self._at]
            self._at += 1
            if line.text.strip().startswith(mark) and not line.text.strip().strip(fence[0]):
                break
            if line.text.strip():
                inside.append(line)
        return [_span("paragraph", inside[0], inside[-1])] if inside else []

    def _table(self, header: _Row) -> list[Span]:
        context = " | ".join(plain(cell) for cell in header.text.strip().strip("|").split("|"))
        self._at += 2
        rows = []
        while self._at < len(self._rows) and "|" in self._rows[self._at].text:
            rows.append(self._rows[self._at])
            self._at += 1
        if not rows:
            return [_cells(header, "")]
        return [_cells(row, context) for row in rows if row.text.strip("| \t")]

    def _item(self, row: _Row) -> list[Span]:
        mark = _ITEM.match(row.text)
        assert mark is not None
        last = row
        self._at += 1
        while self._at < len(self._rows) and not self._interrupts(self._rows[self._at]):
            last = self._rows[self._at]
            self._at += 1
        if _NUMBERED.match(row.text):
            return [_span("clause", row, last)]
        return [replace(_span("item", row, last), start=row.start + mark.end())]

    def _paragraph(self) -> list[Span]:
        """Lines up to a blank one or another block; a line under it of = or - makes it a heading."""
        lines: list[Stretch] = []
        while self._at < len(self._rows):
            row = self._rows[self._at]
            under = _SETEXT.match(row.text)
            if under and len(lines) == 1 and lines[0][1] - lines[0][0] <= _SETEXT_LENGTH:
                self._at += 1
                return [Span("heading", *lines[0], 1 if under[1][0] == "=" else 2)]
            if lines and self._interrupts(row):
                break
            quoted = _QUOTED.match(row.text)
            start = row.start + (quoted.end() if quoted else len(row.text) - len(row.text.lstrip()))
            if start < row.end:
                lines.append((start, row.end))
            self._at += 1
        return spans_of(self._text, lines, self._manner) if lines else []

    def _interrupts(self, row: _Row) -> bool:
        following = (_ATX, _WIKI, _FENCE, _RULE, _ITEM, _SILENT)
        if len(row.text) > _HEADING_LENGTH:
            return bool(_ITEM.match(row.text))
        return not row.text.strip() or any(mark.match(row.text) for mark in following)


def _span(kind: BlockKind, first: _Row, last: _Row) -> Span:
    start = first.start + len(first.text) - len(first.text.lstrip())
    return Span(kind, start, last.end)


def _cells(row: _Row, context: str) -> Span:
    inner = row.text.strip().strip("|").strip()
    start = row.start + row.text.index(inner)
    return Span("row", start, start + len(inner), context=context)
