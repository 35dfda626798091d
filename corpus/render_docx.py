"""A source becomes a DOCX: real heading styles, automatic numbering, tables, footnotes, tracked changes."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from corpus.make_blocks import Block, Run, body_blocks, notes_of, parse_runs, plain
from corpus.make_source import MUNICIPALITY, Source
from corpus.make_zip import fix_office

NUMBERED = re.compile(r"(\d+)\.?\s+(.*)")
NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
LIST_ID = 77


class Writer:
    """Writes one document; keeps the numbers of footnotes and tracked changes."""

    def __init__(self, source: Source, blocks: list[Block]) -> None:
        self.source, self.blocks = source, blocks
        self.document = _template()
        self.notes = notes_of(blocks)
        self.note_ids: dict[str, int] = {}
        self.changes = 0
        self.numbered = _numbers_follow(blocks)
        self.author = source.get("author", MUNICIPALITY)

    def write(self) -> bytes:
        """The bytes of the file."""
        self._frame()
        if self.numbered:
            _define_list(self.document)
        for block in self.blocks:
            self._block(block)
        if self.note_ids:
            self._footnotes()
        out = io.BytesIO()
        self.document.save(out)
        return fix_office(out.getvalue(), self.source.date)

    def _frame(self) -> None:
        document, source = self.document, self.source
        core = document.core_properties
        core.title, core.author, core.last_modified_by = source.title, self.author, self.author
        core.subject, core.keywords, core.comments = source.get("kind"), source.get("department"), ""
        core.language = source.get("language", "en")
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.header.paragraphs[0].text = f"{MUNICIPALITY}\t\t{source.title}"
        _page_field(section.footer.paragraphs[0])
        document.styles["Normal"].font.name = "Calibri"
        document.styles["Normal"].font.size = Pt(11)
        if not (self.blocks and self.blocks[0].kind == "heading" and self.blocks[0].depth == 1):
            document.add_paragraph(source.title, style="Title")

    def _block(self, block: Block) -> None:
        if block.kind == "heading":
            self._heading(block)
        elif block.kind == "table":
            self._table(block)
        elif block.kind == "break":
            self.document.add_page_break()
        elif block.kind == "clause":
            self._clause(block)
        elif block.kind == "item":
            style = "List Bullet" if not block.marker else "Normal"
            self._runs(self.document.add_paragraph(style=style), block.text, block.marker)
        elif block.kind in {"paragraph", "quote"}:
            style = "Quote" if block.kind == "quote" else "Normal"
            self._runs(self.document.add_paragraph(style=style), block.text)

    def _heading(self, block: Block) -> None:
        match = NUMBERED.fullmatch(block.text)
        numbered = self.numbered and block.depth == 2 and match is not None
        paragraph = self.document.add_paragraph(style=f"Heading {min(block.depth, 4)}")
        self._runs(paragraph, match[2] if numbered and match else block.text)
        if numbered:
            _number(paragraph, 0)

    def _clause(self, block: Block) -> None:
        paragraph = self.document.add_paragraph()
        if self.numbered and "." in block.marker:
            _number(paragraph, block.marker.strip(".").count("."))
            self._runs(paragraph, block.text)
            return
        depth = block.depth + (1 if self.numbered else 0)
        paragraph.paragraph_format.left_indent = Mm(9 * (depth + 1))
        paragraph.paragraph_format.first_line_indent = Mm(-9)
        self._runs(paragraph, block.text, block.marker)

    def _table(self, block: Block) -> None:
        columns = max(len(row) for row in block.rows)
        table = self.document.add_table(rows=0, cols=columns, style="Table Grid")
        for number, row in enumerate(block.rows):
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=False):
                self._runs(cell.paragraphs[0], f"**{text}**" if number == 0 and text else text)
        properties = table.rows[0]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:tblHeader"))
        self.document.add_paragraph()

    def _runs(self, paragraph: Any, text: str, marker: str = "") -> None:
        if marker:
            paragraph.add_run(f"{marker}\t")
        for run in parse_runs(text):
            self._run(paragraph, run)

    def _run(self, paragraph: Any, run: Run) -> None:
        if run.note:
            if run.note in self.notes:
                self._note_call(paragraph, run.note)
            return
        if run.change == "comment":
            made = self.document.add_comment(paragraph.runs[-1:] or paragraph.add_run(""), run.text, self.author, "ILM")
            made._comment_elm.set(qn("w:date"), self._moment)
            return
        element = paragraph.add_run(run.text)
        element.bold, element.italic = run.bold or None, run.italic or None
        if run.change:
            self._track(paragraph, element, run)

    @property
    def _moment(self) -> str:
        return f"{self.source.date.isoformat()}T09:30:00Z"

    def _track(self, paragraph: Any, element: Any, run: Run) -> None:
        self.changes += 1
        wrapper = OxmlElement("w:ins" if run.change == "insert" else "w:del")
        for name, value in (("id", str(self.changes)), ("author", self.author), ("date", self._moment)):
            wrapper.set(qn(f"w:{name}"), value)
        if run.change == "delete":
            for text in element._r.findall(qn("w:t")):
                text.tag = qn("w:delText")
        paragraph._p.append(wrapper)
        wrapper.append(element._r)

    def _note_call(self, paragraph: Any, key: str) -> None:
        number = self.note_ids.setdefault(key, len(self.note_ids) + 1)
        run = paragraph.add_run()
        run.font.superscript = True
        call = OxmlElement("w:footnoteReference")
        call.set(qn("w:id"), str(number))
        run._r.append(call)

    def _footnotes(self) -> None:
        notes = "".join(
            f'<w:footnote w:id="{number}"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
            f'<w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> {escape(plain(self.notes[key]))}'
            "</w:t></w:r></w:p></w:footnote>"
            for key, number in self.note_ids.items()
        )
        xml = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes {nsdecls("w")}>'
            '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r>'
            f"</w:p></w:footnote>{notes}</w:footnotes>"
        )
        package = self.document.part.package
        part = Part(PackURI("/word/footnotes.xml"), NOTES_TYPE, xml.encode(), package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def render_docx(source: Source) -> bytes:
    """The DOCX of a source."""
    return Writer(source, body_blocks(source.body, source.title)).write()


def _template() -> Any:
    """python-docx's own template without its picture and its hundred table styles (0.8 MB undeflated)."""
    document = Document()
    for owner, ending in ((document.part, "/stylesWithEffects"), (document.part.package, "/thumbnail")):
        for key in [key for key, rel in owner.rels.items() if rel.reltype.endswith(ending)]:
            del owner.rels[key]
    for style in list(document.styles):
        if style.element.get(qn("w:type")) == "table" and style.name not in {"Table Grid", "Normal Table"}:
            style.element.getparent().remove(style.element)
    return document


