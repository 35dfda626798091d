"""DOCX: sections, computed numbers, tables, notes, revisions, and files that are broken or hostile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.document import Metadata
from ingest.readers import docx
from ingest.readers.ordinals import printed
from memory.errors import Damaged, LimitExceeded, Locked

Pieces = Callable[..., list[Any]]
MakeDocx = Callable[..., Path]

STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Chapter"/><w:basedOn w:val="H1"/></w:style>
<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:numPr><w:ilvl w:val="1"/>
  <w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
"""
LEVELS = """
<w:abstractNum w:abstractNumId="0">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>
 <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="(%4)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
 <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/>
 <w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>
"""


def p(text: str, style: str = "", level: int | None = None, number: int = 1, run: str = "") -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if level is not None:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def row(*cells: str, header: bool = False) -> str:
    mark = "<w:trPr><w:tblHeader/></w:trPr>" if header else ""
    return f"<w:tr>{mark}{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def texts(pieces: Pieces, path: Path) -> list[str]:
    return [piece.text for piece in pieces(docx.read(path))]


def test_each_top_section_is_a_page_with_a_stable_anchor(make_docx: MakeDocx, pieces: Pieces) -> None:
    body = p("Water", "H1") + p("Taps.") + p("Meters", "H2") + p("Read.") + p("Waste", "Own") + p("Bins.")
    reading = docx.read(make_docx(body, styles=STYLES))
    assert [(page.number, page.anchor, page.text) for page in reading.pages] == [
        (1, "section-water", "Water\n\nTaps.\n\nMeters\n\nRead."),
        (2, "section-waste", "Waste\n\nBins."),
    ]
    assert [(piece.kind, piece.heading) for piece in pieces(reading)] == [
        ("heading", ("Water",)),
        ("paragraph", ("Water",)),
        ("heading", ("Water", "Meters")),
        ("paragraph", ("Water", "Meters")),
        ("heading", ("Waste",)),
        ("paragraph", ("Waste",)),
    ]


def test_lone_top_heading_is_the_title_above_the_sections(make_docx: MakeDocx) -> None:
    body = p("Policy", "H1") + p("Adopted.") + p("Aim", "H2") + p("One.") + p("Scope", "H2") + p("Two.")
    reading = docx.read(make_docx(body, styles=STYLES))
    assert [page.anchor for page in reading.pages] == ["section-policy", "section-aim", "section-scope"]
    assert reading.pages[1].blocks[1].heading == ("Policy", "Aim")
    assert reading.metadata.title == "Policy"


def test_same_heading_twice_has_two_anchors(make_docx: MakeDocx) -> None:
    body = p("Notes", "H1") + p("a") + p("Notes", "H1") + p("b")
    reading = docx.read(make_docx(body, styles=STYLES))
    assert [page.anchor for page in reading.pages] == ["section-notes", "section-notes-2"]


def test_clauses_carry_the_numbers_that_word_prints(make_docx: MakeDocx, pieces: Pieces) -> None:
    steps = [("Credit control", 0), ("The applicant must", 1), ("apply", 2), ("pay", 2), ("in cash", 3),
             ("or by card", 3), ("Water is cut off", 1), ("without notice", 2), ("Appeals", 0),
             ("Within 21 days", 1)]  # fmt: skip
    body = "".join(p(text, level=level) for text, level in steps)
    assert texts(pieces, make_docx(body, numbering=LEVELS)) == [
        "1. Credit control",
        "1.1 The applicant must",
        "(a) apply",
        "(b) pay",
        "(i) in cash",
        "(ii) or by card",
        "1.2 Water is cut off",
        "(a) without notice",
        "2. Appeals",
        "2.1 Within 21 days",
    ]


def test_start_override_begins_the_list_anew(make_docx: MakeDocx, pieces: Pieces) -> None:
    body = p("one", level=0) + p("two", level=0) + p("seven", level=0, number=2) + p("eight", level=0, number=2)
    assert texts(pieces, make_docx(body, numbering=LEVELS)) == ["1. one", "2. two", "7. seven", "8. eight"]


