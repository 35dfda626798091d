"""A question that leans on the one before it, in words that stand alone.

Without a language model nothing can be rewritten; but what a follow-up leaves out stands in the question before it,
and the search takes both. Where it names but one municipality, time or number ("And in Cape Town?"), that takes the
place of the one before. Whoever asked is shown what was looked up, and can have the words taken alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from memory.dates import periods
from memory.memory import LONGEST_QUESTION
from memory.municipalities import named
from memory.references import asked_references

# How a follow-up begins, in English, Afrikaans, isiZulu and isiXhosa.
_OPENINGS = (
    *(
        "and",
        "but",
        "or",
        "also",
        "so",
        "then",
        "what about",
        "how about",
        "what if",
        "why not",
        "since when",
        "which of",
    ),
    *("en", "maar", "of", "ook", "dan", "wat van", "hoe van"),
    *("futhi", "kodwa", "pho", "ngakho", "kwaye", "kanti", "kuthiwani nge"),
)
# Words that stand for something said before.
_POINTERS = frozenset(
    "it its they them their theirs that those these this he she him her his one ones there then same such "
    "dit dié hulle hul daardie hierdie daar sy haar hom "
    "lokho lokhu leyo lezo yena bona khona oko oku leyo ezo apho".split()
)
# In a longer question "it" is mostly the "it" of "what does it cost to ...".
_POINTER_WORDS = 7
# A question as short as this names hardly anything of its own.
_FEW_WORDS = 3
_WORD = re.compile(r"[^\W_]+")
# What may stand beside the one thing that a follow-up names.
_BESIDE = frozenset(
    "and but or also so then what how about if en maar wat van hoe futhi in of for under by at on the with to from die "
    "vir".split()
)
_KINDS: tuple[Callable[[str], list[str]], ...] = (
    lambda text: list(named(text)),
    lambda text: [period.text for period in periods(text)],
    lambda text: [reference.text for reference in asked_references(text)],
)


def leans(question: str) -> bool:
    """Whether a question leaves out what the one before it said."""
    words = _WORD.findall(question.lower())
    line = " ".join(words)
    opens = any(line == opening or line.startswith(f"{opening} ") for opening in _OPENINGS)
    points = len(words) <= _POINTER_WORDS and not _POINTERS.isdisjoint(words)
    return opens or points or len(words) <= _FEW_WORDS


def standalone(question: str, before: str) -> str:
    """The question as it is looked up: after `before`, when it leans on it; "" when nothing was asked before."""
    if not before or not leans(question):
        return question
    joined = _replaced(question, before) or f"{before.rstrip()} {question}"
    return joined if len(joined) <= LONGEST_QUESTION else question


def _replaced(question: str, before: str) -> str | None:
    """`before` with the one thing that the question names in the place of the one of its kind; None where it says
    more, or there is none."""
    for kind in _KINDS:
        new, old = kind(question), kind(before)
        if len(new) == len(old) == 1 and set(_WORD.findall(question.replace(new[0], "").lower())) <= _BESIDE:
            return before.replace(old[0], new[0])
    return None
