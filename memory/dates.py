"""Days, months, years and financial years that a text names: text in, periods out; all days are ISO 8601.

For questions, titles and names of files; what a document says of its own dates is read in `ingest/extract/written.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from memory.months import ANY_MONTH, MONTHS

PeriodKind = Literal["day", "month", "financial year", "year"]

_MONTH = rf"(?P<month>{ANY_MONTH})\.?"
_YEAR = r"(?P<year>(?:18|19|20)\d\d)(?!\d)"
_GAP = r"[\s,_-]{1,3}"
_DAYS = (
    re.compile(r"(?<!\d)" + _YEAR + r"-(?P<m>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th)?{_GAP}(?:of\s)?{_MONTH}{_GAP}{_YEAR}", re.IGNORECASE),
    re.compile(rf"(?<![a-z]){_MONTH}{_GAP}(?P<day>\d\d?)(?:st|nd|rd|th)?{_GAP}{_YEAR}", re.IGNORECASE),
)
_MONTHLY = re.compile(rf"(?<![a-z]){_MONTH}{_GAP}{_YEAR}", re.IGNORECASE)
_FINANCIAL = re.compile(r"(?<![\d/-])(?P<year>(?:19|20)\d\d)\s?[/\u2013-]\s?(?P<to>(?:\d\d){1,2})(?![\d/-])")
# "R2 000", "R2000" and "C12/2013" hold no year; "2000 litres" and "12 000" neither.
_PLAIN = re.compile(
    rf"(?:\b[Ff][Yy]\s?|(?<![A-Za-z\d/$£€-])(?<!R\s)(?<!\d[\s.,])){_YEAR}(?![.,/-]?\d)"
    r"(?!\s?(?:%|per\s?cent|k?[lgm]\b|k?m2|lit|metre|kilo|rand|mm|cm|ha\b|hectare|house|people|word|unit))"
)


@dataclass(frozen=True, slots=True)
class Period:
    """A day ("2017-08-31"), month ("2017-08"), financial year ("2019/20") or year ("2017"), as `text` writes it."""

    kind: PeriodKind
    key: str
    text: str

    @property
    def first_year(self) -> int:
        """The calendar year that it begins in."""
        return int(self.key[:4])

    def marks(self) -> frozenset[str]:
        """Itself and what it lies in: what a document that carries it can be called by."""
        found = {self.key, self.key[:4]}
        if self.kind == "day":
            found.add(self.key[:7])
        if self.kind == "financial year":
            found.add(str(self.first_year + 1))
        return frozenset(found)


def periods(text: str) -> tuple[Period, ...]:
    """The periods that `text` names, each slice counted once, the finest reading first."""
    found: list[Period] = []
    left = text
    for kind, key, span in _read(text):
        if left[span[0] : span[1]] == text[span[0] : span[1]]:
            found.append(Period(kind, key, text[span[0] : span[1]].strip()))
            left = left[: span[0]] + "\0" * (span[1] - span[0]) + left[span[1] :]
    return tuple(dict.fromkeys(found))


def _read(text: str) -> Iterator[tuple[PeriodKind, str, tuple[int, int]]]:
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            if key := _day(match):
                yield "day", key, match.span()
    for match in _FINANCIAL.finditer(text):
        year, to = int(match["year"]), match["to"]
        if int(to) in {(year + 1) % 100, year + 1}:
            yield "financial year", f"{year}/{(year + 1) % 100:02}", match.span()
    for match in _MONTHLY.finditer(text):
        yield "month", f"{match['year']}-{MONTHS[match['month'].lower()]:02}", match.span()
    for match in _PLAIN.finditer(text):
        yield "year", match["year"], match.span()


def _day(match: re.Match[str]) -> str | None:
    named = match.groupdict()
    month = int(named["m"]) if named.get("m") else MONTHS[named["month"].lower()]
    day = int(named["day"])
    return f"{named['year']}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None
