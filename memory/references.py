"""What a text is exact about: numbers of resolutions and by-laws, sections, defined terms, each in one normal form.

Both sides are read here, passages when they are indexed and questions when they are asked, so that they meet.
What a text does to another ("repeals", "amends"), which needs titles, years and evidence, is read once by the pass that
extracts facts (`ingest/extract/references.py`); a question has no such relations, and a row no need of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from memory.terms import analyze

ReferenceKind = Literal["number", "by-law", "section", "part", "term", "stems"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Something exact that a question names. `key`: its normal form; `text`: as it was written.

    number: "C 2017-47", or "2017-47" where no letters were given; by-law: "2024-19" or "12";
    section: "12" or "12(3)" or "4.2"; part: "schedule 2"; term: its words; stems: a term's stems.
    """

    kind: ReferenceKind
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference in a passage. `declares`: here it is made or adopted, elsewhere it is only spoken of."""

    kind: ReferenceKind
    key: str
    declares: bool


# A letter code, and two or three numbers: C47/2017, R2024-089, EXCO 3/2019, 12/3/1.
_NUMBER = re.compile(
    r"(?<![\w/.,-])(?P<letters>[A-Z]{1,6})?[ ]?(?P<numbers>\d{1,4}(?:\s?[/-]\s?\d{1,4}){1,2})(?![\w/%]|-\d|[.,]\d)"
)
_ASKED_NUMBER = re.compile(_NUMBER.pattern.replace("[A-Z]{1,6})?", "[A-Za-z]{1,6}(?=\\d)|[A-Z]{1,6})?"))
# Acts of Parliament are numbered too, and are nobody's resolution.
_ACT = re.compile(r"\b(?:Acts?|Wet)\s(?:No\.?\s)?(?:\d{1,3} (?:of|van) \d{4}(?:,?\s(?:and\s)?)?)+", re.IGNORECASE)
_OF = re.compile(r"(?<![\w/.-])(?P<letters>[A-Z]{1,6})?[ ]?(?P<number>\d{1,4}) (?:of|van|ka) (?P<year>(?:19|20)\d\d)\b")
_BY_LAW = r"(?:by-?\s?laws?|verordening(?:e)?|umthetho)"
_NAMED_BY_LAW = re.compile(
    rf"\b{_BY_LAW}(?:\s(?:no|nr|number|nommer))?\.?:?\s?(?P<number>\d{{1,4}}(?:\s?[/-]\s?\d{{1,4}})?(?:\sof\s\d{{4}})?)\b"
    r"(?!\s?\(|\w)",
    re.IGNORECASE,
)
_NAMED_NUMBER = re.compile(
    r"\b(?:resolution|resolusie|besluit|isinqumo|report|verslag|circular|omsendskrywe|tender|bid|contract|notice|"
    r"kennisgewing)s?(?:\s(?:no|nr|number|nommer))?\.?:?\s?"
    r"(?P<letters>[A-Za-z]{1,6})?[ -]?(?P<numbers>\d{1,4}(?:\s?[/-]\s?\d{1,4}){1,2})\b",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"(?<![\w'\u2019])(?:sub-?section|section|sec\.|sec|ss|s\.|s|§|clause|cl\.|item|paragraph|para\.|para|article|art\.|"
    r"regulation|reg\.|artikel|klousule|isigaba)\s?(?P<number>\d{1,3}[A-Z]{0,2}(?:\.\d{1,3})*)(?P<sub>(?:\s?\(\w{1,4}\))*)(?![\w/%]|\.\d|-\d)",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(schedule|annexure|annex|appendix|chapter|part|bylae|hoofstuk)\s(\d{1,3}|[A-Z]|[IVX]{1,5})\b", re.IGNORECASE
)
_QUOTES = "\"'\u201c\u201d\u2018\u2019"
_MEANING = re.compile(
    r"(?:\b(?:definition|meaning)s?\s+of|\bdefine|\bwhat\s+(?:do|does|is\s+meant\s+by|is\s+the\s+meaning\s+of)|"
    r"\bhow\s+(?:is|are|does\s+.{1,60}?\s+define)|\bwat\s+(?:is\s+die\s+betekenis\s+van|beteken))\s+"
    rf"(?:the\s+(?:term|word|expression)\s+|an?\s+|the\s+)?[{_QUOTES}]?(?P<term>[^{_QUOTES}?\n]{{2,80}}?)[{_QUOTES}]?"
    r"(?:\s+(?:means?|defined|stands?\s+for)\b|\s+(?:in|under|according|as\s+used)\b|\s*[?.]?\s*$)",
    re.IGNORECASE,
)
_ASKS_MEANING = re.compile(r"\b(?:defin\w+|mean\w*|meant|stands?\sfor|beteken\w*)\b", re.IGNORECASE)
_DEFINED = re.compile(
    r"(?:^|[\n;:.])\s*(?:\(?\w{1,4}(?:\.\d+)*[.)]?\s)?(?P<terms>[\"\u201c\u2018'][^\"\u201c\u201d\n]{2,70}?[\"\u201d\u2019']"
    r"(?:,?\s(?:or|and|,)?\s?[\"\u201c\u2018'][^\"\u201c\u201d\n]{2,70}?[\"\u201d\u2019']){0,3})"
    r"(?:[^\"\u201c\n]{0,90}?\b(?:means?|includes?|shall\s(?:mean|include)|has\sthe|have\sthe|bears?\sthe|refers?\sto|"
    r"is\sdefined)\b|\s?[-\u2013\u2014:]\s)",
)
_QUOTED = re.compile(r"[\"\u201c\u2018']([^\"\u201c\u201d\n]{2,70}?)[\"\u201d\u2019']")
_MADE = re.compile(r"\b(?:RESOLVED|[Rr]esolved|BESLUIT|[Mm]oved|MOVED|WHEREAS|Whereas|THAT|That|BE IT|Be it)\b")
_ENACTED = re.compile(r"\b(?:pass|passed|adopt|adopted|enact|enacted|read|being|approve[ds]?)\b", re.IGNORECASE)
_NEAR = 160
_NEXT_NUMBER = re.compile(r"\n\s*[A-Z]{1,6}\s?\d{1,4}[/-]\d")
_LINE_SECTION = re.compile(
    r"^[ \t]*(?:section |clause )?(\d{1,3}[A-Z]{0,2}(?:\.\d{1,3})*)(?:[.):]|[ \t]{1,3}(?=[A-Z(]))", re.I | re.M
)
_LINE_SUB = re.compile(r"^[ \t]*(?:\d{1,3}[A-Z]{0,2}\.?[ \t]*)?\((\d{1,3}[A-Z]?)\)", re.MULTILINE)
_HEADING_SECTION = re.compile(r"^(?:section |clause |artikel )?(\d{1,3}[A-Z]{0,2}(?:\.\d{1,3})*)[.):]?(?:\s|$)", re.I)


def asked_references(question: str) -> tuple[Reference, ...]:
    """What a question is exact about."""
    found = list(_asked_numbers(question))
    for match in _SECTION.finditer(question):
        sub = re.match(r"\s?\((\d\w{0,2})\)", match["sub"])
        number = match["number"].upper()
        found.append(Reference("section", f"{number}({sub[1].upper()})" if sub else number, match.group()))
    found += [Reference("part", _part(*match.groups()), match.group()) for match in _PART.finditer(question)]
    found += _asked_term(question)
    return tuple(dict.fromkeys(found))


def _asked_numbers(question: str) -> Iterator[Reference]:
    left = _ACT.sub(lambda act: "\0" * len(act.group()), question)
    for match in _NAMED_BY_LAW.finditer(question):
        if not re.fullmatch(r"(?:18|19|20)\d\d", match["number"]):
            yield Reference("by-law", _numbers(re.sub(r"\sof\s", "/", match["number"])), match.group())
            left = _without(left, match)
    for pattern in (_OF, _ASKED_NUMBER, _NAMED_NUMBER):
        for match in pattern.finditer(left):
            if key := _number_key(match, named=pattern is not _ASKED_NUMBER):
                yield Reference("number", key, match.group().strip())
                left = _without(left, match)


def _without(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + "\0" * (match.end() - match.start()) + text[match.end() :]


def _asked_term(question: str) -> list[Reference]:
    match = _MEANING.search(question)
    if match is None or not _ASKS_MEANING.search(question):
        return []
    key = term_key(match["term"])
    return [Reference("term", key, match["term"].strip())] if key else []


def term_key(term: str) -> str:
    """A defined term's words."""
    return " ".join(analyze(term, "exact"))


