"""The words of a sentence that answer a question for who, when, how much or how many: found by what they look like, and
of several the ones nearest to the question's own words."""

from __future__ import annotations

import re

from memory.months import ENGLISH
from memory.terms import analyze

_MONTH = "|".join(ENGLISH)
_COUNT = (
    r"(?:(?<![\w/:.,-])(?<!\d )\d+(?:[ ,.]\d+)*(?![/:]?\d)|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
    r"|fourteen|twenty|thirty|sixty|ninety)"
)
_UNIT = (
    r"(?:per cent|percent|%|working days?|days?|hours?|minutes?|weeks?|months?|years?|metres?|meters?|kilometres?|km|kl"
    r"|kilolitres?|litres?|kilograms?|kg|tons?|tonnes?|hectares?|square metres?|m2|m²|millimetres?|mm)"
)
# How many of what: where that is a unit, a number of something else answers nothing.
_OF_WHAT = re.compile(rf"\b(?:how many|hoeveel) ({_UNIT})\b", re.IGNORECASE)
_SHORT = {
    "km": "kilometre",
    "kl": "kilolitre",
    "kg": "kilogram",
    "mm": "millimetre",
    "m2": "square metre",
    "%": "per cent",
}
_YEAR = re.compile(r"(?:19|20)\d\d")
# What numbers a clause is no amount.
_NUMBER = re.compile(r"\W*\d+(?:\.\d+)*[.)]?\s+(?=[A-Z(])")
_LOOKS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(looks, 0 if "[A-Z]" in looks else re.IGNORECASE))
    for asked, looks in (
        (
            r"\bhow much\b|\b(?:cost|fee|fine|price|deposit|tariff)s?\b|\bamount\b|\bhoeveel kos\b",
            r"\bR ?\d+(?:[ ,]\d{3})*(?:[.,]\d+)?(?: (?:million|billion))?|\b\d[\d.,]* ?(?:%|per cent)",
        ),
        (
            r"\bhow (?:long|far|close|big|large|high|old|soon|often)\b|\bhow many (?:days|hours|months|years)\b",
            rf"\b{_COUNT}[ -]{_UNIT}\b",
        ),
        (
            r"\bwhen\b|\bwhat (?:time|date|day|year)\b|\bwhich (?:date|day|year)\b|\bsince\b|\buntil\b|\bwanneer\b",
            rf"\b\d{{1,2}} (?:{_MONTH}) \d{{4}}\b|\b(?:{_MONTH}) \d{{4}}\b|\b\d{{1,2}}[:h]\d{{2}}\b"
            r"|(?<!/)\b(?:19|20)\d\d\b",
        ),
        (r"\bhow many\b|\bhoeveel\b|\bwhat percentage\b|\brate\b", rf"\b{_COUNT}(?:[ -]{_UNIT}\b|\b)"),
        (
            r"\bwho\b|\bwhom\b|\bwhose\b|\bwie\b",
            r"\b(?:(?:Cllr|Mr|Mrs|Ms|Dr|Adv) (?:[A-Z]\. ?)*[A-Z]\w+"
            r"|(?:[A-Z][a-z]+ )*(?:Manager|Director|Officer|Clerk|Speaker|Mayor|Engineer|Secretary|Council|Committee)"
            r"(?: [A-Z][a-z]+(?: and [A-Z]\w+)*)?)",
        ),
    )
)


def pointed(question: str, sentence: str) -> tuple[int, int] | None:
    """(start, end) of the words in `sentence` that answer; None for another kind of question, or where none fit."""
    for asked, looks in _LOOKS:
        if asked.search(question):
            number = _NUMBER.match(sentence)
            matches = looks.finditer(sentence, number.end() if number else 0)
            found = [match.span() for match in matches if _fits(question, match.group())]
            if found:
                near = _mentions(question, sentence)
                return min(found, key=lambda span: (min((abs(span[0] - at) for at in near), default=0), span))
    return None


def _fits(question: str, words: str) -> bool:
    """Whether a number is one of what is asked for, as far as its unit tells; a year is no number of anything."""
    counted = re.search(r"\bhow many\b|\bhoeveel\b", question, re.IGNORECASE)
    if not counted:
        return True
    unit = _OF_WHAT.search(question)
    return not _YEAR.fullmatch(words) and (unit is None or _unit(unit[1]) in _unit(words))


def _unit(words: str) -> str:
    """Letters alone, in small, a unit written out and without its plural's "s"."""
    named = " ".join(_SHORT.get(word, word) for word in words.lower().replace("-", " ").split())
    return named.replace("meter", "metre").rstrip("s")


def _mentions(question: str, sentence: str) -> list[int]:
    """Where the sentence has words of the question."""
    stems = set(analyze(question))
    return [word.start() for word in re.finditer(r"\w+", sentence) if stems.intersection(analyze(word.group()))]
