"""A source becomes HTML, Markdown, plain text or RTF."""

from __future__ import annotations

import textwrap
from html import escape

from corpus.make_blocks import Block, body_blocks, parse_runs, plain
from corpus.make_source import MUNICIPALITY, Source, long_date

WRAP = 78
RTF_SIZES = {1: 36, 2: 30, 3: 26}
STYLE = (
    "body{font-family:sans-serif;margin:0}nav,footer{background:#17335c;color:#fff;padding:8px 24px}"
    "nav a{color:#fff;margin-right:16px}main{max-width:46em;margin:24px auto}"
    "table{border-collapse:collapse}td,th{border:1px solid #888;padding:3px 8px}"
)


def render_md(source: Source) -> bytes:
    """The Markdown of a source: its body, under its title."""
    body = source.body
    if not body.startswith("# "):
        body = f"# {source.title}\n\n{body}"
    return body.encode(source.get("encoding", "utf-8"))


def render_html(source: Source) -> bytes:
    """An intranet page: navigation, the document in `main`, a footer."""
    blocks = body_blocks(source.body, source.title)
    headed = blocks and blocks[0].kind == "heading" and blocks[0].depth == 1
    title = "" if headed else f"<h1>{escape(source.title)}</h1>\n"
    main = title + "\n".join(_html(block) for block in blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{source.get("language", "en")}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(source.title)} | {MUNICIPALITY}</title>\n"
        f'<meta name="author" content="{escape(source.get("author"))}">\n'
        f'<meta name="dcterms.date" content="{source.date.isoformat()}">\n<style>{STYLE}</style>\n</head>\n<body>\n'
        '<nav aria-label="Main"><a href="/">Home</a> <a href="/council">Council</a> '
        '<a href="/documents">Documents</a> <a href="/tenders">Tenders</a> <a href="/contact">Contact us</a></nav>\n'
        f"<main>\n{main}\n</main>\n"
        f"<footer><p>{MUNICIPALITY}, Civic Centre, 1 Market Street, eMakhosini Junction. "
        f'Page last changed on {long_date(source.date)}. <a href="/privacy">Privacy</a></p></footer>\n</body>\n</html>\n'
    ).encode()


def _html(block: Block) -> str:
    inline = _html_inline(block.text)
    if block.kind == "heading":
        return f"<h{block.depth}>{inline}</h{block.depth}>"
    if block.kind == "table":
        rows = []
        for number, row in enumerate(block.rows):
            tag = "th" if number == 0 else "td"
            rows.append("<tr>" + "".join(f"<{tag}>{_html_inline(c)}</{tag}>" for c in row) + "</tr>")
        return f"<table>\n<thead>{rows[0]}</thead>\n<tbody>\n" + "\n".join(rows[1:]) + "\n</tbody>\n</table>"
    if block.kind == "item" and not block.marker:
        return f"<ul><li>{inline}</li></ul>"
    if block.kind == "note":
        return f'<p id="fn-{block.marker}" class="footnote">[{block.marker}] {inline}</p>'
    if block.kind == "quote":
        return f"<blockquote><p>{inline}</p></blockquote>"
    if block.kind in {"rule", "break"}:
        return "<hr>"
    return f"<p>{escape(block.marker)} {inline}</p>" if block.marker else f"<p>{inline}</p>"


def _html_inline(text: str) -> str:
    parts = []
    for run in parse_runs(text):
        piece = escape(run.text, quote=False)
        if run.note:
            piece = f'<sup><a href="#fn-{run.note}">[{run.note}]</a></sup>'
        elif run.change in {"delete", "comment"}:
            continue
        elif run.bold:
            piece = f"<strong>{piece}</strong>"
        elif run.italic:
            piece = f"<em>{piece}</em>"
        parts.append(piece)
    return "".join(parts)


