"""Passages: nothing of a block lost, nothing longer than the model reads, every offset exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Block, ReadPage
from ingest.split import embedded, split, text_hash
from memory.catalogue import NewPassage
from memory.embed import OpenVinoEmbedder
from memory.records import Span

SPECIAL = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """A block before it stands on a page."""

    text: str
    kind: Any = "paragraph"
    heading: tuple[str, ...] = ()
    context: str = ""


def page(drafts: Sequence[Draft], number: int = 1, between: str = "\n", **facts: Any) -> ReadPage:
    text, blocks = "", []
    for draft in drafts:
        blocks.append(Block(draft.kind, len(text), len(text) + len(draft.text), draft.heading, draft.context))
        text += draft.text + between
    return ReadPage(number, text, f"page-{number}", blocks=tuple(blocks), **facts)


def sizes(passages: Sequence[NewPassage], embedder: OpenVinoEmbedder) -> list[int]:
    found = embedder.lengths([embedded(passage.context, passage.text) for passage in passages])
    return [length + SPECIAL for length in found]


def uncovered(pages: Sequence[ReadPage], passages: Sequence[NewPassage]) -> str:
    """What stands in a block, is not blank, and is in no passage."""
    held = {(s.page, at) for p in passages for s in p.spans for at in range(s.start, s.end)}
    return "".join(
        page.text[at]
        for page in pages
        for block in page.blocks
        for at in range(block.start, block.end)
        if (page.number, at) not in held and not page.text[at].isspace()
    )


def check(pages: Sequence[ReadPage], passages: Sequence[NewPassage], embedder: OpenVinoEmbedder) -> None:
    texts = {page.number: page.text for page in pages}
    assert uncovered(pages, passages) == ""
    assert all(size <= embedder.max_tokens for size in sizes(passages, embedder))
    for passage in passages:
        assert passage.text == "\n".join(texts[s.page][s.start : s.end] for s in passage.spans)
        assert all(s.start < s.end for s in passage.spans)
        assert passage.text_hash == text_hash(passage.context, passage.text)


WORDS = st.sampled_from(
    [
        "water ",
        "by-law ",
        "R 182.50 ",
        "infor-\nmation ",
        "Cllr. ",
        ". ",
        "…",
        "№",
        "ﷺ",
        "한",
        "x" * 150,
        "\n\n",
        "你好",
    ]
)
TEXT = st.one_of(
    st.text(max_size=60),
    st.builds(lambda word, times: word * times, WORDS, st.integers(1, 500)),
    st.lists(WORDS, max_size=300).map("".join),
)
HEADINGS = st.lists(st.sampled_from(["Tariffs", "Part 2", "Long name " * 40, "…" * 90]), max_size=3).map(tuple)
DRAFT = st.builds(
    Draft,
    TEXT,
    st.sampled_from(["heading", "paragraph", "row", "clause"]),
    HEADINGS,
    st.sampled_from(["", "Name | Tariff"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(DRAFT, max_size=5), max_size=3), st.sampled_from(["", "\n", " footer "]), st.text(max_size=300)
)
def test_passages_hold_every_block_and_fit_the_model(
    embedder: OpenVinoEmbedder, drafts: list[list[Draft]], between: str, title: str
) -> None:
    pages = [page(blocks, number, between) for number, blocks in enumerate(drafts, 1)]
    check(pages, split(pages, title, embedder), embedder)


@pytest.mark.parametrize(
    "text",
    [
        "The council resolved to adopt the policy. " * 200,
        "water " * 3000,
        "x" * 20_000,
        "…" * 1000,
        "ﷺ" * 300,
        "한국어" * 500,
        "ab" + "\u00ad" * 5000,
        "R1.50|" * 1000,
    ],
)
def test_text_without_an_end_is_cut_to_what_the_model_reads(embedder: OpenVinoEmbedder, text: str) -> None:
    pages = [page([Draft(text, heading=("Credit control",))])]
    check(pages, split(pages, "Policy", embedder), embedder)


def test_sentences_stay_whole_where_a_long_block_is_cut(embedder: OpenVinoEmbedder) -> None:
    sentence = "Any person who contravenes a provision of this by-law commits an offence."
    pages = [page([Draft(" ".join([sentence] * 40))])]
    passages = split(pages, "By-law", embedder)
    assert len(passages) > 2
    assert {part for passage in passages for part in passage.text.split(". ")} <= {sentence, sentence[:-1]}


def test_rows_of_a_long_table_all_carry_its_header(embedder: OpenVinoEmbedder) -> None:
    rows = [Draft(f"Hall {n} | R {n}.50", "row", ("Tariffs",), "Facility | Amount") for n in range(80)]
    passages = split([page(rows)], "Tariffs 2024", embedder)
    assert len(passages) > 2
    assert {passage.context for passage in passages} == {"Tariffs 2024. Tariffs. Facility | Amount"}
    assert "\n".join(passage.text for passage in passages) == "\n".join(row.text for row in rows)


def test_heading_stays_with_the_text_below_it(embedder: OpenVinoEmbedder) -> None:
    drafts = [
        Draft("Chapter 1", "heading", ("Chapter 1",)),
        Draft("Fees", "heading", ("Chapter 1", "Fees")),
        Draft("The fee is R 50.", heading=("Chapter 1", "Fees")),
        Draft("Fines", "heading", ("Chapter 1", "Fines")),
        Draft("The fine is R 500.", heading=("Chapter 1", "Fines")),
    ]
    passages = split([page(drafts)], "By-law", embedder)
    assert [(p.text, p.heading, p.context) for p in passages] == [
        ("Chapter 1\nFees\nThe fee is R 50.", ("Chapter 1", "Fees"), "By-law. Chapter 1. Fees"),
        ("Fines\nThe fine is R 500.", ("Chapter 1", "Fines"), "By-law. Chapter 1. Fines"),
    ]


def test_what_is_outside_blocks_is_in_no_passage(embedder: OpenVinoEmbedder) -> None:
    text = "First part\nPage 4 of 9\nsecond part"
    blocks = (Block("paragraph", 0, 10), Block("paragraph", 23, 34))
    (passage,) = split([ReadPage(1, text, "page-1", blocks=blocks)], "Minutes", embedder)
    assert (passage.text, passage.spans) == ("First part\nsecond part", (Span(1, 0, 10), Span(1, 23, 34)))


def test_passage_over_a_page_end_knows_both_pages_and_that_one_was_read_by_ocr(embedder: OpenVinoEmbedder) -> None:
    pages = [page([Draft("It was resolved")], 1), page([Draft("to adopt it.")], 2, ocr=True)]
    passages = split(pages, "Minutes", embedder)
    assert [(p.spans, p.ocr) for p in passages] == [((Span(1, 0, 15), Span(2, 0, 12)), True)]


def test_blocks_out_of_order_or_overlapping_lose_nothing(embedder: OpenVinoEmbedder) -> None:
    text = "left column right column"
    blocks = (Block("paragraph", 12, 24), Block("paragraph", 0, 11), Block("paragraph", 5, 9))
    pages = [ReadPage(1, text, "page-1", blocks=blocks)]
    passages = split(pages, "", embedder)
    check(pages, passages, embedder)
    assert [p.text for p in passages] == ["right column\nleft column\ncolu"]


def test_pages_without_blocks_give_no_passages(embedder: OpenVinoEmbedder) -> None:
    assert split([ReadPage(1, "Page 1", "page-1"), page([Draft("")], 2)], "Title", embedder) == []
    assert split([], "Title", embedder) == []


def test_model_that_reads_less_gets_shorter_passages(embedder: OpenVinoEmbedder) -> None:
    class Short:
        fingerprint, dim, max_tokens = "short", 384, 128
        encode, encode_query = embedder.encode, embedder.encode_query
        lengths, spans = embedder.lengths, embedder.spans

    pages = [page([Draft("water and refuse " * 300, heading=("A heading of some length " * 20,))])]
    assert max(sizes(split(pages, "Title", Short()), embedder)) <= 128


def test_same_words_have_one_hash_however_they_are_broken() -> None:
    assert text_hash("Policy", "the infor-\nmation") == text_hash("Policy", "the  information")
    assert text_hash("Policy", "a") != text_hash("Polic", "ya")
