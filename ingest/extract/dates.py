"""Dates of a document: adoption, publication, commencement, amendment, repeal, expiry, review; each with evidence.

A day counts for what the words before it say ("in force from", "adopted ... on"), in the front of the text or in a
clause that speaks of the text itself ("this by-law comes into operation on"). What the text leaves to a notice
(commencement "on the date of publication") is computed where the publication is known, and else said to be open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.document import ReadPage
from ingest.extract.subject import Subject
from ingest.extract.written import days, financial_years
from memory.law import Fact
from memory.months import later

# Pages that the front of a text may take: cover, licence, contents.
_FRONT_PAGES = 12
_FRONT_CHARACTERS = 2600
# Characters at the top of a gazette's page in which its own date stands.
_GAZETTE_HEAD = 200
# Pages before which a publisher's stamps stand.
_STAMPED_PAGES = 60
_BEFORE = 170
_SELF = (
    r"(?:(?:this|these|the\s+present|hierdie)\s*(?:amended\s+|amendment\s+|draft\s+)?"
    r"(?:by-?\s?\s?laws?|policy|policies|circular|procedure|sop|notice|tariffs?|act|restrictions?|rules|regulations"
    r"|verordeninge?|beleid|beperkings))"
)

_SELF_WORDS = re.compile(_SELF, re.I)


@dataclass(frozen=True, slots=True)
class _Lead:
    """`words`: what stands before a day and ends where it begins."""

    name: str
    words: re.Pattern[str]
    confidence: float


def _lead(name: str, words: str, confidence: float) -> _Lead:
    return _Lead(name, re.compile(rf"(?:{words})\s*$", re.I), confidence)


# Of a line of the editor's or the gazette's own, anywhere before the text begins.
_STAMPS = (
    _lead("commencement", r"commences?\s+on", 0.99),
    _lead("publication", r"published\s+in\s[^\n]{3,90}?\s+on", 0.98),
    _lead("adoption", r"(?:assented\s+to|adopted)\s+on", 0.98),
    _lead("amendment", r"\[\s*amended\s+by\b(?:[^\]]|\n){0,220}?\s?on", 0.97),
    _lead("repeal", r"\[?\s*repealed\s+(?:by\b(?:[^\]]|\n){0,220}?\s?)?on", 0.97),
)
_GAZETTE = _lead("publication", r"\bgazette,?(?:\s*(?:no\.?|nr\.?)?\s*\d+)?,?(?:\s+(?:of|dated))?", 0.9)
# Of the front of a text.
_FRONTS = (
    _lead(
        "commencement",
        r"(?:with\s+effect\s+from|\bin\s+force(?:\s+from|:)|effective(?:\s+date)?(?:\s+from|:)?|commencement(?:\s+date)?:?"
        r"|commenc(?:es?|ed|ing)\s+(?:on|from)|takes?\s+effect\s+(?:on|from)"
        r"|com(?:es?|ing)\s+(?:in)?to\s*(?:operation|force|effect)\s+(?:on|from)|van\s+krag\s+(?:vanaf|op|van)"
        r"|met\s+ingang\s+van|tree\s+in\s+werking\s+(?:op|vanaf)|iqale\s+ukusebenza\s+mhla\s+ka-?|ziqala\s+mhla\s+ka-?)"
        r"(?:\s+the)?",
        0.95,
    ),
    _lead(
        "expiry", r"(?:remains?\s+in\s+force\s+until|valid\s+(?:until|to)|expires?\s+on|lapses?\s+on|geldig\s+tot)", 0.9
    ),
    _lead("review", r"(?:next\s+review(?:\s+date)?:?|review\s+(?:date|by|due):?|hersieningsdatum:?)", 0.9),
    _lead(
        "adoption",
        r"(?:adopted|approved|assented\s+to|signed|passed|aangeneem|goedgekeur|sinqunywe)\b[^;]{0,110}?(?:\bon|\bof|\bop|,|\()"
        r"|(?:resolution|resolusie|raadsbesluit)\s+[A-Z]{0,4}\s?\d+[/-]\d{4}\s*(?:\bof|\bon|\bvan|,|\()"
        r"|drawn\s+up\s+by\b[^;.]{0,60}\.?[^;.]{0,40},",
        0.9,
    ),
    _lead(
        "date",
        r"(?:dated|held\s+on(?:\s+\w+day,?)?|gehou\s+op(?:\s+\w+dag)?|uitgereik\s+op|sikhishwe\s+mhla\s+ka-?|issued\s+on"
        r"|\bdate:)",
        0.9,
    ),
)
# Of a clause anywhere, when it speaks of the text itself.
_CLAUSES = (
    _lead(
        "commencement",
        r"(?:commences?|takes?\s+effect|com(?:es?)\s+in(?:to)?\s*(?:operation|effect|force)|(?:be|is|becomes?)\s+(?:effective"
        r"|operative|of\s+force)|tree\s+in\s+werking|applies|apply|geld)\s*(?:on|from|as\s+from|with\s+effect\s+from|op|vanaf)?"
        r"(?:\s+the)?",
        0.9,
    ),
    _lead(
        "expiry",
        r"(?:expires?|lapses?|ceases?\s+to\s+(?:apply|have\s+effect)|remains?\s+in\s+force|appl(?:y|ies)|verval)\s+"
        r"(?:on|until|tot|op)",
        0.85,
    ),
    _lead("review", r"(?:reviewed|hersien)\s+(?:by|before|on|voor|op)", 0.85),
)
_ON_PUBLICATION = re.compile(
    rf"{_SELF}(?:(?!\.\s+[A-Z0-9(])[^;]){{0,260}}?"
    r"(?:commences?|takes?\s+effect|com(?:es?)\s+in(?:to)?\s*(?:operation|effect|force)|(?:be|is|becomes?)\s+(?:effective|operative))"
    r"(?P<when>(?:(?!\.\s+[A-Z0-9])[^;]){0,170}?)"
    r"(?P<on>(?:date|day)\s+of\s*(?:the\s+|its\s+)*(?:publication|promulgation)|(?:up)?on\s+(?:its\s+|the\s+)?(?:publication|promulgation)"
    r"|date\s+on\s+which\s+it\s+is\s+published|publikasie|date\s+to\s+be\s+promulgated|date\s+(?:fixed|determined)\s+by"
    r"|date\s+by\s+proclamation)",
    re.I,
)
# "Section 6(1) of this By-law takes effect": not the whole of it.
_PART_OF = re.compile(r"\b(?:sub-?)?(?:sections?|chapters?|parts?|schedules?)\b[^.;]{1,60}?\bof\s+$", re.I)
_AFTER = re.compile(r"\b(\w+)\s*(?:\(\w+\)\s*)?(day|week|month|year)s?\s+(?:from|after|of|following)\b", re.I)
_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
}
_YEARLY = re.compile(
    rf"(?:{_SELF}|the\s+policy|die\s+beleid)\s+(?:is|are|will\s+be|must\s+be|word)\s+(?:reviewed|hersien)\s+[^.;]{{3,80}}",
    re.I,
)
_FIVE_YEARS = re.compile(r"\b(20\d\d)\s?[-–/]\s?(20\d\d)\b")
_RECORD_KINDS = {
    "minutes",
    "agenda",
    "email",
    "report",
    "interview",
    "lessons",
    "case-study",
    "memo",
    "circular",
    "slides",
}
_YEAR_KINDS = {"tariff", "plan"}
_LONGEST_PLAN = 10  # years


def dates(subject: Subject, kind: str) -> list[Fact]:
    """What the metadata and the text say of a document's dates, surest first for each name."""
    stated = list(_stated(subject))
    # Where the publisher lists amendments and repeals, what the text says of them it says of other texts.
    own = {"amendment", "repeal"} if any(fact.name == "expression" for fact in stated) else set()
    found = [*stated, *(fact for fact in _written(subject) if fact.name not in own), *_titled(subject, kind)]
    found += _on_publication(subject, found)
    best: dict[tuple[str, str], Fact] = {}
    for fact in sorted(found, key=lambda fact: -fact.confidence):
        best.setdefault((fact.name, fact.value), fact)
    return list(best.values())


