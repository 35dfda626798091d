"""What is in force, what replaced it, what contradicts it: asked of the sample corpus, through the doors."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.extraction import extract
from memory import catalogue
from memory.access import Scope, Selection
from memory.memory import Memory
from memory.records import Answer, Citation
from service.answer import answer
from service.contradictions import all_contradictions
from service.documents import lines, listed
from service.past import speaks_of_drafts, written_past

ROOT = Path(__file__).resolve().parents[2]
CONTRADICTIONS = [
    json.loads(line)
    for line in (ROOT / "eval" / "annotations" / "contradictions.jsonl").read_text("utf-8").splitlines()
]
EVERYTHING = Scope.operator()


def ask(memory: Memory, question: str, day: str | None = None, scope: Scope = EVERYTHING) -> Answer:
    return answer(memory, question, Selection.on(scope, date.fromisoformat(day) if day else None))


def all_citations(given: Answer) -> list[Citation]:
    """Of the answer, of what is said about it, and of what contradicts it."""
    said = [citation for note in given.notes for citation in note.citations]
    return [*given.citations, *said, *(citation for one in given.contradictions for citation in one.citations)]


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("After how many days in arrears was electricity cut in 2017?", "2017-12-31"),
        ("What was the tariff in 2019/20?", "2020-06-30"),
        ("Who was the chair in March 2016?", "2016-03-31"),
        ("What held on 3 March 2016?", "2016-03-03"),
        ("What was the limit before 2016?", "2015-12-31"),
        ("What was the limit before July 2019?", "2019-06-30"),
        ("Wat was die perk voor 1 Julie 2019?", "2019-06-30"),
        ("How did the 2016 policy put it?", "2016-12-31"),
    ],
)
def test_question_that_names_a_past_day_is_read_as_of_then(question: str, day: str) -> None:
    past = written_past(question)
    assert past is not None
    assert past.day.isoformat() == day


@pytest.mark.parametrize(
    "question",
    [
        "What does the Waste Management By-law, 2020, say of bins?",
        "What has changed since 2017?",
        "How many days in arrears before the electricity is cut off?",
        "Who adopted C45/2019?",
    ],
)
def test_year_that_is_no_time_of_asking_leaves_the_question_today(question: str) -> None:
    assert written_past(question) is None


def test_drafts_are_asked_for_by_name() -> None:
    assert speaks_of_drafts("What does the draft leak policy say?")
    assert not speaks_of_drafts("What does the leak policy say?")


def test_answer_says_what_the_text_in_force_replaced_and_proves_it(sample_memory: Memory) -> None:
    given = ask(sample_memory, "How many days in arrears before the electricity is disconnected?")
    assert given.as_of == date.today().isoformat()
    assert given.read_as is None
    note = next(n for n in given.notes if n.kind == "replaced" and "Credit Control" in n.text)
    assert note.text == (
        "Version 4 of “Credit Control and Debt Collection Policy” replaced version 3 on 1 July 2023 "
        f"[{note.citations[0].marker}]."
    )
    assert " ".join(note.citations[0].quote.split()) == "In force from 1 July 2023"


def test_minutes_are_told_to_be_older_than_the_policy_that_they_name(sample_memory: Memory) -> None:
    question = "What may a household earn at most to be on the indigent register?"
    notes = ask(sample_memory, question).notes
    assert [note.text for note in notes] == [
        f"“Minutes of the ordinary meeting of the Council, {day}” tells of {day}; "
        f"“Indigent Support Policy”, which it names, is in force since 1 July 2024 [{marker}]."
        for day, marker in (("25 May 2017", 3), ("30 May 2024", 4))
    ]
    for note in notes:
        assert [citation.quote.split() for citation in note.citations] == ["in force from 1 July 2024".split()]
    assert ask(sample_memory, question, "2017-06-01").notes == ()
    happened = ask(sample_memory, "What did council decide on the income of a household on the indigent register?")
    assert not any("which it names" in note.text for note in happened.notes)


def test_question_of_the_past_is_answered_from_what_was_in_force_then(sample_memory: Memory) -> None:
    for question in (
        "In 2017, after how many days in arrears was the electricity of an account cut?",
        "In 2017, how many days in arrears before the electricity was cut off?",
    ):
        given = ask(sample_memory, question)
        assert (given.as_of, given.read_as) == ("2017-12-31", "In 2017")
        assert given.notes[0].text == "Read as of 31 December 2017, because the question says “In 2017”."
    policies = [c for c in given.citations if c.kind == "policy"]
    assert policies
    assert all((c.in_force_from or "") <= "2017-12-31" <= (c.in_force_to or "9999") for c in policies)


def test_old_text_is_the_one_before_the_one_in_force(sample_memory: Memory) -> None:
    given = ask(sample_memory, "What was the income limit in the old indigent support policy?")
    assert (given.as_of, given.read_as) == ("2024-06-30", "the old indigent support policy")


def test_event_is_dated_by_what_the_memory_says_of_it(sample_memory: Memory) -> None:
    given = ask(sample_memory, "How was refuse removed before the merger?")
    assert given.as_of == "2012-06-30"
    assert [" ".join(c.quote.split()) for c in given.notes[0].citations] == ["merger of 1 July 2012"]


def test_repealed_by_law_says_on_its_day_what_repealed_it(sample_memory: Memory) -> None:
    given = ask(sample_memory, "When must the bin be at the kerb?", "2018-01-01")
    assert {(c.title, c.status) for c in given.citations} == {("Refuse Removal By-law, 2013", "repealed")}
    assert [n.text.split(" [")[0] for n in given.notes if n.kind == "replaced_by"] == [
        "“Refuse Removal By-law, 2013” was repealed by “Waste Management By-law, 2020” on 1 January 2021"
    ]


def test_draft_is_found_when_asked_for_and_marked(sample_memory: Memory) -> None:
    asked_for = ask(sample_memory, "What does the draft leak adjustment policy say about the credit?")
    assert {c.status for c in asked_for.citations} == {"draft"}
    assert any(n.kind == "draft" and n.citations for n in asked_for.notes)
    without = ask(sample_memory, "What does the leak adjustment policy say about the credit?")
    assert all(c.status == "current" for c in (*without.citations, *without.closest))


@pytest.mark.parametrize("one", CONTRADICTIONS, ids=lambda one: one["values"][0])
def test_contradiction_of_the_sample_corpus_is_listed(sample_memory: Memory, one: dict[str, Any]) -> None:
    with sample_memory.store.reading() as connection:
        found = all_contradictions(connection, Selection.on(EVERYTHING))
    shown = {(tuple(c.file_name for c in each.citations), each.values) for each in found}
    names = tuple(Path(one[side]).name for side in ("first", "second"))
    assert (names, tuple(one["values"])) in shown


@pytest.mark.parametrize("one", [one for one in CONTRADICTIONS if one["planted"]], ids=lambda one: one["values"][0])
def test_planted_contradiction_is_shown_with_the_answer(sample_memory: Memory, one: dict[str, Any]) -> None:
    given = ask(sample_memory, one["question"])
    shown = {tuple(c.file_name for c in each.citations): each for each in given.contradictions if each.values}
    each = shown[tuple(Path(one[side]).name for side in ("first", "second"))]
    first, second = each.citations
    assert (first.authority or 0) > (second.authority or 0)


def test_every_statement_beside_an_answer_is_verbatim_and_numbered_on(sample_memory: Memory) -> None:
    for question in (one["question"] for one in CONTRADICTIONS):
        given = ask(sample_memory, question)
        cited = all_citations(given)
        assert [c.marker for c in cited] == list(range(1, len(cited) + 1))
        with sample_memory.store.reading() as connection:
            for c in cited:
                found = catalogue.get_version(connection, c.document_id, c.version, EVERYTHING)
                page = found and catalogue.get_page(connection, found[1].id, c.page)
                assert page is not None
                assert page.text[c.start : c.end] == c.quote != ""


def test_nothing_beside_an_answer_comes_from_what_the_asker_may_not_see(sample_memory: Memory) -> None:
    public = Scope.of(["public"])
    for question in (one["question"] for one in CONTRADICTIONS):
        given = ask(sample_memory, question, scope=public)
        assert "write-off-of-bad-debt-2021.pdf" not in {c.file_name for c in all_citations(given)}
        assert not any("SOP FIN 21" in note.text for note in given.notes)
    with sample_memory.store.reading() as connection:
        listed_to_all = [row["title"] for row in listed(connection, public)]
        found = all_contradictions(connection, Selection.on(public))
    assert not any("SOP FIN 21" in title for title in listed_to_all)
    assert not any("SOP FIN 21" in c.title for each in found for c in each.citations)


def test_document_is_shown_with_its_facts_and_links(sample_memory: Memory) -> None:
    with sample_memory.store.reading() as connection:
        row = next(r for r in listed(connection, EVERYTHING) if r["file_name"] == "waste-management-by-law-2020.pdf")
        shown = list(lines(connection, row["document"], EVERYTHING))
    assert (row["kind"], row["authority"], row["status"], row["in_force_from"]) == (
        "by-law",
        90,
        "current",
        "2021-01-01",
    )
    assert any(line.startswith("  repeals: Refuse Removal By-law, 2013 → document") for line in shown)
    assert any(line.startswith("  rests on: C61/2020 → document") for line in shown)
    assert any("publication: 2020-11-27 (text" in line for line in shown)


def test_every_resolution_that_the_corpus_names_resolves(sample_memory: Memory) -> None:
    from eval.references import open_resolutions

    # A resolution of the council of Blydehoek, before the merger, whose minutes the corpus does not hold.
    assert open_resolutions(sample_memory)[1] == ["kruger-2023.docx: B112/2008"]


def test_document_over_http_has_its_dossier(served: Any) -> None:
    documents = served.client.get("/api/documents", params={"limit": 500}).json()["documents"]
    policy = next(d for d in documents if d["title"] == "Credit Control and Debt Collection Policy")
    versions = served.client.get(f"/api/documents/{policy['id']}").json()["versions"]
    facts = {fact["name"]: fact for fact in versions[-1]["dossier"]["facts"] if fact["source"] == "text"}
    assert (facts["commencement"]["value"], facts["adoption"]["value"]) == ("2023-07-01", "2023-05-25")
    assert versions[-1]["dossier"]["authority"] == 60
    assert served.client.get("/api/contradictions", params={"as_of": "2024-01-01"}).json() == []


@pytest.fixture
def numbered_laws(memory: Memory, remember: Any, publish: Any) -> Memory:
    """By-law 4/2012, the one that repealed it, and the one that is in force."""
    laws = [
        ("Liquor Hours By-law (4/2012)", "7 December 2012", "A tavern may trade until 20:00."),
        (
            "Liquor Hours By-law (9/2014)",
            "12 December 2014",
            "By-law 4/2012 is repealed. A tavern may trade until 22:00.",
        ),
        ("Liquor Hours By-law (3/2018)", "1 June 2018", "A tavern may trade until 23:00 on any day of the week."),
    ]
    ends = ["The Liquor Hours By-law, 2012, is hereby repealed.", "The Liquor Hours By-law, 2014, is hereby repealed."]
    for (title, day, text), end in zip(laws, ["", *ends], strict=True):
        remember(memory, [f"Commences on {day}\n{text} {end}"], title=title)
    publish(memory)
    with memory.store.writing():
        extract(memory)
    return memory


def test_number_of_a_repealed_by_law_is_answered_from_what_is_in_force_with_what_became_of_it(
    numbered_laws: Memory,
) -> None:
    given = ask(numbered_laws, "Until when may a tavern trade under by-law 4/2012?")
    assert {citation.title for citation in given.citations or given.closest} == {"Liquor Hours By-law (3/2018)"}
    assert [(note.kind, note.text.partition(" [")[0]) for note in given.notes if "2012" in note.text] == [
        (
            "replaced_by",
            "“Liquor Hours By-law (4/2012)” was repealed by “Liquor Hours By-law (9/2014)” on 12 December 2014",
        )
    ]


def test_number_that_no_text_ever_held_is_refused_still(numbered_laws: Memory) -> None:
    given = ask(numbered_laws, "Until when may a tavern trade under by-law 5/2011?")
    assert (given.supported, given.answer) == (False, "No document that you may see here holds by-law 5/2011.")
