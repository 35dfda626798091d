from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.spelling import Speller

WORDS = Counter(
    {
        "arrears": 9,
        "electricity": 7,
        "resolution": 5,
        "official": 4,
        "hawker": 2,
        "permit": 3,
        "financing": 2,
        "form": 1,
    }
)


def distance(a: str, b: str) -> int:
    """The slow obvious twin: optimal string alignment by its definition."""
    table = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("arreers", "arrears"),
        ("elecrticity", "electricity"),
        ("resoluton", "resolution"),
        ("offical", "official"),
        ("permti", "permit"),
        ("whta", "what"),
    ],
)
def test_slip_is_corrected_from_the_vocabulary(typed: str, meant: str) -> None:
    assert Speller(WORDS).corrected(typed) == meant


@pytest.mark.parametrize("typed", ["hawkers", "refinancing", "zebra", "for", "r2000"])
def test_other_forms_and_other_words_are_left_alone(typed: str) -> None:
    assert Speller(WORDS).corrected(typed) is None


@given(st.text("abc", min_size=7, max_size=9), st.lists(st.text("abc", min_size=5, max_size=11), min_size=1))
def test_no_nearer_word_is_passed_over(typed: str, words: list[str]) -> None:
    found = Speller(Counter(words)).corrected(typed)
    if found is not None and found in words:
        assert distance(typed, found) == min(distance(typed, word) for word in words) <= 2
