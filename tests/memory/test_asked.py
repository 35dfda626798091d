"""Questions understood by a real memory: slips, exact numbers, documents named, and what is certainly not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memory.absent import Absent
from memory.access import Scope, Selection
from memory.memory import Found, Memory

PUBLIC = Selection.on(Scope.of({"public"}))
CLOSED = Selection.on(Scope.of({"public", "closed"}))


@pytest.fixture
def filled(memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]) -> Memory:
    """Minutes of 2017 and 2019, a by-law, and minutes that only some may see."""
    remember(
        memory,
        [
            "Isivivane Local Municipality. Minutes of the meeting.",
            "C47/2017 RESOLVED: THAT sports fields be levelled.",
            "C48/2017 RESOLVED: THAT the arrears policy be adopted.",
        ],
        title="Minutes of the Council, 31 August 2017",
    )
    remember(
        memory,
        ["C3/2019 RESOLVED: THAT sports fields be sold.", "The Integrated Development Plan (IDP) was noted."],
        title="Minutes of the Council, 30 May 2019",
    )
    remember(
        memory,
        ['1. Definitions "market" means a place where food is sold.', "2. Hours A market closes at six."],
        title="Market By-law, 2018",
    )
    remember(
        memory, ["C9/2018 RESOLVED: THAT the claim of Zwelethu be settled."], title="Closed, 3 May 2018", label="closed"
    )
    publish(memory)
    return memory


def first(found: Found) -> str:
    return found.hits[0].passage.text


def test_slip_is_corrected_with_words_that_the_asker_may_see(filled: Memory) -> None:
    assert filled.search("arreers polcy", PUBLIC).question.text == "arrears policy"
    assert filled.search("Zwelethv claim", PUBLIC).question.corrections == ()
    assert filled.search("zweletho claim", CLOSED).question.corrections == (("zweletho", "zwelethu"),)


def test_acronym_is_spelt_out_for_the_terms(filled: Memory) -> None:
    assert filled.search("the IDP", PUBLIC).question.words == "the IDP Integrated Development Plan"


def test_resolution_that_is_named_comes_first(filled: Memory) -> None:
    assert first(filled.search("What about the sports fields in resolution C48/2017?", PUBLIC)).startswith("C48/2017")


def test_passage_of_the_named_day_comes_before_one_with_the_same_words(filled: Memory) -> None:
    found = filled.search("sports fields, minutes of 30 May 2019", PUBLIC)
    assert first(found) == "C3/2019 RESOLVED: THAT sports fields be sold."
    assert (found.hits[0].scores.document or 0) > 0.8


def test_resolution_comes_from_the_minutes_and_not_from_the_agenda_that_holds_them(
    filled: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]
) -> None:
    text = "C47/2017 RESOLVED: THAT sports fields be levelled, as decided."
    remember(filled, [text], title="Agenda of the Council, 28 September 2017")
    publish(filled)
    found = filled.search("What did resolution C47/2017 decide?", PUBLIC)
    assert [hit.document.title[:7] for hit in found.hits[:2]] == ["Minutes", "Agenda "]


def test_definition_comes_first(filled: Memory) -> None:
    assert "means a place" in first(filled.search('What does "market" mean in the Market By-law?', PUBLIC))


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("C99/2017", Absent("number", "C99/2017", "No document that you may see here holds C99/2017.")),
        (
            "the animals by-law of Stellenbosch",
            Absent("municipality", "Stellenbosch", "None of the documents that you may see here is of Stellenbosch."),
        ),
        (
            "What did council decide in 1998?",
            Absent("year", "1998", "The oldest document that you may see here is of 2017; you ask about 1998."),
        ),
    ],
)
def test_what_is_certainly_not_there_is_said_with_its_reason(filled: Memory, question: str, absent: Absent) -> None:
    assert filled.search(question, PUBLIC).absent == absent


def test_hidden_resolution_is_refused_like_one_that_was_never_taken(filled: Memory) -> None:
    hidden, never = (filled.search(number, PUBLIC).absent for number in ("C9/2018", "C8/2018"))
    assert hidden is not None
    assert never is not None
    assert hidden.reason == never.reason.replace("C8/2018", "C9/2018")
    assert filled.search("C9/2018", CLOSED).absent is None


def test_what_is_there_is_not_refused(filled: Memory) -> None:
    for question in ("C47/2017", "sports fields of Isivivane", "council in 2019", "who works in Durban?", "since 1998"):
        assert filled.search(question, PUBLIC).absent is None
