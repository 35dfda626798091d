"""Pages in, passages out: cut by structure, never longer than the model reads.

Blocks of one heading and one table belong together; a group that is too long is cut into pieces of even size at
block, then sentence, then word borders. What is embedded is context (title, heading path, table header) and text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.document import Block, ReadPage
from memory.catalogue import NewPassage
from memory.embed import Embedder
from memory.records import Span
from memory.sentences import sentences
from memory.text import searchable

# Word pieces of text in a passage: the model reads 256 with context and special tokens, and smaller pieces are
# found better (see eval/README.md for the sweep).
LONGEST = 192
# Headings that name no matter: a contents page's own, when what follows was taken to stand under it.
_EMPTY_HEADINGS = frozenset({"contents", "table of contents", "index", "inhoud", "okuqukethwe"})
# Word pieces of context at most, as a part of what the model reads (56 of 256); the innermost headings are kept.
_CONTEXT_SHARE = 0.22
# Special tokens, and the few pieces that a word cut in two or two parts put together may gain.
_SPARE = 6
# What it costs to cut inside a block, where an empty passage costs 1 (swept with `eval.chunking`).
_INSIDE_BLOCK = 0.3


@dataclass(frozen=True, slots=True)
class _Unit:
    """A block, or a part of one that was too long; `opens`: it is the block's first."""

    page: int
    start: int
    end: int
    kind: str
    heading: tuple[str, ...]
    context: str
    pieces: int
    opens: bool


def split(pages: Sequence[ReadPage], title: str, embedder: Embedder) -> list[NewPassage]:
    """A version's passages, in reading order; together they hold every block of every page."""
    longest = _longest(embedder)
    texts = {page.number: page.text for page in pages}
    units = list(_units(pages, embedder, longest))
    ocr = {page.number for page in pages if page.ocr}
    return [
        _passage(part, texts, title, ocr, embedder)
        for group in _groups(units, longest)
        for part in _even_parts(group, longest)
    ]


def text_hash(context: str, text: str) -> str:
    """Names what is embedded: the same words are never embedded twice."""
    return hashlib.sha256(f"{context}\0{searchable(text)}".encode()).hexdigest()


def embedded(context: str, text: str) -> str:
    """What the model reads of a passage."""
    return f"{context}\n{searchable(text)}" if context else searchable(text)


def _longest(embedder: Embedder) -> int:
    """Word pieces of text in a passage of this model."""
    return min(LONGEST, embedder.max_tokens - _longest_context(embedder) - _SPARE)


def _longest_context(embedder: Embedder) -> int:
    return int(embedder.max_tokens * _CONTEXT_SHARE)


def _units(pages: Sequence[ReadPage], embedder: Embedder, longest: int) -> Iterator[_Unit]:
    """Blocks, the long ones cut, counted as the model will see them: searchable text, not the page's own."""
    blocks = [(page, block) for page in pages for block in page.blocks if block.end > block.start]
    texts = [page.text[block.start : block.end] for page, block in blocks]
    counts = _counts(texts, embedder)
    for (page, block), text, count in zip(blocks, texts, counts, strict=True):
        if count <= longest:
            yield _unit(page, block, 0, len(text), count)
        else:
            parts = list(_cut(text, embedder.spans(text), longest))
            sized = _counts([text[start:end] for start, end in parts], embedder)
            for (start, end), size in zip(parts, sized, strict=True):
                yield from _fitting(page, block, (start, end, size), embedder, longest)


def _counts(texts: Sequence[str], embedder: Embedder) -> list[int]:
    """Word pieces of each text when it is embedded."""
    return embedder.lengths([searchable(text) for text in texts])


def _unit(page: ReadPage, block: Block, start: int, end: int, pieces: int) -> _Unit:
    at = block.start
    return _Unit(page.number, at + start, at + end, block.kind, block.heading, block.context, pieces, start == 0)


