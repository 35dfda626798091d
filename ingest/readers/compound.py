"""OLE compound files ([MS-CFB]): what a file from the Office of 1997-2003, or an encrypted newer one, holds."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import olefile

from ingest.document import Metadata
from ingest.readers.facts import author_names, iso_date, plausible_title
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
# What olefile raises, beside its own errors, on directories and chains that lie
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError)


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
    """Title, author and dates of the summary information ([MS-OLEPS] 3.1); empty where it cannot be read."""
    try:
        with olefile.OleFileIO(str(path)) as ole:
            said = ole.get_metadata()
    except _BROKEN:
        return Metadata()
    encoding = f"cp{said.codepage}" if said.codepage not in (None, 65001, -535) else "utf-8"
    return Metadata(
        title=plausible_title(_decoded(said.title, encoding)),
        authors=author_names(_decoded(said.author, encoding)),
        created=iso_date(str(said.create_time or "")),
        modified=iso_date(str(said.last_saved_time or "")),
    )


def _decoded(value: bytes | str | None, encoding: str) -> str:
    if isinstance(value, str) or value is None:
        return value or ""
    try:
        return value.decode(encoding, "replace").strip("\x00")
    except LookupError:
        return value.decode("cp1252", "replace").strip("\x00")


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
