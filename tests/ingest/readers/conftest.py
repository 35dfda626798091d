"""What the tests of the office readers share: one checker of offsets, and small files made part by part."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.document import Reading

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Piece:
    """A block with its text instead of its offsets."""

    kind: str
    text: str
    heading: tuple[str, ...] = ()
    context: str = ""


@pytest.fixture(scope="session")
def pieces() -> Callable[[Reading], list[Piece]]:
    """All blocks of a reading in order; fails when a block's slice is empty, padded, overlapping or out of its page."""

    def check(reading: Reading) -> list[Piece]:
        anchors = [page.anchor for page in reading.pages]
        assert len(set(anchors)) == len(anchors)
        assert [page.number for page in reading.pages] == list(range(1, len(anchors) + 1))
        found = []
        for page in reading.pages:
            end = 0
            for block in page.blocks:
                text = page.text[block.start : block.end]
                assert end <= block.start < block.end <= len(page.text)
                assert text == text.strip() != ""
                end = block.end
                found.append(Piece(block.kind, text, block.heading, block.context))
        return found

    return check


@pytest.fixture
def make_zip(tmp_path: Path) -> Callable[[str, Mapping[str, str | bytes]], Path]:
    """Write a zip file with these parts."""

    def write(name: str, parts: Mapping[str, str | bytes]) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)
        return path

    return write


@pytest.fixture
def make_docx(make_zip: Callable[[str, Mapping[str, str | bytes]], Path]) -> Callable[..., Path]:
    """Write a DOCX: the inside of w:body, and the insides of styles, numbering, footnotes by name."""

    def write(body: str, *, doctype: str = "", **parts: str) -> Path:
        names = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "comments": "comments"}
        relations = "".join(f'<Relationship Id="{n}" Type="{R}/{n}" Target="{n}.xml"/>' for n in parts)
        mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        document = (
            f'{doctype}<w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="{mc}"><w:body>{body}</w:body></w:document>'
        )
        return make_zip(
            "file.docx",
            {
                "[Content_Types].xml": "<Types/>",
                "_rels/.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="r" Type="{R}/officeDocument" '
                'Target="word/document.xml"/></Relationships>',
                "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELS}">{relations}</Relationships>',
                "word/document.xml": document,
                **{
                    f"word/{n}.xml": f'<w:{names[n]} xmlns:w="{W}">{inside}</w:{names[n]}>'
                    for n, inside in parts.items()
                },
            },
        )

    return write


@pytest.fixture
def make_ole(tmp_path: Path) -> Callable[[str, Mapping[str, bytes]], Path]:
    """Write an OLE compound file ([MS-CFB], version 3) with these streams, each padded to 4,096 bytes and more."""

    def write(name: str, streams: Mapping[str, bytes]) -> Path:
        fat, body, entries = [0xFFFFFFFD, 0xFFFFFFFE], b"", [_entry("Root Entry", 5, 0xFFFFFFFE, 0, 1)]
        for index, (stream, content) in enumerate(streams.items()):
            content = content.ljust(-(-max(len(content), 4096) // 512) * 512, b"\0")
            first, count = len(fat), len(content) // 512
            fat += [*range(first + 1, first + count), 0xFFFFFFFE]
            body += content
            right = index + 2 if index + 1 < len(streams) else 0xFFFFFFFF
            entries.append(_entry(stream, 2, first, len(content), right=right))
        header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        header += struct.pack("<I", 0) + b"\xff" * 432
        table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
        path = tmp_path / name
        path.write_bytes(header + table + b"".join(entries).ljust(512, b"\0") + body)
        return path

    return write


def _entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    """One directory entry: siblings hang to the right of one another."""
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return head + struct.pack("<III", 0xFFFFFFFF, right, child) + bytes(36) + struct.pack("<IQ", first, size)
