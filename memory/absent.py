"""Certain refusals: what a question is exact about and the asker's documents do not hold, with the reason.

All of it is told from the documents that he may see, and a reason says no more than that these hold nothing: whether
others do is not to be learnt from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from memory.dates import Period
from memory.municipalities import named, other_names
from memory.question import Question
from memory.references import Reference, mentions
from memory.titles import Meant, Titles
from memory.vocabulary import Vocabulary

AbsentKind = Literal["number", "by-law", "section", "municipality", "year"]
# Kinds of references that one document has and no other.
NUMBERS = frozenset({"number", "by-law"})
# What is asked for of another municipality, or of a year, when it is not only spoken of.
_RULE = re.compile(
    r"\b(?:by-?laws?|polic(?:y|ies)|tariffs?|minutes|resolutions?|resolved?|decid\w+|decisions?|rules?|sections?|fines?|"
    r"budget|adopt\w*|council|charge[sd]?|fees?|rates?|permits?|licen[cs]es?|allow\w*|cost|register|delegations?|report)\b",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"\b(?:by-?laws?|polic(?:y|ies)|tariffs?|minutes|resolutions?|resolved?|decid\w+|decisions?|budget|adopt\w*|circulars?|"
    r"registers?|delegations?|reports?|meetings?|council|in force|idp|sdbip|approved?|committee)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Absent:
    """Something that is not there. `named`: as the question has it; `reason`: one sentence for the asker."""

    kind: AbsentKind
    named: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """`numbers`: of a question, that texts hold which are no longer in force; `called`: ids of those named so."""

    numbers: frozenset[str] = frozenset()
    called: tuple[int, ...] = ()


def absent(
    question: Question,
    vocabulary: Vocabulary,
    titles: Titles,
    owners: NDArray[np.int64],
    versions: NDArray[np.int64],
    meant: Meant,
    lapsed: Lapsed,
) -> Absent | None:
    """The first thing that the question is exact about and `versions` (ids, ascending) do not hold.

    `owners`: the version id of each row of the generation. A number that only texts hold which are no longer in force
    is said to be theirs; where one of these is called by it, the question is for whatever took its place.
    """
    for reference in question.references:
        found = _no_reference(reference, vocabulary, titles, owners, versions, meant)
        if found and found.kind in NUMBERS and reference.key in lapsed.numbers:
            if len(lapsed.called):
                continue
            found = replace(found, reason=f"Only texts that are no longer in force hold {reference.text}.")
        if found:
            return found
    return _no_municipality(question.text, vocabulary, versions) or _no_year(question, vocabulary, titles, versions)


def _no_reference(
    reference: Reference,
    vocabulary: Vocabulary,
    titles: Titles,
    owners: NDArray[np.int64],
    versions: NDArray[np.int64],
    meant: Meant,
) -> Absent | None:
    rows = np.concatenate(vocabulary.rows(reference.kind, reference.key))
    held = owners[rows][np.isin(owners[rows], versions)]
    if reference.kind == "number" and not len(held):
        reason = f"No document that you may see here holds {reference.text}."
        return Absent("number", reference.text, reason)
    if reference.kind == "by-law" and not len(held):
        return Absent("by-law", reference.text, f"No document that you may see here holds {reference.text}.")
    if reference.kind == "section" and len(best := np.intersect1d(meant.best(), versions)):
        return _no_section(reference, vocabulary, titles, owners, best)
    return None


def lapsed(
    references: Sequence[Reference],
    vocabulary: Vocabulary,
    titles: Titles,
    owners: NDArray[np.int64],
    versions: NDArray[np.int64],
) -> Lapsed:
    """What `versions` (ids, ascending), in force once, hold of the numbers that a question names."""
    numbers, called = set(), []
    for reference in references:
        if reference.kind in NUMBERS:
            rows = np.concatenate(vocabulary.rows(reference.kind, reference.key))
            known = np.intersect1d(versions, titles.versions)
            named = [int(v) for v in known if reference.key in _numbers_of(titles.title(int(v)))]
            numbers |= {reference.key} if named or np.isin(owners[rows], versions).any() else set()
            called += named
    return Lapsed(frozenset(numbers), tuple(dict.fromkeys(called)))


def _numbers_of(title: str) -> set[str]:
    return {mention.key for mention in mentions(title, ())}


def _no_section(
    reference: Reference, vocabulary: Vocabulary, titles: Titles, owners: NDArray[np.int64], best: NDArray[np.int64]
) -> Absent | None:
    """A section beyond the last one of every document that is meant; these have sections, and it is not among them."""
    number = re.match(r"\d+", reference.key)
    if number is None or "." in reference.key:
        return None
    last = vocabulary.last_section(owners, best)
    if last == 0 or int(number.group()) <= last:
        return None
    title = titles.title(int(best[0]))
    return Absent("section", reference.text, f"{title} has no {reference.text}: its last section here is {last}.")


def _no_municipality(text: str, vocabulary: Vocabulary, versions: NDArray[np.int64]) -> Absent | None:
    for name in named(text):
        names = other_names(name)
        if vocabulary.is_owner(names, versions):
            return None
        spoken = any(vocabulary.holds_words(other) for other in names)
        if (not spoken and not _elsewhere(text, name)) or (_RULE.search(text) and _of_it(text, name)):
            return Absent("municipality", name, f"None of the documents that you may see here is of {name}.")
    return None


def _elsewhere(text: str, name: str) -> bool:
    """Whether the place is only where somebody is or goes."""
    going = (
        r"\b(?:work|live|stay|come|came|travel|move|went|go|going|born|drive|drove|fly|flew|sent|send)\w*"
        r"\s(?:in|from|to|at|near)\s"
    )
    return re.search(going + re.escape(name), text, re.IGNORECASE) is not None


def _of_it(text: str, name: str) -> bool:
    """Whether a rule of the municipality is asked for: "in X", "of X", "X's by-law"."""
    rule = r"(?:'s|\u2019s)?\s(?:[\w-]+\s){0,4}?(?:by-?laws?|polic(?:y|ies)|tariffs?|minutes|council|municipality)\b"
    before = (
        r"\b(?:by-?laws?|polic(?:y|ies)|tariffs?|minutes|sections?|rules?|resolutions?)\b.{0,60}"
        r"\b(?:of|in|for)\s(?:the\s)?(?:city\sof\s)?"
    )
    return bool(re.search(re.escape(name) + rule, text, re.I) or re.search(before + re.escape(name), text, re.I))


def _no_year(question: Question, vocabulary: Vocabulary, titles: Titles, versions: NDArray[np.int64]) -> Absent | None:
    """All periods that the question names lie before the oldest document, or after the newest."""
    if not question.periods or not len(years := titles.years(versions)):
        return None
    oldest, newest = int(years.min()), int(years.max())
    if not all(_outside(period, oldest, newest) for period in question.periods):
        return None
    period = question.periods[0]
    of_documents = period.kind == "financial year" or _DOCUMENT.search(question.text)
    if not of_documents and any(vocabulary.holds_year(year) for year in _calendar(question.periods)):
        return None
    if any(_only_bounds(question.text, period) for period in question.periods):
        return None
    if period.first_year < oldest:
        reason = f"The oldest document that you may see here is of {oldest}; you ask about {period.text}."
    else:
        reason = f"The newest document that you may see here is of {newest}; you ask about {period.text}."
    return Absent("year", period.text, reason)


def _only_bounds(text: str, period: Period) -> bool:
    """Whether a period is only where something began or ended: "valid after 2012"."""
    return re.search(r"\b(?:before|after|since|until|till|from)\s" + re.escape(period.text), text, re.I) is not None


def _outside(period: Period, oldest: int, newest: int) -> bool:
    last = period.first_year + (period.kind == "financial year")
    return last < oldest or period.first_year > newest


def _calendar(asked: Sequence[Period]) -> set[int]:
    return {
        year
        for period in asked
        for year in (period.first_year, period.first_year + 1)[: 1 + (period.kind == "financial year")]
    }
