"""A source becomes a mail (EML) or a mailbox (MBOX, RFC 4155)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from mimetypes import guess_type

from corpus.make_source import Source, SourceFault

SAST = timezone(timedelta(hours=2))
HEADERS = ("From", "To", "Cc", "Date", "Subject", "Reply-To", "In-Reply-To")
Made = Callable[[str], bytes]


def render_eml(source: Source, made: Made) -> bytes:
    """The mail of a source; `made` gives the bytes of another made file, for the attachments."""
    headers = {
        "From": source.get("from", source.get("author")),
        "To": source.get("to"),
        "Cc": source.get("cc"),
        "Date": source.get("sent", source.get("date")),
        "Subject": source.get("subject", source.title),
    }
    names = [name.strip() for name in source.get("attach").split(",") if name.strip()]
    body = re.sub(r"\A# .*\n+", "", source.body)
    return _bytes(_mail(source, headers, body, [(name, made(name)) for name in names]))


def render_mbox(source: Source) -> bytes:
    """The mailbox of a source: mails between lines of =====."""
    parts = [part.strip("\n") for part in re.split(r"^={5,}\s*$", source.body, flags=re.MULTILINE)]
    return b"".join(_entry(source, part) for part in parts if part.strip())


def _entry(source: Source, part: str) -> bytes:
    head, _, body = part.partition("\n\n")
    headers = dict(re.findall(r"^([A-Za-z-]+):\s*(.*)$", head, flags=re.MULTILINE))
    mail = _mail(source, headers, body, [])
    sender = re.search(r"[\w.+-]+@[\w.-]+", headers.get("From", ""))
    moment = _moment(source, headers.get("Date", "")).astimezone(UTC)
    line = f"From {sender[0] if sender else 'MAILER-DAEMON'} {moment:%a %b %d %H:%M:%S %Y}\n"
    # A line that begins with From would begin the next mail: quoted, as mboxrd does.
    content = re.sub(rb"^(>*From )", rb">\1", _bytes(mail), flags=re.MULTILINE)
    return line.encode() + content.rstrip(b"\n") + b"\n\n"


def _mail(source: Source, headers: dict[str, str], body: str, attachments: list[tuple[str, bytes]]) -> EmailMessage:
    mail = EmailMessage()
    for name in HEADERS:
        if headers.get(name):
            value = headers[name]
            mail[name] = format_datetime(_moment(source, value)) if name == "Date" else value
    name = sha256(f"{source.file}{headers}".encode()).hexdigest()[:20]
    mail["Message-ID"] = f"<{name}@isivivane.example>"
    mail.set_content(body.strip() + "\n", cte="quoted-printable")
    for path, content in attachments:
        kind = guess_type(path)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=path.rsplit("/", 1)[-1])
    if mail.is_multipart():
        mail.set_boundary(f"=_{name}")
    return mail


def _bytes(mail: EmailMessage) -> bytes:
    # Headers unfolded: where Python folds them has changed between its releases.
    return mail.as_bytes(policy=mail.policy.clone(max_line_length=0))


def _moment(source: Source, text: str) -> datetime:
    """A mail's moment: an ISO date with or without a time, or the form of RFC 5322."""
    try:
        moment = datetime.fromisoformat(text) if re.match(r"\d{4}-", text) else parsedate_to_datetime(text)
    except ValueError as fault:
        raise SourceFault(f"{source.path}: cannot read the mail's date {text!r}") from fault
    if moment.hour == moment.minute == 0:
        moment = moment.replace(hour=9, minute=15)
    return moment if moment.tzinfo else moment.replace(tzinfo=SAST)
