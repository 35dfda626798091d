"""Values that a text gives to things: amounts, periods, percentages, quantities, times, telephone extensions, posts.

A claim is a value with the telling words of its sentence around it. Two texts contradict each other when they give
different values and the same words; `memory/claims.py` compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ingest.document import Block, ReadPage
from ingest.extract.subject import Subject
from memory.law import Claim
from memory.sentences import sentences
from memory.terms import analyze

_NUMBERS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), start=1
    )
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}  # fmt: skip
_COUNT = rf"(?:\d{{1,3}}(?:\s\d{{3}})+|\d+)(?:[.,]\d+)?|\b(?:{'|'.join(_NUMBERS)})\b"
_POSTS = (
    r"Municipal\s+Manager|City\s+Manager|Chief\s+Financial\s+Officer|Executive\s+Mayor|Mayor|Speaker|Chief\s+Whip"
    r"|Director(?:\s+[A-Z][a-z]+(?:\s+(?:and\s+)?[A-Z][A-Za-z]+)?)|(?:[A-Z][a-z]+\s+)?Manager\s+[A-Z][a-z]+(?:\s+[A-Z][a-z]+)?"
    r"|Legal\s+[Aa]dvisor|Executive\s+Committee|Finance\s+Committee|Communications\s+Officer|Credit\s+Control\s+Officer"
)


@dataclass(frozen=True, slots=True)
class _Measure:
    name: str
    value: re.Pattern[str]


_MEASURES = (
    _Measure(
        "amount",
        re.compile(
            r"(?<![A-Za-z])R\s?(?P<n>\d{1,3}(?:[\s,]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?P<u>\s?(?:million|billion))?(?![\d/])"
        ),
    ),
    _Measure("percentage", re.compile(rf"(?P<n>{_COUNT})(?P<u>)\s*(?:%|per\s?cent\b|percent\b|persent\b)", re.I)),
    _Measure(
        "period",
        re.compile(
            rf"(?P<n>{_COUNT})\s*(?:\(\w+\)\s*)?(?P<u>(?:working|calendar|business|consecutive)?\s*(?:hours?|days?|weeks?|months?|years?|minutes?|ure|dae|maande|jaar))\b",
            re.I,
        ),
    ),
    _Measure(
        "quantity",
        re.compile(
            rf"(?P<n>{_COUNT})\s*(?P<u>kWh|kl|kilolit(?:re|er)s?|lit(?:re|er)s?|km|kilomet(?:re|er)s?|metres?|mm|m²|square\s+metres?|ha|kg)\b"
        ),
    ),
    _Measure("time", re.compile(r"(?<![\d:])(?P<n>[01]?\d|2[0-3])[:hH](?P<u>[0-5]\d)(?![\d:])")),
    _Measure("address", re.compile(r"\b(?:ext\.?|extension|uitbreiding)\s*(?P<n>\d{3,5})(?P<u>)\b", re.I)),
    _Measure("post", re.compile(rf"\b(?P<n>{_POSTS})(?P<u>)\b")),
)
# The words that tell what a value is of stand near it.
_BEFORE, _AFTER = 22, 14  # words
_FEWEST = 3
# Values of one measure in a sentence: more of them make a list, and no statement on one thing.
_MOST_IN_SENTENCE = 3
_NUMBER = re.compile(r"\bR?\s?\d[\d .,:]*\b")
# What a text says of itself holds for no other.
_MOST = re.compile(
    r"\b(?:up\s+to|not\s+more\s+than|no\s+more\s+than|at\s+most|not\s+exceed\w*|less\s+than|below|maximum|within|hoogstens)\b",
    re.I,
)
_LEAST = re.compile(
    r"\b(?:above|more\s+than|over|exceed\w*|at\s+least|not\s+less\s+than|minimum|longer\s+than|minstens)\b", re.I
)
_ITSELF = re.compile(r"\b(?:this|these)\s+(?:by-?\s?laws?|policy|sop|procedure|circular|notice)\b", re.I)
# A penalty is that of its own by-law.
_PENALTY = re.compile(
    r"\b(?:imprisonment|(?:up)?on\s+conviction|guilty\s+of\s+an\s+offence|(?:additional|further)\s+fine|continuing\s+offence"
    r"|liable\s+to\s+a\s+(?:fine|penalty)|a\s+fine\s+of\s+an\s+amount)\b",
    re.I,
)
# A definition holds in its own text.
_MEANS = re.compile(r"[”\"]\s*(?:means|includes)\b")
# Stems that tell nothing of the thing.
_EMPTY = frozenset(
    "may must shall will can than more less least most not no onli up over under abov below each ani all one "
    "per other than within befor after onc time date day month year hour week period further number made make use such "
    "where when which who also been has have had is are were was their it its he she him her they "
    "paragraph section subsect claus annexur form see thi that these from with without into onto out "
    "of on by as so if then there here".split()
)


def claims(subject: Subject) -> list[Claim]:
    """Every claim of the text, in reading order: all values of one measure in a sentence or a table's row are one."""
    return [claim for page in subject.pages for block in page.blocks for claim in _of_block(subject, page, block)]


