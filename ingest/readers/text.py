"""Plain text in any usual encoding: pages of about 3,000 characters, cut at form feeds or paragraphs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ingest.document import Metadata, Reading
from ingest.readers.encoding import NotText, decode
from ingest.readers.prose import manner_of, paragraphs, spans_of, speak_on
from ingest.readers.span import PAGE, Span, lay_out, with_headings
from memory.errors import Damaged

# Zero bytes, and all control characters but tab, line feed and form feed.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def read(path: Path) -> Reading:
    """The text in pages. Raises Damaged for what is no text."""
    text = text_of(path)
    if not text.strip():
        return Reading(pages=(), notes=(f"{path.name}: holds nothing but white space",))
    spans = _spans(text)
    pages = lay_out(text, spans, longest=PAGE)
    title = text[spans[0].start : spans[0].end] if spans and spans[0].level else ""
    return Reading(pages=pages, metadata=Metadata(title=title))


def text_of(path: Path) -> str:
    """The file's text with line ends as "\\n" and without control characters. Raises Damaged."""
    try:
        text = decode(path.read_bytes())
    except NotText as error:
        raise Damaged(f"{path.name}: is not readable text: {error}") from error
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _spans(text: str) -> list[Span]:
    manner = manner_of(text, headings=True)
    spans: list[Span] = []
    start = 0
    for part in text.split("\f"):
        end = start + len(part)
        found = [s for lines in paragraphs(text, start, end) for s in spans_of(text, lines, manner)]
        if found and start:
            found[0] = replace(found[0], breaks=True)
        spans += found
        start = end + 1
    titles = {span.start: " ".join(text[span.start : span.end].split()) for span in spans if span.level}
    return with_headings(speak_on(spans), titles)