def _stated(subject: Subject) -> Iterator[Fact]:
    """What the file's own metadata says; an Akoma Ntoso file's is the publisher's statement."""
    version = subject.version
    extra = version.extra
    if version.published:
        yield Fact("publication", version.published, "metadata", 0.99, note=extra.get("publication_name", ""))
    for name in ("amended_by", "repealed_by"):
        for line in filter(None, extra.get(name, "").split("\n")):
            day, _, note = line.partition("; ")
            yield Fact("amendment" if name == "amended_by" else "repeal", day, "metadata", 0.99, note=note)
    if extra.get("expression_date"):
        yield Fact("expression", extra["expression_date"], "metadata", 0.99)
    if version.created:
        yield Fact("date", version.created, "file", 0.4 if version.media_type != "message/rfc822" else 0.95)


def _written(subject: Subject) -> Iterator[Fact]:
    front = _FRONT_CHARACTERS
    for at, page in enumerate(subject.pages):
        # Front pages are those on which, with all before them, few words of text have gone by.
        in_front = at < _FRONT_PAGES and front > 0
        for day in days(page.text):
            before = page.text[max(0, day.start - _BEFORE) : day.start]
            leads = [
                *_stamps(before, day.start, at),
                *(_fronts(before) if in_front and day.start < front else ()),
            ]
            leads += _clauses(before)
            if leads:
                lead, start = max(leads, key=lambda pair: pair[0].confidence)
                begin = day.start - len(before) + start
                evidence = subject.evidence(page, begin, day.end)
                yield Fact(lead.name, day.day, "text", lead.confidence, evidence)
        front -= sum(block.end - block.start for block in page.blocks if block.kind != "heading")
        yield from _reviews(subject, page)


