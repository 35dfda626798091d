from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ingest.document import Block, Pointer, ReadPage
from ingest.extract.references import references
from ingest.extract.subject import Subject

Make = Callable[..., Subject]
Said = tuple[str, str, str, str, str, str]


def said(subject: Subject, kind: str = "policy") -> list[Said]:
    """Relation, kind, number, title, year and section of each reference."""
    return [(r.relation, r.kind, r.number, r.title, r.year, r.section) for r in references(subject, kind)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "section 12(3) of the Credit Control By-law, 2011 applies",
            ("refers_to", "by-law", "", "Credit Control By-law", "2011", "12(3)"),
        ),
        ("see resolution 45/2019 of Council", ("refers_to", "resolution", "45/2019", "", "", "")),
        ("It follows C45/2019 closely", ("refers_to", "resolution", "C45/2019", "", "", "")),
        (
            "the Local Government: Municipal Systems Act, 2000 (Act No. 32 of 2000) says",
            ("refers_to", "act", "32", "Local Government: Municipal Systems Act", "2000", ""),
        ),
        (
            "the National Road Traffic Act, 93 of 1996",
            ("refers_to", "act", "93", "National Road Traffic Act", "1996", ""),
        ),
        ("Act 108 of 1996 says", ("refers_to", "act", "108", "", "1996", "")),
        ("as Circular 7 of 2018 asks", ("refers_to", "circular", "7/2018", "", "2018", "")),
        ("This policy replaces the policy adopted by C31/2016.", ("replaces", "policy", "C31/2016", "", "", "")),
        (
            "The Refuse Removal By-law, 2013, is hereby repealed.",
            ("repeals", "by-law", "", "Refuse Removal By-law", "2013", ""),
        ),
        (
            "Section 4 of the Refuse Removal By-law, 2013, is hereby repealed.",
            ("amends", "by-law", "", "Refuse Removal By-law", "2013", "4"),
        ),
        (
            "made in terms of the Water Services Act, 108 of 1997",
            ("rests_on", "act", "108", "Water Services Act", "1997", ""),
        ),
        (
            "This by-law gives effect to the Credit Control and Debt Collection Policy",
            ("implements", "policy", "", "Credit Control and Debt Collection Policy", "", ""),
        ),
        ("It takes the place of TS 07 of 2016.", ("replaces", "sop", "TS 07", "", "2016", "")),
        ("P.N. 340/1973 made it", ("refers_to", "notice", "340/1973", "", "1973", "")),
    ],
)
def test_words_that_name_a_document_are_read(subject: Make, text: str, expected: Said) -> None:
    assert said(subject(text), "by-law" if "repealed" in text else "policy") == [expected]


def test_evidence_holds_the_words_and_what_is_done_to_the_document(subject: Make) -> None:
    made = subject("1. The Refuse Removal By-law, 2013, is repealed with effect from 1 January 2021.")
    (reference,) = references(made, "by-law")
    assert reference.evidence is not None
    assert reference.evidence.quote == "Refuse Removal By-law, 2013, is repealed"
    assert made.pages[0].text[reference.evidence.start : reference.evidence.end] == reference.evidence.quote


@pytest.mark.parametrize(
    "text", ["the by-laws of the Council", "in terms of this By-law", "a policy on this", "other by-laws"]
)
def test_words_that_name_no_document_in_particular_are_passed_over(subject: Make, text: str) -> None:
    assert said(subject(text)) == []


def test_list_below_a_heading_of_what_is_repealed_is_repealed(subject: Make) -> None:
    made = subject(
        "Schedule\n\nRepealed by-laws\n\nStreet Trading By-law, 1998 | The whole\n\nDog Tax By-law, 1982 | Section 9"
    )
    assert [(r, t, y) for r, _, _, t, y, _ in said(made, "by-law")] == [
        ("repeals", "Street Trading By-law", "1998"),
        ("amends", "Dog Tax By-law", "1982"),
    ]


def test_list_of_what_is_repealed_goes_on_below_the_running_head_of_its_text(subject: Make) -> None:
    made = subject("Laws repealed\n\nDog Tax By-law | The whole", "Animals By-law\n\nCat Tax By-law | The whole")
    head = Block("heading", 0, len("Animals By-law"))
    second = replace(made.pages[1], blocks=(head, *made.pages[1].blocks[1:]))
    running = replace(made.version, title="Animals By-law")
    going_on = Subject(made.document, running, "", (made.pages[0], second))
    assert [(r, t) for r, _, _, t, _, _ in said(going_on, "by-law")] == [
        ("repeals", "Dog Tax By-law"),
        ("repeals", "Cat Tax By-law"),
    ]


def test_notice_in_the_column_before_a_repealed_title_dates_it(subject: Make) -> None:
    row = "Municipal Notice No. 140 of 2000 published in Provincial Gazette No. 5531 | Behaviour By-laws | The whole"
    made = subject(f"Laws repealed\n\n{row}\n\nDog Tax By-law | The whole")
    assert [(t, y) for _, _, _, t, y, _ in said(made, "by-law") if t] == [
        ("Behaviour By-laws", "2000"),
        ("Dog Tax By-law", ""),
    ]


def test_by_law_that_repeals_whatever_speaks_of_its_matter_says_so(subject: Make) -> None:
    text = "Any provision in any by-law which relates to any aspect provided for in this by-law is hereby repealed."
    assert said(subject(text), "by-law") == [("repeals", "by-law", "", "*", "", "")]


def test_amending_by_law_amends_the_one_in_its_title(subject: Make) -> None:
    made = subject("text", title="Street Trading Amendment By-law, 2018")
    assert said(made, "by-law") == [("amends", "by-law", "", "Street Trading By-law", "", "")]


def test_minutes_repeal_nothing_themselves(subject: Make) -> None:
    assert said(subject("THAT the Refuse By-law, 2013, be repealed"), "minutes")[0][0] == "refers_to"


def test_reference_that_the_format_marks_is_taken_as_it_is(subject: Make) -> None:
    text = "in terms of the Systems Act, 32 of 2000, and so on"
    page = ReadPage(1, text, "sec-1", pointers=(Pointer(16, 40, "/za/act/2000/32/section/4"),))
    made = subject("x")
    (reference,) = references(Subject(made.document, made.version, "", (page,)), "by-law")
    assert (reference.identity, reference.number, reference.source) == ("/za/act/2000/32", "32", "metadata")
