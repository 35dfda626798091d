"""Text for searching: words whole, spaces single, nothing glued together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.text import searchable


@pytest.mark.parametrize(
    ("verbatim", "searched"),
    [
        ("infor-\nmation", "information"),
        ("infor\u00ad \n  mation", "information"),
        ("Section 12-\nA", "Section 12- A"),
        ("2019-\n2020", "2019- 2020"),
        ("soft\u00adhyphen", "softhyphen"),
        ("ﬁnance  №\u00a05", "finance No 5"),
        ("one\x0btwo\rthree\x0cfour", "one two three four"),
        ("nul\x00l", "null"),
        ("", ""),
    ],
)
def test_verbatim_text_becomes_one_searchable_line(verbatim: str, searched: str) -> None:
    assert searchable(verbatim) == searched


@given(st.text())
def test_searchable_text_stays_as_it_is(text: str) -> None:
    once = searchable(text)
    assert searchable(once) == once


def test_hundred_thousand_blank_lines_after_a_hyphen_are_no_trap() -> None:
    assert searchable("water-" + "\n" * 100_000 + "X") == "water- X"
