"""A comparison as a plain page: no script; words that differ are <del> and <ins>."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from service.shapes_compare import ComparisonShape, PairShape, SectionShape, VersionMark

_TAGS = {"same": "", "removed": "del", "added": "ins"}
_WORDS = {
    "same": "unchanged",
    "changed": "changed",
    "different": "worded differently",
    "added": "only in the second",
    "removed": "only in the first",
}

_LINKS = '<link rel="icon" href="/static/icon.svg"><link rel="stylesheet" href="/static/compare.css">'


def page(found: ComparisonShape) -> str:
    """The whole page, HTML."""
    title = f"{found.left.title} / {found.right.title}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>{_LINKS}</head><body><main>"
        f"<h1>Comparison</h1>{_heads(found)}{''.join(_pairs(found))}</main></body></html>\n"
    )


def form(message: str = "") -> str:
    """The page that asks what to compare."""
    told = f'<p role="alert">{escape(message)}</p>' if message else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Comparison</title>'
        f"{_LINKS}</head><body><main><h1>Comparison</h1>"
        f'{told}<form><p><label>First text <input name="left" required></label></p>'
        '<p><label>Second text <input name="right" required></label></p><p>A number (12, or 12@2 for its version 2), a '
        "file's name or a title.</p><p><button>Compare</button></p></form></main></body></html>\n"
    )


def _heads(found: ComparisonShape) -> str:
    counted = ", ".join(f"{count} {_WORDS[status]}" for status, count in found.counts.items() if count)
    left_out = "".join(
        f"<p>{count} sections in another language ({escape(language)}) are left out.</p>"
        for language, count in found.left_out.items()
    )
    return f"<p>{_mark(found.left)} <b>and</b> {_mark(found.right)}</p><p>{counted}</p>{left_out}"


def _mark(mark: VersionMark) -> str:
    force = f", in force from {mark.in_force_from}" if mark.in_force_from else ""
    until = f" to {mark.in_force_to}" if mark.in_force_to else ""
    return f"{escape(mark.title)} (version {mark.version}, {escape(mark.status + force + until)})"


def _pairs(found: ComparisonShape) -> Iterator[str]:
    for pair in found.pairs:
        opened = "" if pair.status == "same" else " open"
        yield f'<details class="{pair.status}"{opened}><summary>{_heading(pair)}</summary>{_figures(pair)}'
        yield f'<p class="text">{"".join(_run(run.op, run.text) for run in pair.runs)}</p></details>'


def _heading(pair: PairShape) -> str:
    names = [_link(section) for section in (pair.left, pair.right) if section is not None]
    same = pair.left and pair.right and (pair.left.number, pair.left.title) == (pair.right.number, pair.right.title)
    shown = names[-1] if same else " → ".join(names)
    near = f"; closest: {escape(pair.near)}" if pair.near else ""
    return f"{shown} <small>{_WORDS[pair.status]}{near}</small>"


def _link(section: SectionShape) -> str:
    name = " ".join(part for part in (section.number, section.title) if part) or "(before the first heading)"
    return f'<a href="{escape(section.url)}">{escape(name)}</a>'


def _figures(pair: PairShape) -> str:
    if not (pair.figures_left or pair.figures_right) or pair.status in {"added", "removed"}:
        return ""
    left, right = (", ".join(figures) or "none" for figures in (pair.figures_left, pair.figures_right))
    return f"<p>Figures: <del>{escape(left)}</del> → <ins>{escape(right)}</ins></p>"


def _run(op: str, text: str) -> str:
    shown = escape(text).replace("\n", "<br>")
    return f"<{_TAGS[op]}>{shown}</{_TAGS[op]}>" if _TAGS[op] else shown
