from __future__ import annotations

from typing import Any

import pytest

from service.suggestions import question_of, subject


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("18. Waste of water", "waste of water"),
        ("7.2 Restriction and disconnection", "restriction and disconnection"),
        ("Chapter 3: Bookings and events", "bookings and events"),
        ("YOUTH DAY", "youth day"),
        ("HR circulars and notices", "HR circulars and notices"),
        ("1. Definitions", None),
        ("Short title and commencement", None),
        ("At the property", None),
        ("Delegations", None),
        ("Table 4 of 2019", None),
        ("", None),
    ],
)
def test_heading_becomes_what_is_asked_about(heading: str, said: str | None) -> None:
    assert subject(heading) == said


@pytest.mark.parametrize(
    ("title", "heading", "question"),
    [
        (
            "Water Services By-law, 2016",
            "18. Waste of water",
            "What does the Water Services By-law say about waste of water?",
        ),
        (
            "Street Trading By-law, 2014 (as amended in 2018)",
            "5. Prohibited places",
            "What does the Street Trading By-law say about prohibited places?",
        ),
        (
            "Emergency Services By-laws, 2003",
            "Fire breaks and belts",
            "What do the Emergency Services By-laws say about fire breaks and belts?",
        ),
        ("scan0001", "5. Prohibited places", None),
        ("Waste of Water Policy", "Waste of water", None),
    ],
)
def test_question_names_the_document_and_what_its_heading_says(title: str, heading: str, question: str | None) -> None:
    assert question_of(title, (title, heading)) == question


def test_suggestions_are_answered_from_documents_that_the_asker_may_see(sampled: Any) -> None:
    def suggested(labels: str) -> list[str]:
        found: list[str] = sampled.client.get("/api/suggestions", headers={"X-Labels": labels}).json()["questions"]
        return found

    questions = suggested("public")
    assert len(questions) == 4
    for question in questions:
        answered = sampled.client.post("/api/ask", json={"question": question}).json()
        assert (answered["supported"], answered["citations"][0]["status"]) == (True, "current"), question
    assert suggested("public") == questions
    assert suggested("none") == []
