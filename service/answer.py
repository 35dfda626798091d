"""Question in, cited answer out, without a language model: the sentences that answer, verbatim, with their markers."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np
from sqlalchemy import Connection

from memory import catalogue
from memory.access import Selection
from memory.embed import Codes
from memory.late import maxsim, meaning
from memory.memory import Found, Memory, checked_question
from memory.records import Also, Answer, Citation, Hit, Span
from memory.ruling import asks_for_the_rule
from memory.standing import dated, kinds_of
from memory.text import readable, searchable
from service.candidates import Candidate, candidates
from service.citing import citation, page_url
from service.contradictions import contradictions
from service.excerpts import excerpt
from service.notes import notes
from service.past import Past, read_past, speaks_of_drafts
from service.pointing import pointed
from service.recall import recall
from service.support import CLOSE, THRESHOLD, support

_READ = 6
# The first ones answer; the others may contradict them.
_FOUND = 30
_CLOSEST = 3
# How much the meaning of a sentence counts beside its words.
_MEANING = 0.25
# A further sentence must be nearly as good as the best one, with its passage and by itself, and bring something new.
_NEARLY = 0.94
_NEARLY_ALONE = 0.92
_REPEATS = 0.7
# What a sentence gets of the score of the question that stands before it.
_ANSWERS = 0.95
# What is said when it is not known; the catalogues of words have both in other languages.
NOTHING = "The memory does not hold an answer to this."
CLOSEST_ONLY = "I have no sure answer to this; what follows is the closest that I have."


@dataclass(frozen=True, slots=True)
class Sentence:
    """The slice of a page of a hit's version, how well it answers, with its passage and by itself (`own`), and others
    that say the same."""

    hit: Hit
    span: Span
    text: str
    score: float
    own: float
    also: tuple[Sentence, ...] = ()


def answer(
    memory: Memory, question: str, selection: Selection, *, limit: int = 3, asked_by: str | None = None
) -> Answer:
    """Answer within a selection, in at most `limit` sentences.

    A question that is asked of today and speaks of another day is read as of that day.

    Raises:
        Misuse: the question is empty or too long.
    """
    began = time.perf_counter()
    asked = _search(memory, question, selection)
    found, given, selection, past = asked.found, selection, asked.selection, asked.past
    chance = 0.0 if found.absent else support(found.hits)
    supported = chance >= THRESHOLD
    ranked = _ranked(memory, found, found.hits[:_READ]) if chance >= CLOSE else []
    chosen = _chosen(ranked, limit) if supported else _best_of_each(ranked, _CLOSEST)
    recalled = recall(memory, question, given, limit) if _may_recall(found) else []
    if recalled:
        supported, chosen = (
            True,
            [Sentence(r.hit, r.span, r.text, r.hit.scores.fused, r.hit.scores.fused) for r in recalled],
        )
    with memory.store.reading() as connection:
        told = dated(connection, [sentence.hit.version.id for sentence in chosen]) if supported else {}
        chosen = _in_force_first(chosen, told) if supported and not recalled else chosen
        citations = _citations(connection, chosen, question, {hit.passage.id for hit in found.hits})
        supported = supported and bool(citations)
        cited = [sentence.hit for sentence in chosen] if supported else []
        first = memory.first_effects(connection, selection.scope)
        after_rule = bool(cited) and selection.today and asks_for_the_rule(question)
        ruled = [(sentence.hit.version.id, sentence.span) for sentence in chosen] if after_rule else []
        said = notes(connection, selection, past, cited, len(citations) + 1, first, told, found.former, ruled)
        marker = len(citations) + sum(len(note.citations) for note in said) + 1
        against = contradictions(connection, selection, citations, found.hits, marker) if supported else ()
    if not supported:
        _record_gap(memory, question, asked_by, found.hits)
    text = " ".join(f"{readable(c.quote)} [{c.marker}]" for c in citations) if supported else _unknown(found, citations)
    return Answer(
        question=question,
        supported=supported,
        answer=text,
        generated_by="extractive",
        citations=citations if supported else (),
        closest=() if supported else citations,
        generation=found.generation,
        took_ms=round((time.perf_counter() - began) * 1000, 2),
        as_of=selection.as_of.isoformat(),
        read_as=past.words if past else None,
        notes=said,
        contradictions=against,
        reason=found.absent.kind if found.absent and not supported else None,
    )


def _may_recall(found: Found) -> bool:
    """Whether the register is asked: of what is certainly not there it can know but a number, when it is the only
    one that is asked for."""
    if found.absent is None:
        return True
    return found.absent.kind == "number" and sum(r.kind == "number" for r in found.question.references) == 1


def answering(memory: Memory, question: str, selection: Selection) -> Hit | None:
    """The best passage, if the question would be answered; nothing is recorded."""
    found = _search(memory, question, selection).found
    return found.hits[0] if found.absent is None and support(found.hits) >= THRESHOLD else None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search and how the question was read for it."""

    found: Found
    selection: Selection
    past: Past | None


