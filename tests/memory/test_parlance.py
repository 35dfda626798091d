"""What staff say, read as what documents write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from memory.access import Scope, Selection
from memory.memory import Memory
from memory.parlance import official
from memory.question import Steps


def held(counts: Mapping[str, int]) -> Callable[[str], int]:
    """A memory in which so many passages hold a text, and none another."""
    return lambda text: counts.get(text, 0)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("How far from a robot?", [("robot", "traffic light")]),
        ("How far from the robots?", [("robot", "traffic light")]),
        (
            "the fire brigade came out for nothing",
            [("fire brigade", "fire services"), ("came out for nothing", "false alarm")],
        ),
        ("Is the robot a traffic light?", []),
        ("roboticists", []),
        ("", []),
    ],
)
def test_everyday_words_are_read_as_official_ones(question: str, read: list[tuple[str, str]]) -> None:
    counts = {"traffic light": 1, "fire services": 1, "false alarm": 1}
    assert list(official(question, held(counts))) == read


@pytest.mark.parametrize(("robots", "lights", "read"), [(3, 2, False), (2, 2, True), (0, 0, False)])
def test_word_that_the_documents_use_themselves_is_left_as_it_is(robots: int, lights: int, read: bool) -> None:
    assert bool(official("robot", held({"robot": robots, "traffic light": lights}))) == read


def test_question_finds_what_is_written_in_other_words(
    memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]
) -> None:
    remember(
        memory, ["No billboard may stand within 100 metres of a traffic light.", "The robot welds pipes far away."]
    )
    publish(memory)
    selection, question = Selection.on(Scope.of({"public"})), "How far from a robot may a hoarding be?"
    found = memory.search(question, selection)
    assert found.hits[0].passage.text.startswith("No billboard")
    assert ("hoarding", "billboard") in found.question.expansions
    plain, generation = memory.rank(question, selection, steps=Steps(parlance=False))
    read, _ = memory.rank(question, selection)
    billboard = int(generation.ids[read.rows[0]])
    before = dict(zip(generation.ids[plain.rows].tolist(), plain.fused.tolist(), strict=True))
    assert float(read.fused[0]) > before[billboard]
