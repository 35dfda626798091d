"""XLSX, XLS, CSV and TSV: each sheet a page of displayed values, one row a block, its header as context."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ingest.document import Metadata, Reading, ReadPage
from ingest.readers import compound
from ingest.readers.office_pages import SLUG_MAX
from ingest.readers.package import Package
from ingest.readers.properties import core_metadata
from ingest.readers.sheet_csv import csv_grid
from ingest.readers.sheet_grid import Grid
from ingest.readers.sheet_tables import sheet_pages
from ingest.readers.sheet_xls import xls_grids
from ingest.readers.sheet_xlsx import xlsx_grids
from memory.errors import Damaged


def read(path: Path) -> Reading:
    """The sheets of a workbook or table, told by its content and not by its name.

    Raises: Locked, Damaged, LimitExceeded.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise Damaged(f"{path.name}: is empty (0 bytes)")
    if head == compound.SIGNATURE:
        return _read_xls(path)
    if head[:2] == b"PK" or path.suffix.lower() in (".xlsx", ".xlsm", ".xltx"):
        return _read_xlsx(path)
    if head[:1] == b"\x09" and head[1:2] in b"\x00\x02\x04\x08" and head[2:4] in (b"\x04\x00", b"\x06\x00"):
        return _read_xls(path)  # BIFF 2 to 4: a bare stream without OLE around it
    grid, notes = csv_grid(path)
    pages = sheet_pages(grid, anchor="sheet", first_number=1, whole_file=True)
    return Reading(tuple(pages), notes=tuple(notes + _nothing(path, pages)))


def workbook_reading(path: Path, grids: list[Grid], metadata: Metadata, notes: list[str]) -> Reading:
    """The pages of all sheets in their order, hidden ones named."""
    pages: list[ReadPage] = []
    taken: set[str] = set()
    for grid in grids:
        anchor = _anchor(grid.name, taken)
        pages += sheet_pages(grid, anchor=anchor, first_number=len(pages) + 1)
    hidden = ", ".join(grid.name for grid in grids if grid.hidden)
    if hidden:
        metadata = replace(metadata, extra={**metadata.extra, "sheets_hidden": hidden})
        notes = [*notes, f"{path.name}: hidden sheets were read: {hidden}"]
    return Reading(tuple(pages), metadata, notes=tuple(notes + _nothing(path, pages)))


def _read_xlsx(path: Path) -> Reading:
    with Package(path, "an XLSX file") as package:
        grids = xlsx_grids(package)
        if grids is None:
            return Reading((), notes=(f"{path.name}: holds no workbook, nothing to index",))
        return workbook_reading(path, grids, core_metadata(package), package.notes)


def _read_xls(path: Path) -> Reading:
    metadata = Metadata()
    if compound.is_compound(path):
        if compound.content_of(path) != "workbook":
            compound.refuse(path, "a workbook")
        metadata = compound.summary(path)
    grids, notes = xls_grids(path)
    return workbook_reading(path, grids, metadata, notes)


def _anchor(name: str, taken: set[str]) -> str:
    stem = "sheet-" + (re.sub(r"[\W_]+", "-", name).strip("-")[:SLUG_MAX] or "unnamed")
    anchor, count = stem, 1
    while anchor in taken:
        count += 1
        anchor = f"{stem}-{count}"
    taken.add(anchor)
    return anchor


def _nothing(path: Path, pages: list[ReadPage]) -> list[str]:
    return [] if pages else [f"{path.name}: displays nothing, nothing to index"]
