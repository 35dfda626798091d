"""A question for a decision, a date or a history is answered from the register: its record, in the minutes' own words.

What counts as such a question: one that names a decision's number, or asks who proposed, seconded or voted, when
something was decided, which decision it was, what became of it, or whether it was tried before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from memory import catalogue, register
from memory.access import Selection
from memory.law import Evidence
from memory.memory import Memory
from memory.records import Document, Hit, Scores, Span, Version
from memory.register import Recorded, Wanted
from memory.sentences import sentences
from memory.timeline import NUMBER, Event, decisions_on, stems, timeline

_SEARCHED = 30
# A decision is what is asked for when it has this share of the question's words, and two at least.
_COVERED = 0.6
_FEWEST = 2
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_OF_TITLE = 0.2
# Decisions whose shares differ by less are as good as each other: the newest is told first.
_ALIKE = 0.05
_TAKEN = r"(?:decided?|resolved|adopted|approved|agreed|passed|voted|taken|rescinded|awarded|stopped)"
# The first that fits says what is asked; the words that tell it are no words of the subject.
_ASKS = {
    name: re.compile("|".join(forms), re.I)
    for name, forms in {
        "became": (
            r"\bwhat\s+(?:became|has\s+become|happened|came)\s+(?:of|to|with)\b",
            r"\bcarried\s+out\b",
            r"\boutstanding\b",
            r"\bstatus\s+of\b",
        ),
        "tried": (r"\btried\s+(?:before|already)\b", r"\bhave\s+we\s+(?:ever|before)\b", r"\bhistory\s+of\b"),
        "vote": (
            r"\bhow\s+many\s+(?:\w+\s+)?voted\b",
            r"\bwhat\s+was\s+the\s+vote\b",
            r"\b(?:votes?|voted)\s+(?:for|against)\b",
        ),
        "who": (
            r"\bwho\s+(?:\w+\s+)?(?:proposed|seconded|moved|tabled)\b",
            r"\bwho\s+was\s+the\s+(?:mover|seconder|proposer)\b",
            r"\bwhose\s+(?:proposal|motion)\b",
        ),
        "act": (r"\bwho\s+(?:must|has\s+to|had\s+to|was\s+to|should)\s+(?:act|carry|do)\b", r"\bby\s+when\s+must\b"),
        "when": (rf"\b(?:when|(?:on|in)\s+(?:which|what)\s+(?:day|date|year))\b.*\b{_TAKEN}\b",),
        "which": (r"\b(?:which|what)\s+(?:council\s+)?(?:resolution|decision)\b",),
        "decided": (r"\bwhat\s+did\s+(?:the\s+)?(?:council|exco|(?:\w+\s+)?committee)\s+(?:decide|resolve|agree)\b",),
    }.items()
}
_INTENT = stems(
    "who when what which proposed seconded moved tabled mover seconder proposer voted votes against decided decide "
    "resolved resolve adopted approved agreed passed rescinded awarded became become happened happen status "
    "outstanding carried tried before already history ever first year date number exco committee executive many much "
    "done must act"
)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A verbatim slice of a page, as a hit of the passage that it stands in."""

    hit: Hit
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    evidence: Evidence
    version: Version
    document: Document


def recall(memory: Memory, question: str, selection: Selection, limit: int) -> list[Recalled]:
    """The slices that answer, at most `limit`; none where the register is not asked, or does not know."""
    number = NUMBER.search(question)
    asked = next((name for name, pattern in _ASKS.items() if pattern.search(question)), "")
    if number is None and not asked:
        return []
    if number is not None:
        pieces = _of_number(memory, question, number[0], asked, selection)
    else:
        pieces = _of_subject(memory, question, asked, selection)
    with memory.store.reading() as connection:
        found = (_recalled(connection, piece, selection) for piece in _once(pieces))
        return [recalled for recalled in found if recalled is not None][:limit]


def _of_number(memory: Memory, question: str, number: str, asked: str, selection: Selection) -> Iterator[_Piece]:
    with memory.store.reading() as connection:
        known = _held(register.find(connection, Wanted(number=number), selection.scope), selection)
    if not known:
        return
    if asked == "became":
        yield from _became(memory, known[0], selection)
    for decision in known:
        yield from _told(decision, question, asked)
    if not asked:
        yield from _became(memory, known[0], selection)


def _became(memory: Memory, decision: Recorded, selection: Selection) -> Iterator[_Piece]:
    """The head, and what later texts say: the ends of it first, then the newest reports."""
    yield _piece(decision, decision.decision.head)
    events = timeline(memory, decision.decision.number, selection.scope, selection.collection).events
    told = [e for e in events if e.evidence and e.day > decision.decision.day and e.kind in _TELLING]
    for event in sorted(told, key=lambda e: (_TELLING[e.kind], _reversed(e.day))):
        if event.evidence is not None and _held_event(event, selection):
            yield _Piece(event.evidence, event.version, event.document)