def _stamps(before: str, at: int, number: int) -> Iterator[tuple[_Lead, int]]:
    """Stamps stand on lines of their own: one begins where a line does."""
    if number < _STAMPED_PAGES:
        for lead in _STAMPS:
            for start in _line_starts(before):
                if lead.words.match(before, start):
                    yield lead, start
                    break
    if number == 0 and at < _GAZETTE_HEAD and (words := _GAZETTE.words.search(before)):
        yield _GAZETTE, words.start()


def _line_starts(before: str) -> list[int]:
    return [i + 1 for i, letter in enumerate(before) if letter == "\n"][::-1] + ([0] if len(before) < _BEFORE else [])


def _fronts(before: str) -> Iterator[tuple[_Lead, int]]:
    for lead in _FRONTS:
        if words := lead.words.search(before):
            yield lead, words.start()


def _clauses(before: str) -> Iterator[tuple[_Lead, int]]:
    subject = max(_SELF_WORDS.finditer(before), key=lambda words: words.start(), default=None)
    if subject is None or re.search(r"[.;]\s+[A-Z(\d]", before[subject.end() :]):
        return
    for lead in _CLAUSES:
        if lead.words.search(before, subject.end()):
            yield lead, subject.start()


def _reviews(subject: Subject, page: ReadPage) -> Iterator[Fact]:
    for words in _YEARLY.finditer(page.text):
        if not any(True for _ in days(words[0])):
            yield Fact("review", "", "text", 0.8, subject.evidence(page, words.start(), words.end()), note="repeated")


def _titled(subject: Subject, kind: str) -> Iterator[Fact]:
    """What the title says: the day of a meeting, a financial year, a plan's five years."""
    title = subject.version.title
    evidence = subject.title_place()
    for day in list(days(title))[-1:]:
        if kind in _RECORD_KINDS or kind in {"register", "notice"}:
            yield Fact("date", day.day, "title", 0.92, evidence)
    if kind not in _YEAR_KINDS:
        return
    years = next(financial_years(title), None)
    span = _FIVE_YEARS.search(title)
    if years:
        first, last = years.first, years.last
    elif span and 1 < int(span[2]) - int(span[1]) <= _LONGEST_PLAN:
        first, last = f"{span[1]}-07-01", f"{span[2]}-06-30"
    else:
        return
    yield Fact("commencement", first, "title", 0.75, evidence)
    yield Fact("expiry", last, "title", 0.75, evidence)


def _on_publication(subject: Subject, found: list[Fact]) -> Iterator[Fact]:
    """The clause that leaves commencement to publication."""
    published = max((f for f in found if f.name == "publication"), key=lambda f: f.confidence, default=None)
    for page in reversed(subject.pages):
        for words in _ON_PUBLICATION.finditer(page.text):
            if _PART_OF.search(page.text, max(0, words.start() - _BEFORE), words.start()):
                continue
            evidence = subject.evidence(page, words.start(), words.end())
            if not re.search("publi|promulgation", words["on"], re.I):
                yield Fact("commencement", "", "text", 0.8, evidence, note="left to a later notice")
                return
            day = _effective(words["when"], published.value) if published else ""
            note = "" if day else "on publication, of which the text does not give the date"
            yield Fact("commencement", day, "text", 0.9 if day else 0.8, evidence, note=note)
            return


def _effective(when: str, published: str) -> str:
    after = _AFTER.search(when)
    if after is None:
        return published
    count = int(after[1]) if after[1].isdigit() else _NUMBERS.get(after[1].lower(), 0)
    return later(published, count, after[2].lower()) or ""
