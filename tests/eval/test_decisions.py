from __future__ import annotations

from eval.decisions import Annotated, align, annotated, score
from memory.law import Evidence
from memory.minutes import Decision, Votes

HERE = Evidence(1, 0, 1, "x")


def said(number: str, mover: str, text: str, outcome: str = "carried") -> Decision:
    return Decision("resolution", number, "", "", "", "", mover, "", text, outcome, Votes(), "", HERE, (HERE,))


TRUE = [
    Annotated("R1", "A. Mover", "", "carried", "That the grader", "grader be sold."),
    Annotated("R2", "B. Other", "", "", "That the bridge", "bridge be built."),
]


def test_decision_read_stands_beside_the_annotated_one_with_most_in_common() -> None:
    found = [
        said("", "Mover", "That the grader be sold."),
        said("", "Z. Nobody", "That cats bark."),
        said("R2", "B. Other", "That the bridge be built.", ""),
    ]
    assert align(TRUE, found) == {0: 0, 1: 2}


def test_figures_of_a_hand_worked_example() -> None:
    found = [said("R1", "C. Wrong", "That the grader be sold."), said("", "Z. Nobody", "That cats bark.")]
    total = score([("a.pdf", TRUE, found)]).to_json()
    figures = {name: (t["right"], t["read"], t["annotated"]) for name, t in total.items() if name != "wrong"}
    assert figures == {
        "decisions": (1, 2, 2),
        "proposals": (1, 2, 2),
        "number": (1, 1, 2),
        "mover": (0, 2, 2),
        "seconder": (0, 0, 0),
        "outcome": (1, 2, 1),
        "text": (1, 2, 2),
    }


def test_annotations_have_the_files_that_they_claim() -> None:
    assert {title: (len(files), sum(map(len, files.values()))) for title, files in annotated().items()} == {
        "limerick": (10, 150),
        "limerick-second": (5, 68),
        "nipissing": (12, 167),
    }
