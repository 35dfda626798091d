"""Units of an office document (headings, paragraphs, rows) become pages: joined text, blocks with offsets, anchors.

A document without pages of its own is cut into sections at its headings.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.document import Block, BlockKind, ReadPage

SECTION_MAX = 8_000  # characters: a longer section is cut at lower headings, or at paragraphs
PART = 3_000  # characters: where there is no heading to cut at; about a printed page
JOINT = " | "  # between the cells of a row
CONTEXT_MAX = 400  # characters: a header that is longer leaves no room for the row itself
LABEL_MIN = 12  # characters of a column's label that are kept however many columns there are
DEEPEST = 9  # levels of headings that Word knows
SLUG_MAX = 60  # characters

# A number typed in front of a clause: "4.2", "12.", "(a)", "(iv)", "b)"
TYPED_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[.)]?|\((?:[a-z]{1,5}|[A-Z]{1,5}|\d{1,3})\)|[a-z]\))\s+\S")
_TITLE_LEVEL = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of a document in reading order.

    `kind`: None for text that stays on the page but is never cited (a table of contents).
    `level`: of a heading, 1 the highest, 0 the document's title; meaningless otherwise.
    `notes`: the footnotes that it refers to, as printed ("[1] See by-law 4.").
    `strong`: all its words are bold.
    """

    kind: BlockKind | None
    text: str
    heading: tuple[str, ...] = ()
    context: str = ""
    level: int = 1
    notes: tuple[str, ...] = ()
    strong: bool = False


def tidy(text: str) -> str:
    """The text without soft hyphens, control characters and runs of blanks; line breaks stay."""
    text = text.replace("\u00a0", " ").replace("\u00ad", "").replace("\u200b", "").replace("\ufeff", "")
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", text)
    text = re.sub(r"[ \t\u2002-\u200a]+", " ", text)
    return re.sub(r" *\n *", "\n", text).strip()


def one_line(text: str) -> str:
    """The tidy text on one line."""
    return " ".join(tidy(text).split())


