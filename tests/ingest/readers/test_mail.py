"""Mail: header fields, what the writer wrote, and what was attached."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.document import Attachment, Metadata, Reading
from ingest.readers.mail import read
from ingest.readers.mail_mime import day_of, safe_name
from ingest.readers.mail_quote import own_lines
from memory.errors import Damaged, Locked

NASTY = Path(__file__).resolve().parents[3] / ".." / "shared" / "nasty" / "email"


def message(body: str = "The tap is dry.\n", subject: str = "Water") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = "Thandi Dube <td@isivivane.example>"
    made["To"] = "Works <works@isivivane.example>"
    made["Date"] = "Fri, 03 May 2024 10:00:00 +0200"
    made["Message-ID"] = "<1@isivivane.example>"
    made.set_content(body)
    return made


def reading_of(folder: Path, content: EmailMessage | bytes) -> Reading:
    path = folder / "note.eml"
    path.write_bytes(content if isinstance(content, bytes) else content.as_bytes())
    return read(path)


def own(reading: Reading) -> list[str]:
    """The blocks of the first page below the head."""
    page = reading.pages[0]
    return [page.text[b.start : b.end] for b in page.blocks if b.kind not in ("heading", "note")]


def test_header_fields_become_metadata_and_head_of_the_page(tmp_path: Path) -> None:
    made = message()
    made["Cc"] = "a@x.example, B <b@x.example>"
    reading = reading_of(tmp_path, made)
    assert reading.metadata == Metadata(
        title="Water",
        authors=("Thandi Dube <td@isivivane.example>",),
        created="2024-05-03",
        identity="<1@isivivane.example>",
        extra={"to": "Works <works@isivivane.example>", "cc": "a@x.example; B <b@x.example>"},
    )
    (page,) = reading.pages
    assert (page.number, page.anchor) == (1, "mail-1")
    assert [(b.kind, page.text[b.start : b.end], b.heading) for b in page.blocks] == [
        ("heading", "Water", ("Water",)),
        (
            "note",
            "From: Thandi Dube <td@isivivane.example>\nTo: Works <works@isivivane.example>\n"
            "Cc: a@x.example; B <b@x.example>\nDate: 2024-05-03",
            ("Water",),
        ),
        ("paragraph", "The tap is dry.", ("Water",)),
    ]


@pytest.mark.parametrize(
    "tail",
    [
        "On Thu, 2 May 2024 at 09:00, Sipho Ngwenya <sn@x.example> wrote:\n> Which tap?\n",
        "On Thu, 2 May 2024 at 09:00, Sipho Ngwenya\n<sn@x.example> wrote:\n\n> Which tap?\n",
        "Op Do. 2 Mei 2024 om 09:00 het Sipho <sn@x.example> geskryf:\n> Which tap?\n",
        "-----Original Message-----\nFrom: Sipho\nSent: Thursday\nSubject: Water\n\nWhich tap?\n",
        "________________________________\nFrom: Sipho\nSent: Thursday\nTo: Thandi\nSubject: Water\n\nWhich tap?\n",
        "-- \nThandi Dube\nWhich tap? 033 555 0100\n",
        "> Which tap?\n",
    ],
)
def test_quoted_tail_and_signature_stay_on_the_page_and_out_of_the_blocks(tmp_path: Path, tail: str) -> None:
    reading = reading_of(tmp_path, message(f"The tap is dry.\n\n{tail}"))
    assert own(reading) == ["The tap is dry."]
    assert "Which tap?" in reading.pages[0].text


def test_answer_below_and_between_quotations_is_kept(tmp_path: Path) -> None:
    body = "On Thu, 2 May 2024, Sipho wrote:\n> Which tap?\n\nThe one in Ward 3.\n\n> Since when?\nMonday.\n"
    assert own(reading_of(tmp_path, message(body))) == ["The one in Ward 3.", "Monday."]


def test_forwarded_mail_is_what_it_forwards(tmp_path: Path) -> None:
    body = "See below.\n\n-----Original Message-----\nFrom: Sipho\nSent: Thursday\nSubject: Dam\n\nThe dam is full.\n"
    assert "The dam is full." in own(reading_of(tmp_path, message(body, "FW: Dam")))
    assert own(reading_of(tmp_path, message(body, "RE: Dam"))) == ["See below."]


def test_mail_of_nothing_but_quotation_is_cited_all_the_same() -> None:
    assert own_lines(["> Which tap?", "> Ward 3."]) == [True, True]


def test_sentence_that_ends_in_wrote_is_no_quotation() -> None:
    lines = ["This is what the auditor wrote:", "The books are in order.", "We agree."]
    assert own_lines(lines) == [True, True, True]


def test_html_body_is_read_without_its_quotation(tmp_path: Path) -> None:
    made = message()
    made.set_content(
        "<p>New rates:</p><table><tr><th>Step</th><th>Rand</th></tr><tr><td>one</td><td>5</td></tr></table>"
        '<blockquote type="cite"><p>What are the rates?</p></blockquote><p>Regards</p><script>x</script>',
        subtype="html",
    )
    reading = reading_of(tmp_path, made)
    assert own(reading) == ["New rates:", "one | 5", "Regards"]
    assert [b.context for b in reading.pages[0].blocks if b.kind == "row"] == ["Step | Rand"]
    assert reading.pages[0].text.endswith("What are the rates?")


def test_plain_text_is_preferred_unless_it_only_points_to_the_html(tmp_path: Path) -> None:
    made = message("Plain words of the same mail, long enough to stand alone.\n")
    made.add_alternative("<p>Marked words of the same mail.</p>", subtype="html")
    assert own(reading_of(tmp_path, made)) == ["Plain words of the same mail, long enough to stand alone."]
    made = message("Please view in HTML.\n")
    made.add_alternative(f"<p>{'The rates rise. ' * 9}</p>", subtype="html")
    assert own(reading_of(tmp_path, made)) == [("The rates rise. " * 9).strip()]


def test_attachments_come_out_with_safe_names(tmp_path: Path) -> None:
    made = message()
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../../etc/plan.pdf")
    made.add_attachment(b"%PDF2", maintype="application", subtype="pdf", filename="plan.pdf")
    made.add_attachment(message("Inner.\n", "Inner/mail"))
    reading = reading_of(tmp_path, made)
    assert reading.attachments[:2] == (Attachment("plan.pdf", b"%PDF"), Attachment("plan-2.pdf", b"%PDF2"))
    inner = reading.attachments[2]
    assert inner.name == "Inner_mail.eml"
    assert own(reading_of(tmp_path, inner.content)) == ["Inner."]


def test_outlook_packaging_is_noted(tmp_path: Path) -> None:
    made = message()
    made.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    reading = reading_of(tmp_path, made)
    assert reading.attachments == ()
    assert reading.notes[0].startswith("note.eml: winmail.dat: ")


def test_each_mail_of_an_mbox_is_a_page(tmp_path: Path) -> None:
    path = tmp_path / "box.mbox"
    one = message("One.\n\n>From here on it is dry.\n", "First").as_bytes()
    two = message("Two.\n", "Second")
    two.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="a.csv")
    path.write_bytes(
        b"From td Fri May  3 10:00:00 2024\n" + one + b"\nFrom td Fri May  3 10:00:00 2024\n" + two.as_bytes()
    )
    reading = read(path)
    assert [(page.number, page.anchor) for page in reading.pages] == [(1, "mail-1"), (2, "mail-2")]
    assert "From here on it is dry." in own(reading)
    assert reading.attachments == (Attachment("a.csv", b"a,b\n"),)
    assert reading.metadata.extra == {"mails": "2"}


def test_encrypted_mail_is_locked(tmp_path: Path) -> None:
    content = b"Subject: x\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nAAAA\n"
    with pytest.raises(Locked, match="encrypted mail"):
        reading_of(tmp_path, content)


def test_noise_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match=r"^note\.eml: is no mail$"):
        reading_of(tmp_path, b"\n\n\n")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Fri, 03 May 2024 10:00:00 +0200", "2024-05-03"),
        ("Fri Mar 10 2006 13:40:00 GMT+0100", "2006-03-10"),
        ("2024-05-03T10:00", "2024-05-03"),
        ("3 May 2024", "2024-05-03"),
        ("32 May 2024", None),
        ("", None),
        ("yesterday", None),
    ],
)
def test_day_of_a_mail_is_read_from_any_form(written: str, day: str | None) -> None:
    assert day_of(written) == day


def test_names_cannot_climb_or_hide() -> None:
    assert safe_name("..\\..\\run.exe", "x") == "run.exe"
    assert safe_name("inv\u202efdp.exe", "x") == "inv_fdp.exe"
    assert safe_name("...", "fallback") == "fallback"
    assert len(safe_name("a" * 500 + ".pdf", "x")) == 120


def test_outlook_message_is_read_with_its_attachments() -> None:
    path = NASTY / "docling__email_sources_msg_with_attachment.msg"
    if not path.exists():
        pytest.skip("../shared is absent")
    reading = read(path)
    assert reading.metadata.title == "Email with Attachment"
    assert reading.metadata.authors == ("Alice Example <alice@example.com>",)
    assert reading.metadata.created == "2026-05-20"
    assert own(reading) == ["This email contains an attachment."]
    assert [(a.name, len(a.content)) for a in reading.attachments] == [("test.txt", 64), ("report.pdf", 26)]


def test_japanese_mail_is_decoded() -> None:
    path = NASTY / "mail__emails_multi_charset_japanese_iso_2022.eml"
    if not path.exists():
        pytest.skip("../shared is absent")
    assert own(read(path)) == ["すみません。"]
