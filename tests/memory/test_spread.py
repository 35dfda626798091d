"""Broad questions: told by their form, spread over documents where no passage stands out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from memory.access import Scope, Selection
from memory.framing import is_broad, matter
from memory.memory import Memory
from memory.question import Steps
from memory.spread import is_flat, spread


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("Summarize the discussion about parenting issues.", "parenting issues."),
        ("What did the committee discuss about arrears?", "arrears?"),
        ("What do you have about cemeteries?", "cemeteries?"),
        ("Give me an overview of the tariffs", "the tariffs"),
        ("Please summarise it", "Please summarise it"),
        ("What did Ms Dladla say about graves?", "What did Ms Dladla say about graves?"),
        ("How much is a grave?", "How much is a grave?"),
    ],
)
def test_matter_is_what_is_left_without_the_frame(question: str, about: str) -> None:
    assert matter(question) == about


@pytest.mark.parametrize(
    ("question", "broad"),
    [
        ("water restrictions", True),
        ("Summarise the discussion about smart meters", True),
        ("Which by-laws are there about animals?", True),
        ("How many dogs may I keep?", False),
        ("Who signs the warrant?", False),
        ("circular 7 of 2018", False),
        ("fee for a second burial in the same grave of a family", False),
    ],
)
def test_broad_question_is_told_by_its_form(question: str, broad: bool) -> None:
    assert is_broad(question) is broad


def test_best_passage_that_stands_out_makes_a_question_narrow() -> None:
    assert is_flat(np.linspace(1.2, 1.0, 12, dtype=np.float32))
    assert not is_flat(np.array([2.0, *np.linspace(1.2, 1.0, 11)], np.float32))
    assert not is_flat(np.ones(4, np.float32))


def test_likes_and_the_fourth_of_a_document_come_after_the_others_and_nothing_is_lost() -> None:
    owners = np.array([1, 1, 2, 1, 1, 3, 3])
    vectors = np.eye(7, dtype=np.float32)
    vectors[2] = vectors[0]
    assert spread(owners, vectors, one_document=False).tolist() == [0, 1, 3, 5, 6, 2, 4]
    assert spread(owners, vectors, one_document=True).tolist() == [0, 1, 3, 4, 5, 6, 2]


def test_broad_question_reaches_more_documents_and_a_narrow_one_is_untouched(
    memory: Memory, remember: Callable[..., int]
) -> None:
    matters = (
        "pay for stand 2",
        "ask for toilets and water",
        "block the pavement at the school",
        "sell fruit by night",
    )
    for n, place in enumerate(("harbour", "station", "old mill", "clinic", "stadium", "cemetery")):
        texts = [f"Street traders at the {place} {matter}." for matter in matters]
        remember(memory, texts, title=f"Report {n}", collection="reports")
    with memory.store.writing():
        memory.publish()
    selection = Selection.on(Scope.operator())

    def versions(question: str, steps: Steps) -> list[int]:
        ranking, generation = memory.rank(question, selection, steps=steps)
        return [int(version) for version in generation.versions[ranking.rows]]

    broad, narrow = "summarise the discussion about street traders", "Who pays for stand 2?"
    before, after = (versions(broad, Steps(spreading=spreading)) for spreading in (False, True))
    assert len(set(after[:10])) >= len(set(before[:10]))
    assert max(after[:10].count(one) for one in set(after)) <= 3
    assert sorted(after) == sorted(before)
    assert versions(narrow, Steps()) == versions(narrow, Steps(spreading=False))
