"""OLE compound files ([MS-CFB]): what a file from the Office of 1997-2003, or an encrypted newer one, holds."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Literal

import olefile

from ingest.document import Metadata
from ingest.readers.summary import summary_metadata
from memory.errors import Damaged, Locked

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Content = Literal["document", "slides", "workbook", "message", "other"]

_STREAMS: dict[str, Content] = {
    "worddocument": "document",
    "powerpoint document": "slides",
    "workbook": "workbook",
    "book": "workbook",
    "__properties_version1.0": "message",
}
_NAMES: dict[Content, str] = {
    "document": "a Word 97-2003 document; rename it to .doc",
    "slides": "a PowerPoint 97-2003 presentation; rename it to .ppt",
    "workbook": "an Excel 97-2003 workbook; rename it to .xls",
    "message": "an Outlook message; rename it to .msg",
    "other": "an OLE file without a document that is known",
}
# [MS-DOC] 2.5.2: FibBase.fEncrypted and fObfuscated in the flags at byte 10
_DOC_ENCRYPTED = 0x0100
# [MS-PPT] 2.3.2: CurrentUserAtom.headerToken of an encrypted file
_PPT_ENCRYPTED = 0xF3D1C4DF
_SUMMARY = "\x05SummaryInformation"
SUMMARY_MAX = 2**20  # bytes; a thumbnail may be in it
# What olefile raises, beside its own errors, on directories and chains that lie
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, struct.error)


def is_compound(path: Path) -> bool:
    """Whether the file starts as an OLE compound file does."""
    with path.open("rb") as file:
        return file.read(8) == SIGNATURE


def content_of(path: Path) -> Content:
    """What the compound file holds.

    Raises: Locked when it is encrypted; Damaged when its directory cannot be read.
    """
    try:
        with olefile.OleFileIO(str(path)) as ole:
            names = {entry[0].lower() for entry in ole.listdir(streams=True, storages=True)}
            if _encrypted(ole, names):
                raise Locked(f"{path.name}: is protected with a password; remove it and ingest again")
    except _BROKEN as error:
        raise Damaged(f"{path.name}: is a broken OLE file ({_first_line(error)})") from error
    return next((kind for stream, kind in _STREAMS.items() if stream in names), "other")


def refuse(path: Path, wanted: str) -> None:
    """Says why a compound file is not `wanted` ("a DOCX file").

    Raises: Locked for an encrypted one, Damaged for any other.
    """
    raise Damaged(f"{path.name}: is not {wanted} but {_NAMES[content_of(path)]}")


def summary(path: Path) -> Metadata:
    """Title, author and dates of the summary information; empty where it cannot be read."""
    try:
        with olefile.OleFileIO(str(path)) as ole, ole.openstream(_SUMMARY) as stream:
            return summary_metadata(stream.read(SUMMARY_MAX))
    except _BROKEN:
        return Metadata()


def _encrypted(ole: olefile.OleFileIO, names: set[str]) -> bool:
    if names & {"encryptedpackage", "encryptedsummary", "encryption"}:
        return True
    if "worddocument" in names:
        with ole.openstream("WordDocument") as stream:
            head = stream.read(12)
        return bool(int.from_bytes(head[10:12], "little") & _DOC_ENCRYPTED)
    if "current user" in names:
        with ole.openstream("Current User") as stream:
            return int.from_bytes(stream.read(16)[12:16], "little") == _PPT_ENCRYPTED
    return False


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:120]
