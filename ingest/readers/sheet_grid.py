"""A worksheet as its displayed cells, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.readers.office_pages import Unit

MAX_CELLS = 1_000_000  # of one workbook: some 30 s of reading
MAX_CHARACTERS = 40_000_000  # of one workbook as displayed; shared strings can be repeated without end
MAX_MERGES = 20_000  # of one sheet: more are decoration
MAX_SPAN = 2_000  # rows or columns over which one merged cell is spread


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that displays something. `number`: a number, date or truth value."""

    text: str
    number: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; rows and columns count from 1, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Grid:
    """One sheet: cells by row and column (from 1), those that display nothing left out.

    `beside`: words of text boxes and charts that float over the cells.
    """

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    beside: list[Unit] = field(default_factory=list)


@dataclass(slots=True)
class Budget:
    """What may still be read of one workbook. `spent`: it ran out and the rest was left unread."""

    cells: int = MAX_CELLS
    characters: int = MAX_CHARACTERS
    spent: bool = False

    def take(self, text: str) -> bool:
        """Whether a cell with this text may still be kept."""
        self.cells -= 1
        self.characters -= len(text)
        self.spent = self.spent or self.cells < 0 or self.characters < 0
        return not self.spent


def column_name(column: int) -> str:
    """The column as sheets letter it: 1 is A, 27 is AA."""
    name = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def column_number(reference: str) -> int:
    """The column of a cell reference such as AB12, from 1; 0 for one without letters."""
    number = 0
    for character in reference.upper():
        if not "A" <= character <= "Z":
            break
        number = number * 26 + ord(character) - ord("A") + 1
    return number


def spread_down(grid: Grid) -> None:
    """Repeats the text of a cell that is merged over rows in each of them, so that every row says it."""
    for merge in grid.merges:
        cell = grid.rows.get(merge.top, {}).get(merge.left)
        if cell is None or merge.bottom - merge.top > MAX_SPAN:
            continue
        for row in range(merge.top + 1, merge.bottom + 1):
            if row in grid.rows:
                grid.rows[row].setdefault(merge.left, cell)


def widths(merges: Iterable[Merge]) -> dict[tuple[int, int], int]:
    """How many columns the merged cell at (row, column) covers, for each of its rows."""
    covered: dict[tuple[int, int], int] = {}
    for merge in merges:
        for row in range(merge.top, min(merge.bottom, merge.top + MAX_SPAN) + 1):
            covered[row, merge.left] = merge.right - merge.left + 1
    return covered
