"""Decisions as a table: CSV, XLSX or JSON, one row a decision; what a spreadsheet would take for a formula is text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from memory.errors import Misuse
from service.shapes_decisions import DecisionShape

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_COLUMNS: dict[str, Callable[[DecisionShape], str | int | None]] = {
    "number": lambda d: d.number,
    "kind": lambda d: d.kind,
    "body": lambda d: d.body,
    "date": lambda d: d.date,
    "item": lambda d: d.item,
    "title": lambda d: d.title,
    "text": lambda d: d.text,
    "mover": lambda d: d.mover,
    "seconder": lambda d: d.seconder,
    "outcome": lambda d: d.outcome,
    "votes for": lambda d: d.votes.votes_for,
    "votes against": lambda d: d.votes.votes_against,
    "abstentions": lambda d: d.votes.abstentions,
    "interests declared": lambda d: "; ".join(i.who for i in d.interests) or None,
    "to act": lambda d: "; ".join(dict.fromkeys(a.actor for a in d.actions)) or None,
    "due": lambda d: "; ".join(dict.fromkeys(a.due or a.due_words or "" for a in d.actions)).strip("; ") or None,
    "state": lambda d: d.state,
    "report": lambda d: d.report,
    "document": lambda d: d.document,
    "file": lambda d: d.file_name,
    "page": lambda d: d.places["head"][0].page,
}
# How a cell begins that a spreadsheet would calculate.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"title": 30, "text": 80, "document": 40, "report": 40}


def export(decisions: Sequence[DecisionShape], form: str) -> bytes:
    """The file's bytes; `form` is a key of `MEDIA_TYPES`."""
    return {"csv": _csv, "xlsx": _xlsx, "json": _json}[form](decisions)


def write(decisions: Sequence[DecisionShape], file: Path) -> None:
    """Write a table to a file; its ending says which form.

    Raises:
        Misuse: no form has that ending.
    """
    form = file.suffix.lower().removeprefix(".")
    if form not in MEDIA_TYPES:
        raise Misuse(f"{file}: write to a file that ends in .csv, .xlsx or .json")
    file.write_bytes(export(decisions, form))


def _rows(decisions: Sequence[DecisionShape]) -> list[list[str | int | None]]:
    return [[value(decision) for value in _COLUMNS.values()] for decision in decisions]


def _csv(decisions: Sequence[DecisionShape]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(decisions))
    # Excel reads UTF-8 as such only with the mark.
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str | int | None) -> str | int | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _xlsx(decisions: Sequence[DecisionShape]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Decisions"
    sheet.append(list(_COLUMNS))
    for row in _rows(decisions):
        sheet.append(row)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for index, name in enumerate(_COLUMNS, start=1):
        sheet.cell(1, index).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(name, 16)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _json(decisions: Sequence[DecisionShape]) -> bytes:
    return json.dumps([d.model_dump() for d in decisions], ensure_ascii=False, indent=1).encode() + b"\n"
