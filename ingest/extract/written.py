"""Days and financial years as South Africans write them, in English, Afrikaans and isiZulu: text in, ISO 8601 out.

What is read here is kept as a fact with its evidence: so slices are given, only days that the calendar has count, and
03/04/2019 is one. `memory/dates.py` reads what a question or a file's name may mean: months and years too, glued with
"_" and "-", each in a normal form; a number with slashes is none there. Neither can serve for the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memory.months import ANY_MONTH, MONTHS

_DAY = re.compile(
    rf"""
      (?<![\d/])(?P<d1>\d{{1,2}})\s*(?:st|nd|rd|th|ste|de)?\s*(?:day\s+of\s+|of\s+|ka-?)?
        (?P<m1>{ANY_MONTH})\.?\b,?\s*(?P<y1>(?:19|20)\d\d)(?!\d)
    | \b(?P<m2>{ANY_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d)(?!\d)
    | (?<!\d)(?P<y3>(?:19|20)\d\d)[-/.](?P<m3>\d{{1,2}})[-/.](?P<d3>\d{{1,2}})(?![\d/])
    | (?<![\d/.])(?P<d4>\d{{1,2}})[/.](?P<m4>\d{{1,2}})[/.](?P<y4>(?:19|20)\d\d)(?!\d)
    """,
    re.I | re.X,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# Letters of the longest way to write a day.
_LONGEST = 30
_YEARS = re.compile(r"(?<![\d/-])(?P<first>(?:19|20)\d\d)\s?[-/–]\s?(?P<last>(?:20)?\d\d)(?![\d/-])")


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day that a text names: `day` in ISO 8601, and the slice that says it."""

    day: str
    start: int
    end: int


def days(text: str) -> Iterator[WrittenDay]:
    """Every day named in full. 03/04/2019 is 3 April, as it is written here."""
    at = 0
    # Most of a text is far from any year.
    for year in _YEAR.finditer(text):
        found = _DAY.search(text, max(at, year.start() - _LONGEST), min(len(text), year.end() + _LONGEST))
        if found is None or found.start() > year.end():
            continue
        at = found.end()
        day = _iso(found)
        if day is not None:
            yield WrittenDay(day, found.start(), found.end())


def _iso(found: re.Match[str]) -> str | None:
    for form in "1234":
        if found[f"y{form}"]:
            month = found[f"m{form}"].lower()
            number = int(month) if month.isdigit() else MONTHS[month]
            try:
                return date(int(found[f"y{form}"]), number, int(found[f"d{form}"])).isoformat()
            except ValueError:
                return None
    return None


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """1 July of one year to 30 June of the next; both days belong to it.

    Municipal Finance Management Act, 56 of 2003, section 1.
    """

    first: str
    last: str
    start: int
    end: int


def financial_years(text: str) -> Iterator[FinancialYear]:
    """Every "2019/20", "2019-2020" or "2019/2020" whose two years follow each other."""
    for found in _YEARS.finditer(text):
        first = int(found["first"])
        if int(found["last"]) % 100 == (first + 1) % 100:
            yield FinancialYear(f"{first}-07-01", f"{first + 1}-06-30", found.start(), found.end())
