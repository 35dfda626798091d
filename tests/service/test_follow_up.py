from __future__ import annotations

import pytest

from memory.memory import LONGEST_QUESTION
from service.follow_up import standalone

BEFORE = "How many days in arrears before the electricity is disconnected?"


@pytest.mark.parametrize(
    "question",
    [
        "And for the water?",
        "what about businesses",
        "Who decides that?",
        "Why?",
        "En vir water?",
        "When must it be paid back?",
    ],
)
def test_question_that_leans_on_the_one_before_is_looked_up_with_it(question: str) -> None:
    assert standalone(question, BEFORE) == f"{BEFORE} {question}"


@pytest.mark.parametrize(
    ("before", "question", "read"),
    [
        ("What is the fine in eThekwini?", "And in Cape Town?", "What is the fine in Cape Town?"),
        (
            "What was the tariff for water in 2019/20?",
            "what about 2022/23",
            "What was the tariff for water in 2022/23?",
        ),
        ("What did C47/2017 decide?", "and C48/2017?", "What did C48/2017 decide?"),
    ],
)
def test_question_that_names_one_thing_puts_it_in_the_place_of_the_one_before(
    before: str, question: str, read: str
) -> None:
    assert standalone(question, before) == read


@pytest.mark.parametrize(
    "question",
    ["What does it cost to hire the community hall on a Sunday?", "How close to a shop may a street trader stand?"],
)
def test_question_with_words_of_its_own_is_looked_up_alone(question: str) -> None:
    assert standalone(question, BEFORE) == question


def test_nothing_before_and_no_room_leave_the_question_as_it_is() -> None:
    assert standalone("And then?", "") == "And then?"
    assert standalone("And then?", "x" * LONGEST_QUESTION) == "And then?"
