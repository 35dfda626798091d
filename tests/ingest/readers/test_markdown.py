"""Markdown: sections, tables, lists and front matter, with the source left verbatim."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.document import Block, Metadata, Reading
from ingest.readers.markdown import read

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "docs"
POLICY = """---
title: "Leave policy"
author: HR Manager
authors_note: kept
date: 2023-04-01 10:00
effective: 2023-07-01
lang: en-ZA
tags: [leave, staff]
related:
  - sick leave
  - study leave
---

# Leave policy

Staff get **twenty** days.
See [the form](form.pdf).

Annual leave
------------

| Post | Days |
|------|-----:|
| Clerk | 20 |
| Manager | 25 |

1. Apply early.
2. Wait
   for approval.

* one
* two

```
code # not a heading
```

<!-- a note
over lines -->
## Sick *leave* ##
> As quoted
> in the Act.
"""


def reading_of(folder: Path, text: str) -> Reading:
    path = folder / "note.md"
    path.write_text(text, encoding="utf-8")
    return read(path)


def blocks_of(reading: Reading) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(b.kind, page.text[b.start : b.end], b.heading, b.context) for page in reading.pages for b in page.blocks]


def test_structure_of_a_policy_is_found(tmp_path: Path) -> None:
    top, annual, sick = ("Leave policy",), ("Leave policy", "Annual leave"), ("Leave policy", "Sick leave")
    assert blocks_of(reading_of(tmp_path, POLICY)) == [
        ("heading", "Leave policy", top, ""),
        ("paragraph", "Staff get **twenty** days.\nSee [the form](form.pdf).", top, ""),
        ("heading", "Annual leave", annual, ""),
        ("row", "Clerk | 20", annual, "Post | Days"),
        ("row", "Manager | 25", annual, "Post | Days"),
        ("clause", "1. Apply early.", annual, ""),
        ("clause", "2. Wait\n   for approval.", annual, ""),
        ("item", "one", annual, ""),
        ("item", "two", annual, ""),
        ("paragraph", "code # not a heading", annual, ""),
        ("heading", "Sick *leave*", sick, ""),
        ("paragraph", "As quoted\n> in the Act.", sick, ""),
    ]


def test_page_text_is_the_whole_source(tmp_path: Path) -> None:
    assert [page.text for page in reading_of(tmp_path, POLICY).pages] == [POLICY.strip()]


def test_front_matter_becomes_metadata(tmp_path: Path) -> None:
    assert reading_of(tmp_path, POLICY).metadata == Metadata(
        title="Leave policy",
        authors=("HR Manager",),
        created="2023-04-01",
        language="en",
        in_force_from="2023-07-01",
        extra={"authors_note": "kept", "tags": "leave; staff", "related": "sick leave; study leave"},
    )


def test_rule_at_the_top_is_not_taken_for_front_matter(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, "---\nThe first words.\n\n---\n\nMore.\n")
    assert [block[1] for block in blocks_of(reading)] == ["The first words.", "More."]


def test_short_sections_share_a_page_and_keep_their_headings(tmp_path: Path) -> None:
    text = "".join(f"## Item {n}\n\nNoted.\n\n" for n in range(30))
    reading = reading_of(tmp_path, text)
    assert len(reading.pages) == 1
    assert [b.heading for b in reading.pages[0].blocks if b.kind == "paragraph"] == [(f"Item {n}",) for n in range(30)]


def test_long_sections_begin_pages_and_longer_ones_are_cut(tmp_path: Path) -> None:
    body = "The committee took note of the report of the manager.\n\n"
    reading = reading_of(tmp_path, f"# One\n\n{body * 50}# Two\n\n{body * 400}")
    assert [page.anchor for page in reading.pages[:3]] == ["section-one", "section-two", "section-two-2"]
    assert reading.pages[0].blocks[0] == Block("heading", 2, 5, ("One",))
    assert max(len(page.text) for page in reading.pages) <= 8_000
    assert sum(len(page.blocks) for page in reading.pages) == 452


def test_headings_between_equals_signs_are_found(tmp_path: Path) -> None:
    path = tmp_path / "wiki.md"
    path.write_text("== Water ==\n\nThe dam is low.\n\n = = = Bursts = = = \n\nTwelve a week; 2 = 1 + 1.\n", "utf-8")
    blocks = [(block.kind, block.heading) for page in read(path).pages for block in page.blocks]
    assert blocks == [
        ("heading", ("Water",)),
        ("paragraph", ("Water",)),
        ("heading", ("Water", "Bursts")),
        ("paragraph", ("Water", "Bursts")),
    ]


def test_capitals_are_headings_where_nothing_is_marked(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, "NOTICES OF MOTION\nNotice submitted by Councillor Teskey.\n")
    assert [block[:2] for block in blocks_of(reading)] == [
        ("heading", "NOTICES OF MOTION"),
        ("paragraph", "Notice submitted by Councillor Teskey."),
    ]


def test_speakers_of_an_interview_are_turns(tmp_path: Path) -> None:
    text = "# Hand-over\n\n**Interviewer:** Why?\n\n**Mr Botha:** The pump failed.\n\nTwice.\n"
    assert [block[:2] for block in blocks_of(reading_of(tmp_path, text))][1:] == [
        ("turn", "**Interviewer:** Why?"),
        ("turn", "**Mr Botha:** The pump failed."),
        ("turn", "Twice."),
    ]


def test_template_tags_and_link_definitions_are_no_blocks(tmp_path: Path) -> None:
    text = "{% include nav.html %}\n<br>\n[1]: https://example.org\n\nWords.\n"
    assert [block[1] for block in blocks_of(reading_of(tmp_path, text))] == ["Words."]


def test_every_block_of_real_handbooks_and_minutes_is_an_exact_slice() -> None:
    if not SHARED.exists():
        pytest.skip("../shared is absent")
    paths = sorted(SHARED.glob("18f-handbook/*.md")) + sorted(SHARED.glob("limerick-minutes/*/*/*/*.md"))[:200]
    for path in paths:
        for page in read(path).pages:
            ends = [0, *(block.end for block in page.blocks)]
            assert all(block.start >= end for block, end in zip(page.blocks, ends, strict=False)), path
            slices = [page.text[block.start : block.end] for block in page.blocks]
            assert all(text and text == text.strip() for text in slices), path
