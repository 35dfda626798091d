"""The summary information of old Office files: a property set stream ([MS-OLEPS] 2.21) as metadata."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta

from ingest.document import Metadata
from ingest.readers.facts import author_names, iso_date, plausible_title

# Property identifiers ([MS-OLEPS] 3.1.2) and types (2.15)
_CODE_PAGE, _TITLE, _AUTHOR, _CREATED, _SAVED = 1, 2, 4, 12, 13
_SHORT, _BYTES, _WIDE, _TIME = 2, 30, 31, 64
_MOST_PROPERTIES = 100
_SECTION_AT = 44  # byte of the header where the offset of the first section stands
_ENCODINGS = {65001: "utf-8", 10000: "mac_roman", 1200: "utf-16-le"}

Value = bytes | str | int | None


def summary_metadata(stream: bytes) -> Metadata:
    """What the stream says. Raises: struct.error when it is broken."""
    values = _properties(stream)
    page = values.get(_CODE_PAGE)
    encoding = _ENCODINGS.get(page, f"cp{page}") if isinstance(page, int) else "cp1252"
    return Metadata(
        title=plausible_title(_text(values.get(_TITLE), encoding)),
        authors=author_names(_text(values.get(_AUTHOR), encoding)),
        created=_day(values.get(_CREATED)),
        modified=_day(values.get(_SAVED)),
    )


def _properties(stream: bytes) -> dict[int, Value]:
    (start,) = struct.unpack_from("<I", stream, _SECTION_AT)
    _, count = struct.unpack_from("<II", stream, start)
    values = {}
    for index in range(min(count, _MOST_PROPERTIES)):
        identifier, offset = struct.unpack_from("<II", stream, start + 8 + 8 * index)
        values[identifier] = _value(stream, start + offset)
    return values


def _value(stream: bytes, at: int) -> Value:
    (kind,) = struct.unpack_from("<I", stream, at)
    if kind == _SHORT:
        return int(struct.unpack_from("<H", stream, at + 4)[0])
    if kind == _TIME:
        return int(struct.unpack_from("<Q", stream, at + 4)[0])
    if kind in (_BYTES, _WIDE):
        (length,) = struct.unpack_from("<I", stream, at + 4)
        data = stream[at + 8 : at + 8 + length * (2 if kind == _WIDE else 1)]
        return data.decode("utf-16-le", "replace") if kind == _WIDE else data
    return None


def _text(value: Value, encoding: str) -> str:
    if isinstance(value, str):
        return value.partition("\x00")[0]
    if not isinstance(value, bytes):
        return ""
    try:
        return value.decode(encoding, "replace").partition("\x00")[0]
    except LookupError:
        return value.decode("cp1252", "replace").partition("\x00")[0]


def _day(value: Value) -> str | None:
    """The day of a FILETIME: tenths of microseconds since 1601."""
    if not isinstance(value, int) or not 0 < value < 2**62:
        return None
    try:
        return iso_date((datetime(1601, 1, 1) + timedelta(microseconds=value // 10)).isoformat())
    except OverflowError:
        return None
