"""Running headers, footers and page numbers: lines that come back at the edges of several pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.document import Block, Line, ReadPage

# The outer shares of a page's height in which running lines stand, and how many lines from the edge at most.
EDGE = 0.14
DEEPEST = 4
# Points by which the height of a running line may differ between pages (scans are cut unevenly).
SAME_HEIGHT = 9.0
PAGE_NUMBER = re.compile(
    r"(?:page|bladsy|ikhasi|iphepha|p\.)\s*\d{1,4}(?:\s*(?:of|van|/|-)\s*\d{1,4})?"
    r"|\d{1,3}\s*(?:of|van|/)\s*\d{1,3}|[-–—]\s*\d{1,4}\s*[-–—]",
    re.IGNORECASE,
)
PAGE_COUNT = re.compile(r"(?:of|van|/)\s*\d+", re.IGNORECASE)
LONE_NUMBER = re.compile(r"\d{1,4}|[ivxlc]{1,7}|[A-Z]-?\d{1,3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """A line by its place: `page` counts from 0, `index` within the page; heights in points of `height`."""

    page: int
    index: int
    text: str
    y0: float
    y1: float
    height: float


def running_lines(pages: Sequence[Sequence[EdgeLine]]) -> set[tuple[int, int]]:
    """(page, index) of the lines that are running headers, footers or page numbers.

    `pages`: per page its lines, in any order.
    """
    groups: dict[tuple[str, bool], list[EdgeLine]] = defaultdict(list)
    found: set[tuple[int, int]] = set()
    numbers: dict[tuple[int, bool], list[EdgeLine]] = defaultdict(list)
    for lines in pages:
        for line, top in _edges(lines):
            if PAGE_NUMBER.fullmatch(line.text.strip()):
                found.add((line.page, line.index))
            elif LONE_NUMBER.fullmatch(line.text.strip()):
                numbers[(_number(line.text) - line.page, top)].append(line)
            groups[(_key(line.text), top)].append(line)
    for key, lines_alike in groups.items():
        if sum(c.isalpha() for c in key[0]) >= 3:
            found.update(_repeated(lines_alike, 2 if len(pages) < 6 else 3))
    # numbers that count up with the pages; a lone one is a number of the text
    for same_step in numbers.values():
        if len({line.page for line in same_step}) >= 2:
            found.update((line.page, line.index) for line in same_step)
    return found


def _edges(lines: Sequence[EdgeLine]) -> list[tuple[EdgeLine, bool]]:
    """The outermost lines of a page, with whether they stand at its top."""
    if len(lines) < 2:
        return []
    top = sorted((ln for ln in lines if ln.y1 <= EDGE * ln.height), key=lambda ln: ln.y0)
    bottom = sorted((ln for ln in lines if ln.y0 >= (1 - EDGE) * ln.height), key=lambda ln: -ln.y1)
    return [(ln, True) for ln in top[:DEEPEST]] + [(ln, False) for ln in bottom[:DEEPEST]]


def _key(text: str) -> str:
    """The text without its digits and punctuation: "4 Gazette 5988" and "6 Gazette 5988" are the same."""
    return " ".join(re.sub(r"[\W\d_]+", " ", text.lower()).split())


def _number(text: str) -> int:
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else _roman(text.strip().lower())


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}.get(c, 0) for c in text]
    return sum(-v if v < max(values[i + 1 :], default=0) else v for i, v in enumerate(values))


def _repeated(lines: list[EdgeLine], least: int) -> set[tuple[int, int]]:
    """Those of equal lines that stand at about the same height on at least `least` pages."""
    found: set[tuple[int, int]] = set()
    lines = sorted(lines, key=lambda ln: ln.y0)
    start = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or lines[i].y0 - lines[start].y0 > SAME_HEIGHT:
            cluster = lines[start:i]
            if len({ln.page for ln in cluster}) >= least:
                found.update((ln.page, ln.index) for ln in cluster)
            start = i
    return found


def printed_numbers(pages: int, running: Sequence[EdgeLine]) -> dict[int, str]:
    """The page number printed in a running line, by page from 0: the number that goes up with the pages.

    `running`: the running lines of all pages.
    """
    steps: dict[int, dict[int, str]] = defaultdict(dict)
    # of two numbers that go up, the one that stands alone
    for line in sorted(running, key=lambda ln: not LONE_NUMBER.fullmatch(ln.text.strip())):
        text = PAGE_COUNT.sub("", line.text)
        for number in re.findall(r"(?<![\d.,/-])\d{1,4}(?![\d.,/-])", text):
            steps[int(number) - line.page].setdefault(line.page, number)
    best = max(steps.values(), key=len, default={})
    return best if len(best) >= 2 and len(best) >= 0.3 * pages else {}


def without_running(pages: Sequence[ReadPage]) -> tuple[ReadPage, ...]:
    """The pages of one document with the running lines taken out of their blocks; texts stay as they are.

    For pages read one by one (by OCR), which could not be compared before.
    """
    printed = [_printed(page) for page in pages]
    edges = [
        [EdgeLine(p, i, page.text[ln.start : ln.end], ln.y0, ln.y1, page.height) for i, ln in enumerate(printed[p])]
        for p, page in enumerate(pages)
    ]
    running = running_lines(edges)
    labels = printed_numbers(len(pages), [e for page in edges for e in page if (e.page, e.index) in running])
    return tuple(
        _trimmed(page, [ln for i, ln in enumerate(printed[p]) if (p, i) in running], labels.get(p, ""))
        for p, page in enumerate(pages)
    )


def _printed(page: ReadPage) -> list[Line]:
    """The page's lines, those side by side on one line of the text joined."""
    joined: list[Line] = []
    for line in page.lines:
        if joined and "\n" not in page.text[joined[-1].end : line.start]:
            last = joined[-1]
            top, bottom = min(last.y0, line.y0), max(last.y1, line.y1)
            joined[-1] = Line(last.start, line.end, last.x0, top, line.x1, bottom)
        else:
            joined.append(line)
    return joined


def _trimmed(page: ReadPage, running: Sequence[Line], label: str) -> ReadPage:
    """A page whose blocks begin after, and end before, its running lines."""
    slices = [(line.start, line.end) for line in running]
    blocks = []
    gone: set[str] = set()
    for block in page.blocks:
        start, end = _outside(page.text, block, slices)
        if start < end:
            blocks.append(replace(block, start=start, end=end, heading=_kept(block.heading, gone)))
        elif block.kind == "heading":
            gone.update(block.heading[-1:])
    return replace(page, blocks=tuple(blocks), label=page.label or label)


def _kept(heading: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(text for text in heading if text not in gone)


def _outside(text: str, block: Block, slices: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The block's slice without running lines at its beginning and end."""
    start, end = block.start, block.end
    for first, last in sorted(slices):
        if first <= start < last:
            start = min(last, end)
            start += len(text[start:end]) - len(text[start:end].lstrip())
    for first, last in sorted(slices, reverse=True):
        if first < end <= last and first >= start:
            end = start + len(text[start:first].rstrip())
    return start, end
