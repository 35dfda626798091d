"""Two texts compared section by section: sections beside each other, the words that differ marked.

Differences in case, quotation marks, dashes and in -ise/-ize alone are none.
Sections stand beside each other by number, headings and likeness of their words (cosine over inverse frequencies);
inside a pair paragraphs are aligned first, then words (Ratcliff and Obershelp, as `difflib` has it).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from memory.counterparts import counterparts, likenesses, nearest
from memory.sections import Section
from memory.text import readable

Op = Literal["same", "removed", "added"]
Status = Literal["same", "changed", "different", "removed", "added"]


# Below it a pair is another wording of the same matter.
_REWORDED = 0.35
# What paragraphs need to stand beside each other, and to have their words marked one by one.
_PARAGRAPHS = 0.3
_MARKED = 0.5
# Amounts, times and days are one word each: half an amount says nothing.
_WORD = re.compile(
    r"\s+|R\s?\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+|\d{1,2}:\d{2}|\d{1,2} [A-Z][a-z]+ (?:19|20)\d\d"
    r"|[‘’“”\"']{1,2}(?=\w)|[\w'’]*\w(?:[.,]\d+)*|[‘’“”\"']{1,2}|[^\w\s]"
)
_QUOTES = re.compile(r"[‘’“”\"']+")
# authorize, authorise: one word.
_SPELLING = re.compile(r"(?<=\w[a-z]i)z(?=e|i|a)|(?<=\w[a-z]y)z(?=e|i)")
_FIGURE = re.compile(
    r"R\s?\d[\d ,]*(?:\.\d+)?(?:\s(?:million|billion))?|\d+(?:[.,]\d+)?\s?(?:percent|per\s?cent|%)"
    r"|(?i:\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty|thirty|sixty|ninety)\b"
    r"|\b\d+(?:[.,]\d+)?)\s*(?:\(\w+\)\s*)?(?i:working\s+|calendar\s+|business\s+|square\s+)?"
    r"(?i:days?|weeks?|months?|years?|hours?|metres?|meters?|m2|m|km|litres?|kl|kWh|kg|persons?|people|members?|birds?"
    r"|dogs?|cats?|animals?|vehicles?|times|occasions?)\b"
)
# "goods" means ...: a definition stands beside the one of the same word.
_DEFINED = re.compile(r"\W{0,2}[\"“‘']([^\"”’']{2,60})[\"”’']")
_CLAUSE = re.compile(
    r"(?<=[;:.—–])\s+(?=\((?:[a-z]{1,2}|[ivx]{1,4}|\d{1,2}[A-Z]?)\)\s)|(?<=; and)\s+(?=\()|(?<=; or)\s+(?=\()"
)
# As many make a section one of definitions.
_DEFINITIONS = 4
_MISREAD = 0.88


@dataclass(frozen=True, slots=True)
class Run:
    """Words that both texts have, or one of them."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sections that stand beside each other; one is None where the other has no counterpart.

    `status`: same, changed (words marked in `runs`), different (another wording of the same matter), removed, added.
    `figures`: amounts, periods, percentages and measures that only one side has. `near`: of a section that is removed
    or added, the one of the other text that comes closest: two sections there may be one here.
    """

    status: Status
    left: Section | None
    right: Section | None
    likeness: float
    runs: tuple[Run, ...] = ()
    figures_left: tuple[str, ...] = ()
    figures_right: tuple[str, ...] = ()
    near: Section | None = None


def compare(left: Sequence[Section], right: Sequence[Section], *, one_text: bool) -> list[Pair]:
    """Pairs in the order of the right text, what is only in the left where it stood. `one_text`: two versions of one
    document, so that numbers tell which section is which."""
    scores = likenesses(left, right, one_text=one_text)
    beside = counterparts(scores, one_text=one_text)
    at_right = {j: i for i, j in beside.items()}

    def removed(i: int) -> Pair:
        return _alone("removed", left[i], nearest(right, scores[i]))

    pairs: list[Pair] = []
    done = -1
    for j, section in enumerate(right):
        i = at_right.get(j)
        if i is None:
            pairs.append(_alone("added", section, nearest(left, [row[j] for row in scores])))
            continue
        pairs += (removed(k) for k in range(done + 1, i) if k not in beside)
        done = max(done, i)
        pairs.append(_pair(left[i], section))
    return pairs + [removed(k) for k in range(done + 1, len(left)) if k not in beside]


def counts(pairs: Iterable[Pair]) -> dict[str, int]:
    """How many pairs there are of each status."""
    found = Counter(pair.status for pair in pairs)
    return {status: found[status] for status in ("same", "changed", "different", "added", "removed")}


# What differs


def _alone(status: Status, section: Section, near: Section | None) -> Pair:
    figures = tuple(_figures(section.text))
    if status == "added":
        return Pair(status, None, section, 0.0, (Run("added", section.text),), (), figures, near)
    return Pair(status, section, None, 0.0, (Run("removed", section.text),), figures, (), near)


def _pair(left: Section, right: Section) -> Pair:
    if _plain(left.text) == _plain(right.text) and _plain(left.title) == _plain(right.title):
        return Pair("same", left, right, 1.0, (Run("same", right.text),))
    likeness = SequenceMatcher(None, _words(left.text), _words(right.text), autojunk=False).ratio()
    before, after = list(_figures(left.text)), list(_figures(right.text))
    only_left = tuple((Counter(before) - Counter(after)).elements())
    only_right = tuple((Counter(after) - Counter(before)).elements())
    status: Status = "changed" if likeness >= _REWORDED else "different"
    runs = tuple(_joined(_marked(left, right)))
    return Pair(status, left, right, round(likeness, 3), runs, only_left, only_right)


def _marked(left: Section, right: Section) -> Iterator[Run]:
    """Clause beside clause, and word beside word in those that are alike; definitions by the word that they define."""
    a, b = _units(left), _units(right)
    before, after = _definitions(a), _definitions(b)
    if min(len(before), len(after)) < _DEFINITIONS:
        yield from _clauses(a, b)
        return
    for one, other in _same_words(before, after):
        yield from _clauses(one, other)


def _clauses(a: Sequence[str], b: Sequence[str]) -> Iterator[Run]:
    for i, j in _beside(a, b):
        if i is None and j is not None:
            yield Run("added", b[j])
        elif j is None and i is not None:
            yield Run("removed", a[i])
        elif i is not None and j is not None and _overlap(*(Counter(_words(text)) for text in (a[i], b[j]))) >= _MARKED:
            yield from _word_by_word(a[i], b[j])
        elif i is not None and j is not None:
            yield from (Run("removed", a[i] + "\n"), Run("added", b[j]))
        yield Run("same", "\n")


def _definitions(units: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(word, its clauses), first what stands before the first definition, under no word."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for unit in units:
        if match := _DEFINED.match(unit):
            found.append((_plain(match[1]), [unit]))
        else:
            found[-1][1].append(unit)
    return found


def _same_words(
    before: Sequence[tuple[str, list[str]]], after: Sequence[tuple[str, list[str]]]
) -> Iterator[tuple[list[str], list[str]]]:
    """Definitions of one word beside each other, in the order of the right; what only the left has where it stood."""
    left = list(before)
    for word, clauses in after:
        at = next((k for k, (other, _) in enumerate(left) if _one_word(word, other)), None)
        if at is None:
            yield [], clauses
            continue
        earlier = [k for k in range(at) if not any(_one_word(left[k][0], also) for also, _ in after)]
        yield from ((left[k][1], []) for k in earlier)
        yield left[at][1], clauses
        left = [entry for k, entry in enumerate(left) if k != at and k not in earlier]
    yield from ((clauses, []) for _, clauses in left)


def _one_word(left: str, right: str) -> bool:
    """Whether two defined words are one; a letter that was misread (lnformal) changes nothing."""
    return left == right or (min(len(left), len(right)) > 5 and SequenceMatcher(None, left, right).ratio() > _MISREAD)


def _units(section: Section) -> list[str]:
    """Clauses: paragraphs that a page broke are one, those that hold several clauses are several."""
    whole: list[str] = []
    for paragraph in section.paragraphs:
        words = readable(paragraph.quote)
        if whole and words[:1].islower() and whole[-1][-1:] not in ".;:—":
            whole[-1] += " " + words
        else:
            whole.append(words)
    return [clause.strip() for words in whole for clause in _CLAUSE.split(words) if clause.strip()]


def _beside(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Paragraphs in order, those most alike beside each other (longest common subsequence by likeness)."""
    x, y = ([(text, Counter(_words(text))) for text in side] for side in (a, b))
    alike = [[_alike(one, other) for other in y] for one in x]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            both = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= _PARAGRAPHS else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], both)
    i = j = 0
    while i < len(a) or j < len(b):
        if i < len(a) and j < len(b) and alike[i][j] >= _PARAGRAPHS and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            yield i, j
            i, j = i + 1, j + 1
        elif i < len(a) and (j == len(b) or best[i][j] == best[i + 1][j]):
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1