def render_txt(source: Source) -> bytes:
    """Plain text wrapped at 78 columns, in UTF-8 or the source's `encoding` (then with CRLF)."""
    blocks = body_blocks(source.body, source.title)
    lines: list[str] = []
    if not (blocks and blocks[0].kind == "heading" and blocks[0].depth == 1):
        lines += [source.title.upper(), "=" * min(WRAP, len(source.title)), ""]
    for block in blocks:
        lines += [*_text(block), ""]
    encoding = source.get("encoding", "utf-8")
    text = "\n".join(lines)
    return (text if encoding == "utf-8" else text.replace("\n", "\r\n")).encode(encoding)


def _text(block: Block) -> list[str]:
    text = plain(block.text)
    if block.kind == "heading":
        return [
            text.upper() if block.depth == 1 else text,
            ("=" if block.depth == 1 else "-") * min(WRAP, len(text)),
        ]
    if block.kind == "table":
        widths = [max(len(plain(cell)) for cell in column) for column in zip(*_square(block.rows), strict=True)]
        return [
            "  ".join(plain(c).ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
            for row in _square(block.rows)
        ]
    if block.kind in {"rule", "break"}:
        return ["-" * WRAP]
    marker = {"item": block.marker or "-", "note": f"[{block.marker}]", "quote": ">"}.get(block.kind, block.marker)
    indent = "   " * block.depth
    return textwrap.wrap(
        f"{marker} {text}".strip(),
        WRAP,
        initial_indent=indent,
        subsequent_indent=indent + " " * (len(marker) + 1 if marker else 0),
        break_long_words=False,
    )


def _square(rows: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    width = max(map(len, rows))
    return [row + ("",) * (width - len(row)) for row in rows]


def render_rtf(source: Source) -> bytes:
    """An RTF 1.5 file in code page 1252, everything beyond ASCII escaped."""
    blocks = body_blocks(source.body, source.title)
    day = source.date
    info = (
        rf"{{\info{{\title {_rtf_text(source.title)}}}{{\author {_rtf_text(source.get('author'))}}}"
        rf"{{\creatim\yr{day.year}\mo{day.month}\dy{day.day}\hr8\min0}}}}"
    )
    parts = [r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman Times New Roman;}}", info]
    parts.append(r"{\header\pard\qc " + MUNICIPALITY + r"\par}{\footer\pard\qc Page {\field{\*\fldinst PAGE}}\par}")
    if not (blocks and blocks[0].kind == "heading" and blocks[0].depth == 1):
        parts.append(rf"\pard\sa200\b\fs36 {_rtf_text(source.title)}\b0\par")
    parts += [_rtf(block) for block in blocks]
    return ("\n".join(parts) + "\n}").encode("ascii")


def _rtf(block: Block) -> str:
    inline = "".join(_rtf_run(block.text))
    if block.kind == "heading":
        return rf"\pard\sb200\sa120\b\fs{RTF_SIZES.get(block.depth, 24)} {inline}\b0\fs22\par"
    if block.kind == "table":
        step = 9000 // max(map(len, block.rows))
        rows = []
        for row in block.rows:
            edges = "".join(rf"\cellx{step * (n + 1)}" for n in range(len(row)))
            rows.append(rf"\trowd{edges}" + "".join(rf"\pard\intbl {_rtf_text(plain(c))}\cell" for c in row) + r"\row")
        return "\n".join(rows)
    if block.kind == "break":
        return r"\page"
    marker = rf"{block.marker or chr(92) + 'bullet '}\tab " if block.kind in {"item", "clause"} else ""
    left = 400 * (block.depth + 1) if marker else 0
    return rf"\pard\li{left}\fi{-400 if marker else 0}\sa120\fs22 {marker}{inline}\par"


def _rtf_run(text: str) -> list[str]:
    parts = []
    for run in parse_runs(text):
        if run.change in {"delete", "comment"}:
            continue
        piece = f"({run.note})" if run.note else _rtf_text(run.text)
        parts.append(rf"{{\b {piece}}}" if run.bold else rf"{{\i {piece}}}" if run.italic else piece)
    return parts


def _rtf_text(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("{", r"\{").replace("}", r"\}")
    return "".join(char if ord(char) < 128 else rf"\u{ord(char)}?" for char in escaped)