def _number_key(match: re.Match[str], *, named: bool) -> str | None:
    """The normal form of a numbered thing; None where it is a date or a span of years without letters."""
    groups = match.groupdict()
    letters = (groups.get("letters") or "").upper()
    raw = groups.get("numbers") or f"{groups['number']}/{groups['year']}"
    parts = [int(part) for part in re.split(r"\s?[/-]\s?", raw)]
    if letters in {"NO", "S", "SS", "OF", "THE"}:
        letters = ""
    if _is_span(parts) and (not letters or all(map(_is_year, parts))):
        return None
    if not letters and not named and (len(parts) > 2 or not any(map(_is_year, parts))):
        return None
    if not letters and not named and re.fullmatch(r"(?:19|20)\d\d-\d\d-\d\d", raw):
        return None
    return f"{letters} {_numbers(raw)}".strip()


def _is_year(number: int) -> bool:
    return 1900 <= number <= 2099


def _is_span(parts: Sequence[int]) -> bool:
    """Whether two numbers are a financial year or a span of years."""
    first, second = parts[0], parts[-1]
    return len(parts) == 2 and _is_year(first) and (_is_year(second) or second == (first + 1) % 100)


def _numbers(raw: str) -> str:
    """Numbers without leading zeros, the year first: "47/2017" and "2017-047" are the same."""
    parts = [int(part) for part in re.split(r"\s?[/-]\s?", raw)]
    if len(parts) == 2 and _is_year(parts[1]) and not _is_year(parts[0]):
        parts.reverse()
    return "-".join(map(str, parts))


