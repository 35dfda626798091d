"""XLSX, XLS and CSV: displayed values, headers, several tables, hidden sheets, long sheets, hostile files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.readers import sheets
from ingest.readers.sheet_format import shown
from memory.errors import Damaged, LimitExceeded, Locked

Pieces = Callable[..., list[Any]]


@pytest.fixture
def book() -> Any:
    """A workbook with one sheet called Tariffs."""
    import openpyxl

    made = openpyxl.Workbook()
    made.active.title = "Tariffs"
    return made


def saved(book: Any, folder: Path) -> Path:
    path = folder / "book.xlsx"
    book.save(str(path))
    return path


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1234.5, '"R"\\ #,##0.00', "R 1,234.50"),
        (1234567.891, "[$R-1C09]\\ #,##0.00", "R 1,234,567.89"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (-12.5, "R#,##0.00;[Red]-R#,##0.00", "-R12.50"),
        (1234.5, '_-"R"* #,##0.00_-;\\-"R"* #,##0.00_-;_-"R"* "-"??_-;_-@_-', "R 1,234.50"),
        (0, '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', "-"),
        (1234567.5, "# ##0.00", "1234 567.50"),
        (0.338, "0.00%", "33.80%"),
        (0.155, "0%", "16%"),
        (1.005, "0.00", "1.01"),
        (-0.004, "0.00", "0.00"),
        (837654321, "0##\\ ###\\ ####", "083 765 4321"),
        (123456, '0.0,"k"', "123.5k"),
        (0.5, "#.00", ".50"),
        (2.25, "# ?/?", "2 1/4"),
        (12345678.9, "0.00E+00", "1.23E+07"),
        (1500, '[>=1000]#,##0,"K";0', "2K"),
        (5, '0" kl"', "5 kl"),
        (0, ";;;", ""),
        (0.1 + 0.2, "General", "0.3"),
        (12.0, "General", "12"),
        (1e20, "General", "1E+20"),
        (45292, "yyyy/mm/dd", "2024/01/01"),
        (45292.75, "dd mmmm yyyy h:mm AM/PM", "01 January 2024 6:00 PM"),
        (44197, "[$-1C09]dddd d mmm yy", "Friday 1 Jan 21"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (0.5, "mm:ss", "00:00"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (-1, "yyyy-mm-dd", "-1"),
        (float("nan"), "0.00", "nan"),
    ],
)
def test_number_is_shown_as_excel_shows_it(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_days_can_count_from_1904() -> None:
    assert shown(0, "yyyy-mm-dd", from_1904=True) == "1904-01-01"


def test_sheet_is_a_page_of_displayed_rows_under_their_header(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    sheet = book.active
    for cells in (["Water tariffs 2024"], ["Service", "Rand", "From"], ["Basic", 1234.5, date(2024, 7, 1)]):
        sheet.append(cells)
    sheet["B3"].number_format, sheet["C3"].number_format = '"R" #,##0.00', "d mmmm yyyy"
    reading = sheets.read(saved(book, tmp_path))
    assert [(page.anchor, page.label) for page in reading.pages] == [("sheet-Tariffs", "Tariffs!A1:C3")]
    under = ("Tariffs", "Water tariffs 2024")
    assert [(x.kind, x.text, x.heading, x.context) for x in pieces(reading)] == [
        ("paragraph", "Water tariffs 2024", ("Tariffs",), ""),
        ("row", "Service | Rand | From", under, "Service | Rand | From"),
        ("row", "Basic | R 1,234.50 | 1 July 2024", under, "Service | Rand | From"),
    ]


def test_tables_apart_have_headers_of_their_own(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    rows: list[list[Any]] = [["Service", "Rand"], ["Water", 5], [], ["Ward", "Votes"], ["1", 900], ["2", 700]]
    for cells in rows:
        book.active.append(cells)
    found = pieces(sheets.read(saved(book, tmp_path)))
    assert [x.context for x in found] == ["Service | Rand"] * 2 + ["Ward | Votes"] * 3


def test_rows_after_a_gap_keep_the_header(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    for cells in (["Service", "Rand"], ["Water", 5], [], ["Waste", 7]):
        book.active.append(cells)
    found = pieces(sheets.read(saved(book, tmp_path)))
    assert (found[-1].text, found[-1].context) == ("Waste | 7", "Service | Rand")


def test_line_over_all_columns_is_a_heading_of_the_rows_below(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    for cells in (["Service", "Unit", "Rand"], ["WATER"], ["Basic", "month", 5], ["WASTE"], ["Bin", "week", 7]):
        book.active.append(cells)
    found = pieces(sheets.read(saved(book, tmp_path)))
    assert [(x.kind, x.heading) for x in found[1:]] == [
        ("heading", ("Tariffs", "WATER")),
        ("row", ("Tariffs", "WATER")),
        ("heading", ("Tariffs", "WASTE")),
        ("row", ("Tariffs", "WASTE")),
    ]


def test_header_of_two_merged_rows_is_one_label_a_column(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    sheet = book.active
    for cells in (["Service", "2024", None], [None, "Without VAT", "With VAT"], ["Water", 100, 115]):
        sheet.append(cells)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    found = pieces(sheets.read(saved(book, tmp_path)))
    assert found[-1].text == "Water | 100 | 115"
    assert found[-1].context == "Service | 2024 Without VAT | 2024 With VAT"


def test_cell_merged_downwards_is_said_in_each_row(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    for cells in (["Service", "Step", "Rand"], ["Water", "0-6", 0], [None, "6-20", 12]):
        book.active.append(cells)
    book.active.merge_cells("A2:A3")
    assert [x.text for x in pieces(sheets.read(saved(book, tmp_path)))][1:] == ["Water | 0-6 | 0", "Water | 6-20 | 12"]


def test_long_sheet_goes_on_over_pages(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    book.active.append(["Erf", "Value"])
    for number in range(2, 451):
        book.active.append([f"Erf {number}", number])
    reading = sheets.read(saved(book, tmp_path))
    assert [(page.anchor, page.label) for page in reading.pages] == [
        ("sheet-Tariffs", "Tariffs!A1:B200"),
        ("sheet-Tariffs-rows-201-400", "Tariffs!A201:B400"),
        ("sheet-Tariffs-rows-401-600", "Tariffs!A401:B450"),
    ]
    assert {x.context for x in pieces(reading)} == {"Erf | Value"}


def test_hidden_sheet_is_read_and_named(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    book.active.append(["seen"])
    hidden = book.create_sheet("Old")
    hidden.append(["unseen"])
    hidden.sheet_state = "hidden"
    reading = sheets.read(saved(book, tmp_path))
    assert [(x.text, x.heading) for x in pieces(reading)] == [("seen", ("Tariffs",)), ("unseen", ("Old (hidden)",))]
    assert reading.metadata.extra == {"sheets_hidden": "Old"}
    assert reading.notes == ("book.xlsx: hidden sheets were read: Old",)


def test_formula_without_stored_value_is_reported(book: Any, tmp_path: Path) -> None:
    book.active.append(["Total", "=1+1"])
    assert sheets.read(saved(book, tmp_path)).notes == (
        "book.xlsx: 1 formulas have no stored value; save it in Excel once",
    )


def test_wide_header_is_cut_to_leave_room_for_the_row(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    book.active.append([f"A very long label of column number {n}" for n in range(30)])
    book.active.append(list(range(30)))
    assert len(pieces(sheets.read(saved(book, tmp_path)))[0].context) <= 30 * 15


def test_shared_strings_without_end_stop_the_reading(make_zip: Any) -> None:
    row = '<row><c t="s"><v>0</v></c></row>'
    parts = {
        "xl/workbook.xml": '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="A" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/>'
        '<Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/></Relationships>',
        "xl/t.xml": f"<sst><si><t>{'word ' * 6000}</t></si></sst>",
        "xl/s.xml": f"<worksheet><sheetData>{row * 2000}</sheetData></worksheet>",
    }
    reading = sheets.read(make_zip("bomb.xlsx", parts))
    assert reading.notes == ("bomb.xlsx: is too large; the cells at its end were not read",)
    assert sum(len(page.text) for page in reading.pages) < 41_000_000


def test_old_workbook_shows_its_formats_as_well(tmp_path: Path, pieces: Pieces) -> None:
    import xlwt

    made = xlwt.Workbook()
    sheet = made.add_sheet("Fines")
    money, percent = xlwt.easyxf(num_format_str='"R" #,##0.00'), xlwt.easyxf(num_format_str="0.0%")
    for row, (name, fine, share) in enumerate([("Offence", "Fine", "Share"), ("Litter", 1500, 0.125)]):
        sheet.write(row, 0, name)
        sheet.write(row, 1, fine, money)
        sheet.write(row, 2, share, percent)
    made.save(str(tmp_path / "fines.xls"))
    assert [x.text for x in pieces(sheets.read(tmp_path / "fines.xls"))] == [
        "Offence | Fine | Share",
        "Litter | R 1,500.00 | 12.5%",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"Service,Rand\nWater,5\n",
        "Service;Rand\nWater;5\n".encode("utf-8-sig"),
        "Service\tRand\nWater\t5\n".encode("utf-16"),
        "sep=|\r\nService|Rand\r\nWater|5\r\n".encode("cp1252"),
    ],
)
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, pieces: Pieces, content: bytes) -> None:
    path = tmp_path / "tariffs.csv"
    path.write_bytes(content)
    reading = sheets.read(path)
    assert [(x.text, x.context) for x in pieces(reading)] == [
        ("Service | Rand", "Service | Rand"),
        ("Water | 5", "Service | Rand"),
    ]
    assert [(page.anchor, page.label) for page in reading.pages] == [("sheet", "A1:B2")]


def test_quoted_fields_may_hold_delimiters_and_line_ends(tmp_path: Path, pieces: Pieces) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Name,Address\n"Nkosi, T.","1 Long Street\nTown"\n', encoding="utf-8")
    assert [x.text for x in pieces(sheets.read(path))][1] == "Nkosi, T. | 1 Long Street Town"


def test_content_decides_over_the_name(book: Any, tmp_path: Path, pieces: Pieces) -> None:
    book.active.append(["new format"])
    path = saved(book, tmp_path).rename(tmp_path / "old.xls")
    assert [x.text for x in pieces(sheets.read(path))] == ["new format"]


def test_web_page_under_the_name_of_a_table_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("<html><table></table></html>")
    with pytest.raises(Damaged, match=r"export\.csv: is a web page or XML file"):
        sheets.read(path)


def test_noise_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "noise.csv"
    path.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(Damaged, match=r"noise\.csv: is not a table of text"):
        sheets.read(path)


def test_broken_old_workbook_is_damaged(make_ole: Callable[[str, Mapping[str, bytes]], Path]) -> None:
    with pytest.raises(Damaged, match=r"a\.xls: is a broken workbook"):
        sheets.read(make_ole("a.xls", {"Workbook": b"\x09\x08\x10\x00" + b"\xff" * 4000}))


def test_encrypted_workbooks_are_locked(shared: Path, make_ole: Callable[[str, Mapping[str, bytes]], Path]) -> None:
    with pytest.raises(Locked, match="protected with a password"):
        sheets.read(shared / "nasty/xlsx/tika__testEXCEL_protected_passtika.xlsx")
    begin = bytes.fromhex("0908100000060500bb0dcc0700000000060000002f003600") + bytes(54)
    with pytest.raises(Locked, match=r"old\.xls: is protected with a password"):
        sheets.read(make_ole("old.xls", {"Workbook": begin}))


def test_huge_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(LimitExceeded, match=r"huge\.csv: is over 64 MiB"):
        sheets.read(path)


def test_real_workbooks_are_read_whole(shared: Path, pieces: Pieces) -> None:
    paths = [p for p in sorted((shared / "docs").rglob("*")) if p.suffix in (".xlsx", ".xls", ".csv")]
    found = {path.name: pieces(sheets.read(path)) for path in paths}
    assert {name: len(rows) for name, rows in found.items() if len(rows) > 100} == {
        "Household_data_-_18_Mar_2020.xlsx": 10_453,
        "TSH.xls": 119 - 1,
        "Template.xlsx": 118,
    }
    property_rates = found["Household_data_-_18_Mar_2020.xlsx"][7]
    assert property_rates.text.startswith("A | BUF | Buffalo City | H | Property rates | 527.29 | 567.37")
    assert property_rates.heading[-1] == "Province :( EC ) EASTERN CAPE"