_TELLING = {"ended": 0, "amended": 1, "carried out": 1, "reported": 2, "named": 3, "adopted": 3}


def _reversed(day: str) -> str:
    """A key that sorts days newest first."""
    return "".join(chr(ord("9") - int(c) + ord("0")) if c.isdigit() else c for c in day)


def _of_subject(memory: Memory, question: str, asked: str, selection: Selection) -> Iterator[_Piece]:
    wanted = stems(question) - _INTENT
    if len(wanted) < _FEWEST:
        return
    hits = memory.search(question, selection, k=_SEARCHED).hits
    with memory.store.reading() as connection:
        on = decisions_on(connection, wanted, hits, selection.scope, selection.collection)
        found = _of_years(question, _held(on, selection))
    covered = {d.id: _covered(wanted, d) for d in found}
    fitting = [d for d in found if covered[d.id] >= max(_COVERED, _FEWEST / len(wanted))]
    # What was lost is told only where nothing was taken.
    fitting = [d for d in fitting if d.decision.outcome in {"carried", "recommended"}] or fitting
    if not fitting:
        return
    if asked == "became":
        yield from _became(memory, max(fitting, key=lambda d: (covered[d.id], d.decision.day)), selection)
    elif asked == "tried":
        for decision in sorted(fitting, key=lambda d: d.decision.day):
            yield _clause(decision, question)
    else:
        oldest = re.search(r"\bfirst\b", question, re.I) is not None
        best = max(covered[d.id] for d in fitting)
        alike = [d for d in fitting if covered[d.id] >= best - _ALIKE]
        for decision in sorted(alike, key=lambda d: d.decision.day, reverse=not oldest):
            yield from _told(decision, question, asked)


def _covered(wanted: frozenset[str], found: Recorded) -> float:
    """The share of the question's words that a decision has, and a little for a title that has nothing else."""
    title = stems(found.decision.title)
    own = len(wanted & title) / len(title) if title else 0.0
    return len(wanted & (title | stems(found.decision.text))) / len(wanted) + _OF_TITLE * own


def _told(decision: Recorded, question: str, asked: str) -> Iterator[_Piece]:
    """What a decision's record says to what is asked, its head and the clause that fits best."""
    d = decision.decision
    wanted = {
        "vote": [d.votes_at, d.head],
        "who": [d.head, d.mover_at],
        "act": [d.actions[0].evidence if d.actions else None, d.head],
        "when": [d.head, d.day_at],
    }.get(asked, [d.head])
    yield from (_piece(decision, evidence) for evidence in wanted if evidence is not None)
    yield _clause(decision, question)


def _clause(decision: Recorded, question: str) -> _Piece:
    """The sentence or clause of a decision that has most words of the question, the earlier where two are alike."""
    wanted = stems(question) - _INTENT
    clauses = [
        Evidence(e.page, e.start + start, e.start + end, e.quote[start:end])
        for e in decision.decision.wording
        for start, end in sentences(e.quote)
    ]
    best = max(clauses, key=lambda c: len(wanted & stems(c.quote)), default=decision.decision.head)
    return _piece(decision, best)


def _piece(decision: Recorded, evidence: Evidence) -> _Piece:
    return _Piece(evidence, decision.version, decision.document)


def _held(found: Iterable[Recorded], selection: Selection) -> list[Recorded]:
    """What belongs to the selection: its collection, and not after its day."""
    day = selection.as_of.isoformat()
    return [
        d
        for d in found
        if selection.collection in {None, d.document.collection} and (selection.today or d.decision.day <= day)
    ]


def _of_years(question: str, found: list[Recorded]) -> list[Recorded]:
    """Those of the years that the question names, where there are any."""
    years = set(_YEAR.findall(question))
    named = [decision for decision in found if decision.decision.day[:4] in years]
    return named or found


def _held_event(event: Event, selection: Selection) -> bool:
    inside = selection.collection in {None, event.document.collection}
    return inside and (selection.today or event.day <= selection.as_of.isoformat())


def _once(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    seen: list[_Piece] = []
    for piece in pieces:
        e = piece.evidence
        if not any(_within(piece, other) or _within(other, piece) for other in seen) and e.quote.strip():
            seen.append(piece)
            yield piece


def _within(inner: _Piece, outer: _Piece) -> bool:
    same = inner.version.id == outer.version.id and inner.evidence.page == outer.evidence.page
    return same and outer.evidence.start <= inner.evidence.start and inner.evidence.end <= outer.evidence.end


def _recalled(connection: Connection, piece: _Piece, selection: Selection) -> Recalled | None:
    """The slice with the passage that it stands in; None where no passage holds it or the scope does not see it."""
    e = piece.evidence
    passage_id = register.passage_at(connection, piece.version.id, e.page, e.start)
    found = None if passage_id is None else catalogue.get_passage(connection, passage_id, selection.scope)
    if found is None:
        return None
    return Recalled(Hit(*found, scores=Scores(fused=1.0)), Span(e.page, e.start, e.end), e.quote)
