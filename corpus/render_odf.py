"""A source becomes an OpenDocument text, spreadsheet or presentation (ODF 1.2), written straight as XML."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape, quoteattr

from corpus.make_blocks import Block, body_blocks, notes_of, parse_runs
from corpus.make_source import Source
from corpus.make_zip import zip_bytes
from corpus.render_sheet import Cell, Sheet, sheets_of
from corpus.render_slides import Slide, slides_of

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{prefix}="{OASIS}:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
        ("meta", "meta"),
        ("presentation", "presentation"),
        ("svg", "svg-compatible"),
        ("fo", "xsl-fo-compatible"),
    )
)
SPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
TYPES = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
STYLES = (
    '<style:style style:name="Bold" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="Italic" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>'
    '<style:style style:name="Hidden" style:family="table"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="Shown" style:family="table"><style:table-properties table:display="true"/></style:style>'
)


def render_odf(source: Source) -> bytes:
    """The ODT, ODS or ODP of a source, by its suffix."""
    kind = TYPES[source.suffix]
    inside = {"odt": _text, "ods": _spreadsheet, "odp": _presentation}[source.suffix](source)
    media = f"application/vnd.oasis.opendocument.{kind}"
    content = (
        f'{HEAD}<office:document-content {SPACES} office:version="1.2"><office:automatic-styles>{STYLES}'
        f"</office:automatic-styles><office:body><office:{kind}>{inside}</office:{kind}></office:body>"
        "</office:document-content>"
    )
    stamp = f"{source.date.isoformat()}T08:00:00"
    meta = (
        f'{HEAD}<office:document-meta {SPACES} office:version="1.2"><office:meta>'
        f"<dc:title>{escape(source.title)}</dc:title><dc:creator>{escape(source.get('author'))}</dc:creator>"
        f"<meta:initial-creator>{escape(source.get('author'))}</meta:initial-creator>"
        f"<meta:creation-date>{stamp}</meta:creation-date><dc:date>{stamp}</dc:date>"
        f"<dc:language>{source.get('language', 'en')}</dc:language></office:meta></office:document-meta>"
    )
    styles = f'{HEAD}<office:document-styles {SPACES} office:version="1.2"><office:styles/></office:document-styles>'
    members = {
        "mimetype": media.encode(),
        "content.xml": content.encode(),
        "meta.xml": meta.encode(),
        "styles.xml": styles.encode(),
        "META-INF/manifest.xml": _manifest(media).encode(),
    }
    return zip_bytes(members, first=("mimetype",))


def _manifest(media: str) -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in (
            ("/", media),
            ("content.xml", "text/xml"),
            ("meta.xml", "text/xml"),
            ("styles.xml", "text/xml"),
        )
    )
    return (
        f'{HEAD}<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0" manifest:version="1.2">'
        f"{entries}</manifest:manifest>"
    )


def _text(source: Source) -> str:
    blocks = body_blocks(source.body, source.title)
    notes = notes_of(blocks)
    parts = []
    if not (blocks and blocks[0].kind == "heading" and blocks[0].depth == 1):
        parts.append(f'<text:h text:outline-level="1">{escape(source.title)}</text:h>')
    parts += [_block(block, notes) for block in blocks if block.kind != "note"]
    return "".join(parts)


def _block(block: Block, notes: dict[str, str]) -> str:
    inline = _inline(block.text, notes)
    if block.kind == "heading":
        return f'<text:h text:outline-level="{block.depth}">{inline}</text:h>'
    if block.kind == "table":
        return _table(block.rows, notes)
    if block.kind == "item" and not block.marker:
        return f"<text:list><text:list-item><text:p>{inline}</text:p></text:list-item></text:list>"
    if block.kind in {"break", "rule"}:
        return ""
    number = f"{escape(block.marker)}<text:tab/>" if block.marker else ""
    return f"<text:p>{number}{inline}</text:p>"


def _inline(text: str, notes: dict[str, str]) -> str:
    parts = []
    for run in parse_runs(text):
        piece = escape(run.text)
        if run.note in notes:
            piece = (
                f'<text:note text:note-class="footnote"><text:note-citation>{run.note}</text:note-citation>'
                f"<text:note-body><text:p>{escape(notes[run.note])}</text:p></text:note-body></text:note>"
            )
        elif run.change in {"delete", "comment"}:
            continue
        elif run.bold or run.italic:
            style = "Bold" if run.bold else "Italic"
            piece = f'<text:span text:style-name="{style}">{piece}</text:span>'
        parts.append(piece)
    return "".join(parts)


def _table(rows: tuple[tuple[str, ...], ...], notes: dict[str, str]) -> str:
    lines = []
    for number, row in enumerate(rows):
        cells = "".join(f"<table:table-cell><text:p>{_inline(cell, notes)}</text:p></table:table-cell>" for cell in row)
        line = f"<table:table-row>{cells}</table:table-row>"
        lines.append(f"<table:table-header-rows>{line}</table:table-header-rows>" if number == 0 else line)
    columns = f'<table:table-column table:number-columns-repeated="{max(map(len, rows))}"/>'
    return f"<table:table>{columns}{''.join(lines)}</table:table>"


def _spreadsheet(source: Source) -> str:
    return "".join(_sheet(sheet, source.title) for sheet in sheets_of(source))


def _sheet(sheet: Sheet, title: str) -> str:
    above = [(Cell(line, "text", line),) for line in (title, *sheet.above)]
    header = tuple(Cell(name, "text", name) for name in sheet.header)
    below = [(Cell(line, "text", line),) for line in sheet.below]
    rows = "".join(
        f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>"
        for row in [*above, header, *sheet.rows, *below]
    )
    style = "Hidden" if sheet.hidden else "Shown"
    return f'<table:table table:name={quoteattr(sheet.name)} table:style-name="{style}">{rows}</table:table>'


def _cell(cell: Cell) -> str:
    value = escape(str(cell.value))
    kinds = {
        "text": 'office:value-type="string"',
        "number": f'office:value-type="float" office:value="{value}"',
        "money": f'office:value-type="currency" office:currency="ZAR" office:value="{value}"',
        "percent": f'office:value-type="percentage" office:value="{value}"',
    }
    if isinstance(cell.value, date):
        attributes = f'office:value-type="date" office:date-value="{cell.value.isoformat()}"'
    else:
        attributes = kinds[cell.format]
    return f"<table:table-cell {attributes}><text:p>{escape(cell.shown)}</text:p></table:table-cell>"


def _presentation(source: Source) -> str:
    title = Slide(source.title, ((0, source.get("author")),), (), "")
    return "".join(_slide(slide, number) for number, slide in enumerate([title, *slides_of(source)], 1))


def _slide(slide: Slide, number: int) -> str:
    size = 'svg:x="2cm" svg:width="24cm"'
    bullets = "".join(
        f"<text:list><text:list-item><text:p>{escape(text)}</text:p></text:list-item></text:list>"
        for _, text in slide.bullets
    )
    frames = (
        f'<draw:frame presentation:class="title" {size} svg:y="1cm" svg:height="3cm">'
        f"<draw:text-box><text:p>{escape(slide.title)}</text:p></draw:text-box></draw:frame>"
    )
    if bullets:
        frames += (
            f'<draw:frame presentation:class="outline" {size} svg:y="5cm" svg:height="12cm">'
            f"<draw:text-box>{bullets}</draw:text-box></draw:frame>"
        )
    if slide.table:
        frames += f'<draw:frame {size} svg:y="9cm" svg:height="8cm">{_table(slide.table, {})}</draw:frame>'
    if slide.notes:
        frames += (
            '<presentation:notes><draw:frame presentation:class="notes"><draw:text-box>'
            f"<text:p>{escape(slide.notes)}</text:p></draw:text-box></draw:frame></presentation:notes>"
        )
    return f'<draw:page draw:name="page{number}">{frames}</draw:page>'
