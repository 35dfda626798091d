"""The words that answer who, when, how much and how many."""

from __future__ import annotations

import pytest

from service.pointing import pointed


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("How much is the fine for littering?", "The fine for littering is R1 500, for dumping R10 000.", "R1 500"),
        ("What does a dog licence cost?", "A licence costs R 85.50 a year.", "R 85.50"),
        ("How many dogs may I keep?", "Not more than two dogs may be kept on a stand in a town.", "two"),
        (
            "How many days in arrears before the supply is cut?",
            "7.1 Electricity may be disconnected when an account has been in arrears for more than 60 days.",
            "60 days",
        ),
        ("How close may a stand be?", "No stand within two metres of a shop entrance.", "two metres"),
        ("When did the policy begin?", "The policy applies from 1 July 2023.", "1 July 2023"),
        ("What time do bins go out?", "Bins must be put out before 06:30.", "06:30"),
        ("Who signs the warrant?", "The warrant is signed by the Chief Financial Officer.", "Chief Financial Officer"),
        ("Who seconded it?", "On the proposal of Cllr A. Sithole, seconded by Cllr K. Dlamini.", "Cllr K. Dlamini"),
    ],
)
def test_words_that_answer_are_pointed_at(question: str, sentence: str, words: str) -> None:
    span = pointed(question, sentence)
    assert span is not None
    assert sentence[slice(*span)] == words


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Why was it stopped?", "It cost R40 000 on 1 May 2020."),
        ("How much is it?", "It is free of charge."),
        ("How many?", "3.4 Arrears are written off."),
    ],
)
def test_other_questions_and_sentences_without_such_words_point_at_nothing(question: str, sentence: str) -> None:
    assert pointed(question, sentence) is None


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("How many people were fined?", "A spot fine of R1 200 may be given to a person by 10:00.", None),
        ("How many kilometres will be tarred?", "In five years 14 km of road are tarred.", "14 km"),
        ("How many kilometres will be tarred?", "In the past five years little was built.", None),
        ("How many write-offs were there?", "C31/2024 gave us until September 2024.", None),
        ("What was the count when Khoza became Speaker?", "C40/2016 RESOLVED: that she be declared elected.", None),
        ("How many litres is a tank?", "A tank holds at least 2 500 litres.", "2 500 litres"),
        (
            "How many working days before the event?",
            "The plan is handed in 15 working days before it.",
            "15 working days",
        ),
    ],
)
def test_number_of_something_else_is_not_pointed_at(question: str, sentence: str, words: str | None) -> None:
    span = pointed(question, sentence)
    assert (span and sentence[slice(*span)]) == words
