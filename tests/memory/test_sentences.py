"""Sentence borders: offsets into the verbatim text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.sentences import sentences

MUNICIPAL = st.lists(
    st.sampled_from(
        ["Cllr. ", "Dlamini ", "5. ", "R 1.50 ", "resolved", ".", ". ", "? ", "\n", "\n\n", "; \n(a) ", ".) "]
    )
).map("".join)


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The fee is R 50. Pay at the hall!", ["The fee is R 50.", "Pay at the hall!"]),
        ("Cllr. Dlamini spoke. Adv. Pillay left.", ["Cllr. Dlamini spoke.", "Adv. Pillay left."]),
        ("See s. 12 of Act No. 5. It applies.", ["See s. 12 of Act No. 5.", "It applies."]),
        ("4. The applicant pays. 5. The clerk files.", ["4. The applicant pays.", "5. The clerk files."]),
        ("A heading\n\nThe text", ["A heading", "The text"]),
        ("He may:\n(a) pay;\n(b) appeal.", ["He may:", "(a) pay;", "(b) appeal."]),
        ("(The rate applies.) It is fixed.", ["(The rate applies.)", "It is fixed."]),
        ("about 3.5 per cent. of it", ["about 3.5 per cent. of it"]),
        ("   ", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@given(st.one_of(st.text(), MUNICIPAL))
def test_sentences_are_in_order_trimmed_and_leave_out_only_white_space(text: str) -> None:
    spans = sentences(text)
    borders = [0, *(border for span in spans for border in span), len(text)]
    assert borders == sorted(borders)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert not any(text[a:b].strip() for a, b in zip(borders[::2], borders[1::2], strict=True))


@pytest.mark.parametrize("trap", ["." * 200_000 + "x", "a. " * 60_000, "; " + "\n" * 100_000 + "x", "?\n" * 50_000])
def test_page_made_to_stall_is_cut_like_any_other(trap: str) -> None:
    assert "".join("".join(parts(trap)).split()) == "".join(trap.split())
