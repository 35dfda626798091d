"""Mail as EML, MBOX or MSG: each mail a page with what its writer wrote as blocks; attachments beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lxml import etree

from ingest.document import Attachment, Metadata, Reading, ReadPage
from ingest.readers.compound import is_compound
from ingest.readers.html import parse
from ingest.readers.html_body import main_content, take_out, units_of
from ingest.readers.mail_mime import Mail, mail_of
from ingest.readers.mail_quote import own_lines
from ingest.readers.office_pages import Unit, page_of, tidy, with_paths
from ingest.readers.prose import Manner, spans_of
from memory.errors import Damaged, Locked

# RFC 4155: a line that begins with "From " after an empty one, and ends with the year of its time stamp.
_BORDER = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d{4}[^\r\n]*\r?\n(?=[!-9;-~]+:|>From )")
# Lines of a body that begin with "From " are escaped in an mbox.
_ESCAPED = re.compile(rb"(?m)^>(?=>*From )")
_SHORT = 40
_QUOTE_CLASSES = {"gmail_quote", "gmail_extra", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"}
_QUOTE_IDS = {"divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"}
_PROSE = Manner(headings=False)


def read(path: Path) -> Reading:
    """The mails of the file, a page each.

    Raises: Damaged for what is no mail; Locked when its only mail is encrypted.
    """
    mails = _mails(path)
    if len(mails) == 1 and mails[0].encrypted and not (mails[0].plain or mails[0].markup):
        raise Locked(f"{path.name}: is an encrypted mail; save its text without encryption")
    pages = tuple(_page(mail, number) for number, mail in enumerate(mails, start=1))
    notes = [f"{path.name}: {note}" for mail in mails for note in mail.notes]
    metadata = _metadata(mails[0]) if len(mails) == 1 else Metadata(extra={"mails": str(len(mails))})
    return Reading(tuple(page for page in pages if page.text), metadata, _attachments(mails), tuple(notes))


def _mails(path: Path) -> list[Mail]:
    if is_compound(path):
        from ingest.readers.mail_outlook import message_of

        return [message_of(path)]
    content = path.read_bytes()
    borders = list(_BORDER.finditer(content))
    if not borders:
        mails = [mail_of(content)]
    else:
        ends = [border.start() for border in borders[1:]]
        ends.append(len(content))
        parts = [content[border.end() : end] for border, end in zip(borders, ends, strict=True)]
        mails = [mail_of(_ESCAPED.sub(b"", part)) for part in parts]
    if not any(
        m.subject or m.sender or m.plain.strip() or m.markup.strip() or m.attachments or m.encrypted for m in mails
    ):
        raise Damaged(f"{path.name}: is no mail")
    return mails


def _metadata(mail: Mail) -> Metadata:
    extra = {"to": mail.to, "cc": mail.cc}
    return Metadata(
        title=mail.subject,
        authors=(mail.sender,) if mail.sender else (),
        created=mail.created,
        identity=mail.identity,
        extra={name: value for name, value in extra.items() if value},
    )


def _page(mail: Mail, number: int) -> ReadPage:
    """Subject, sender and receivers, then the body; what is not the writer's own stays out of the blocks."""
    head = [Unit("heading", mail.subject)] if mail.subject else []
    fields = [("From", mail.sender), ("To", mail.to), ("Cc", mail.cc), ("Date", mail.created or "")]
    lines = "\n".join(f"{name}: {tidy(value)}" for name, value in fields if value)
    if lines:
        head.append(Unit("note", lines))
    aside = [Unit(None, tidy(mail.aside))] if mail.aside.strip() else []
    units = with_paths([*head, *_body(mail), *aside])
    return page_of(units, number=number, anchor=f"mail-{number}")


def _body(mail: Mail) -> list[Unit]:
    """The plain text, or the HTML where the plain text only says that there is HTML."""
    tree = parse(mail.markup) if mail.markup.strip() else None
    if tree is None:
        return _from_plain(mail.plain, mail.subject)
    if not mail.plain.strip():
        return _from_html(tree, mail.subject)
    units = _from_html(tree, mail.subject)
    pointless = len(mail.plain.strip()) < _SHORT or "html" in mail.plain[:300].lower()
    fuller = sum(len(unit.text) for unit in units) > 2 * len(mail.plain.strip())
    return units if pointless and fuller else _from_plain(mail.plain, mail.subject)


def _from_plain(text: str, subject: str) -> list[Unit]:
    lines = text.split("\n")
    units: list[Unit] = []
    for is_own, group in _groups(lines, own_lines(lines, subject)):
        words = "\n".join(group)
        if is_own:
            units += _paragraph(words)
        else:
            units.append(Unit(None, words))
    return units


def _groups(lines: Sequence[str], own: Sequence[bool]) -> Iterator[tuple[bool, list[str]]]:
    """Paragraphs of lines that are all own or all not."""
    group: list[str] = []
    kind = True
    for line, is_own in zip(lines, own, strict=True):
        if group and (not line.strip() or is_own != kind):
            yield kind, group
            group = []
        if line.strip():
            group.append(line)
            kind = is_own
    if group:
        yield kind, group


def _paragraph(words: str) -> list[Unit]:
    """The pieces of one paragraph; format=flowed and hard line ends stay as they are."""
    words = tidy(words)
    stretches = [(m.start(), m.end()) for m in re.finditer(r"\S(?:[^\n]*\S)?", words)]
    if not re.search(r"[^\W_]", words):
        return [Unit(None, words)] if words else []
    return [Unit(span.kind, words[span.start : span.end]) for span in spans_of(words, stretches, _PROSE)]


def _from_html(tree: etree._Element, subject: str) -> list[Unit]:
    """The units of an HTML body; quotations marked as such, and what follows a reply's header, not cited."""
    quoted = _take_quotations(tree)
    units = [unit for part in main_content(tree) for unit in units_of(part)]
    # Headings in a mail are decoration: the subject is its heading.
    units = [replace(unit, kind="paragraph") if unit.kind == "heading" else unit for unit in units]
    lines = [(index, line) for index, unit in enumerate(units) for line in unit.text.split("\n")]
    own = own_lines([line for _, line in lines], subject)
    foreign = {index for (index, _), is_own in zip(lines, own, strict=True) if not is_own}
    units = [replace(unit, kind=None) if index in foreign else unit for index, unit in enumerate(units)]
    kept = any(unit.kind is not None for unit in units)
    return units + [replace(unit, kind=None) if kept else unit for part in quoted for unit in units_of(part)]


def _take_quotations(tree: etree._Element) -> list[etree._Element]:
    """Take out of the tree what mail programs mark as the mail that is answered."""
    taken = []
    for element in list(tree.iter("blockquote", "div")):
        names = set((element.get("class") or "").split())
        marked = element.get("type") == "cite" or names & _QUOTE_CLASSES or element.get("id") in _QUOTE_IDS
        if marked and not any(outer in taken for outer in element.iterancestors()):
            taken.append(element)
    for element in taken:
        take_out(element)
    return taken


def _attachments(mails: Sequence[Mail]) -> tuple[Attachment, ...]:
    return tuple(attachment for mail in mails for attachment in mail.attachments)
