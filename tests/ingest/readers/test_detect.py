"""What a file is: content first, name second."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from ingest.readers import FORMATS, media_type, read
from ingest.readers.detect import detect
from memory.errors import Damaged, Locked, ReadFailed, Unsupported

MAIL = b"From: a@example.org\nTo: b@example.org\nSubject: Water\n\nThe tap is dry.\n"
AKN = b'<?xml version="1.0"?>\n<!-- law -->\n<akomaNtoso xmlns="http://www.akomantoso.org/2.0"><act/></akomaNtoso>'
PDF = b"%PDF-1.7\n"
HTML = b"<!-- x --><!DOCTYPE html><html><p>Open</p></html>"
ZIP_OF = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}


def make(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def make_zip(folder: Path, name: str, **members: str) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("minutes.docx", PDF, "pdf"),
        ("minutes", b"junk before\n" + PDF, "pdf"),
        ("page.txt", HTML, "html"),
        ("page.xls", HTML, "html"),
        ("page", "<html><body>ja</body></html>".encode("utf-16"), "html"),
        ("notes.md", b"<html> is a tag\n", "markdown"),
        ("notes.txt", MAIL, "text"),
        ("notes", MAIL, "eml"),
        ("notes.eml", b"Subject: Water\n\nDry.\n", "eml"),
        ("box", b"From a@example.org Mon May  6 10:00:00 2024\n" + MAIL, "mbox"),
        ("law.xml", AKN, "akn"),
        ("law.txt", AKN, "akn"),
        ("scan", b"\xff\xd8\xff\xe0" + bytes(40), "jpeg"),
        ("scan.pdf", b"\x89PNG\r\n\x1a\n" + bytes(40), "png"),
        ("scan", b"II*\x00" + bytes(40), "tiff"),
        ("letter.doc", b"{\\rtf1 Dear}", "rtf"),
        ("tariff.csv", b"a,b\n1,2\n", "csv"),
        ("tariff.tsv", b"a\tb\n", "tsv"),
        ("minutes.2019", b"The meeting opened.\n", "text"),
        ("README", b"The meeting opened.\n", "text"),
        ("memo.txt", b"BMW of the mayor\n", "text"),
    ],
)
def test_content_decides_before_the_name(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    assert detect(make(tmp_path, name, content)) == found


@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx"])
def test_office_files_are_told_by_their_members(tmp_path: Path, kind: str) -> None:
    assert detect(make_zip(tmp_path, "file.zip", **{ZIP_OF[kind]: "<x/>"})) == kind


@pytest.mark.parametrize(
    ("declared", "found"), [("text", "odt"), ("spreadsheet", "ods"), ("presentation-template", "odp")]
)
def test_open_documents_are_told_by_their_mimetype(tmp_path: Path, declared: str, found: str) -> None:
    path = make_zip(tmp_path, "file", mimetype=f"application/vnd.oasis.opendocument.{declared}")
    assert detect(path) == found


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("photo.heic", b"\x00\x00\x00\x18ftypheic" + bytes(20), "no reader for HEIC images; save it as JPEG or PDF"),
        ("photo.gif", b"GIF89a" + bytes(20), "no reader for GIF images; save it as PNG or PDF"),
        ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(20), "no reader for video or sound; add a transcript"),
        ("old.rar", b"Rar!\x1a\x07\x00", "no reader for RAR archives; unpack it first"),
        ("plan.dwg", b"\x00\x01\x02\x03" * 20, "no reader for .dwg files"),
        ("noext", b"\x00\x01\x02\x03" * 20, "no reader for this kind of file"),
        ("data.json", b'{"a": 1}', "no reader for .json files"),
        ("feed.xml", b'<?xml version="1.0"?><rss/>', "no reader for XML of the kind <rss>"),
    ],
)
def test_what_has_no_reader_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(Unsupported, match=f"^{re.escape(f'{name}: {message}')}$"):
        detect(make(tmp_path, name, content))


def test_zip_of_other_things_is_unsupported(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="no reader for zip archives; unpack it first"):
        detect(make_zip(tmp_path, "all.zip", **{"a.txt": "a"}))


def test_binary_workbook_is_unsupported_by_name(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="XLSB"):
        detect(make_zip(tmp_path, "b.xlsx", **{"xl/workbook.bin": "x"}))


def test_broken_zip_is_left_to_the_reader_that_its_name_asks_for(tmp_path: Path) -> None:
    assert detect(make(tmp_path, "cut.docx", b"PK\x03\x04cut")) == "docx"
    with pytest.raises(Damaged, match="broken zip"):
        detect(make(tmp_path, "cut", b"PK\x03\x04cut"))


def test_empty_and_absent_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match=r"^x\.pdf: is empty$"):
        detect(make(tmp_path, "x.pdf", b""))
    with pytest.raises(ReadFailed, match=r"^y\.pdf: cannot be opened"):
        detect(tmp_path / "y.pdf")


def test_noise_under_an_office_name_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="is not a DOCX file, whatever its name says"):
        detect(make(tmp_path, "x.docx", b"\x00\x01\x02" * 30))


def test_encrypted_office_file_is_locked() -> None:
    nasty = Path(__file__).resolve().parents[3] / ".." / "shared" / "nasty"
    if not nasty.exists():
        pytest.skip("../shared is absent")
    with pytest.raises(Locked, match="password"):
        detect(nasty / "docx" / "tika__testWORD_protected_passtika.docx")


def test_every_format_has_a_reader_module() -> None:
    folder = Path(__file__).resolve().parents[3] / "ingest" / "readers"
    assert {module for module, _ in FORMATS.values()} <= {path.stem for path in folder.glob("*.py")}


def test_media_type_follows_content_and_never_fails(tmp_path: Path) -> None:
    assert media_type(make(tmp_path, "x.bin", PDF)) == "application/pdf"
    assert media_type(make(tmp_path, "x", b"\x00\x01\x02" * 30)) == "application/octet-stream"
    assert media_type(make(tmp_path, "5f70bf", b"a,b\n"), "tariff.csv") == "text/csv"


def test_stored_copy_is_read_by_its_own_name(tmp_path: Path) -> None:
    stored = make(tmp_path, "5f70bf18", b"# Leave\n\nTwenty days.\n")
    assert read(stored, "policies/leave.md").pages[0].blocks[0].kind == "heading"
    with pytest.raises(Unsupported, match=r"^x\.json: "):
        read(make(tmp_path, "5f70bf19", b"{}"), "x.json")


def test_file_without_text_is_never_taken_in_silently(tmp_path: Path) -> None:
    assert read(make(tmp_path, "blank.html", b"<html><body></body></html>")).notes == ("blank.html: holds no text",)
