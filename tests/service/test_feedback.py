from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from memory import schema

ARREARS = "How many days in arrears before the electricity is disconnected?"
POST = "Chief Financial Officer"


@pytest.fixture
def document(guarded: Any) -> int:
    """The document that answers, with a custodian."""
    with guarded.signed_in("reader") as client:
        found = client.get("/api/search", params={"q": ARREARS, "k": 1}).json()["results"][0]
    with guarded.memory.store.transaction() as connection:
        where = schema.documents.c.id == found["document_id"]
        connection.execute(update(schema.documents).where(where).values(custodian=POST))
    return int(found["document_id"])


def test_feedback_reaches_the_custodian_and_the_gaps_and_the_asker_is_told(guarded: Any, document: int) -> None:
    guarded.add("cfo", "custodian", posts=(POST,))
    with guarded.signed_in("reader") as asker, guarded.signed_in("cfo") as cfo, guarded.signed_in("custodian") as other:
        answered = asker.post("/api/ask", json={"question": ARREARS})
        said = {"question": ARREARS, "answer_id": answered.headers["x-answer-id"], "useful": False}
        kept = asker.post("/api/feedback", json=said | {"wrong_citation": 1, "text": "It is 30 days."})
        assert (kept.status_code, kept.json()["custodian"]) == (201, POST)
        feedback_id = kept.json()["id"]

        seen = {one["id"]: one for one in cfo.get("/api/admin/feedback").json()["feedback"]}[feedback_id]
        assert (seen["user"], seen["text"], seen["document_id"]) == ("reader", "It is 30 days.", document)
        assert seen["answer"]["answer"] == answered.json()["answer"]
        assert seen["generation"] == answered.json()["generation"]
        gap = {one["id"]: one for one in cfo.get("/api/admin/gaps").json()["gaps"]}[seen["gap_id"]]
        assert (gap["question"], gap["asked_by"], gap["status"]) == (ARREARS, "reader", "open")
        assert feedback_id not in [one["id"] for one in other.get("/api/admin/feedback").json()["feedback"]]
        answer = {"status": "done", "reply": "Corrected, thank you."}
        assert other.post(f"/api/admin/feedback/{feedback_id}", json=answer).status_code == 404

        assert cfo.post(f"/api/admin/feedback/{feedback_id}", json=answer).json()["status"] == "done"
        assert asker.get("/api/me").json()["news"] == 1
        mine = asker.get("/api/feedback/mine").json()["feedback"][0]
        assert (mine["status"], mine["reply"]) == ("done", "Corrected, thank you.")
        assert asker.get("/api/me").json()["news"] == 0
        assert cfo.get("/api/admin/gaps", params={"status": "open"}).json()["gaps"] == []


def test_answer_of_somebody_else_cannot_be_named(guarded: Any) -> None:
    with guarded.signed_in("accountant") as one, guarded.signed_in("reader") as other:
        answer_id = one.post("/api/ask", json={"question": ARREARS}).headers["x-answer-id"]
        said = {"question": "x", "answer_id": answer_id, "useful": True}
        kept = other.post("/api/feedback", json=said).json()
        with guarded.signed_in("administrator") as administrator:
            seen = administrator.get("/api/admin/feedback").json()["feedback"][0]
        assert (seen["id"], seen["answer"], seen["question"]) == (kept["id"], None, "x")


def test_who_may_not_see_what_was_cited_is_not_shown_the_answer(guarded: Any, document: int) -> None:
    documents = schema.documents
    with guarded.signed_in("accountant") as asker, guarded.signed_in("administrator") as administrator:
        answered = asker.post("/api/ask", json={"question": ARREARS})
        said = {"question": ARREARS, "answer_id": answered.headers["x-answer-id"], "useful": True, "text": "good"}
        asker.post("/api/feedback", json=said)
        answers = []
        for label in ("public", "finance", "public"):
            with guarded.memory.store.transaction() as connection:
                connection.execute(update(documents).where(documents.c.id == document).values(label=label))
            seen = administrator.get("/api/admin/feedback").json()["feedback"][0]
            answers.append((seen["text"], seen["answer"] is None))
    assert answers == [("good", False), ("good", True), ("good", False)]


@pytest.mark.parametrize(
    "said",
    [
        {"useful": True},
        {"useful": True, "generation": 1, "question": ""},
        {"useful": True, "generation": 1, "wrong_citation": 0},
        {"useful": True, "generation": 1, "text": "x" * 5001},
    ],
)
def test_feedback_on_nothing_or_too_long_is_refused(guarded: Any, said: dict[str, Any]) -> None:
    with guarded.signed_in("reader") as client:
        assert client.post("/api/feedback", json={"question": "x"} | said).status_code == 422


def test_document_that_the_asker_may_not_see_cannot_be_named(guarded: Any) -> None:
    with guarded.signed_in("accountant") as client:
        listed = client.get("/api/documents").json()["documents"]
    secret = next(one["id"] for one in listed if one["label"] == "finance")
    with guarded.signed_in("reader") as client:
        said = {"question": "x", "generation": 1, "useful": False, "document_id": secret}
        assert client.post("/api/feedback", json=said).status_code == 404
