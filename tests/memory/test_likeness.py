from __future__ import annotations

import pytest

from memory.likeness import likeness, title_terms


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("City of Cape Town: Water By-law, 2010", "Water By-law"),
        ("Credit Control By-laws", "By-law on Credit Control, 2011"),
        ("Wastewater and Industrial Effluent By-law", "Wastewater and Industrial Efluent By law, 2013"),
        ("Street Trading By-law, 2014 (as amended in 2018)", "Street Trading By-law, 2014"),
        ("Gas License By-laws", "Gas Licence By-law"),
    ],
)
def test_ways_to_write_one_title_are_equal(left: str, right: str) -> None:
    own = ("Cape", "Town")
    assert likeness(title_terms(left, own), title_terms(right, own)) == 1.0


def test_title_that_lacks_a_word_is_nearly_equal() -> None:
    named, title = title_terms("Credit Control By-law"), title_terms("Credit Control and Debt Collection By-law")
    assert 0.6 < likeness(named, title) < 1.0


def test_other_title_is_not_like_it() -> None:
    assert likeness(title_terms("Water By-law"), title_terms("Water Services By-law, Johannesburg")) == 0.0
    assert likeness(title_terms("By-law"), title_terms("By-law")) == 0.0
