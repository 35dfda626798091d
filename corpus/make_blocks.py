"""Markdown as the sources use it becomes blocks (headings, clauses, tables, ...) and their text becomes runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["heading", "paragraph", "clause", "item", "quote", "table", "note", "break", "rule"]
Change = Literal["", "insert", "delete", "comment"]
Row = tuple[str, ...]

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
HEADING = re.compile(r"(#{1,6})\s+(.*)")
NOTE = re.compile(r"\[\^(\w+)\]:\s*(.*)")
DECIMAL = re.compile(r"(\d{1,3}(?:\.\d{1,3})+\.?)\s+(.*)")
ORDERED = re.compile(r"(\d{1,3}\.)\s+(.*)")
LETTERED = re.compile(r"(\((?:\d{1,3}|[a-z]{1,4}|[A-Z])\))\s+(.*)")
BULLET = re.compile(r"[-*+•]\s+(.*)")
RESOLUTION = re.compile(r"(?:C|EX|FC|MP)\d+/\d{4}\b")
INLINE = re.compile(
    r"\{\+\+(?P<insert>.+?)\+\+\}|\{--(?P<delete>.+?)--\}|\{>>(?P<comment>.+?)<<\}"
    r"|\[\^(?P<note>\w+)\]|\[(?P<link>[^\]]+)\]\([^)]*\)|`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>.+?)\*\*|(?<![\w*])\*(?P<italic>[^*\s][^*]*?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<under>[^_\s][^_]*?)_(?![\w_])"
)


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `depth`: heading level, or how far a clause or item is set in (from 0).

    `marker`: "4.2", "(a)", "1." or "" for a bullet; a note's key. `rows` only in tables, the header first.
    """

    kind: Kind
    text: str = ""
    depth: int = 0
    marker: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with one look. `note`: the key of a footnote that is called here (text is empty)."""

    text: str
    bold: bool = False
    italic: bool = False
    note: str = ""
    change: Change = ""


class _Depths:
    """Tells how deep "(a)" stands: letters under numbers, roman numerals under letters."""

    def __init__(self) -> None:
        self.letter = ""
        self.roman = False
        self.numbered = False

    def reset(self) -> None:
        self.letter, self.roman, self.numbered = "", False, False

    def of(self, marker: str) -> int:
        inner = marker.strip("()")
        if inner.isdigit():
            self.reset()
            self.numbered = True
            return 0
        base = int(self.numbered)
        if self._is_roman(inner):
            self.roman = True
            return base + 1
        self.letter, self.roman = inner, False
        return base

    def _is_roman(self, inner: str) -> bool:
        if inner not in ROMAN or not self.letter:
            return False
        if inner == "i":
            return self.letter != "h"
        return self.roman or len(inner) > 1


def parse_blocks(body: str) -> list[Block]:
    """The blocks of a Markdown body, in order. A line that starts with a clause number starts a clause."""
    depths = _Depths()
    blocks: list[Block] = []
    open_line = False
    for block, continues in _lines(body, depths):
        last = blocks[-1] if blocks else None
        if continues and open_line and last is not None and last.kind not in {"heading", "table", "break"}:
            blocks[-1] = replace(last, text=f"{last.text} {block.text}")
        elif block.kind == "table" and last is not None and last.kind == "table" and open_line:
            blocks[-1] = replace(last, rows=last.rows + block.rows)
        elif block.kind == "quote" and last is not None and last.kind == "quote" and open_line:
            blocks[-1] = replace(last, text=f"{last.text} {block.text}".strip())
        elif block.kind != "paragraph" or block.text:
            blocks.append(block)
        open_line = block.kind != "paragraph" or bool(block.text)
    return [b for b in blocks if b.kind != "table" or b.rows]


def _lines(body: str, depths: _Depths) -> Iterator[tuple[Block, bool]]:
    """Each line as a block, and whether it may be the rest of the block before it."""
    hard = False
    for raw in body.splitlines():
        line = raw.strip()
        indent = (len(raw) - len(raw.lstrip(" "))) // 2
        block, continues = _line(line, indent, depths)
        yield block, continues and not hard
        # Two spaces at the end of a line keep the next one apart.
        hard = raw.endswith("  ")


def _line(line: str, indent: int, depths: _Depths) -> tuple[Block, bool]:
    if not line:
        return Block("paragraph"), False
    if match := HEADING.fullmatch(line):
        depths.reset()
        return Block("heading", match[2].strip(" #"), len(match[1])), False
    if line.replace(" ", "") == "<!--pagebreak-->":
        return Block("break"), False
    if line.startswith("|"):
        return Block("table", rows=_row(line)), False
    if match := NOTE.fullmatch(line):
        return Block("note", match[2], marker=match[1]), False
    if line.startswith(">"):
        return Block("quote", line[1:].strip()), False
    if set(line) in ({"-"}, {"*"}, {"_"}) and len(line) >= 3:
        return Block("rule"), False
    return _marked(line, indent, depths)


def _marked(line: str, indent: int, depths: _Depths) -> tuple[Block, bool]:
    if match := DECIMAL.fullmatch(line):
        depths.reset()
        return Block("clause", match[2], match[1].strip(".").count(".") - 1, match[1]), False
    if match := LETTERED.fullmatch(line):
        return Block("clause", match[2], depths.of(match[1]), match[1]), False
    if match := ORDERED.fullmatch(line):
        return Block("item", match[2], indent, match[1]), False
    if match := BULLET.fullmatch(line):
        return Block("item", match[1], indent), False
    starts = bool(RESOLUTION.match(line)) or line.startswith('**"')
    if starts:
        depths.reset()
    return Block("paragraph", line), not starts


def _row(line: str) -> tuple[Row, ...]:
    cells = tuple(cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))
    if all(cell and not cell.strip(":-") for cell in cells):
        return ()
    return (cells,)


def parse_runs(text: str, bold: bool = False, italic: bool = False, change: Change = "") -> list[Run]:
    """The runs of a block's text: bold, italic, footnote calls and tracked changes taken apart."""
    runs: list[Run] = []
    at = 0
    for match in INLINE.finditer(text):
        if match.start() > at:
            runs.append(Run(text[at : match.start()], bold, italic, change=change))
        at = match.end()
        kind = match.lastgroup or ""
        inner = match[kind]
        if kind == "note":
            runs.append(Run("", note=inner))
        elif kind in {"insert", "delete", "comment"}:
            runs.append(Run(inner, bold, italic, change=kind))  # type: ignore[arg-type]
        elif kind in {"link", "code"}:
            runs.append(Run(inner, bold, italic, change=change))
        else:
            runs += parse_runs(inner, bold or kind == "bold", italic or kind != "bold", change)
    if at < len(text):
        runs.append(Run(text[at:], bold, italic, change=change))
    return runs


def plain(text: str) -> str:
    """A block's text without its marks: deletions, comments and footnote calls left out."""
    return "".join(run.text for run in parse_runs(text) if run.change in {"", "insert"})


def body_blocks(body: str, title: str) -> list[Block]:
    """The blocks without a first heading that only repeats the title."""
    blocks = parse_blocks(body)
    if blocks and blocks[0].kind == "heading" and blocks[0].depth == 1 and _same(blocks[0].text, title):
        return blocks[1:]
    return blocks


def _same(one: str, other: str) -> bool:
    fold = [re.sub(r"\W+", " ", plain(text)).strip().lower() for text in (one, other)]
    return fold[0] == fold[1]


def notes_of(blocks: list[Block]) -> dict[str, str]:
    """Footnote texts by their key."""
    return {block.marker: block.text for block in blocks if block.kind == "note"}