def test_number_can_come_from_the_style(make_docx: MakeDocx, pieces: Pieces) -> None:
    body = p("Rates", level=0) + p("are due", "Clause") + p("monthly", "Clause")
    found = pieces(docx.read(make_docx(body, styles=STYLES, numbering=LEVELS)))
    assert [(piece.kind, piece.text) for piece in found] == [
        ("clause", "1. Rates"),
        ("clause", "1.1 are due"),
        ("clause", "1.2 monthly"),
    ]


def test_bullets_are_items(make_docx: MakeDocx, pieces: Pieces) -> None:
    found = pieces(docx.read(make_docx(p("buckets", level=0, number=3), numbering=LEVELS)))
    assert [(piece.kind, piece.text) for piece in found] == [("item", "• buckets")]


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (4, "lowerRoman", "iv"),
        (1999, "upperRoman", "MCMXCIX"),
        (27, "lowerLetter", "aa"),
        (3, "decimalZero", "03"),
        (22, "ordinal", "22nd"),
        (21, "ordinalText", "Twenty-first"),
        (40, "cardinalText", "Forty"),
        (-1, "lowerLetter", "-1"),
        (5, "chineseCounting", "5"),
    ],
)
def test_numbers_are_printed_in_the_formats_of_lists(number: int, style: str, text: str) -> None:
    assert printed(number, style) == text


def test_table_rows_carry_their_header_as_context(make_docx: MakeDocx, pieces: Pieces) -> None:
    body = table(
        row(p("Service"), p("Tariff"), header=True), row(p("Water"), p("R12.50")), row(p("Refuse"), p("R80.00"))
    )
    assert [(x.kind, x.text, x.context) for x in pieces(docx.read(make_docx(body)))] == [
        ("row", "Service | Tariff", "Service | Tariff"),
        ("row", "Water | R12.50", "Service | Tariff"),
        ("row", "Refuse | R80.00", "Service | Tariff"),
    ]


def test_cell_merged_downwards_is_said_in_each_row(make_docx: MakeDocx, pieces: Pieces) -> None:
    start, on = (f"<w:tcPr><w:vMerge{value}/></w:tcPr>" for value in (' w:val="restart"', ""))
    body = table(row(start + p("Water"), p("0 to 6 kl")), row(on + p(""), p("6 to 20 kl")))
    assert texts(pieces, make_docx(body)) == ["Water | 0 to 6 kl", "Water | 6 to 20 kl"]


def test_nested_table_is_read_inside_its_cell(make_docx: MakeDocx, pieces: Pieces) -> None:
    inner = table(row(p("a"), p("b"))) + p("")
    assert texts(pieces, make_docx(table(row(p("left"), inner)))) == ["left | a | b"]


def test_table_of_one_column_only_frames_its_text(make_docx: MakeDocx, pieces: Pieces) -> None:
    found = pieces(docx.read(make_docx(table(row(p("First.") + p("Second."))))))
    assert [(piece.kind, piece.text) for piece in found] == [("paragraph", "First."), ("paragraph", "Second.")]


def test_footnotes_stand_at_the_end_of_the_section_that_refers_to_them(make_docx: MakeDocx, pieces: Pieces) -> None:
    reference = (
        '<w:p><w:r><w:t>Fees</w:t></w:r><w:r><w:footnoteReference w:id="5"/></w:r><w:r><w:t> rise.</w:t></w:r></w:p>'
    )
    notes = (
        '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        f'<w:footnote w:id="5">{p("By-law 4.")}</w:footnote>'
    )
    body = p("One", "H1") + reference + p("More.") + p("Two", "H1") + p("End.")
    reading = docx.read(make_docx(body, styles=STYLES, footnotes=notes))
    assert [page.text for page in reading.pages] == [
        "One\n\nFees[1] rise.\n\nMore.\n\n[1] By-law 4.",
        "Two\n\nEnd.",
    ]
    assert [(x.text, x.heading) for x in pieces(reading) if x.kind == "note"] == [("[1] By-law 4.", ("One",))]


def test_text_box_is_read_once(make_docx: MakeDocx, pieces: Pieces) -> None:
    box = f"<w:txbxContent>{p('In the box')}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
    both = f"<mc:AlternateContent>{choice}</mc:AlternateContent>"
    body = f"<w:p><w:r><w:t>Before</w:t></w:r><w:r>{both}</w:r></w:p>" + p("After")
    assert texts(pieces, make_docx(body)) == ["Before", "In the box", "After"]


