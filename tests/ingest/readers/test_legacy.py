"""DOC and PPT: through LibreOffice where it is installed, a clear message where it is not, content over names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.readers import legacy
from memory.errors import Damaged, Locked, Unsupported

Pieces = Callable[..., list[Any]]
MakeOle = Callable[[str, Mapping[str, bytes]], Path]


@pytest.fixture
def without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which LibreOffice is not installed."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(legacy, "_INSTALLED", ())


@pytest.mark.usefixtures("without_office")
@pytest.mark.parametrize(
    ("name", "stream", "wanted"), [("old.doc", "WordDocument", "DOCX"), ("old.ppt", "PowerPoint Document", "PPTX")]
)
def test_without_libreoffice_the_remedy_is_named(make_ole: MakeOle, name: str, stream: str, wanted: str) -> None:
    message = f"^{name}: needs LibreOffice to be read; install it or save the file as {wanted}$"
    with pytest.raises(Unsupported, match=message):
        legacy.read(make_ole(name, {stream: b"x"}))


def test_old_document_is_read_or_the_remedy_named(shared: Path, pieces: Pieces) -> None:
    path = shared / "nasty/legacy-office/tika__testWORD.doc"
    if legacy.office_program() is None:
        with pytest.raises(Unsupported):
            legacy.read(path)
        return
    reading = legacy.read(path)
    found = pieces(reading)
    assert reading.metadata.title == "Sample Word Document Title"
    assert ("heading", "Heading Level 2", ("Heading Level 1", "Heading Level 2")) in [
        (x.kind, x.text, x.heading) for x in found
    ]
    assert "This document includes text that is BOLD and ITALIC." in [x.text for x in found]


def test_old_slides_are_read_or_the_remedy_named(shared: Path) -> None:
    path = shared / "nasty/legacy-office/tika__testPPT.ppt"
    if legacy.office_program() is None:
        with pytest.raises(Unsupported):
            legacy.read(path)
        return
    assert [(page.anchor, page.text[:23]) for page in legacy.read(path).pages] == [
        ("slide-1", "Sample Powerpoint Slide")
    ]


@pytest.mark.parametrize(
    "streams",
    [
        {"WordDocument": bytes(10) + b"\x00\x01"},
        {"Current User": bytes(12) + bytes.fromhex("dfc4d1f3"), "PowerPoint Document": b"x"},
        {"EncryptedPackage": b"x"},
    ],
)
def test_encrypted_file_is_locked(make_ole: MakeOle, streams: Mapping[str, bytes]) -> None:
    with pytest.raises(Locked, match=r"a\.doc: is protected with a password"):
        legacy.read(make_ole("a.doc", streams))


def test_ole_file_without_a_document_is_damaged(make_ole: MakeOle) -> None:
    with pytest.raises(Damaged, match=r"a\.doc: is not a document or presentation"):
        legacy.read(make_ole("a.doc", {"Something": b"x"}))


def test_content_decides_over_the_name(tmp_path: Path, make_docx: Callable[..., Path], pieces: Pieces) -> None:
    rich = tmp_path / "a.doc"
    rich.write_bytes(b"{\\rtf1 Rich text.}")
    new = make_docx("<w:p><w:r><w:t>New format.</w:t></w:r></w:p>").rename(tmp_path / "b.doc")
    assert [x.text for path in (rich, new) for x in pieces(legacy.read(path))] == ["Rich text.", "New format."]


@pytest.mark.parametrize("content", [b"", b"no office file at all", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)])
def test_noise_is_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "noise.doc"
    path.write_bytes(content)
    with pytest.raises(Damaged, match=r"^noise\.doc: "):
        legacy.read(path)