def _search(memory: Memory, question: str, selection: Selection) -> _Asked:
    """Search as of the day that the question speaks of; where that gives nothing, as of the day that was asked."""
    checked_question(question)
    if speaks_of_drafts(question):
        selection = replace(selection, drafts=True)
    past = read_past(memory, question, selection) if selection.today else None
    if past:
        then = replace(selection, as_of=past.day, today=False, records=True)
        found = memory.search(question, then, k=_FOUND)
        if support(found.hits) >= THRESHOLD:
            return _Asked(found, then, past)
    return _Asked(memory.search(question, selection, k=_FOUND), selection, None)


def _unknown(found: Found, closest: Sequence[Citation]) -> str:
    """What is said when it is not known; whom to ask only where something comes close to what he answers for."""
    if found.absent is not None:
        return found.absent.reason
    said = CLOSEST_ONLY if closest else NOTHING
    custodian = next((c.custodian for c in closest if c.custodian), None)
    return f"{said} Ask the {custodian}." if custodian else said


def _record_gap(memory: Memory, question: str, asked_by: str | None, hits: Sequence[Hit]) -> None:
    if memory.store.writable:
        custodian = next((hit.document.custodian for hit in hits if hit.document.custodian), None)
        with memory.store.noting() as connection:
            catalogue.add_gap(connection, question, asked_by, custodian)


def _ranked(memory: Memory, asked: Found, hits: Sequence[Hit]) -> list[Sentence]:
    """The sentences of the hits, best first: late interaction and meaning of the sentence, and its passage's rank."""
    parts = [list(candidates(hit)) for hit in hits]
    found = list(_with_codes(memory, hits, parts))
    question, codes = asked.encoding, [codes for _, codes in found]
    own = maxsim(question.codes, codes, asked.tells) + _MEANING * meaning(question.vector, codes)
    scores = _answering([one for one, _ in found], own.tolist())
    ranked = [
        Sentence(one.hit, one.span, one.text, own + 0.5 * one.hit.scores.fused, own)
        for (one, _), own in zip(found, scores, strict=True)
        if one.tells
    ]
    return sorted(ranked, key=lambda s: (-s.score, s.hit.passage.id, s.span.page, s.span.start))


def _with_codes(
    memory: Memory, hits: Sequence[Hit], parts: Sequence[Sequence[Candidate]]
) -> Iterator[tuple[Candidate, Codes]]:
    """Each sentence of each hit with the codes of its word pieces."""
    texts = [[hit.passage.context, *(searchable(p.whole) for p in own)] for hit, own in zip(hits, parts, strict=True)]
    lengths = iter(memory.embedder.lengths([text for own in texts for text in own]))
    for codes, own in zip(memory.passage_codes([hit.passage for hit in hits]), parts, strict=True):
        ends = np.cumsum(list(islice(lengths, 1 + len(own))))
        for part, (start, end) in zip(own, pairwise(ends), strict=True):
            yield part, codes[start:end]


def _answering(parts: Sequence[Candidate], scores: Sequence[float]) -> list[float]:
    """The scores; what follows a question in a text answers it, and gets nearly the question's own."""
    found = list(scores)
    for at, (before, part) in enumerate(pairwise(parts), start=1):
        if before.asks and before.hit is part.hit:
            found[at] = max(found[at], _ANSWERS * found[at - 1])
    return found


