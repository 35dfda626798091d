"""An answer with its references as plain text, Markdown or DOCX."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from fastapi.responses import Response

from memory.conversations import Turn
from memory.text import readable
from service.answer import CLOSEST_ONLY, NOTHING
from service.shapes import AnswerShape, CitationShape
from service.words import word

# What Markdown would take for markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")

# https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Exported:
    """An answer laid out: what every form has. `state`: what kind of answer it is; `notes`: what is said about it;
    `sources`: (line, quote, address), under `heading`, which is empty where there are none."""

    question: str
    asked: str
    state: str
    answer: str
    notes: tuple[str, ...]
    heading: str
    sources: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file."""

    media_type: str
    ending: str
    write: Callable[[Exported], bytes]


def response(turn: Turn, answer: AnswerShape, form: str, language: str, base: str) -> Response:
    """The answer as a file of that form; `base`: the service's address, for the references."""
    chosen = FORMS[form]
    name = f"khumbula-{turn.id}.{chosen.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(
        chosen.write(_laid_out(turn, answer, language, base)), media_type=chosen.media_type, headers=headers
    )


def _laid_out(turn: Turn, answer: AnswerShape, language: str, base: str) -> Exported:
    day = turn.as_of or turn.asked_at[:10]
    asked = word(language, "export.as_of" if turn.as_of else "export.asked", day=day)
    written = answer.state == "answered" and answer.generated_by != "extractive"
    state = word(language, "verdict.model" if written else f"verdict.{answer.state}")
    heading = word(language, "answer.sources" if answer.supported else "answer.closest")
    notes = tuple(note.text for note in answer.notes)
    proofs = [citation for note in answer.notes for citation in note.citations]
    sources = tuple(_source(c, language, base) for c in (*(answer.citations or answer.closest), *proofs))
    return Exported(turn.question, asked, state, _said(answer, language), notes, heading if sources else "", sources)


def _said(answer: AnswerShape, language: str) -> str:
    """The answer; what the program itself says when it does not know and has no reason to give, in the language."""
    if answer.answer.startswith(NOTHING):
        return word(language, "answer.unknown")
    if not answer.answer.startswith(CLOSEST_ONLY):
        return answer.answer
    custodian = next((c.custodian for c in answer.closest if c.custodian), None)
    return word(language, "answer.only_closest_ask" if custodian else "answer.only_closest", custodian=custodian)


def _source(citation: CitationShape, language: str, base: str) -> tuple[str, str, str]:
    number = str(citation.page)
    printed = citation.page_label and citation.page_label != number
    page = word(language, "page.printed" if printed else "page.number", number=number, label=citation.page_label)
    version = word(language, "version.number", number=citation.version)
    parts = (citation.title, version, citation.section, page, citation.file_name, _in_force(citation, language))
    line = f"[{citation.marker}] " + ", ".join(part for part in parts if part)
    return line, readable(citation.quote), base.rstrip("/") + citation.url


def _in_force(citation: CitationShape, language: str) -> str:
    since, until = citation.in_force_from, citation.in_force_to
    if since and until:
        return word(language, "force.between", since=since, until=until)
    if since:
        return word(language, "force.since", since=since)
    return word(language, "force.until", until=until) if until else ""


def _text(exported: Exported) -> bytes:
    lines = [exported.question, exported.asked, exported.state, "", exported.answer, *exported.notes]
    lines += ["", exported.heading] if exported.heading else []
    for line, quote, address in exported.sources:
        lines += ["", line, f"    “{quote}”", f"    {address}"]
    return ("\n".join(lines) + "\n").encode()


def _markdown(exported: Exported) -> bytes:
    lines = [f"## {plain(exported.question)}", "", f"*{plain(exported.asked)}*", ""]
    lines += [f"**{plain(exported.state)}**", "", plain(exported.answer), ""]
    lines += [f"- {plain(note)}" for note in exported.notes] + [""] * bool(exported.notes)
    lines += [f"### {exported.heading}", ""] if exported.heading else []
    for line, quote, address in exported.sources:
        lines += [f"{plain(line)}  ", f"> {plain(quote)}  ", f"> <{address}>", ""]
    return "\n".join(lines).encode()


def plain(text: str) -> str:
    """Words that Markdown shows as they are."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _docx(exported: Exported) -> bytes:
    from docx import Document

    document = Document()
    document.core_properties.title = exported.question[:250]
    document.core_properties.author = "Khumbula"
    document.add_heading(_printable(exported.question), 1)
    document.add_paragraph(exported.asked).runs[0].italic = True
    document.add_paragraph().add_run(exported.state).bold = True
    document.add_paragraph(_printable(exported.answer))
    for note in exported.notes:
        document.add_paragraph(_printable(note), style="List Bullet")
    if exported.heading:
        document.add_heading(exported.heading, 2)
    for line, quote, address in exported.sources:
        document.add_paragraph().add_run(_printable(line)).bold = True
        document.add_paragraph(_printable(f"“{quote}”"), style="Quote")
        document.add_paragraph(address)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _printable(text: str) -> str:
    """Without the characters that XML cannot carry."""
    return _NOT_XML.sub("", text)


FORMS = {
    "text": Form("text/plain; charset=utf-8", "txt", _text),
    "markdown": Form("text/markdown; charset=utf-8", "md", _markdown),
    "docx": Form("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", _docx),
}