def header_context(labels: Sequence[str]) -> str:
    """The labels of a table's columns as the context of its rows, each cut so that all fit `CONTEXT_MAX`."""
    lines = [one_line(label) for label in labels]
    shown = [label for index, label in enumerate(lines) if not label or index == 0 or label != lines[index - 1]]
    while shown and not shown[-1]:
        shown.pop()
    room = max(LABEL_MIN, CONTEXT_MAX // max(len(shown), 1) - len(JOINT))
    if sum(len(label) + len(JOINT) for label in shown) <= CONTEXT_MAX:
        room = CONTEXT_MAX
    return JOINT.join(label if len(label) <= room else f"{label[: room - 1].rstrip()}…" for label in shown)


def row_text(cells: Sequence[str]) -> str:
    """The cells of a row joined; empty ones dropped from the right."""
    return JOINT.join(one_line(cell) for cell in cells).rstrip(" |").strip()


def with_paths(units: Iterable[Unit]) -> list[Unit]:
    """The units with `heading` filled in from the headings above them; a title stands alone, beside its chapters."""
    path: dict[int, str] = {}
    placed = []
    for unit in units:
        if unit.kind == "heading":
            path = {level: text for level, text in path.items() if _TITLE_LEVEL < level < unit.level}
            path[unit.level] = one_line(unit.text)
        placed.append(replace(unit, heading=tuple(path.values())))
    return placed


def sections(units: Sequence[Unit]) -> list[ReadPage]:
    """Pages of a document without pages: one for each section of the highest level, long ones cut further.

    `units` have their heading paths. A document without headings is cut at about `PART` characters.
    """
    top = _top_level(units)
    groups = _cut_at_paragraphs(list(units)) if top is None else _cut(list(units), top)
    taken: dict[str, int] = {}
    pages: list[ReadPage] = []
    for index, group in enumerate(_join_bare_headings(groups), start=1):
        first = next((u for u in group if u.kind == "heading"), None)
        title = (first.heading if first else group[0].heading)[-1:]
        anchor = _unique(f"section-{slug(title[0])}" if title else f"part-{index}", taken)
        pages.append(page_of(group, number=len(pages) + 1, anchor=anchor))
    return [page for page in pages if page.text]


def page_of(units: Sequence[Unit], *, number: int, anchor: str, label: str = "") -> ReadPage:
    """One page of these units; the notes that they refer to stand at its end."""
    noted = [*units, *(Unit("note", note, unit.heading) for unit in units for note in unit.notes)]
    text, blocks = "", []
    before: Unit | None = None
    for unit in noted:
        words = unit.text.strip()
        if not words:
            continue
        text += "" if before is None else _gap(before, unit)
        if unit.kind is not None:
            blocks.append(Block(unit.kind, len(text), len(text) + len(words), unit.heading, unit.context))
        text += words
        before = unit
    return ReadPage(number=number, text=text, anchor=anchor, label=label, blocks=tuple(blocks))


def slug(text: str) -> str:
    """The text as an anchor: lower-case letters and digits of any script, joined by hyphens."""
    plain = unicodedata.normalize("NFKC", text).lower()
    words = re.sub(r"[\W_]+", "-", plain).strip("-")
    return words[:SLUG_MAX].rstrip("-") or "untitled"


def _unique(anchor: str, taken: dict[str, int]) -> str:
    taken[anchor] = taken.get(anchor, 0) + 1
    if taken[anchor] == 1:
        return anchor
    return _unique(f"{anchor}-{taken[anchor]}", taken)


def _gap(before: Unit, unit: Unit) -> str:
    together = before.kind == unit.kind and unit.kind in ("row", "item", "note", None)
    return "\n" if together else "\n\n"


def _size(units: Iterable[Unit]) -> int:
    return sum(len(unit.text) + 2 for unit in units)


def _top_level(units: Sequence[Unit]) -> int | None:
    """The highest level at which there are several headings: a lone one above them is the document's title."""
    counts = Counter(unit.level for unit in units if unit.kind == "heading" and unit.level > _TITLE_LEVEL)
    return min((level for level, count in counts.items() if count > 1), default=min(counts, default=None))


def _cut(units: list[Unit], level: int) -> list[list[Unit]]:
    """Groups of units that each become a page: at headings down to `level`; long ones deeper, then at paragraphs."""
    groups: list[list[Unit]] = [[]]
    for unit in units:
        if unit.kind == "heading" and unit.level <= level and groups[-1]:
            groups.append([])
        groups[-1].append(unit)
    return [part for group in groups for part in _cut_long(group, level)]


def _cut_long(units: list[Unit], level: int) -> list[list[Unit]]:
    if _size(units) <= SECTION_MAX:
        return [units]
    return _cut(units, level + 1) if level < DEEPEST else _cut_at_paragraphs(units)


def _cut_at_paragraphs(units: list[Unit]) -> list[list[Unit]]:
    groups: list[list[Unit]] = [[]]
    size = 0
    for unit in units:
        after_heading = bool(groups[-1]) and groups[-1][-1].kind == "heading"
        if groups[-1] and not after_heading and size + len(unit.text) > PART:
            groups.append([])
            size = 0
        groups[-1].append(unit)
        size += len(unit.text) + 2
    return groups


def _join_bare_headings(groups: list[list[Unit]]) -> list[list[Unit]]:
    """A group of nothing but headings ("CHAPTER 1") goes to the page of what follows it."""
    joined: list[list[Unit]] = []
    held: list[Unit] = []
    for group in groups:
        held += group
        if any(unit.kind != "heading" and unit.text.strip() for unit in group):
            joined.append(held)
            held = []
    if held and joined:
        joined[-1].extend(held)
    elif held:
        joined.append(held)
    return joined