def test_tracked_changes_are_read_as_accepted(make_docx: MakeDocx, pieces: Pieces) -> None:
    changed = (
        "<w:p><w:r><w:t>The fee is </w:t></w:r><w:del><w:r><w:delText>R10</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>R20</w:t></w:r></w:ins><w:moveFrom><w:r><w:t> gone</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t> here</w:t></w:r></w:moveTo></w:p>"
    )
    joined = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>One </w:t></w:r></w:p>" + p("sentence.")
    gone = table("<w:tr><w:trPr><w:del/></w:trPr><w:tc>" + p("deleted row") + "</w:tc></w:tr>", row(p("x"), p("y")))
    assert texts(pieces, make_docx(changed + joined + gone)) == ["The fee is R20 here", "One sentence.", "x | y"]


def test_comments_hidden_text_and_instructions_are_left_out(make_docx: MakeDocx, pieces: Pieces) -> None:
    body = (
        '<w:p><w:commentRangeStart w:id="1"/><w:r><w:t>Shown</w:t></w:r><w:r><w:commentReference w:id="1"/></w:r>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> hidden</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t> on 1 May</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    comment = f'<w:comment w:id="1">{p("remark")}</w:comment>'
    assert texts(pieces, make_docx(body, comments=comment)) == ["Shown on 1 May"]


def test_links_controls_and_soft_hyphens_give_their_words(make_docx: MakeDocx, pieces: Pieces) -> None:
    body = (
        '<w:p><w:hyperlink r:id="x"><w:r><w:t>our site</w:t></w:r></w:hyperlink>'
        "<w:r><w:tab/><w:t>co</w:t><w:softHyphen/>"
        "<w:t>ope\u00adrate</w:t><w:noBreakHyphen/><w:t>now</w:t></w:r></w:p>"
        f"<w:sdt><w:sdtContent>{p('chosen')}</w:sdtContent></w:sdt>"
    )
    assert texts(pieces, make_docx(body)) == ["our site cooperate-now", "chosen"]


def test_table_of_contents_stays_on_the_page_and_is_never_cited(make_docx: MakeDocx, pieces: Pieces) -> None:
    reading = docx.read(make_docx(p("Water 3", "TOC1") + p("Begin.") + p("End."), styles=STYLES))
    assert reading.pages[0].text == "Water 3\n\nBegin.\n\nEnd."
    assert [piece.text for piece in pieces(reading)] == ["Begin.", "End."]


def test_typed_contents_are_never_cited(make_docx: MakeDocx, pieces: Pieces) -> None:
    body = p("Contents", "H1") + p("1. Water 4") + p("2. Waste 9") + p("Water", "H1") + p("Section 9")
    assert texts(pieces, make_docx(body, styles=STYLES)) == ["Contents", "Water", "Section 9"]


def test_document_without_headings_is_cut_at_paragraphs(make_docx: MakeDocx, pieces: Pieces) -> None:
    reading = docx.read(make_docx("".join(p(f"{n} " + "word " * 199) for n in range(9))))
    assert [page.anchor for page in reading.pages] == ["part-1", "part-2", "part-3"]
    assert max(len(page.text) for page in reading.pages) <= 3_000
    assert len(pieces(reading)) == 9


def test_long_section_is_cut_at_lower_headings(make_docx: MakeDocx) -> None:
    long = "".join(p(f"Part {n}", "H2") + p("word " * 900) for n in range(3))
    reading = docx.read(make_docx(p("Big", "H1") + long + p("Small", "H1") + p("x"), styles=STYLES))
    assert [page.anchor for page in reading.pages] == [
        "section-big",
        "section-part-1",
        "section-part-2",
        "section-small",
    ]
    assert [b.heading for b in reading.pages[1].blocks] == [("Big", "Part 1")] * 2


def test_bold_lines_are_headings_where_none_is_styled(make_docx: MakeDocx, pieces: Pieces) -> None:
    bold = "<w:b/>"
    body = (
        p("CHAPTER 1", run=bold) + p("1. Definitions", run=bold) + p("In this policy words mean things.") * 3
        + p("CHAPTER 2", run=bold) + p("Duties are set out here.") * 3
    )  # fmt: skip
    found = pieces(docx.read(make_docx(body)))
    assert [piece.heading for piece in found if piece.kind == "heading"] == [
        ("CHAPTER 1",),
        ("1. Definitions",),
        ("CHAPTER 2",),
    ]


def test_properties_become_metadata_without_what_templates_say(make_docx: MakeDocx) -> None:
    import docx as writer

    path = make_docx(p("x")).with_name("said.docx")
    document = writer.Document()
    document.add_paragraph("Words.")
    core = document.core_properties
    core.title, core.author, core.language = "Rates policy", "T. Nkosi; A. Botha", "en-ZA"
    document.save(str(path))
    expected = Metadata(title="Rates policy", authors=("T. Nkosi", "A. Botha"), language="en")
    said = docx.read(path).metadata
    assert replace(said, created=None, modified=None, extra={}) == expected


def test_title_paragraph_names_the_document(make_docx: MakeDocx) -> None:
    reading = docx.read(make_docx(p("Indigent policy", "Title") + p("Text."), styles=STYLES))
    assert reading.metadata.title == "Indigent policy"


def test_strict_documents_are_read_as_well(make_zip: Any, pieces: Pieces) -> None:
    strict = "http://purl.oclc.org/ooxml/"
    body = "<w:body><w:p><w:r><w:t>Strict</w:t></w:r></w:p></w:body>"
    parts = {
        "_rels/.rels": f'<Relationships><Relationship Id="r" Target="word/document.xml" '
        f'Type="{strict}officeDocument/relationships/officeDocument"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{strict}wordprocessingml/main">{body}</w:document>',
    }
    assert texts(pieces, make_zip("strict.docx", parts)) == ["Strict"]


def test_entities_are_left_unexpanded_and_files_unread(make_docx: MakeDocx, pieces: Pieces) -> None:
    doctype = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert texts(pieces, make_docx(p("before &x; after"), doctype=doctype)) == ["before after"]


def test_cut_off_file_is_damaged(make_docx: MakeDocx) -> None:
    path = make_docx(p("x"))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Damaged, match=r"file\.docx: is not a DOCX file, or is cut off or broken"):
        docx.read(path)


