from __future__ import annotations

import pytest

from memory.references import Mention, asked_references, mentions


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What did C47/2017 decide?", [("number", "C 2017-47")]),
        ("c47/2017", [("number", "C 2017-47")]),
        ("resolution 47 of 2017", [("number", "2017-47")]),
        ("R2024-089", [("number", "R 2024-89")]),
        ("By-law No. 2024-19", [("by-law", "2024-19")]),
        ("the Water By-law, 2010", []),
        ("section 12(3)(a) of the Water By-law", [("section", "12(3)")]),
        ("clause 4.2", [("section", "4.2")]),
        ("Schedule 2", [("part", "schedule 2")]),
        ('What does "authorised official" mean in the by-law?', [("term", "authorised official")]),
        ("definition of stormwater", [("term", "stormwater")]),
        ("the Municipal Systems Act 32 of 2000", []),
        ("IDP 2022-2027", []),
        ("the owner's 12 dogs", []),
        ("on 2017-08-31, tariffs of 2019/20", []),
    ],
)
def test_question_is_exact_about_numbers_sections_and_terms(question: str, found: list[tuple[str, str]]) -> None:
    assert [(reference.kind, reference.key) for reference in asked_references(question)] == found


def test_resolution_is_declared_where_it_is_taken_and_mentioned_elsewhere() -> None:
    text = "C47/2017 (sports fields). Sites have been chosen.\nC14/2018 RESOLVED: THAT the reports be noted."
    assert {m for m in mentions(text, ()) if m.kind == "number"} == {
        Mention("number", "C 2017-47", False),
        Mention("number", "2017-47", False),
        Mention("number", "C 2018-14", True),
        Mention("number", "2018-14", True),
    }


def test_sections_and_their_subsections_are_found_by_heading_and_line() -> None:
    text = "12. Duties\n(1) An owner must\n(a) keep it clean;\n(2) A tenant may"
    assert {m.key for m in mentions(text, ("Chapter 2", "12. Duties")) if m.declares} == {"12", "12(1)", "12(2)"}


@pytest.mark.parametrize(
    "text",
    [
        '"market" means a place',
        "2.20 “market” means a place",
        '"market" or "mart" includes a place',
        '"market"- Any place',
    ],
)
def test_defined_term_is_declared_where_it_is_defined(text: str) -> None:
    assert Mention("term", "market", True) in mentions(text, ())
