from __future__ import annotations

from typing import Any

from memory.claims import Claimed, conflicts
from memory.records import Span


def claim(document: int, value: str, terms: str, **facts: Any) -> Claimed:
    """An amount of a by-law on meters, with the words around it."""
    values: dict[str, Any] = {
        "measure": "amount",
        "values": frozenset({value}),
        "value": value,
        "terms": frozenset(terms.split()),
        "about": frozenset({"water", "servic"}),
        "bound": "",
        "span": Span(1, 0, 10),
        "title": frozenset({"water", str(document)}),
        "authority": 90,
        "since": "2020-01-01",
        "municipality": "",
    }
    return Claimed(document, document, **(values | facts))


def compared(*claims: Claimed) -> list[tuple[str, str]]:
    return [(conflict.first.value, conflict.second.value) for conflict in conflicts(claims)]


def test_of_several_values_in_a_text_the_one_most_like_the_other_is_compared() -> None:
    test = claim(1, "420", "test domest meter")
    assert compared(test, claim(2, "838", "test meter"), claim(2, "262", "domest meter basic charg")) == [
        ("420", "838")
    ]


def test_values_that_are_as_much_alike_are_both_compared() -> None:
    grave = claim(1, "780", "grave adult dig")
    others = [claim(2, "1364", "grave adult singl"), claim(2, "5456", "grave adult tripl")]
    assert compared(grave, *others) == [("780", "1364"), ("780", "5456")]


def test_fine_and_charge_do_not_contradict_each_other() -> None:
    fine = claim(1, "150", "trade permit", about=frozenset({"street", "offenc"}))
    assert compared(fine, claim(2, "38", "street trade permit")) == []
    assert compared(fine, claim(2, "300", "street trade permit", about=frozenset({"fine"}))) == [("150", "300")]