def test_empty_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "empty.docx"
    path.touch()
    with pytest.raises(Damaged, match=r"empty\.docx: is empty"):
        docx.read(path)


def test_broken_xml_is_damaged_in_one_line(make_docx: MakeDocx) -> None:
    with pytest.raises(Damaged, match=r"^file\.docx: its part word/document\.xml is broken \([^\n]*\)$"):
        docx.read(make_docx("<w:p>"))


def test_workbook_under_the_name_of_a_document_is_damaged(make_zip: Any) -> None:
    path = make_zip("tariffs.docx", {"xl/workbook.xml": "<workbook/>"})
    with pytest.raises(Damaged, match=r"tariffs\.docx: is an Excel workbook; rename it"):
        docx.read(path)


def test_zip_bomb_is_not_opened(make_docx: MakeDocx) -> None:
    with pytest.raises(LimitExceeded, match="zip bomb"):
        docx.read(make_docx(" " * 20_000_000))


def test_encrypted_document_is_locked(make_ole: Callable[[str, Mapping[str, bytes]], Path]) -> None:
    with pytest.raises(Locked, match=r"secret\.docx: is protected with a password"):
        docx.read(make_ole("secret.docx", {"EncryptedPackage": b"x", "EncryptionInfo": b"y"}))


def test_document_of_nothing_says_so(make_docx: MakeDocx) -> None:
    reading = docx.read(make_docx(""))
    assert (reading.pages, reading.notes) == ((), ("file.docx: has no text, nothing to index",))


def test_real_documents_are_read_whole(shared: Path, pieces: Pieces) -> None:
    paths = sorted((shared / "docs").rglob("*.docx"))
    readings = {path.name: docx.read(path) for path in paths}
    assert all(pieces(reading) for reading in readings.values())
    assert sum(len(page.text) for reading in readings.values() for page in reading.pages) > 200_000