def _alike(one: tuple[str, Counter[str]], other: tuple[str, Counter[str]]) -> float:
    """Of two definitions: whether they define the same word; else the share of words in common."""
    defined, also = (_DEFINED.match(text) for text, _ in (one, other))
    if defined and also:
        return 1.0 if _plain(defined[1]) == _plain(also[1]) else 0.0
    return _overlap(one[1], other[1])


def _overlap(x: Counter[str], y: Counter[str]) -> float:
    total = sum(x.values()) + sum(y.values())
    return 2 * sum((x & y).values()) / total if total else 0.0


def _word_by_word(a: str, b: str) -> Iterator[Run]:
    """Words marked; changes with nothing but a space between them are one change."""
    x, y = _WORD.findall(a), _WORD.findall(b)
    matcher = SequenceMatcher(None, [_folded(w) for w in x], [_folded(w) for w in y], autojunk=False)
    removed = added = ""
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        before, after = "".join(x[i1:i2]), "".join(y[j1:j2])
        if op == "equal" and (after.strip() or not (removed or added)):
            yield from _change(removed, added)
            removed = added = ""
            yield Run("same", after)
        else:
            removed, added = removed + before, added + after
    yield from _change(removed, added)


def _change(removed: str, added: str) -> Iterator[Run]:
    """What was removed and what was added; the space that ends both is nobody's."""
    tail = " " if removed.endswith(" ") and added.endswith(" ") else ""
    if removed.strip():
        yield Run("removed", removed.removesuffix(tail) if tail else removed)
    if added.strip():
        yield Run("added", added.removesuffix(tail) if tail else added)
    if tail or (removed + added and not (removed + added).strip()):
        yield Run("same", tail or " ")


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Neighbours of one kind as one."""
    waiting: list[Run] = []
    for run in runs:
        if waiting and waiting[-1].op == run.op:
            waiting[-1] = Run(run.op, waiting[-1].text + run.text)
        else:
            waiting.append(run)
    yield from waiting


def _folded(word: str) -> str:
    """A word as it is compared: small letters, one kind of quotation mark and dash, "s" for "z" in -ise."""
    if word.isspace():
        return " "
    if _QUOTES.fullmatch(word):
        return "'"
    return "-" if word in "‐‑–—―─-" else _SPELLING.sub("s", word.lower().replace("’", "'"))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", _SPELLING.sub("s", text.lower())).strip()


def _words(text: str) -> list[str]:
    return _plain(text).split()


def _figures(text: str) -> Iterator[str]:
    for found in _FIGURE.finditer(text):
        yield readable(found[0]).strip(" ,")
