"""Which printed lines are headings, and the path of headings above each block."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.readers.pdf_layout import PrintedLine

MAX_HEADING = 160
MAX_PATH = 6
# A line this much larger than the body is a heading; below it, fonts differ by rounding only.
LARGER = 1.12
PART = re.compile(
    r"(chapter|part|schedule|annexure|annex|appendix|section|hoofstuk|deel|bylae|isahluko|ingxenye)"
    r"\s+([0-9]{1,3}|[A-Z]|[IVXLC]+)\b",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)[.):]?\s+\S")
LEADERS = re.compile(r"(\.\s?){4,}\s*\S{0,6}$|…")
TITLE = re.compile(r"\d{1,3}\.?\s+[A-Z][^.;:,]{3,60}")
CONTENTS_LINE = re.compile(r"\S[\s.…_]+(\d{1,4})$")
SENTENCE_END = re.compile(r"[.;,:]['\"’”)]*$")


@dataclass(frozen=True, slots=True)
class Style:
    """What the document's body looks like: `size` in points, and whether it is set in bold.

    `plain`: read by OCR, which does not tell bold.
    """

    size: float
    bold: bool
    plain: bool = False
    outline: Set[str] = frozenset()


@dataclass(slots=True)
class HeadingPath:
    """The headings that stand above the present place, outermost first."""

    entries: list[tuple[tuple[float, ...], str]] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """The texts, outermost first."""
        return tuple(text for _, text in self.entries)

    def enter(self, line: PrintedLine, text: str, body: float) -> None:
        """A heading begins: those of its own rank and below end. `body`: the body's font size, 0 if unknown."""
        rank = _rank(line, text, body)
        self.entries = [entry for entry in self.entries if entry[0] < rank][: MAX_PATH - 1]
        self.entries.append((rank, text))


def is_contents(lines: Sequence[PrintedLine]) -> bool:
    """Is this page a table of contents: do most of its lines end in page numbers that go up?"""
    found = [CONTENTS_LINE.search(line.text) for line in lines if not line.table]
    numbers = [int(match[1]) for match in found if match]
    if len(numbers) < 6 or len(numbers) < 0.5 * len(lines):
        return False
    return sum(a <= b for a, b in pairwise(numbers)) >= 0.8 * (len(numbers) - 1)


def body_style(lines: Iterable[PrintedLine], outline: Iterable[str] = ()) -> Style:
    """The commonest font size and weight, counted by characters."""
    sizes: Counter[float] = Counter()
    bold: Counter[float] = Counter()
    for line in lines:
        # tables are set smaller, and may outweigh the text
        if line.table:
            continue
        sizes[line.size] += len(line.text)
        if line.bold:
            bold[line.size] += len(line.text)
    if not sizes:
        return Style(0.0, bold=False)
    size, count = sizes.most_common(1)[0]
    keys = frozenset(key for title in outline if (key := heading_key(title)))
    return Style(size, bold[size] > count / 2, outline=keys)


def heading_key(text: str) -> str:
    """A heading's words alone: outline and page write numbers and punctuation differently."""
    return " ".join(re.sub(r"[\W\d_]+", " ", text.lower()).split())


def is_heading(line: PrintedLine, style: Style, *, starts: bool) -> bool:
    """Is this line a heading? `starts`: the line before it has ended its paragraph."""
    text = line.text
    letters = [c for c in text if c.isalpha()]
    if line.table or line.angle or len(text) > MAX_HEADING or len(letters) < 3 or LEADERS.search(text):
        return False
    if text[0] in "(•▪●–-*" or text[-1] in ",;":
        return False
    # a larger size alone makes no heading of a line that is as long as running text
    larger = style.size > 0 and line.size >= LARGER * style.size and (len(text) <= 85 or line.bold)
    ends = bool(SENTENCE_END.search(text)) and not NUMBERED.match(text)
    if larger and not (ends and len(text) > 60) and (starts or line.size >= 1.3 * style.size):
        return True
    if not starts or ends or text[-1] in "–—:":
        return False
    if heading_key(text) in style.outline or (PART.match(text) and len(text) < 90):
        return True
    if line.bold and not style.bold:
        # bold to the edge of its column is the first line of a bold paragraph
        full = line.x1 - line.x0 > 0.9 * (line.right - line.left)
        return len(text) < (70 if full else 120)
    if style.plain and TITLE.fullmatch(text):
        return line.x1 - line.x0 < 0.6 * max(line.right - line.left, 1)
    return _capitals(letters) and _stands_alone(line)


def _capitals(letters: list[str]) -> bool:
    return len(letters) >= 4 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def _stands_alone(line: PrintedLine) -> bool:
    """A line of capitals is a heading unless it fills its column as running text does."""
    return len(line.text) <= 80 and line.x1 - line.x0 < 0.9 * max(line.right - line.left, 1)


def _rank(line: PrintedLine, text: str, body: float) -> tuple[float, ...]:
    """Smaller is further out: large before small, parts before sections, capitals before bold, "1" before "1.1"."""
    letters = [c for c in text if c.isalpha()]
    number = NUMBERED.match(text)
    depth = number[1].count(".") + 1 if number else 0
    steps = round(math.log(line.size / body) / math.log(LARGER)) if body > 0 and line.size > 0 else 0
    return (
        -max(steps, 0),
        0 if PART.match(text) else 1,
        0 if _capitals(letters) else 1,
        0 if line.bold else 1,
        depth,
    )