def _chosen(ranked: Sequence[Sentence], limit: int) -> list[Sentence]:
    """The best, and those that are nearly as good and say something else, each with its repetitions elsewhere."""
    chosen: list[Sentence] = []
    said: list[set[str]] = []
    repeated: dict[int, list[Sentence]] = defaultdict(list)
    for sentence in ranked:
        words = set(searchable(sentence.text).lower().split())
        same = next((at for at, other in enumerate(said) if _repeats(words, other)), None)
        if same is not None:
            repeated[same].append(sentence)
        elif len(chosen) < limit and (not chosen or _bears(sentence, chosen[0])):
            chosen.append(sentence)
            said.append(words)
    return [replace(sentence, also=_elsewhere(sentence, repeated[at])) for at, sentence in enumerate(chosen)]


def _bears(sentence: Sentence, best: Sentence) -> bool:
    """Whether a further sentence is nearly as good as the best one: a good passage alone makes none that answers."""
    return sentence.score >= _NEARLY * best.score and sentence.own >= _NEARLY_ALONE * best.own


def _elsewhere(sentence: Sentence, repeated: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The first repetition in each other version."""
    others = {other.hit.version.id: other for other in reversed(repeated)}
    return tuple(other for version, other in others.items() if version != sentence.hit.version.id)


def _in_force_first(chosen: list[Sentence], told: Mapping[int, str]) -> list[Sentence]:
    """Minutes and reports, with the days that they tell of, come after a chosen text in force that is newer."""
    ruling = [s.hit.version.in_force_from for s in chosen if s.hit.version.id not in told]
    newest = max((day for day in ruling if day), default="")
    return sorted(chosen, key=lambda sentence: told.get(sentence.hit.version.id, newest) < newest)


def _best_of_each(ranked: Sequence[Sentence], limit: int) -> list[Sentence]:
    """The best sentence of each passage."""
    best: dict[int, Sentence] = {}
    for sentence in ranked:
        best.setdefault(sentence.hit.passage.id, sentence)
    return list(best.values())[:limit]


def _repeats(left: set[str], right: set[str]) -> bool:
    """Whether two sentences have nearly the same words (Jaccard)."""
    return len(left & right) > _REPEATS * len(left | right)


def _citations(
    connection: Connection, chosen: Sequence[Sentence], question: str, found: Collection[int]
) -> tuple[Citation, ...]:
    """A citation for each sentence, its quote read from the page itself; `found`: ids of the passages found."""
    pages = catalogue.get_pages(connection, [(s.hit.version.id, s.span.page) for s in chosen])
    kinds = kinds_of(connection, [s.hit.version.id for s in chosen])
    cited = [
        (sentence, page)
        for sentence in chosen
        if (page := pages.get((sentence.hit.version.id, sentence.span.page))) is not None
        and page.text[sentence.span.start : sentence.span.end] == sentence.text
    ]
    citations = []
    for number, (sentence, page) in enumerate(cited, start=1):
        hit = sentence.hit
        quoted = citation(
            number,
            hit.document,
            hit.version,
            page,
            sentence.span,
            passage=hit.passage,
            kinds=kinds,
            score=hit.scores.fused,
        )
        around = excerpt(connection, hit, sentence.span, found)
        whole = replace(quoted, also_in=tuple(map(_also, sentence.also)), excerpt=around)
        citations.append(_pointed(question, whole))
    return tuple(citations)


def _pointed(question: str, quoted: Citation) -> Citation:
    """The citation with the words marked that answer who, when, how much or how many."""
    span = pointed(question, quoted.quote)
    if span is None:
        return quoted
    return replace(quoted, answer_start=quoted.start + span[0], answer_end=quoted.start + span[1])


def _also(sentence: Sentence) -> Also:
    hit, span = sentence.hit, sentence.span
    url = page_url(hit.document.id, hit.version.number, span, hit.passage.id)
    return Also(hit.document.id, hit.version.title, hit.version.number, span.page, url)
