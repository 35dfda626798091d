"""An Outlook message file ([MS-OXMSG]): the same facts as of a mail in Internet form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from oxmsg import Message
from oxmsg.attachment import Attachment as Attached
from oxmsg.recipient import Recipient

from ingest.document import Attachment
from ingest.readers.encoding import NotText
from ingest.readers.html import markup_of
from ingest.readers.mail_mime import Mail, people, safe_name
from memory.errors import Damaged

# [MS-OXPROPS] PidTagRecipientType 0x0C15, PidTagHtml 0x1013, PidTagInternetMessageId 0x1035,
# PidTagClientSubmitTime 0x0039
_RECIPIENT_TYPE, _HTML, _MESSAGE_ID = 0x0C15, 0x1013, 0x1035
_CC = 2
# What the library raises on a container that is not as it should be.
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError)


def message_of(path: Path) -> Mail:
    """The message in the file. Raises Damaged."""
    try:
        message = Message.load(str(path))
        sent = message.sent_date
        headers = message.message_headers
        mail = Mail(
            subject=message.subject or "",
            sender=people(message.sender or ""),
            to=_named(r for r in message.recipients if _type_of(r) != _CC),
            cc=_named(r for r in message.recipients if _type_of(r) == _CC),
            created=sent.date().isoformat() if sent else None,
            identity=headers.get("Message-ID") or message.properties.str_prop_value(_MESSAGE_ID) or None,
            plain=(message.body or "").replace("\r\n", "\n"),
            markup=_markup(message),
        )
        for attached in message.attachments:
            _attach(mail, attached)
    except _BROKEN as error:
        raise Damaged(f"{path.name}: is a broken Outlook message ({type(error).__name__}: {error})") from error
    return mail


def _markup(message: Message) -> str:
    """The HTML body: text, or bytes in an encoding that it declares itself."""
    if message.html_body:
        return str(message.html_body)
    content = message.properties.binary_prop_value(_HTML)
    try:
        return markup_of(content) if content else ""
    except NotText:
        return ""


def _type_of(recipient: Recipient) -> int:
    kind = recipient.properties.int_prop_value(_RECIPIENT_TYPE)
    return int(kind) if kind is not None else 0


def _named(recipients: Iterable[Recipient]) -> str:
    people = [(r.name or "", r.email_address or "") for r in recipients]
    return "; ".join(f"{name} <{address}>" if name not in ("", address) else address for name, address in people)


def _attach(mail: Mail, attached: Attached) -> None:
    fallback = f"attachment-{len(mail.attachments) + 1}"
    name = safe_name(attached.file_name or "", fallback)
    content = attached.file_bytes if attached.attached_by_value else None
    if content is None:
        mail.notes.append(f"{name}: is an Outlook item inside the message and was not read; save it on its own")
    else:
        mail.attachments.append(Attachment(name, content))
