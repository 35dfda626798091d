"""A mail in Internet form (RFC 5322, MIME): its header fields, its body and what is attached."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime

from ingest.document import Attachment
from ingest.readers.encoding import NotText, decode
from ingest.readers.html import markup_of

# Parts within parts, deeper than any mail program nests them.
_DEEPEST = 30
_NAME_LENGTH = 120
# Characters of a header field that are decoded; a list of hundreds of receivers fits.
_FIELD_LENGTH = 20_000
# What the email package lets through on fields that break the grammar.
_MALFORMED = (ValueError, LookupError, AttributeError, TypeError, MessageError)
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}


@dataclass(slots=True)
class Mail:
    """A mail of any format. `plain` and `markup`: the body as text and as HTML, either may be empty.

    `created`: ISO date. `aside`: text that is no one's words (a delivery report), kept and not cited.
    """

    subject: str = ""
    sender: str = ""
    to: str = ""
    cc: str = ""
    created: str | None = None
    identity: str | None = None
    plain: str = ""
    markup: str = ""
    aside: str = ""
    encrypted: bool = False
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def mail_of(content: bytes) -> Mail:
    """The mail in `content`."""
    message = BytesParser(policy=policy.compat32).parsebytes(content)
    mail = Mail(
        subject=_field(message, "subject"),
        sender=_addresses(message, "from"),
        to=_addresses(message, "to"),
        cc=_addresses(message, "cc"),
        created=day_of(_field(message, "date")),
        identity=_field(message, "message-id") or None,
    )
    _take(mail, message, 0)
    return mail


def day_of(written: str) -> str | None:
    """The ISO date of a Date field, also of one that is out of form; None for what names no day."""
    try:
        return parsedate_to_datetime(written).date().isoformat()
    except _MALFORMED:
        pass
    found = re.search(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\s+([A-Z][a-z]{2})\w*\s+(\d{4})", written)
    turned = re.search(r"([A-Z][a-z]{2})\w*\s+(\d{1,2}),?\s+(\d{4})", written)
    if found and found[1]:
        return _valid(found[1], found[2], found[3])
    if found:
        return _valid(found[6], _month(found[5]), found[4])
    return _valid(turned[3], _month(turned[1]), turned[2]) if turned else None


def safe_name(name: str, fallback: str) -> str:
    """The last part of a file name, without what a file system or a terminal would act on."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]", "_", " ".join(last.split())).strip(". ")
    return clean[-_NAME_LENGTH:] or fallback


def _month(name: str) -> str:
    months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    return str(months.index(name.lower()) + 1) if name.lower() in months else "0"