def _part(name: str, number: str) -> str:
    return f"{name.lower()} {number.upper()}"


def mentions(text: str, heading: Sequence[str]) -> frozenset[Mention]:
    """The references in a passage of that heading path."""
    return frozenset([*_numbered(text), *_sections(text, heading), *_terms(text)])


def _numbered(text: str) -> Iterator[Mention]:
    left = text
    for match in _NAMED_BY_LAW.finditer(text):
        raw = re.sub(r"\sof\s", "/", match["number"])
        if not re.fullmatch(r"(?:18|19|20)\d\d", raw):
            around = text[max(0, match.start() - 40) : match.end() + 40]
            yield Mention("by-law", _numbers(raw), _ENACTED.search(around) is not None)
            left = _without(left, match)
    for match in _NUMBER.finditer(left):
        if (key := _number_key(match, named=False)) is None:
            continue
        opens = not text[: match.start()].rpartition("\n")[2].strip(" \t*|-\u2022")
        after = _NEXT_NUMBER.split(text[match.end() : match.end() + _NEAR], maxsplit=1)[0]
        made = opens and _MADE.search(after) is not None
        yield Mention("number", key, made)
        if " " in key:
            yield Mention("number", key.split(" ", 1)[1], made)


def _sections(text: str, heading: Sequence[str]) -> Iterator[Mention]:
    path = [match[1].upper() for name in heading if (match := _HEADING_SECTION.match(name))]
    for number in path:
        yield Mention("section", number, declares=text.lstrip().upper().startswith(number))
    for name in heading:
        for match in _PART.finditer(name[:40]):
            yield Mention("part", _part(*match.groups()), declares=False)
    for match in _LINE_SECTION.finditer(text):
        number = match[1].upper()
        if "." in number or number in path:
            yield Mention("section", number, declares=True)
    if path:
        for match in _LINE_SUB.finditer(text):
            yield Mention("section", f"{path[-1]}({match[1].upper()})", declares=True)


def _terms(text: str) -> Iterator[Mention]:
    for match in _DEFINED.finditer(text):
        for term in _QUOTED.findall(match["terms"]):
            if key := term_key(term):
                yield Mention("term", key, declares=True)
                yield Mention("stems", " ".join(analyze(term)), declares=True)
