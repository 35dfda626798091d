"""Follow-up questions: one that leans on the question before it, said in full without a language model.

"And in Cape Town?" after "What is the fine under the water by-law of eThekwini?" puts one name in the place of the
other; what leans on a pronoun ("who decided that?") is asked together with the question before.
"""

from __future__ import annotations

import re

from memory.dates import periods
from memory.municipalities import named
from memory.references import asked_references
from memory.spelling import COMMON
from memory.terms import analyze

_OPENS = re.compile(
    r"^\s*(?:(?:and|but|or|so|then|also|ok(?:ay)?|en|maar|futhi)\b[,\s]*)*"
    r"(?:(?:what|how)\s+about|wat\s+van|hoe\s+gaan\s+dit\s+met|kuthiwani\s+nge)?\s*",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\b(?:it|its|they|them|their|that|this|those|these|he|she|his|her|him|the same|one|ones|then|dit|hulle|daardie)\b",
    re.IGNORECASE,
)
# A question with so few words of its own says too little to stand alone; one that leans may have a few more.
_FEW = 1
_FEW_AND_LEANS = 5
_SMALL = re.compile(r"\b(?:in|of|for|under|by|at|on|the|with|to|about|from|vir|van|in die)\b", re.IGNORECASE)


def resolved(question: str, before: str | None) -> str:
    """`question` as it would be asked by itself. `before`: the question of the turn before, itself resolved."""
    if before is None or not _follows(question):
        return question
    rest = question[_opening(question) :].strip() or question
    return _replaced(rest, before) or f"{before.rstrip(' ?.!')}? {rest}"


def _opening(question: str) -> int:
    match = _OPENS.match(question)
    return match.end() if match else 0


def _follows(question: str) -> bool:
    """Whether a question leans on the one before."""
    own = [word for word in analyze(question, "exact") if word not in COMMON]
    opens = _opening(question) > 0 and question[: _opening(question)].strip() != ""
    few = _FEW_AND_LEANS if opens or _LEANS.search(question) else _FEW
    return len(own) <= few and not (asked_references(question) and len(own) > _FEW)


def _replaced(rest: str, before: str) -> str | None:
    """`before` with the one thing that `rest` names in the place of the same kind of thing; None where none fits."""
    for names in (_municipalities, _periods, _references):
        new, old = names(rest), names(before)
        if len(new) == 1 and not _matter(rest, new[0]):
            if len(old) == 1:
                return before.replace(old[0], new[0])
            return f"{before.rstrip(' ?.!')} {rest.rstrip(' ?.!')}?"
    return None


def _matter(rest: str, name: str) -> str:
    """What `rest` says besides a name."""
    return _SMALL.sub(" ", rest.replace(name, " ")).strip(" ?.!,'\u2019")


def _municipalities(text: str) -> list[str]:
    return list(named(text))


def _periods(text: str) -> list[str]:
    return [period.text for period in periods(text)]


def _references(text: str) -> list[str]:
    return [reference.text for reference in asked_references(text) if reference.kind != "term"]