def _of_block(subject: Subject, page: ReadPage, block: Block) -> Iterator[Claim]:
    if block.kind == "heading":
        return
    text = page.text[block.start : block.end]
    if not re.search(r"\d|per\s?cent|[A-Z][a-z]+ (?:Manager|Officer)|Director|days|months|hours", text):
        return
    # A row of a table says what it is about in the table's header, the heading above it and the title.
    about = f"{subject.version.title} {block.heading[-1] if block.heading else ''} {block.context}"
    around = _telling(about) if block.kind == "row" else frozenset()
    for start, end in [(0, len(text))] if block.kind == "row" else sentences(text):
        yield from _of_sentence(subject, page, block.start + start, block.start + end, around)


def _of_sentence(subject: Subject, page: ReadPage, start: int, end: int, around: frozenset[str]) -> Iterator[Claim]:
    text = page.text[start:end]
    if _ITSELF.search(text) or _PENALTY.search(text) or _MEANS.search(text):
        return
    for measure in _MEASURES:
        found = list(measure.value.finditer(text))
        if not found or len(found) > _MOST_IN_SENTENCE:
            continue
        values = dict.fromkeys(value for words in found if (value := _value(measure.name, words)))
        # Who decides depends on the amount: a post beside one holds for that amount alone.
        if measure.name == "post" and _MEASURES[0].value.search(text):
            continue
        terms = _telling(_near(text, found))
        if values and len(terms | around) >= _FEWEST:
            evidence = subject.evidence(page, start, end)
            yield Claim(
                measure.name, " · ".join(values), _sorted(terms), _sorted(around - terms), _bound(text), evidence
            )


def _bound(text: str) -> str:
    most, least = _MOST.search(text), _LEAST.search(_MOST.sub(" ", text))
    return "" if bool(most) == bool(least) else "<" if most else ">"


def _sorted(terms: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(terms))


def _value(measure: str, words: re.Match[str]) -> str:
    """In normal form: "5400", "60 day", "2251", "07:00"."""
    written, unit = words["n"], " ".join(words["u"].lower().split()) if words["u"] else ""
    if measure == "post":
        return " ".join(written.split())
    if measure == "time":
        return f"{int(written):02}:{unit}"
    number = _NUMBERS.get(written.lower())
    if number is None:
        digits = re.sub(r"\s|,(?=\d{3}(?!\d))", "", written).replace(",", ".")
        number = float(digits)  # type: ignore[assignment]
    scaled = float(number or 0) * {"million": 1e6, "billion": 1e9}.get(unit, 1)
    said = f"{scaled:.4f}".rstrip("0").rstrip(".")
    unit = "" if unit in {"million", "billion"} else re.sub(r"(?<=[a-z]{3})s$", "", unit)
    return f"{said} {unit}".strip()


def _near(text: str, values: list[re.Match[str]]) -> str:
    """The words around the values; other numbers tell nothing."""
    before = _NUMBER.sub(" ", text[: values[0].start()]).split()[-_BEFORE:]
    between = _NUMBER.sub(" ", "".join(text[a.end() : b.start()] for a, b in pairwise(values))).split()
    after = _NUMBER.sub(" ", text[values[-1].end() :]).split()[:_AFTER]
    return " ".join([*before, *between, *after])


def _telling(text: str) -> frozenset[str]:
    return frozenset(stem for stem in _stems(text) if stem not in _EMPTY and len(stem) > 1 and not stem.isdigit())


@lru_cache(maxsize=20_000)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(analyze(text))
