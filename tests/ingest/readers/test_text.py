"""Plain text: encodings, pages, headings, clauses and turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.document import Reading
from ingest.readers.encoding import NotText, decode
from ingest.readers.text import read
from memory.errors import Damaged

SENTENCE = "Die Größe des Cafés “Zur Mühle” – naïve Idee, 5 000 Rand."


def reading_of(folder: Path, text: str) -> Reading:
    path = folder / "note.txt"
    path.write_text(text, encoding="utf-8")
    return read(path)


def blocks_of(reading: Reading) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(b.kind, page.text[b.start : b.end], b.heading) for page in reading.pages for b in page.blocks]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_usual_encodings_are_recognised(encoding: str) -> None:
    assert decode((SENTENCE * 3).encode(encoding)) == SENTENCE * 3


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp866", "Однажды, в студеную зимнюю пору, я из лесу вышел; был сильный мороз. "),
        ("cp1251", "Однажды, в студеную зимнюю пору, я из лесу вышел; был сильный мороз. "),
        ("cp1256", "في قرية من القرى كان هناك رجل حكيم يعرف كل شيء عن الحياة وكان يعلم الناس. "),
    ],
)
def test_other_scripts_are_recognised(encoding: str, text: str) -> None:
    assert decode((text * 4).encode(encoding)) == text * 4


def test_declared_encoding_is_believed_only_when_it_fits() -> None:
    assert decode("é".encode("cp1252"), "iso-8859-1") == "é"
    assert decode("é".encode(), "iso-8859-1") == "é"
    assert decode("すみません".encode("iso-2022-jp"), "iso-2022-jp") == "すみません"
    assert decode(b"plain", "no-such-encoding") == "plain"


@pytest.mark.parametrize("content", [bytes(range(256)), b"PK\x00\x00\x01", "HELLO WORLD OF OLD ".encode("cp500") * 9])
def test_what_is_no_text_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(NotText):
        decode(content)
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(Damaged, match=r"^x\.txt: is not readable text: "):
        read(tmp_path / "x.txt")


def test_structure_of_plain_minutes_is_found(tmp_path: Path) -> None:
    text = (
        "WARD COMMITTEE\n\n1. Opening and Welcome\n\nThe Chair: Good morning.\nWe begin.\n\nCllr Dube: I move it.\n\n"
        "Nobody spoke.\n\n2. Tariffs for Water\n\n4.1 The tariff is R5.\n(a) for homes;\n- and shops\n"
    )
    one, two = ("1. Opening and Welcome",), ("2. Tariffs for Water",)
    reading = reading_of(tmp_path, text)
    assert blocks_of(reading) == [
        ("heading", "WARD COMMITTEE", ("WARD COMMITTEE",)),
        ("heading", "1. Opening and Welcome", one),
        ("turn", "The Chair: Good morning.\nWe begin.", one),
        ("turn", "Cllr Dube: I move it.", one),
        ("turn", "Nobody spoke.", one),
        ("heading", "2. Tariffs for Water", two),
        ("clause", "4.1 The tariff is R5.", two),
        ("clause", "(a) for homes;", two),
        ("item", "and shops", two),
    ]
    assert reading.metadata.title == "WARD COMMITTEE"
    assert reading.pages[0].text == text.strip()


def test_fields_of_a_memorandum_are_no_speakers(tmp_path: Path) -> None:
    text = "To: All staff\nFrom: The Manager\nDate: 3 May 2024\nSubject: Leave\n\nDate: again\nTo: again\nFrom: again\n"
    assert {kind for kind, _, _ in blocks_of(reading_of(tmp_path, text))} == {"paragraph"}


def test_untitled_speakers_count_when_they_come_back(tmp_path: Path) -> None:
    text = "Thandi Mokoena: When did you start?\n\nPieter Botha: In 1998.\n\n" * 2
    assert {kind for kind, _, _ in blocks_of(reading_of(tmp_path, text))} == {"turn"}


def test_numbered_list_is_not_taken_for_headings(tmp_path: Path) -> None:
    text = "The council resolved:\n\n1. that the report be noted;\n2. that the budget be approved.\n"
    assert [kind for kind, _, _ in blocks_of(reading_of(tmp_path, text))] == ["paragraph", "clause", "clause"]


def test_form_feeds_are_page_breaks(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, "First page.\n\fSecond page.\n\f\f\nThird page.")
    assert [(page.number, page.text) for page in reading.pages] == [
        (1, "First page."),
        (2, "Second page."),
        (3, "Third page."),
    ]


def test_pages_are_cut_between_paragraphs_and_lose_nothing(tmp_path: Path) -> None:
    paragraphs = [f"Paragraph {n}. " + "The committee took note of it. " * 15 for n in range(40)]
    reading = reading_of(tmp_path, "\n\n".join(paragraphs))
    assert [block for _, block, _ in blocks_of(reading)] == [p.strip() for p in paragraphs]
    assert max(len(page.text) for page in reading.pages) <= 3_000
    assert min(len(page.text) for page in reading.pages[:-1]) > 2_000
    assert len({page.anchor for page in reading.pages}) == len(reading.pages)


def test_line_without_end_is_cut_into_blocks_of_bounded_length(tmp_path: Path) -> None:
    text = "water " * 20_000
    found = blocks_of(reading_of(tmp_path, text))
    assert " ".join(block for _, block, _ in found).split() == text.split()
    assert max(len(block) for _, block, _ in found) <= 8_000


def test_unbroken_lines_are_paragraphs_of_their_own(tmp_path: Path) -> None:
    lines = ["The municipality shall provide water to every household in its area. " * 3] * 3
    assert len(blocks_of(reading_of(tmp_path, "\n".join(lines)))) == 3


def test_white_space_alone_gives_no_page_and_says_so(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, " \n\n\t\n")
    assert reading == Reading(pages=(), notes=("note.txt: holds nothing but white space",))
