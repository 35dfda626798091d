"""Questions that speak of another day than today: "in 2017", "before the merger", "the old policy", "the draft".

A question in, and the day as of which it is read, with the words that say so.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.extract.written import days, financial_years
from memory.access import Selection
from memory.fuse import Weights
from memory.memory import Memory
from memory.months import ANY_MONTH, MONTHS
from memory.records import Hit, Span
from memory.successions import predecessor

_YEAR = r"(?:19|20)\d\d"
_IN = r"(?:back\s+in|in|during|throughout|gedurende|ngo|as\s+(?:at|of|in)|soos\s+in|by\s+the\s+end\s+of)"
_IN_YEAR = re.compile(rf"\b{_IN}\s+(?:the\s+year\s+)?(?P<year>{_YEAR})(?![\d/–-])", re.I)
_IN_MONTH = re.compile(rf"\b{_IN}\s+(?P<month>{ANY_MONTH})\s+(?P<year>{_YEAR})\b", re.I)
_YEARLY = re.compile(rf"\b(?:{_IN}|for|of)\s+(?:the\s+)?(?:financial\s+year\s+|book\s+year\s+|boekjaar\s+)?$", re.I)
_ON_DAY = re.compile(r"\b(?:on|as\s+of|as\s+at|at|op|soos\s+op|mhla\s+ka-?)\s*$", re.I)
_BEFORE_DAY = re.compile(r"\b(?:before|prior\s+to|until|up\s+to|voor|tot)\s*$", re.I)
_BEFORE_YEAR = re.compile(
    rf"\b(?:before|prior\s+to|until|voor)\s+(?:(?P<month>{ANY_MONTH})\s+)?(?P<year>{_YEAR})\b", re.I
)
_BEFORE_EVENT = re.compile(
    r"\b(?:before|prior\s+to|until|voor)\s+(?:the|die)\s+(?P<event>[a-z][\w-]{3,}(?:\s[a-z][\w-]{3,}){0,2})", re.I
)
_OF_YEAR = re.compile(
    rf"\bthe\s+(?P<year>{_YEAR})\s+(?:policy|rules?|version|tariffs?|budget|procedure|delegations)\b", re.I
)
_TEXTS = (
    r"(?:policy|by-?\s?laws?|rules?|tariffs?|version|procedure|circular|plan|delegations|arrangement|limit|rate|text"
    r"|beleid|verordening|reëls)"
)
_OLD = re.compile(
    r"\b(?:the|our|die)\s+(?:old|older|previous|former|earlier|superseded|repealed|ou|vorige|herroepe)\s+"
    rf"(?:\w+\s+){{0,3}}?{_TEXTS}\b",
    re.I,
)
_DRAFT = re.compile(r"\b(?:drafts?|konsep\w*|uhlaka|proposed)\b", re.I)
_READ = 5
_READ_FOR_EVENT = 30


@dataclass(frozen=True, slots=True)
class Past:
    """`day`: the question is read as of it. `words`: what in the question says so.

    `proof`: where the memory says when that was, None where the question itself does.
    """

    day: date
    words: str
    proof: tuple[Hit, Span] | None = None


def speaks_of_drafts(question: str) -> bool:
    """Whether drafts are asked for."""
    return _DRAFT.search(question) is not None


def read_past(memory: Memory, question: str, selection: Selection) -> Past | None:
    """The day that a question speaks of, None when it speaks of today or of a day to come."""
    past = written_past(question)
    if past is None and (old := _OLD.search(question)):
        past = _before_successor(memory, question, selection, old[0])
    if past is None and (event := _BEFORE_EVENT.search(question)):
        past = _before_event(memory, event, selection)
    return past if past and past.day < selection.as_of else None


def written_past(question: str) -> Past | None:
    """The day that the question itself names."""
    for day in days(question):
        before = question[: day.start]
        if lead := _ON_DAY.search(before):
            return Past(date.fromisoformat(day.day), question[lead.start() : day.end])
        if lead := _BEFORE_DAY.search(before):
            return Past(date.fromisoformat(day.day) - timedelta(days=1), question[lead.start() : day.end])
    for period in financial_years(question):
        if lead := _YEARLY.search(question[: period.start]):
            return Past(date.fromisoformat(period.last), question[lead.start() : period.end].strip())
    if words := _BEFORE_YEAR.search(question):
        month = MONTHS[words["month"].lower()] if words["month"] else 1
        return Past(date(int(words["year"]), month, 1) - timedelta(days=1), words[0])
    if words := _IN_MONTH.search(question):
        year, month = int(words["year"]), MONTHS[words["month"].lower()]
        return Past(date(year, month, calendar.monthrange(year, month)[1]), words[0])
    if words := _IN_YEAR.search(question) or _OF_YEAR.search(question):
        return Past(date(int(words["year"]), 12, 31), words[0])
    return None


def _before_successor(memory: Memory, question: str, selection: Selection, words: str) -> Past | None:
    """The last day of what the text on this subject that is in force now took the place of."""
    hits = memory.search(question, selection, k=_READ).hits
    for hit in hits:
        with memory.store.reading() as connection:
            first = memory.first_effects(connection, selection.scope)
            before = predecessor(connection, selection.scope, hit.version.id, first)
        if before:
            return Past(date.fromisoformat(before.day) - timedelta(days=1), words)
    return None


def _before_event(memory: Memory, event: re.Match[str], selection: Selection) -> Past | None:
    """The day before an event that passages date, "the merger of 1 July 2012": the day that most of them give."""
    name = event["event"].split()[0]
    dated = re.compile(rf"\b{re.escape(name)}\s+(?:of|on|took\s+place\s+on|came\s+on|van|op)\s+$", re.I)
    found: dict[str, list[tuple[Hit, Span]]] = {}
    # Its own words are looked for, for they stand before the day.
    own = replace(Weights(), phrases=0)
    for hit in memory.search(f"{event['event']} date", selection, k=_READ_FOR_EVENT, weights=own).hits:
        span = hit.passage.spans[0]
        for day in days(hit.passage.text):
            lead = dated.search(hit.passage.text[: day.start])
            if lead and day.end <= span.end - span.start:
                proof = Span(span.page, span.start + lead.start(), span.start + day.end)
                found.setdefault(day.day, []).append((hit, proof))
    if not found:
        return None
    then, proofs = max(found.items(), key=lambda pair: (len(pair[1]), pair[0]))
    return Past(date.fromisoformat(then) - timedelta(days=1), event[0], proofs[0])
