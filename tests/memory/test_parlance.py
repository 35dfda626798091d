"""What staff say, read as what documents write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from memory.access import Scope, Selection
from memory.errors import Misuse
from memory.memory import Memory
from memory.parlance import Parlance
from memory.question import Steps
from memory.telling import telling


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
        ("There was no power on Sunday", [("no power", "outage")]),
        ("Is power cheaper at night?", [("power", "electricity")]),
        ("Who stands in for the manager?", [("stands in", "acting")]),
        ("A stall may stand here", []),
        ("roboticists", []),
        ("", []),
    ],
)
def test_everyday_words_are_read_as_official_ones(question: str, read: list[tuple[str, str]], tmp_path: Path) -> None:
    counts = dict.fromkeys(("traffic light", "fire services", "false alarm", "outage", "electricity", "acting"), 1)
    assert list(Parlance(tmp_path).official(question, held(counts))) == read


@pytest.mark.parametrize(("robots", "lights", "read"), [(3, 2, False), (2, 2, True), (0, 0, False)])
def test_word_that_the_documents_use_themselves_is_left_as_it_is(
    robots: int, lights: int, read: bool, tmp_path: Path
) -> None:
    assert bool(Parlance(tmp_path).official("robot", held({"robot": robots, "traffic light": lights}))) == read


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
    # What is said counts whole, word by word; what is written for it a fifth.
    (own,) = memory.embedder.lengths([question])
    alike = telling(found.encoding.codes, memory.embedder.fingerprint)
    expected = [1.0] * own + [0.2] * (len(alike) - own)
    assert 0 < own < len(alike)
    np.testing.assert_allclose(found.tells / alike, expected, rtol=1e-6)
    plain, generation = memory.rank(question, selection, steps=Steps(parlance=False))
    read, _ = memory.rank(question, selection)
    billboard = int(generation.ids[read.rows[0]])
    before = dict(zip(generation.ids[plain.rows].tolist(), plain.fused.tolist(), strict=True))
    assert float(read.fused[0]) > before[billboard]


def test_own_words_of_a_municipality_are_added_and_overrule(tmp_path: Path) -> None:
    (tmp_path / "parlance.toml").write_text(
        '"the castle" = ["Civic Centre"]\n\n[streets]\n"robot" = ["signal"]\n', "utf-8"
    )
    counts = held({"Civic Centre": 1, "signal": 1, "traffic light": 1, "street trader": 1})
    read = Parlance(tmp_path).official("hawker at the robot before the castle", counts)
    assert read == (("hawker", "street trader"), ("robot", "signal"), ("the castle", "Civic Centre"))


@pytest.mark.parametrize("text", ["robot = [", 'robot = "traffic light"', "robot = [1]"])
def test_file_of_another_form_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "parlance.toml").write_text(text, "utf-8")
    with pytest.raises(Misuse, match=r"parlance\.toml"):
        Parlance(tmp_path)
