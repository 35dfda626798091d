"""A version as its sections: stored pages and blocks in, numbered or headed units of text out, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from memory import schema
from memory.catalogue import unpack_layout
from memory.law import Evidence
from memory.text import readable

_NUMBERED = re.compile(
    r"(?:(?i:section|artikel|clause|regulation)\s+)?(?P<number>\d+[A-Z]{0,2}(?:\.\d+[A-Z]?)*)\s*[.:)]?\s+"
    # "59 of the Municipal Systems Act": the end of a sentence that a page broke.
    r"(?!(?:of|to|and|or|in)\s)(?P<title>\S.*)",
    re.S,
)
_LEADING = re.compile(r"(\d{1,3}[A-Z]{0,2})\.\s+(?=\S)")
_DIVISION = re.compile(r"(?:chapter|part|schedule|annexure|appendix|hoofstuk|deel|bylae)\b", re.I)
_CONTENTS = re.compile(r"(?:table\s+of\s+)?contents|inhoud(?:sopgawe)?|arrangement\s+of\s+sections", re.I)
_SMALL_WORDS = {
    "en": frozenset("the and to for by with may must this that any who".split()),
    "af": frozenset("die van en vir met word wat nie moet deur kan hierdie het".split()),
    "zu": frozenset("noma ukuthi futhi kanye uma lo kumele umuntu lesi kufanele yi ngokwe".split()),
}
# As many numbered headings as make a text one of numbered sections: what is headed otherwise belongs to them.
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Section:
    """`number`: "12", "" where there is none; `path`: headings above it. `paragraphs`: verbatim, in reading order."""

    number: str
    title: str
    path: tuple[str, ...]
    paragraphs: tuple[Evidence, ...]

    @property
    def language(self) -> str:
        """en, af or zu, by its commonest small words; "" when there are too few."""
        words = re.findall(r"[^\W\d_]+", self.text.lower())
        found = {name: sum(word in small for word in words) for name, small in _SMALL_WORDS.items()}
        best = max(found, key=found.__getitem__)
        return best if found[best] >= 3 else ""

    @property
    def text(self) -> str:
        """Its words, readable, a paragraph a line."""
        return "\n".join(readable(paragraph.quote) for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class _Block:
    heading: bool
    path: tuple[str, ...]
    evidence: Evidence


def sections(connection: Connection, version_id: int) -> list[Section]:
    """The sections of a version, in order. The caller has checked the scope."""
    blocks = list(_blocks(connection, version_id))
    numbered = {entry for block in blocks for entry in block.path if _numbered(entry)}
    found: list[Section] = []
    for path, members in _grouped(blocks, by_number=len(numbered) >= _FEWEST):
        title = readable(path[-1]) if path else ""
        if _CONTENTS.fullmatch(title):
            continue
        paragraphs = tuple(block.evidence for block in members if not _is_title(block, path))
        if not paragraphs:
            continue
        match = _numbered(title)
        number, name = (match["number"], readable(match["title"])) if match else ("", title)
        if not number:
            number, paragraphs = _number_of_first(paragraphs)
        found.append(Section(number, name, path[:-1], paragraphs))
    return found


def _number_of_first(paragraphs: tuple[Evidence, ...]) -> tuple[str, tuple[Evidence, ...]]:
    """Some gazettes print the heading alone, and the number before the first words: "5. (1) No person may"."""
    first = paragraphs[0]
    match = _LEADING.match(first.quote)
    if match is None:
        return "", paragraphs
    rest = Evidence(first.page, first.start + match.end(), first.end, first.quote[match.end() :])
    return match[1], (rest, *paragraphs[1:])


def _blocks(connection: Connection, version_id: int) -> Iterator[_Block]:
    p = schema.pages
    query = select(p.c.number, p.c.text, p.c.layout).where(p.c.version_id == version_id).order_by(p.c.number)
    for page in connection.execute(query):
        at = 0
        for kind, start, end, path, _ in sorted(unpack_layout(page.layout)["blocks"], key=lambda b: (b[1], b[2])):
            if start >= at and page.text[start:end].strip():
                at = end
                evidence = Evidence(page.number, start, end, page.text[start:end])
                yield _Block(kind == "heading", tuple(path), evidence)


def _numbered(heading: str) -> re.Match[str] | None:
    return _NUMBERED.fullmatch(readable(heading))


def _grouped(blocks: Sequence[_Block], *, by_number: bool) -> Iterator[tuple[tuple[str, ...], list[_Block]]]:
    """Blocks that follow each other under one heading."""
    path: tuple[str, ...] | None = None
    members: list[_Block] = []
    for block in blocks:
        own = _trimmed(block.path) if by_number else block.path
        # Inside a numbered section, a heading without a number is a word of it.
        own = path if by_number and path and not _begins(own) and _numbered(path[-1]) else own
        if own != path and members:
            yield path or (), members
            members = []
        path = own
        members.append(block)
    if members:
        yield path or (), members


def _trimmed(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path up to its last numbered heading or division."""
    last = max((at for at, entry in enumerate(path) if _numbered(entry) or _DIVISION.match(entry)), default=-1)
    return path[: last + 1] if last >= 0 else path


def _begins(path: tuple[str, ...]) -> bool:
    return bool(path) and bool(_numbered(path[-1]) or _DIVISION.match(path[-1]))


def _is_title(block: _Block, path: tuple[str, ...]) -> bool:
    return block.heading and bool(path) and readable(block.evidence.quote) in {readable(entry) for entry in path}
