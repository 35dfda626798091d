"""CSV and TSV (RFC 4180 and its relatives): encoding and delimiter found out, cells as they stand."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from ingest.readers.encoding import NotText, decode
from ingest.readers.office_pages import one_line
from ingest.readers.sheet_grid import Budget, Cell, Grid
from memory.errors import Damaged, LimitExceeded

MAX_BYTES = 64 * 2**20
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
_NUMBER = re.compile(r"[-+(]?\s*(?:R|ZAR|\$|€|£)?\s*[-+]?\d[\d ,.\u00a0]*%?\)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?")


def csv_grid(path: Path) -> tuple[Grid, list[str]]:
    """The table as a grid, and notes.

    Raises: Damaged, LimitExceeded.
    """
    if path.stat().st_size > MAX_BYTES:
        raise LimitExceeded(f"{path.name}: is over {MAX_BYTES // 2**20} MiB; split the file")
    try:
        text = decode(path.read_bytes())
    except NotText as error:
        raise Damaged(f"{path.name}: is not a table of text ({error})") from error
    if text.lstrip()[:1] == "<":
        raise Damaged(f"{path.name}: is a web page or XML file, not a table; rename it to .html")
    text, delimiter = _delimited(text, "\t" if path.suffix.lower() in (".tsv", ".tab") else None)
    grid, budget = Grid(""), Budget()
    csv.field_size_limit(MAX_BYTES)
    try:
        for number, fields in enumerate(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), start=1):
            cells = {index: _cell(field) for index, field in enumerate(fields, start=1) if field.strip()}
            if not all(budget.take(cell.text) for cell in cells.values()):
                break
            if cells:
                grid.rows[number] = cells
    except csv.Error as error:
        raise Damaged(f"{path.name}: is not a table of text ({error})") from error
    return grid, [f"{path.name}: is too large; the rows at its end were not read"] if budget.spent else []


def _delimited(text: str, known: str | None) -> tuple[str, str]:
    """The text without Excel's "sep=;" line, and the delimiter."""
    named = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if named:
        return text[named.end() :], named[1]
    return text, known or _delimiter(text)


def _delimiter(text: str) -> str:
    """The delimiter that cuts most of the first rows into the same number of fields, the more fields the better."""
    lines = text[:200_000].splitlines(keepends=True)[:_SAMPLE_ROWS]
    scores = {}
    for delimiter in _DELIMITERS:
        try:
            counts = [len(fields) for fields in csv.reader(lines, delimiter=delimiter) if fields]
        except csv.Error:
            continue
        usual = max(set(counts), key=counts.count) if counts else 1
        share = counts.count(usual) / len(counts) if counts else 0.0
        scores[delimiter] = (share * (usual > 1), usual)
    return max(scores, key=lambda delimiter: scores[delimiter]) if scores else ","


def _cell(field: str) -> Cell:
    text = one_line(field)
    return Cell(text, bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text)))
