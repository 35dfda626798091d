"""Whether a question asks for the rule that holds, or for what happened."""

from __future__ import annotations

import pytest

from memory.ruling import asks_for_the_rule


@pytest.mark.parametrize(
    "question",
    [
        "How close to a shop's door can a hawker put a table?",
        "rate per km for using your own car",
        "Hoeveel honde mag ek aanhou?",
    ],
)
def test_question_for_what_holds_asks_for_the_rule(question: str) -> None:
    assert asks_for_the_rule(question)


@pytest.mark.parametrize(
    "question",
    [
        "What did council decide about the pool?",
        "Why was the pilot stopped?",
        "Who seconded the motion on refuse?",
        "Hoekom is die projek gestaak?",
    ],
)
def test_question_for_what_happened_does_not(question: str) -> None:
    assert not asks_for_the_rule(question)