def _valid(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _field(message: Message, name: str) -> str:
    """A header field decoded (RFC 2047), on one line; raw where its encoding is unknown."""
    raw = message.get(name)
    if raw is None:
        return ""
    raw = raw[:_FIELD_LENGTH] if isinstance(raw, str) else raw
    try:
        words = str(make_header(decode_header(raw)))
    except _MALFORMED:
        words = str(raw)
    if re.search(r"[\ud800-\udfff\ufffd]", words):
        words = _bytes_of_field(words)
    return " ".join(words.split())


def _bytes_of_field(words: str) -> str:
    """Bytes over 127 that stand in a field without any encoding."""
    try:
        return decode(words.encode("utf-8", "surrogateescape"))
    except (NotText, UnicodeEncodeError):
        return words.encode("utf-8", "replace").decode("utf-8")


def _addresses(message: Message, name: str) -> str:
    """ "Name <address>; Name <address>"."""
    return people(_field(message, name))


def people(written: str) -> str:
    """Addresses as "Name <address>; Name <address>", as written where they are none."""
    found = [f"{who} <{address}>" if who else address for who, address in getaddresses([written]) if who or address]
    return "; ".join(found) or written


def _take(mail: Mail, part: Message, depth: int) -> None:
    """Put what `part` holds where it belongs."""
    kind = part.get_content_type()
    if depth > _DEEPEST:
        mail.notes.append("parts are nested too deeply; the innermost were not read")
    elif kind == "multipart/encrypted" or (
        kind.endswith("pkcs7-mime") and _parameter(part, "smime-type") != "signed-data"
    ):
        mail.encrypted = True
    elif kind == "message/rfc822" and part.is_multipart():
        _attach_message(mail, part)
    elif kind in ("message/delivery-status", "text/rfc822-headers"):
        mail.aside += f"\n\n{_source(part).decode('utf-8', 'replace')}"
    elif part.is_multipart():
        _take_parts(mail, part, kind, depth)
    else:
        _take_leaf(mail, part, kind)


def _take_parts(mail: Mail, part: Message, kind: str, depth: int) -> None:
    parts = [inner for inner in part.get_payload() if isinstance(inner, Message)]
    if kind == "multipart/related" and parts:
        _take(mail, parts[0], depth + 1)
        # The rest are the pictures and frames that the first part shows; those with names are files.
        parts = [inner for inner in parts[1:] if inner.get_content_maintype() != "image" and inner.get_filename()]
    for inner in parts:
        _take(mail, inner, depth + 1)
    if not parts and kind != "multipart/related":
        # Declared as many parts, but the border between them never comes.
        mail.plain += str(part.get_payload() or "") if isinstance(part.get_payload(), str) else ""


def _take_leaf(mail: Mail, part: Message, kind: str) -> None:
    name = _file_name(part)
    attached = part.get_content_disposition() == "attachment"
    if kind in _SIGNATURES:
        return
    if kind in _TNEF or name.lower() == "winmail.dat":
        mail.notes.append("winmail.dat: what Outlook packed into it was not read; send the mail again as HTML")
    elif kind in ("text/plain", "text/html") and not attached and not name:
        _take_body(mail, part, kind)
    elif kind.startswith("text/") and not attached and not name:
        mail.aside += f"\n\n{_text(part)}"
    else:
        _attach(mail, name, part, kind)


def _take_body(mail: Mail, part: Message, kind: str) -> None:
    try:
        if kind == "text/html":
            content = _content(part)
            declared = _charset(part)
            markup = decode(content, declared) if declared else markup_of(content)
            mail.markup += f"\n{markup}"
        else:
            mail.plain += f"\n\n{_text(part)}" if mail.plain else _text(part)
    except NotText as error:
        mail.notes.append(f"a part of the body was not read: {error}")


def _text(part: Message) -> str:
    return decode(_content(part), _charset(part)).replace("\r\n", "\n").replace("\r", "\n")


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except _MALFORMED:
        content = None
    if isinstance(content, bytes):
        return content
    return str(part.get_payload() or "").encode("utf-8", "surrogateescape")


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except _MALFORMED:
        return ""


def _parameter(part: Message, name: str) -> str:
    try:
        return str(part.get_param(name) or "").lower()
    except _MALFORMED:
        return ""


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
        return str(make_header(decode_header(name))) if "=?" in name else name
    except _MALFORMED:
        return ""


def _attach(mail: Mail, name: str, part: Message, kind: str) -> None:
    fallback = f"attachment-{len(mail.attachments) + 1}{mimetypes.guess_extension(kind) or ''}"
    mail.attachments.append(Attachment(_unused(mail, safe_name(name, fallback)), _content(part)))


def _attach_message(mail: Mail, part: Message) -> None:
    inner = next(iter(part.get_payload()), None)
    if not isinstance(inner, Message):
        return
    subject = _field(inner, "subject")
    name = safe_name(_file_name(part) or re.sub(r"[/\\]", "_", subject), f"message-{len(mail.attachments) + 1}")
    name = name if name.lower().endswith(".eml") else f"{name}.eml"
    mail.attachments.append(Attachment(_unused(mail, name), _source(inner)))


def _source(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except _MALFORMED:
        return message.as_string().encode("utf-8", "replace")


def _unused(mail: Mail, name: str) -> str:
    return next(candidate for candidate in _numbered(name) if candidate not in {a.name for a in mail.attachments})


def _numbered(name: str) -> Iterator[str]:
    yield name
    stem, dot, extension = name.rpartition(".")
    for number in range(2, 100_000):
        yield f"{stem}-{number}.{extension}" if dot else f"{name}-{number}"