def _numbers_follow(blocks: list[Block]) -> bool:
    """Whether every written number is the one that automatic numbering would give."""
    count = [0, 0, 0]
    for block in blocks:
        if block.kind == "heading" and block.depth == 2:
            match = NUMBERED.fullmatch(block.text)
            if match is None or int(match[1]) != count[0] + 1:
                return False
            count = [count[0] + 1, 0, 0]
        elif block.kind == "clause" and "." in block.marker:
            parts = [int(part) for part in block.marker.strip(".").split(".")]
            count = [*count[: len(parts) - 1], count[len(parts) - 1] + 1, 0, 0][:3] if len(parts) < 4 else []
            if count[: len(parts)] != parts:
                return False
    return len(count) == 3 and count[0] > 0


def _define_list(document: Any) -> None:
    """One multi-level list: 1 for headings, 1.1 and 1.1.1 for clauses."""
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        f'<w:lvlText w:val="{".".join(f"%{n + 1}" for n in range(level + 1))}{"." if level == 0 else ""}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{(0, 720, 1440)[level] + 567}" w:hanging="567"/></w:pPr></w:lvl>'
        for level in range(3)
    )
    numbering = document.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{LIST_ID}">'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    numbering.insert(0, abstract)
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{LIST_ID}"><w:abstractNumId w:val="{LIST_ID}"/></w:num>')
    )


def _number(paragraph: Any, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = LIST_ID


def _page_field(paragraph: Any) -> None:
    paragraph.add_run("Page ")
    for instruction in ("PAGE", "NUMPAGES"):
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), instruction)
        paragraph._p.append(field)
        if instruction == "PAGE":
            paragraph.add_run(" of ")
