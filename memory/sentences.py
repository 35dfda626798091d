"""Where sentences begin and end in a verbatim text: half-open offsets, no text is changed."""

from __future__ import annotations

import re

# After these a full stop ends no sentence. English and Afrikaans as municipalities write them.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof adv cllr clr hon st no nos art sec s ss cl reg par para p pp fig e.g i.e etc vs v cf al "
    "approx dept govt ltd pty inc co rev jr sr jan feb mar apr jun jul aug sep sept oct nov dec mnr mev me bl art "
    "nr asst tel ext gen col capt a.m p.m viz".split()
)
# Quantifiers that never give back (`*+`): a page of dot leaders or blank lines takes no longer than it is long.
_END = re.compile(
    r"(?<![.!?])[.!?]++[\"'”’)\]]*+(?=\s)|\n\s*\n|(?<=[:;.,])[^\S\n]*+\n(?=\s*+(?:\(?[a-zA-Z0-9]{1,4}[.)]|[•▪◦\-–*])\s)"
)
_NEXT = re.compile(r"\s*+(\S?)")
_LAST_WORD = re.compile(r"([\w.]+)[.]$")


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence of `text`, white space at its ends left out."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if _ends_sentence(text, start, match):
            _add(found, text, start, match.end())
            start = match.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append((start, end))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    if not match.group().startswith("."):
        return True
    if "\n\n" in match.group():
        return True
    word = _LAST_WORD.search(text[max(start, match.start() - 23) : match.start() + 1])
    if word is None:
        return True
    last = word.group(1).lower()
    following = _NEXT.match(text, match.end())
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
        return False
    # "4. The applicant" at the start of a line is a number, not a sentence.
    if last.replace(".", "").isdigit() and not text[start : match.start()].strip(" \n" + last + "."):
        return False
    return following is None or not following.group(1).islower()
