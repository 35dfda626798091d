"""ODT, ODS and ODP: headings, printed numbers, tables, notes, sheets as displayed, slides with notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.document import Metadata
from ingest.readers import odf
from memory.errors import Damaged, Locked

Pieces = Callable[..., list[Any]]
MakeOdf = Callable[..., Path]

_NAMES = ("office", "text", "table", "style", "presentation", "meta")
_SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _NAMES) + (
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
LIST = """<text:list-style style:name="L">
<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
<text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/>
<text:list-level-style-number text:level="3" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>
</text:list-style><text:list-style style:name="B"><text:list-level-style-bullet text:level="1"/></text:list-style>"""


@pytest.fixture
def make_odf(make_zip: Any) -> MakeOdf:
    """Write an OpenDocument file: the inside of its body, of its automatic styles, and further parts."""

    def write(name: str, body: str, styles: str = "", **parts: str) -> Path:
        kind = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}[name[-3:]]
        content = (
            f"<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
        )
        named = {f"{part}.xml": text for part, text in parts.items()}
        return Path(
            make_zip(name, {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content, **named})
        )

    return write


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def h(text: str, level: int) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{p(text)}</table:table-cell>"


def test_sections_become_pages_with_heading_paths(make_odf: MakeOdf, pieces: Pieces) -> None:
    reading = odf.read(make_odf("a.odt", h("Water", 1) + h("Meters", 2) + p("Read.") + h("Waste", 1) + p("Bins.")))
    assert [(page.anchor, page.text) for page in reading.pages] == [
        ("section-water", "Water\n\nMeters\n\nRead."),
        ("section-waste", "Waste\n\nBins."),
    ]
    assert [x.heading for x in pieces(reading) if x.kind == "paragraph"] == [("Water", "Meters"), ("Waste",)]


def test_lists_carry_the_numbers_that_are_printed(make_odf: MakeOdf, pieces: Pieces) -> None:
    def items(*inside: str) -> str:
        return f"<text:list>{''.join(f'<text:list-item>{one}</text:list-item>' for one in inside)}</text:list>"

    deep = items(p("apply"), p("pay"))
    outer = items(p("Credit") + items(p("Applicants") + deep, p("Others")), p("Appeals"))
    body = outer.replace("<text:list>", '<text:list text:style-name="L">', 1)
    found = pieces(odf.read(make_odf("a.odt", body, LIST)))
    assert [x.text for x in found] == [
        "1. Credit",
        "1.1 Applicants",
        "(a) apply",
        "(b) pay",
        "1.2 Others",
        "2. Appeals",
    ]


def test_list_that_goes_on_counts_on(make_odf: MakeOdf, pieces: Pieces) -> None:
    item = "<text:list-item><text:p>x</text:p></text:list-item>"
    first = f'<text:list text:style-name="L">{item}{item}</text:list>'
    on = f'<text:list text:style-name="L" text:continue-numbering="true">{item}</text:list>'
    anew = f'<text:list text:style-name="L">{item}</text:list>'
    found = pieces(odf.read(make_odf("a.odt", first + p("between") + on + anew, LIST)))
    assert [x.text for x in found] == ["1. x", "2. x", "between", "3. x", "1. x"]


def test_bullets_are_items(make_odf: MakeOdf, pieces: Pieces) -> None:
    body = '<text:list text:style-name="B"><text:list-item><text:p>taps</text:p></text:list-item></text:list>'
    assert [(x.kind, x.text) for x in pieces(odf.read(make_odf("a.odt", body, LIST)))] == [("item", "• taps")]


def test_table_rows_carry_the_header_rows(make_odf: MakeOdf, pieces: Pieces) -> None:
    first = f"<table:table-row>{cell('Service')}{cell('Rand')}</table:table-row>"
    head = f"<table:table-header-rows>{first}</table:table-header-rows>"
    body = f"<table:table>{head}<table:table-row>{cell('Water')}{cell('5')}</table:table-row></table:table>"
    assert [(x.kind, x.text, x.context) for x in pieces(odf.read(make_odf("a.odt", body)))] == [
        ("row", "Service | Rand", "Service | Rand"),
        ("row", "Water | 5", "Service | Rand"),
    ]


def test_notes_stand_at_the_end_and_remarks_and_deletions_are_left_out(make_odf: MakeOdf, pieces: Pieces) -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>By-law 4.</text:p></text:note-body></text:note>"
    )
    region = "<text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region>"
    deleted = f"<text:tracked-changes>{region}</text:tracked-changes>"
    remark = "<office:annotation><text:p>remark</text:p></office:annotation>"
    body = deleted + p(f"Fees{note} rise<text:s text:c='2'/>now{remark}<text:line-break/>here.") + p("End.")
    assert [(x.kind, x.text) for x in pieces(odf.read(make_odf("a.odt", body)))] == [
        ("paragraph", "Fees[1] rise now\nhere."),
        ("paragraph", "End."),
        ("note", "[1] By-law 4."),
    ]


def test_table_of_contents_is_never_cited(make_odf: MakeOdf, pieces: Pieces) -> None:
    body = f"<text:table-of-content><text:index-body>{p('Water 3')}</text:index-body></text:table-of-content>" + p(
        "Begin."
    )
    reading = odf.read(make_odf("a.odt", body))
    assert reading.pages[0].text == "Water 3\n\nBegin."
    assert [x.text for x in pieces(reading)] == ["Begin."]


def test_text_box_is_read_after_its_paragraph(make_odf: MakeOdf, pieces: Pieces) -> None:
    body = p("Before<draw:frame><draw:text-box><text:p>Boxed</text:p></draw:text-box></draw:frame>") + p("After")
    assert [x.text for x in pieces(odf.read(make_odf("a.odt", body)))] == ["Before", "Boxed", "After"]


def test_metadata_comes_from_the_file(make_odf: MakeOdf) -> None:
    meta = (
        f"<office:document-meta {_SPACES}><office:meta><dc:title>Rates</dc:title><dc:language>af-ZA</dc:language>"
        "<meta:initial-creator>A. Botha</meta:initial-creator>"
        "<meta:creation-date>2020-05-01T10:00:00</meta:creation-date>"
        "<dc:date>2021-06-02T10:00:00</dc:date></office:meta></office:document-meta>"
    )
    assert odf.read(make_odf("a.odt", p("x"), meta=meta)).metadata == Metadata(
        title="Rates", authors=("A. Botha",), created="2020-05-01", modified="2021-06-02", language="af"
    )


def test_sheet_shows_what_its_cells_display(make_odf: MakeOdf, pieces: Pieces) -> None:
    money = 'office:value-type="currency" office:value="1234.5"'
    rows = (
        f"<table:table-row>{cell('Service')}{cell('Rand')}</table:table-row>"
        f"<table:table-row>{cell('Water')}{cell('R 1 234,50', money)}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="1024"/>'
        "</table:table-row>"
    )
    unseen = '<style:table-properties table:display="false"/>'
    hidden = f'<style:style style:name="H" style:family="table">{unseen}</style:style>'
    body = (
        f'<table:table table:name="Tariffs">{rows}</table:table>'
        f'<table:table table:name="Old" table:style-name="H"><table:table-row>{cell("unseen")}</table:table-row>'
        "</table:table>"
    )
    reading = odf.read(make_odf("a.ods", body, hidden))
    assert [(page.anchor, page.label) for page in reading.pages] == [
        ("sheet-Tariffs", "Tariffs!A1:B2"),
        ("sheet-Old", "Old!A1:A1"),
    ]
    assert [(x.text, x.heading, x.context) for x in pieces(reading)] == [
        ("Service | Rand", ("Tariffs",), "Service | Rand"),
        ("Water | R 1 234,50", ("Tariffs",), "Service | Rand"),
        ("unseen", ("Old (hidden)",), ""),
    ]


def test_repeated_row_is_read_as_often_as_it_is_displayed(make_odf: MakeOdf, pieces: Pieces) -> None:
    row = f'<table:table-row table:number-rows-repeated="3">{cell("same")}{cell("row")}</table:table-row>'
    found = pieces(odf.read(make_odf("a.ods", f'<table:table table:name="A">{row}</table:table>')))
    assert [x.text for x in found] == ["same | row"] * 3


def test_slide_is_a_page_with_its_notes(make_odf: MakeOdf, pieces: Pieces) -> None:
    def frame(text: str, y: int, role: str = "") -> str:
        place = f'presentation:class="{role}"' if role else ""
        return f'<draw:frame {place} svg:x="1cm" svg:y="{y}cm"><draw:text-box>{p(text)}</draw:text-box></draw:frame>'

    notes = f"<presentation:notes>{frame('Say it.', 1, 'notes')}</presentation:notes>"
    reading = odf.read(
        make_odf(
            "a.odp", f"<draw:page>{frame('low', 9)}{frame('Leave', 8, 'title')}{frame('high', 2)}{notes}</draw:page>"
        )
    )
    assert [(page.anchor, page.label) for page in reading.pages] == [("slide-1", "1")]
    assert [(x.kind, x.text, x.heading) for x in pieces(reading)] == [
        ("heading", "Leave", ("Leave",)),
        ("paragraph", "high", ("Leave",)),
        ("paragraph", "low", ("Leave",)),
        ("note", "Say it.", ("Leave",)),
    ]


def test_flat_file_is_read_as_well(tmp_path: Path, pieces: Pieces) -> None:
    path = tmp_path / "a.fodt"
    path.write_text(
        f"<?xml version='1.0'?>\n<office:document {_SPACES}><office:body><office:text>{p('Flat.')}</office:text>"
        "</office:body></office:document>"
    )
    assert [x.text for x in pieces(odf.read(path))] == ["Flat."]


def test_encrypted_file_is_locked(make_zip: Any) -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    path = make_zip("a.odt", {"META-INF/manifest.xml": manifest, "content.xml": "noise"})
    with pytest.raises(Locked, match=r"a\.odt: is protected with a password"):
        odf.read(path)


def test_other_packages_are_damaged(make_zip: Any) -> None:
    with pytest.raises(Damaged, match=r"a\.odt: is no OpenDocument file; it has no content\.xml"):
        odf.read(make_zip("a.odt", {"word/document.xml": "<document/>"}))


def test_broken_content_is_damaged(make_zip: Any) -> None:
    with pytest.raises(Damaged, match=r"a\.odt: its part content\.xml is broken"):
        odf.read(make_zip("a.odt", {"content.xml": "<office:document"}))
