"""Titles in running text: where the words that name a document begin and end."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from memory.law import Reference

_SECTION = re.compile(
    r"(?:(?:sub-?)?sections?|items?|clauses?|paragraphs?|artikels?|klousules?|chapters?|annexures?|schedules?)\s+"
    r"(?P<where>\d+[A-Z]?(?:\.\d+)*(?:\s?\(\w{1,4}\))*)[^.;]{0,40}?\s(?:of|to|van|in)\s+(?:the\s+|die\s+)?$",
    re.I,
)
_TOKEN = re.compile(r"\S+")
_CAPITAL = re.compile(r"[(“\"'‘]?(?:[A-Z]|[a-z][A-Z]|(?:the|of|in|and|die)[A-Z])")
_JOINS = frozenset("and or of for the to in on van en die vir by at from their over with using between &".split())
_LONGEST_TITLE = 220
# "By-law and Policy": two documents.
_ENDS_A_TITLE = frozenset(
    "is are was were as which that promulgated published adopted made may must shall soos".split()
)
_KIND_WORD = re.compile(r"(?:By-?[Ll]aws?|Policy|Policies|Act)\b[,.]?$")
# "theMunicipal Systems Act": blanks that a PDF lost.
_GLUED = re.compile(r"^(?:the|of|in|and|die)(?=[A-Z])")
_NOT_OF_A_TITLE = re.compile(
    r"^(?:\W*\b(?:the|this|these|in|any|of|under|see|and|to|a|an|die|hierdie|section|regulations|provisions|that|resolved"
    r"|with|by|for|on|if|when|where|read)\b(?!-))+\s+(?=\S)|^\W+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Named:
    """Words that name a document on a page, before it is known what is done to it."""

    start: int
    end: int
    reference: Reference


_SAYS_NOTHING = frozenset(
    """
    bylaw bylaws by law laws by-law by-laws policy policies beleid verordening verordeninge or and of
    the any this these such application no following a an other new old existing council council’s
    council's municipality municipality’s municipality's africa’s africa's south draft repealed former
    standard additional previous relevant enacted amended name principles purpose effective
    administration matters repeal objects interpretation title short commencement delegation city’s
    city's authority’s authority's service national policy/by-law by- provincial applicable its their city
    """.split()
)


def telling(title: str) -> bool:
    """Whether a title says more than that it is a by-law or a policy."""
    words = [word.strip(".,;:()“”\"'").lower() for word in title.split()]
    return any(word not in _SAYS_NOTHING and len(word) > 1 for word in words)


def title_before(text: str, end: int) -> tuple[int, str]:
    """Where the capitalised words that end at `end` begin, joined by words such as "and", and what they say."""
    floor = max(0, end - _LONGEST_TITLE)
    tokens = list(_TOKEN.finditer(text, floor, end))
    start, pending = tokens[-1].start() if tokens else end, False
    following = start
    for token in reversed(tokens[:-1]):
        word = token[0]
        # No title goes on over a paragraph's end.
        if "\n\n" in text[token.end() : following]:
            break
        following = token.start()
        if _KIND_WORD.match(word) or "/" in word:
            break
        if word[-1] in ".;”" or (pending := word.lower() in _JOINS and word[0].islower()):
            if not pending:
                break
            continue
        if (
            not _CAPITAL.match(word)
            or token.start() == floor > 0
            or (word[-1] in ",)" and not _listed(text, token.end()))
        ):
            break
        start = token.start()
    title = " ".join(text[start:end].split())
    trimmed = _trimmed(title)
    return end - len(text[start:end]) + _offset(text[start:end], trimmed), trimmed


def _listed(text: str, at: int) -> bool:
    """Whether a comma or bracket stands inside a title: "Cemeteries, Crematoria and Undertakers By-law"."""
    return bool(re.match(r"\s+(?:and\s+)?[A-Z]", text[at : at + 8]))


def _offset(written: str, trimmed: str) -> int:
    """Where the words of `trimmed` begin in `written`."""
    count = len(trimmed.split())
    tokens = list(_TOKEN.finditer(written))
    return tokens[-count].start() if 0 < count <= len(tokens) else 0


def title_after(text: str, at: int) -> int:
    """Where the words that say what a by-law is about end: with the capitalised ones, or at the first mark."""
    end = at
    for token in _TOKEN.finditer(text, at, min(len(text), at + _LONGEST_TITLE)):
        word = token[0]
        if word in {"|", "*", "•"} or word[0] in "([":
            break
        if _CAPITAL.match(word) or word.lower() not in _JOINS:
            end = token.start() + len(word.rstrip('.,;:)”’"'))
        if word[-1] in ".;:)]”|,":
            break
        if word.lower() in _ENDS_A_TITLE:
            return min(end, token.start() - 1)
    return end


def section_before(text: str, start: int) -> tuple[int, str]:
    """A section named before a title: where it begins, and its number."""
    found = _SECTION.search(text, max(0, start - 90), start)
    return (found.start(), re.sub(r"\s", "", found["where"])) if found else (start, "")


def _trimmed(title: str) -> str:
    """Without words that the sentence, and not the title, begins with."""
    title = _GLUED.sub("", _NOT_OF_A_TITLE.sub("", title))
    return title.strip(" ,:“”\"'")


def placed(text: str, start: int, end: int, reference: Reference) -> Named:
    """A reference with its words, without white space and marks around them."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:"):
        end -= 1
    return Named(start, end, replace(reference, words=" ".join(text[start:end].split())))
