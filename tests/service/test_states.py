"""Three states for the asker: answered, the closest that there is, nothing."""

from __future__ import annotations

from typing import Any

import pytest

from memory.access import Scope, Selection
from memory.memory import Memory
from service.answer import CLOSEST_ONLY, NOTHING, answer
from service.shapes import AnswerShape
from service.support import CLOSE, THRESHOLD, support

SELECTION = Selection.on(Scope.operator())
ARREARS = "How many days in arrears before the electricity is disconnected?"
MARS = "Which astronauts has the municipality sent to Mars?"
NUMBER = "What did resolution C99/2017 decide?"


def between(memory: Memory) -> str:
    """A question whose support lies between the two thresholds."""
    asked = (
        "Which floor polish is bought?",
        "How tall is the mayor?",
        "Diabetic patient asks where to bring used needles",
        "I slept at my sister's house on a work trip, can I claim anything?",
        "How many jobs here depend on a single person's head?",
        "Who plays in the municipal orchestra?",
        "Does the municipality own a helicopter?",
    )
    return next(q for q in asked if CLOSE <= support(memory.search(q, SELECTION, k=30).hits) < THRESHOLD)


def test_answer_is_verbatim_and_cited(sample_memory: Memory) -> None:
    found = answer(sample_memory, ARREARS, SELECTION)
    assert (found.state, found.supported, found.closest, found.reason) == ("answered", True, (), None)
    assert found.citations


def test_closest_is_never_phrased_as_an_answer(sample_memory: Memory) -> None:
    found = answer(sample_memory, between(sample_memory), SELECTION)
    assert (found.state, found.supported, found.citations, found.reason) == ("closest", False, (), None)
    assert found.closest
    assert found.answer.startswith(CLOSEST_ONLY)
    assert not any(citation.quote in found.answer for citation in found.closest)


def test_nothing_close_shows_nothing_and_sends_to_nobody(sample_memory: Memory) -> None:
    found = answer(sample_memory, MARS, SELECTION)
    assert (found.state, found.supported, found.citations, found.closest) == ("nothing", False, (), ())
    assert found.answer == NOTHING


def test_what_is_certainly_not_there_is_nothing_with_its_reason(sample_memory: Memory) -> None:
    found = answer(sample_memory, NUMBER, SELECTION)
    assert (found.state, found.reason, found.closest) == ("nothing", "number", ())
    assert "C99/2017" in found.answer


def test_number_that_is_not_there_is_not_answered_with_another_that_is(sample_memory: Memory) -> None:
    found = answer(sample_memory, "By when had c60/2020 to be done... I mean c99/2020?", SELECTION)
    assert (found.state, found.reason, found.citations) == ("nothing", "number", ())


@pytest.mark.parametrize(("supported", "closest", "state"), [(True, [], "answered"), (False, [], "nothing")])
def test_answer_kept_before_there_were_states_has_one(supported: bool, closest: list[Any], state: str) -> None:
    kept = {
        "question": "?",
        "supported": supported,
        "answer": "",
        "generated_by": "extractive",
        "citations": [],
        "closest": closest,
        "generation": 1,
        "took_ms": 1.0,
    }
    assert AnswerShape.model_validate(kept).model_dump()["state"] == state


def test_state_is_taken_along_and_nothing_has_no_sources(served: Any) -> None:
    headers = {"X-User": "anna"}
    for question, state in ((ARREARS, "From the documents, word for word"), (MARS, "I do not know")):
        asked = served.client.post("/api/ask", json={"question": question, "keep": True}, headers=headers).json()
        text = served.client.get(f"/api/turns/{asked['turn_id']}/export", params={"form": "text"}, headers=headers).text
        assert text.split("\n")[2] == state
        assert ("Where it stands" in text) == (asked["state"] == "answered")
        assert "comes closest" not in text
