"""RTF: code pages, unicode, tables, numbers as printed, notes, hidden text, and files that are cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.document import Metadata
from ingest.readers import rtf
from memory.errors import Damaged

Pieces = Callable[..., list[Any]]


@pytest.fixture
def make_rtf(tmp_path: Path) -> Callable[[str], Path]:
    """Write an RTF file with this inside (ASCII)."""

    def write(inside: str) -> Path:
        path = tmp_path / "file.rtf"
        path.write_bytes(b"{\\rtf1\\ansi\\ansicpg1252\\deff0" + inside.encode("ascii") + b"}")
        return path

    return write


def texts(pieces: Pieces, path: Path) -> list[str]:
    return [x.text for x in pieces(rtf.read(path))]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (r"\'93Rates\'94 \'96 caf\'e9", "“Rates” – café"),
        (r"\uc1\u8220?Rates\u8221?", "“Rates”"),
        (r"\uc2\u233\'c3\'a9x", "éx"),
        (r"\uc1\u-10179?\u-8704?", "😀"),
        (r"{\fonttbl{\f0 A;}{\f1\fcharset204 B;}}\f1\'cf\'f0\'e0\'e2\'ee", "Право"),
        (r"{\fonttbl{\f0 A;}{\f1\fcharset128 B;}}\f1\'93\'fa\'96\'7b\f0  x", "日本 x"),
        (r"\lquote a\rquote\~b\_c\-d\emdash e", "‘a’ b-cd—e"),
        (r"a\{b\}c\\d", r"a{b}c\d"),
        (r"shown{\v hidden}{\deleted gone} end", "shown end"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt our site}}", "our site"),
        (r"{\header page head}{\*\generator Riched}body{\pict ffd8}", "body"),
        (r"a{\*\unknown secret}b", "ab"),
    ],
)
def test_text_is_read_as_displayed(make_rtf: Callable[[str], Path], pieces: Pieces, inside: str, text: str) -> None:
    assert texts(pieces, make_rtf(inside)) == [text]


def test_headings_of_styles_and_outline_levels_make_sections(make_rtf: Callable[[str], Path], pieces: Pieces) -> None:
    inside = (
        r"{\stylesheet{\s0 Normal;}{\s1 heading 1;}}\pard\s1 Water\par\pard\s0 Taps.\par\pard\outlinelevel1 Meters\par"
        r"\pard Read.\par\pard\s1 Waste\par\pard Bins.\par"
    )
    reading = rtf.read(make_rtf(inside))
    assert [(page.anchor, page.text) for page in reading.pages] == [
        ("section-water", "Water\n\nTaps.\n\nMeters\n\nRead."),
        ("section-waste", "Waste\n\nBins."),
    ]
    assert [x.heading for x in pieces(reading) if x.text == "Read."] == [("Water", "Meters")]


def test_numbers_are_read_as_printed(make_rtf: Callable[[str], Path], pieces: Pieces) -> None:
    inside = r"{\listtext\pard 4.2\tab}Pay in time\par {\listtext\'b7\tab}taps\par"
    assert [(x.kind, x.text) for x in pieces(rtf.read(make_rtf(inside)))] == [
        ("clause", "4.2 Pay in time"),
        ("item", "• taps"),
    ]


def test_table_rows_carry_a_bold_header(make_rtf: Callable[[str], Path], pieces: Pieces) -> None:
    inside = (
        r"\trowd\pard\intbl{\b Service}\cell{\b Rand}\cell\row"
        r"\trowd\pard\intbl Water\cell first\par second\cell\row\pard After\par"
    )
    assert [(x.kind, x.text, x.context) for x in pieces(rtf.read(make_rtf(inside)))] == [
        ("row", "Service | Rand", "Service | Rand"),
        ("row", "Water | first second", "Service | Rand"),
        ("paragraph", "After", ""),
    ]


def test_footnote_stands_at_the_end(make_rtf: Callable[[str], Path], pieces: Pieces) -> None:
    inside = r"Fees{\super\chftn{\footnote\pard By-law 4.\par}} rise.\par End.\par"
    assert texts(pieces, make_rtf(inside)) == ["Fees[1] rise.", "End.", "[1] By-law 4."]


def test_info_becomes_metadata(make_rtf: Callable[[str], Path]) -> None:
    inside = (
        r"{\info{\title Rates \'e9}{\author A. Botha}{\creatim\yr2020\mo5\dy1\hr9}{\revtim\yr2021\mo6\dy2}"
        r"{\subject s}}text"
    )
    assert rtf.read(make_rtf(inside)).metadata == Metadata(
        title="Rates é", authors=("A. Botha",), created="2020-05-01", modified="2021-06-02", extra={"subject": "s"}
    )


def test_binary_data_is_passed_over(tmp_path: Path, pieces: Pieces) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(b"{\\rtf1 before{\\pict\\bin4 }}}}}after}")
    assert texts(pieces, path) == ["beforeafter"]


def test_cut_off_file_gives_what_is_there_and_says_so(tmp_path: Path, pieces: Pieces) -> None:
    path = tmp_path / "cut.rtf"
    path.write_bytes(b"{\\rtf1 One.\\par Tw")
    reading = rtf.read(path)
    assert [x.text for x in pieces(reading)] == ["One.", "Tw"]
    assert reading.notes == ("cut.rtf: is cut off or broken; what could be read was read",)


@pytest.mark.parametrize("content", [b"", b"plain text", b"{\\rtf1 " + b"{" * 100_000])
def test_what_is_no_document_is_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.rtf"
    path.write_bytes(content)
    with pytest.raises(Damaged, match=r"^bad\.rtf: "):
        rtf.read(path)
