"""Plain lines of text become spans: paragraphs, numbered clauses, items, speaker turns, likely headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.readers.span import Span

# (start, end) of a line without its line end and outer white space; never empty.
Stretch = tuple[int, int]

_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})+\.?|\d{1,3}[.)]|\((?:[a-z]{1,5}|\d{1,3})\)|[a-z]\))\s+(?=\S)")
_BULLET = re.compile(r"[-*+•▪●◦–·]\s+(?=\S)")
_NUMBERED_TITLE = re.compile(r"((?:\d{1,2}\.)*\d{1,2})\.?\s+[A-Z]")
_HEADING_LENGTH = 90
_ENDS_SENTENCE = ".;,:!?"
# Lines longer than this (the median of a paragraph) come from an editor that does not break lines:
# each is a paragraph of its own.
_UNBROKEN = 130

_TURN = re.compile(r"(\*{0,2})([A-Z(][^:\n*]{0,58}[^\s:*])\s?(?:\([^)\n]{1,30}\))?\s?(?::\1|\1:)\s+(?=\S)")
_TITLED = re.compile(
    r"(?:The |Deputy |Acting |Executive |Municipal )*"
    r"(?:Cllr|Councillor|Cr|Ald|Alderman|Alderwoman|Mr|Mrs|Ms|Dr|Prof|Adv|Rev|Chair\w*|Mayor|Speaker|"
    r"Chief Whip|Manager|Interviewer|Interviewee|Facilitator|Moderator|Secretary|Clerk|Members?|Question|Answer|Q|A|"
    r"M[eE]nr|Mev|Raadslid|Voorsitter|Mnu|Nkk|Nksz|Usihlalo|USihlalo)\b"
)
_NAME = re.compile(
    r"(?:[A-Z][\w'’.-]*|of|the|van|der|de|du|von|and)(?:\s+(?:[A-Z][\w'’.-]*|of|the|van|der|de|du|von|and)){0,5}"
)
_FIELDS = re.compile(
    r"(?:date|datum|usuku|to|from|cc|bcc|re|subject|tel|telephone|fax|e-?mail|cell|time|venue|place|present|apologies|"
    r"attendance|note|notes|resolved|recommendation|resolution|purpose|background|address|ref|reference|file|"
    r"version|status|author|owner|title|page|item|total|name|contact|approved|effective|enquiries|website|"
    r"table|figure|source|example|warning|important|tip)s?\b.*",
    re.I,
)
# A label without a title counts for a speaker when it comes back, in a text that has turns enough.
_TIMES_SPOKEN = 2
_TURNS = 4


@dataclass(frozen=True, slots=True)
class Manner:
    """What holds for the whole text.

    `speakers`: labels of turns. `headings`: whether lines that look like headings are taken for them.
    """

    speakers: frozenset[str] = frozenset()
    headings: bool = True


def manner_of(text: str, *, headings: bool) -> Manner:
    """Who speaks in the text, if it is a record of speech."""
    counted = Counter(
        label for line in text.splitlines() if (label := _label(line.strip())) and not _FIELDS.fullmatch(label)
    )
    titled = {label for label in counted if _TITLED.match(label)}
    named = {label for label, times in counted.items() if times >= _TIMES_SPOKEN and _NAME.fullmatch(label)}
    speakers = titled | named if sum(counted[label] for label in titled | named) >= _TURNS else titled
    return Manner(frozenset(speakers), headings)


def paragraphs(text: str, start: int = 0, end: int | None = None) -> Iterator[list[Stretch]]:
    """Groups of lines between blank ones."""
    group: list[Stretch] = []
    for match in re.finditer(r"[^\n]*\n?", text[start:end]):
        line = match[0].strip()
        if line:
            at = start + match.start() + match[0].index(line)
            group.append((at, at + len(line)))
        elif group:
            yield group
            group = []
    if group:
        yield group


def spans_of(text: str, lines: Sequence[Stretch], manner: Manner) -> list[Span]:
    """The spans of one paragraph."""
    unbroken = sorted(end - start for start, end in lines)[len(lines) // 2] > _UNBROKEN
    spans: list[Span] = []
    for index, (start, end) in enumerate(lines):
        span = _begins(text, lines, index, manner)
        if span is not None:
            spans.append(span)
        elif not spans or spans[-1].level or unbroken:
            spans.append(Span("paragraph", start, end))
        else:
            spans[-1] = replace(spans[-1], end=end)
    return spans


def speak_on(spans: Sequence[Span]) -> list[Span]:
    """Paragraphs after a turn belong to its speaker, up to the next turn or heading."""
    speaking = False
    placed = []
    for span in spans:
        if span.kind == "turn":
            speaking = True
        elif span.level:
            speaking = False
        elif speaking and span.kind == "paragraph":
            span = replace(span, kind="turn")
        placed.append(span)
    return placed


def _begins(text: str, lines: Sequence[Stretch], index: int, manner: Manner) -> Span | None:
    """The span that the line begins, None when it goes on with the one before."""
    start, end = lines[index]
    line = text[start:end]
    level = _heading_level(text, lines, index) if manner.headings else 0
    if level:
        return Span("heading", start, end, level)
    if _label(line) in manner.speakers:
        return Span("turn", start, end)
    bullet = _BULLET.match(line)
    if bullet:
        return Span("item", start + bullet.end(), end)
    if _NUMBER.match(line):
        return Span("clause", start, end)
    return None


def _heading_level(text: str, lines: Sequence[Stretch], index: int) -> int:
    """1 for a line in capitals, the depth of its number for a numbered title on its own; else 0."""
    start, end = lines[index]
    line = text[start:end]
    if end - start > _HEADING_LENGTH or line[-1] in _ENDS_SENTENCE:
        return 0
    numbered = _NUMBERED_TITLE.match(line)
    depth = numbered[1].count(".") + 1 if numbered else 1
    if _is_capitals(line):
        before_is = index > 0 and _is_capitals(text[slice(*lines[index - 1])])
        after_is = index + 1 < len(lines) and _is_capitals(text[slice(*lines[index + 1])])
        return 0 if before_is or after_is else depth
    return depth if numbered and len(lines) == 1 and _is_title(line) else 0


def _is_capitals(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    return len(letters) > 3 and line == line.upper() and len(letters) > len(line) / 2


def _is_title(line: str) -> bool:
    """Whether a numbered line reads like a title: short, most of its longer words with a capital."""
    words = [word for word in line.split()[1:] if len(word) > 3]
    return 0 < len(words) <= 8 and sum(word[0].isupper() for word in words) > 0.7 * len(words)


def _label(line: str) -> str | None:
    found = _TURN.match(line)
    return found[2] if found else None
