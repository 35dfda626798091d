"""What a PDF says of itself, by pypdf: metadata, language, outline, encryption, embedded files.

Real PDFs are broken in every way; what pypdf cannot read here is left out with a note, never fatal.
"""

from __future__ import annotations

import logging
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, DeprecationError, PyPdfError

from ingest.document import Attachment, Metadata

# What pypdf lets through on broken files, seen on fuzzed ones and on government PDFs.
TROUBLE = (
    PyPdfError,
    DependencyError,
    DeprecationError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
MAX_OUTLINE = 5_000
MAX_ATTACHMENTS = 200
MAX_ATTACHED_BYTES = 64 * 2**20
OWNER_ONLY = "protected by an owner's password only: opened without one, and its text is read"
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Structure:
    """`outline`: the titles in order. `locked`: a user's password is needed. `readable`: pypdf opened it."""

    metadata: Metadata = field(default_factory=Metadata)
    outline: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()
    locked: bool = False
    readable: bool = False


def structure_of(path: Path) -> Structure:
    """Everything but the text of a PDF. Never raises for a broken file: `readable` says so, and a note why."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path, strict=False)
        locked = bool(reader.is_encrypted) and reader.decrypt("") == PasswordType.NOT_DECRYPTED
    except TROUBLE as trouble:
        return Structure(notes=(f"its structure is broken: {_first_line(trouble)}",))
    try:
        return _read(reader, locked)
    finally:
        reader.close()


def _read(reader: PdfReader, locked: bool) -> Structure:
    notes: list[str] = []
    if locked:
        return Structure(locked=True, readable=True)
    if reader.is_encrypted:
        notes.append(OWNER_ONLY)
    return Structure(
        metadata=_tried(notes, "metadata", lambda: _metadata(reader), Metadata()),
        outline=_tried(notes, "outline", lambda: tuple(_titles(reader.outline)), ()),
        attachments=_tried(notes, "attachments", lambda: _attachments(reader, notes), ()),
        notes=tuple(notes),
        readable=True,
    )


def _tried(notes: list[str], what: str, read: Callable[[], Value], otherwise: Value) -> Value:
    try:
        return read()
    except TROUBLE as trouble:
        notes.append(f"its {what} cannot be read: {_first_line(trouble)}")
        return otherwise


def _first_line(trouble: BaseException) -> str:
    return (str(trouble) or type(trouble).__name__).splitlines()[0][:200]


def _metadata(reader: PdfReader) -> Metadata:
    info: Any = reader.metadata or {}
    catalog: Any = reader.root_object
    language = re.match(r"[A-Za-z]{2,3}", str(catalog.get("/Lang") or ""))
    authors = re.split(r"\s*;\s*|\s+and\s+|\s*&\s*", _plain(info.get("/Author")))
    return Metadata(
        title=_title(_plain(info.get("/Title"))),
        authors=tuple(author for author in authors if author),
        created=iso_date(_plain(info.get("/CreationDate"))),
        modified=iso_date(_plain(info.get("/ModDate"))),
        language=language[0].lower() if language else None,
        extra={
            name: text
            for name, key in (("subject", "/Subject"), ("keywords", "/Keywords"))
            if (text := _plain(info.get(key)))
        },
    )


def _plain(value: Any) -> str:
    if hasattr(value, "get_object"):
        value = value.get_object()
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _title(text: str) -> str:
    """The title, unless a word processor wrote its own name there ("Microsoft Word - minutes.doc")."""
    text = re.sub(r"^Microsoft (Word|PowerPoint|Excel) - ", "", text)
    return (
        "" if re.fullmatch(r"(?i)(untitled|document\d*|.*\.(docx?|pptx?|xlsx?|pub|indd|qxd|rtf|pdf))", text) else text
    )


def iso_date(text: str) -> str | None:
    """A PDF date ("D:20240131120000+02'00'") as YYYY-MM-DD; None where it is none (ISO 32000-1, 7.9.4)."""
    found = re.match(r"(?:D:)?(\d{4})-?(\d{2})?-?(\d{2})?", text)
    if not found:
        return None
    year, month, day = found[1], found[2] or "01", found[3] or "01"
    real = "1900" <= year <= "2200" and "01" <= month <= "12" and "01" <= day <= "31"
    return f"{year}-{month}-{day}" if real else None


def _titles(outline: list[Any], depth: int = 0) -> Iterator[str]:
    for entry in outline[:MAX_OUTLINE]:
        if isinstance(entry, list):
            if depth < 8:
                yield from _titles(entry, depth + 1)
        elif title := _plain(entry.title):
            yield title


def _attachments(reader: PdfReader, notes: list[str]) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    room = MAX_ATTACHED_BYTES
    for embedded in reader.attachment_list:
        if len(found) >= MAX_ATTACHMENTS:
            notes.append(f"more than {MAX_ATTACHMENTS} embedded files: the rest is left out")
            break
        content = embedded.content
        if len(content) > room:
            notes.append(f"embedded file {embedded.name} left out: {len(content)} bytes is too much")
            continue
        room -= len(content)
        found.append(Attachment(Path(_plain(embedded.alternative_name or embedded.name)).name, content))
    return tuple(found)
