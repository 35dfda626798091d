"""HTML: the main content with its headings, tables and lists, in the right encoding."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.document import Metadata, Reading
from ingest.readers.html import read
from memory.errors import Damaged

PAGE = """<!DOCTYPE html>
<html lang="en-ZA"><head><title>Water  tariffs</title>
<meta name="author" content="CFO"><meta name="description" content="What water costs.">
<meta property="article:published_time" content="2024-07-01T08:00:00Z">
<style>p { color: red }</style><script>var hidden = "secret";</script></head>
<body><header><p>City of Isivivane</p></header>
<nav><ul><li><a href="/">Home</a></li></ul></nav>
<main>
<h1 id="top">Tariffs</h1>
<p>Water costs <b>more</b><br>in winter.</p>
<p style="display: none">invisible</p><p hidden>invisible</p><div aria-hidden="true">invisible</div>
<h2>Homes</h2>
<table><caption>Rates</caption><tr><th>Step</th><th>Rand</th></tr>
<tr><td>0&ndash;6 kl</td><td>R5</td></tr><tr><td>over 6 kl</td><td>R9</td></tr></table>
<ul><li>Pay monthly</li><li>Read the <i>meter</i><ul><li>twice</li></ul></li></ul>
<aside class="toc"><p>Contents</p></aside>
<ol><li><p>4.1 No waste.</p></li></ol>
<pre>a
  b</pre>
</main>
<footer>Cookies</footer></body></html>
"""


def reading_of(folder: Path, markup: str | bytes) -> Reading:
    path = folder / "page.html"
    path.write_bytes(markup if isinstance(markup, bytes) else markup.encode())
    return read(path)


def blocks_of(reading: Reading) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(b.kind, page.text[b.start : b.end], b.heading, b.context) for page in reading.pages for b in page.blocks]


def words_of(reading: Reading) -> str:
    return "\n".join(page.text for page in reading.pages)


def test_main_content_is_read_in_order(tmp_path: Path) -> None:
    top, homes = ("Tariffs",), ("Tariffs", "Homes")
    assert blocks_of(reading_of(tmp_path, PAGE)) == [
        ("heading", "Tariffs", top, ""),
        ("paragraph", "Water costs more\nin winter.", top, ""),
        ("heading", "Homes", homes, ""),
        ("paragraph", "Rates", homes, ""),
        ("row", "0–6 kl | R5", homes, "Step | Rand"),
        ("row", "over 6 kl | R9", homes, "Step | Rand"),
        ("item", "Pay monthly", homes, ""),
        ("item", "Read the meter", homes, ""),
        ("item", "twice", homes, ""),
        ("item", "4.1 No waste.", homes, ""),
        ("paragraph", "a\n  b", homes, ""),
    ]


def test_metadata_and_anchor_come_from_the_page(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, PAGE)
    assert reading.metadata == Metadata(
        title="Water tariffs",
        authors=("CFO",),
        created="2024-07-01",
        language="en",
        extra={"description": "What water costs."},
    )
    assert [page.anchor for page in reading.pages] == ["top"]


def test_scripts_navigation_and_hidden_parts_are_left_out(tmp_path: Path) -> None:
    words = words_of(reading_of(tmp_path, PAGE))
    for left_out in ("secret", "color", "Home\n", "invisible", "Contents", "Cookies", "City of"):
        assert left_out not in words


def test_page_without_main_loses_menus_and_keeps_its_text(tmp_path: Path) -> None:
    menu = "".join(f'<li><a href="/{n}">Department {n}</a></li>' for n in range(9))
    markup = f"<body><ul>{menu}</ul><div><p>{'The tap is dry. ' * 20}</p></div></body>"
    words = words_of(reading_of(tmp_path, markup))
    assert "The tap is dry." in words
    assert "Department" not in words


def test_layout_table_is_read_as_text(tmp_path: Path) -> None:
    markup = "<table><tr><td><ul><li>One</li></ul></td><td><p>Two</p></td></tr></table>"
    assert [(kind, text) for kind, text, _, _ in blocks_of(reading_of(tmp_path, markup))] == [
        ("item", "One"),
        ("paragraph", "Two"),
    ]


def test_sections_are_pages(tmp_path: Path) -> None:
    markup = "<h1>One</h1><p>a</p><h1>Two</h1><h2>Deep</h2><p>b</p>"
    assert [(page.anchor, page.text) for page in reading_of(tmp_path, markup).pages] == [
        ("section-one", "One\n\na"),
        ("section-two", "Two\n\nDeep\n\nb"),
    ]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("<p>café</p>".encode("cp1252"), "café"),
        (b'<meta charset="iso-8859-1"><p>caf\xe9 \x80 5</p>', "café € 5"),
        ('<meta charset="utf-8"><p>café</p>'.encode("utf-16"), "café"),
        (b"\xef\xbb\xbf<p>caf\xc3\xa9</p>", "café"),
        ('<?xml version="1.0" encoding="utf-8"?><html><p>café</p></html>'.encode(), "café"),
        ('<meta charset="iso-2022-jp"><p>すみません</p>'.encode("iso-2022-jp"), "すみません"),
    ],
)
def test_encoding_is_recognised(tmp_path: Path, content: bytes, word: str) -> None:
    assert words_of(reading_of(tmp_path, content)) == word


def test_nothing_is_fetched_or_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    markup = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><p>&x;</p><iframe src="secret"></iframe>'
    assert "secret" not in words_of(reading_of(tmp_path, f"{markup}<p>end</p>")).replace("/secret", "")


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, "<p>before</p>" + "<div>" * 50_000 + "deep")
    assert "before" in words_of(reading)


def test_noise_is_damaged_and_a_bare_page_says_that_it_is(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match=r"^page\.html: is not readable HTML"):
        reading_of(tmp_path, bytes(range(256)))
    assert reading_of(tmp_path, "<html><body></body></html>") == Reading((), notes=("page.html: holds no text",))
