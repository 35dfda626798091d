from __future__ import annotations

import re

import pytest

from memory import register
from memory.access import Scope, Selection
from memory.memory import Memory
from memory.register import Wanted
from service.answer import answer
from service.recall import recall

EVERYBODY = Selection.on(Scope.operator())


def quotes(memory: Memory, question: str, selection: Selection = EVERYBODY) -> list[str]:
    return [" ".join(r.text.split()) for r in recall(memory, question, selection, 3)]


@pytest.mark.parametrize(
    ("question", "first", "also"),
    [
        ("What became of resolution 7/2013?", "C7/2013 RESOLVED", "replaces the policy adopted by C7/2013"),
        ("Who proposed the Street Trading By-law?", "C18/2014 RESOLVED", "Cllr J. Zulu"),
        ("When was the credit control policy adopted?", "C22/2023 RESOLVED", "held on Thursday, 25 May 2023"),
        ("How many voted for the Outdoor Advertising By-law?", "Voting: 22 for, 3 against", "C48/2017"),
        (
            "Which resolution stopped the smart meter pilot?",
            "C12/2015 RESOLVED",
            "be stopped with effect from 31 March",
        ),
        ("Have smart meters been tried before?", "(a) THAT a pilot of 420 smart electricity meters", "be stopped"),
        ("Who has to carry out C23/2025?", "Responsible: Director Technical Services", "C23/2025"),
        ("What did council decide in 2017 about sports fields?", "C47/2017 RESOLVED", "ward-based sports fields"),
    ],
)
def test_question_for_a_decision_is_answered_from_the_register(
    sample_memory: Memory, question: str, first: str, also: str
) -> None:
    found = quotes(sample_memory, question)
    assert found[0].startswith(first)
    assert any(also in quote for quote in found)


@pytest.mark.parametrize(
    "question",
    [
        "How many days in arrears before the electricity is disconnected?",
        "When did council decide to buy a submarine?",
        "Who proposed the nuclear submarine base?",
        "What became of resolution 999/2019?",
    ],
)
def test_other_questions_and_unknown_decisions_are_left_alone(sample_memory: Memory, question: str) -> None:
    assert quotes(sample_memory, question) == []


def test_decision_that_the_asker_may_not_see_is_not_recalled(sample_memory: Memory) -> None:
    assert quotes(sample_memory, "Who proposed C50/2017?", Selection.on(Scope.of({"public"}))) == []
    assert quotes(sample_memory, "Who proposed C50/2017?")[0].startswith("C50/2017 RESOLVED")


def test_every_numbered_decision_is_recalled_by_its_number_with_its_mover(sample_memory: Memory) -> None:
    with sample_memory.store.reading() as connection:
        found = register.find(connection, Wanted(), Scope.operator(), limit=1000)
    for decision in (d.decision for d in found if d.decision.number):
        head = quotes(sample_memory, f"Who proposed resolution {decision.number}?")[0]
        assert re.match(rf"\W*{decision.number}\b", head), decision.number
        assert decision.mover in head


def test_answer_from_the_register_is_cited_like_any_other(sample_memory: Memory) -> None:
    found = answer(sample_memory, "Which resolution stopped the smart meter pilot?", EVERYBODY)
    assert found.supported
    assert found.answer.startswith("C12/2015 RESOLVED")
    assert [c.file_name for c in found.citations] == ["council-2015-03-26.pdf"] * len(found.citations)