def _fitting(
    page: ReadPage, block: Block, part: tuple[int, int, int], embedder: Embedder, longest: int
) -> Iterator[_Unit]:
    """A part that grew when made searchable ("…" becomes "..."), halved until it fits. `part`: start, end, pieces."""
    start, end, count = part
    if count <= longest or end - start < 2:
        yield _unit(page, block, start, end, count)
        return
    text = page.text[block.start + start : block.start + end]
    middle = text.rfind(" ", 1, len(text) // 2) + 1 or len(text) // 2
    halves = ((start, start + middle), (start + middle, end))
    sizes = _counts([text[:middle], text[middle:]], embedder)
    for (half_start, half_end), size in zip(halves, sizes, strict=True):
        yield from _fitting(page, block, (half_start, half_end, size), embedder, longest)


def _cut(text: str, spans: Sequence[tuple[int, int]], longest: int) -> Iterator[tuple[int, int]]:
    """A long text at its sentences; a long sentence where `longest` word pieces end between two words."""
    at = 0
    for start, end in sentences(text):
        first = at
        while at < len(spans) and spans[at][0] < end:
            at += 1
        yield from _windows(text, start, end, spans[first:at], longest)


def _windows(
    text: str, start: int, end: int, spans: Sequence[tuple[int, int]], longest: int
) -> Iterator[tuple[int, int]]:
    """(start, end) of parts of text[start:end], each of at most `longest` pieces."""
    first = 0
    while len(spans) - first > longest:
        cut = first + longest
        while cut > first + longest // 2 and not text[spans[cut][0] - 1].isspace():
            cut -= 1
        yield start, start + len(text[start : spans[cut][0]].rstrip())
        start, first = spans[cut][0], cut
    if start < end:
        yield start, end


def _groups(units: Sequence[_Unit], longest: int) -> Iterator[list[_Unit]]:
    """Runs of units under one heading and one table header; a heading without text joins what follows below it."""
    waiting: list[_Unit] = []
    for (heading, _), run in groupby(units, key=lambda unit: (unit.heading, unit.context)):
        group = list(run)
        if waiting and heading[: len(waiting[-1].heading)] != waiting[-1].heading:
            yield waiting
            waiting = []
        if all(unit.kind == "heading" for unit in group) and sum(u.pieces for u in waiting + group) < longest // 2:
            waiting += group
        else:
            yield waiting + group
            waiting = []
    if waiting:
        yield waiting


def _even_parts(group: Sequence[_Unit], longest: int) -> list[list[_Unit]]:
    """Cut a group into parts that are full, of about the same size and end where a block ends, as far as they can:
    the cheapest cut, found from the left; `costs[i]` is that of the first i units, whose last part begins at
    `begins[i]`."""
    costs, begins = [0.0], [0]
    for end in range(1, len(group) + 1):
        broken = _INSIDE_BLOCK if end < len(group) and not group[end].opens else 0.0
        cost, begin = min(
            (costs[start] + _emptiness(size, longest), -start) for start, size in _lasts(group, end, longest)
        )
        costs.append(cost + broken)
        begins.append(-begin)
    parts, end = [], len(group)
    while end:
        parts.append(list(group[begins[end] : end]))
        end = begins[end]
    return parts[::-1]


def _emptiness(size: int, longest: int) -> float:
    return (1 - min(size, longest) / longest) ** 2


def _lasts(group: Sequence[_Unit], end: int, longest: int) -> Iterator[tuple[int, int]]:
    """(start, pieces) of each part that may end before `end`: not too long, and on two pages at most."""
    size = 0
    for start in range(end - 1, -1, -1):
        size += group[start].pieces
        fits = size <= longest and group[end - 1].page - group[start].page <= 1
        if not fits and start < end - 1:
            return
        yield start, size


def _passage(part: Sequence[_Unit], texts: dict[int, str], title: str, ocr: set[int], embedder: Embedder) -> NewPassage:
    spans = tuple(_spans(part, texts))
    text = "\n".join(texts[span.page][span.start : span.end] for span in spans)
    heading = part[-1].heading
    context = _context(title, heading, part[-1].context, embedder)
    return NewPassage(
        spans=spans,
        text=text,
        context=context,
        heading=heading,
        ocr=any(span.page in ocr for span in spans),
        text_hash=text_hash(context, text),
    )


def _spans(part: Iterable[_Unit], texts: dict[int, str]) -> Iterator[Span]:
    """As few spans as hold the units: what stands between two of them and is not blank stays out."""
    span: Span | None = None
    for unit in part:
        follows = span and span.page == unit.page and span.end <= unit.start
        if span and follows and not texts[span.page][span.end : unit.start].strip():
            span = Span(span.page, span.start, unit.end)
        else:
            if span:
                yield span
            span = Span(unit.page, unit.start, unit.end)
    if span:
        yield span


def _context(title: str, heading: Sequence[str], header: str, embedder: Embedder) -> str:
    """Title, heading path and table header, outer headings left out until it fits."""
    names = [searchable(name) for name in (title, *heading, header) if name.strip()]
    names = [name for i, name in enumerate(names) if i == 0 or name.lower() != names[i - 1].lower()]
    counts = embedder.lengths(names)
    longest = _longest_context(embedder)
    while len(names) > 1 and sum(counts) + 2 * len(counts) > longest:
        outer = 1 if len(names) > 2 else 0
        del names[outer], counts[outer]
    joined = ". ".join(names)
    if counts and sum(counts) > longest:
        joined = joined[: embedder.spans(joined)[longest - 1][1]]
    return joined
