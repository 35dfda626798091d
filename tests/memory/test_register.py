from __future__ import annotations

import pytest
from sqlalchemy import select

from memory import register, schema
from memory.access import Scope
from memory.memory import Memory
from memory.minutes import number_key, number_tail
from memory.records import Document, Version
from memory.register import Recorded, Wanted

EVERYBODY = Scope.operator()
ANYBODY = Scope.of({"public"})


def numbers(memory: Memory, wanted: Wanted, scope: Scope = EVERYBODY) -> list[str]:
    with memory.store.reading() as connection:
        return [d.decision.number for d in register.find(connection, wanted, scope, limit=1000)]


def one(memory: Memory, number: str) -> Recorded:
    with memory.store.reading() as connection:
        (found,) = register.find(connection, Wanted(number=number), EVERYBODY)
    return found


@pytest.mark.parametrize(
    ("number", "key", "tail"),
    [
        ("C45/2019", "C45/2019", "45/2019"),
        ("c 45/2019", "C45/2019", "45/2019"),
        ("R2023-046", "R2023-46", "2023-46"),
        ("45/2019", "45/2019", "45/2019"),
        ("A.012/2024", "A.12/2024", "12/2024"),
    ],
)
def test_number_is_looked_up_without_case_spaces_and_leading_zeros(number: str, key: str, tail: str) -> None:
    assert (number_key(number), number_tail(number)) == (key, tail)


def test_decision_has_what_its_minutes_say(sample_memory: Memory) -> None:
    found = one(sample_memory, "7/2013")
    d = found.decision
    assert (d.number, d.body, d.day, d.item) == ("C7/2013", "Council", "2013-03-28", "6")
    assert (d.mover, d.seconder, d.outcome) == ("J. Zulu", "A. Sithole", "carried")
    assert (d.votes.votes_for, d.votes.votes_against, d.votes.abstentions) == (16, 6, 1)
    assert d.report == "4/2/1 of the Chief Financial Officer dated 12 March 2013"
    assert [(a.actor, a.due) for a in d.actions] == [("Chief Financial Officer", "2013-07-01")]
    assert found.state == "ended"


def test_every_quote_is_the_slice_of_its_page(sample_memory: Memory) -> None:
    with sample_memory.store.reading() as connection:
        p = schema.pages
        texts = {(r.version_id, r.number): r.text for r in connection.execute(select(p))}
        found = register.find(connection, Wanted(), EVERYBODY, limit=1000)
    for recorded in found:
        d = recorded.decision
        places = [d.head, *d.wording, d.day_at, d.mover_at, d.seconder_at, d.outcome_at, d.votes_at, d.report_at]
        places += [a.evidence for a in d.actions] + [i.evidence for i in d.interests]
        for e in places:
            assert e is None or texts[recorded.version.id, e.page][e.start : e.end] == e.quote


def test_filters_hold_a_search_to_what_is_wanted(sample_memory: Memory) -> None:
    assert numbers(sample_memory, Wanted(text="smart meters", since="2025-01-01")) == ["C25/2025"]
    assert numbers(sample_memory, Wanted(body="ward committee")) == ["W2/2023", "W3/2023", "W4/2023"]
    assert numbers(sample_memory, Wanted(mover="van wyk", until="2013-12-31", kind="resolution")) == ["C12/2013"]
    assert numbers(sample_memory, Wanted(kind="amendment", outcome="lost")) == [""]
    assert numbers(sample_memory, Wanted(text="100%_")) == []


def test_what_the_scope_does_not_see_is_neither_found_nor_counted(sample_memory: Memory) -> None:
    assert numbers(sample_memory, Wanted(number="C50/2017"), ANYBODY) == []
    assert numbers(sample_memory, Wanted(number="C50/2017"), Scope.of({"council-closed"})) == ["C50/2017"]
    assert numbers(sample_memory, Wanted(), Scope.of(())) == []
    closed = {"C50/2017", "C51/2017", "C66/2018", "C3/2019", "C28/2021", "C42/2022"}
    finance = {"FC14/2020", "FC15/2020", "FC16/2020"}
    with sample_memory.store.reading() as connection:
        seen = register.count(connection, Wanted(), ANYBODY)
        assert register.count(connection, Wanted(), EVERYBODY) == seen + len(closed | finance) + 1
        (hidden,) = register.find(connection, Wanted(number="C50/2017"), EVERYBODY)
        assert register.get(connection, [hidden.id], ANYBODY) == []
        assert register.named(connection, "C50/2017", Scope.of(())) == []
    assert set(numbers(sample_memory, Wanted())) - set(numbers(sample_memory, Wanted(), ANYBODY)) == closed | finance


def test_outstanding_is_what_somebody_has_to_do_and_no_text_says_is_done(sample_memory: Memory) -> None:
    outstanding = set(numbers(sample_memory, Wanted(outstanding=True)))
    assert {"C23/2025", "C5/2013"} <= outstanding
    # Ended by a later policy; reported as carried out; nobody has to act.
    assert outstanding.isdisjoint({"C7/2013", "C48/2017", "C9/2013"})
    assert {one(sample_memory, number).state for number in ("C23/2025", "C48/2017", "C9/2013")} == {
        "outstanding",
        "done",
        "",
    }


def test_withdrawn_minutes_leave_the_register(memory: Memory) -> None:
    from memory import catalogue
    from memory.law import Evidence
    from memory.minutes import Decision, Minutes, Votes

    version = Version(
        0, 1, 1, "0" * 64, "m.txt", "text/plain", 1, "current", "Minutes", ingested_at="2024-01-01T00:00:00Z"
    )
    here = Evidence(1, 0, 6, "C1/201")
    decision = Decision(
        "resolution", "C1/2010", "Council", "2010-01-01", "", "", "", "", "THAT", "carried", Votes(), "", here, (here,)
    )
    with memory.store.transaction() as connection:
        catalogue.add_document(connection, Document(0, "Minutes", "main", "public"))
        version_id = catalogue.add_version(connection, version)
        connection.execute(
            schema.pages.insert().values(
                version_id=version_id,
                number=1,
                label="",
                anchor="page-1",
                text="C1/2010 RESOLVED",
                width=0.0,
                height=0.0,
                picture=False,
                needs_ocr=False,
                ocr=False,
                layout=catalogue.pack_layout([], []),
            )
        )
        register.write_minutes(connection, version_id, [Minutes("any", "Council", "2010-01-01", (decision,), ())])
    assert numbers(memory, Wanted()) == ["C1/2010"]
    with memory.store.transaction() as connection:
        catalogue.set_status(connection, version_id, "withdrawn")
    assert numbers(memory, Wanted()) == []
    with memory.store.transaction() as connection:
        register.write_minutes(connection, version_id, [])
        assert connection.execute(select(schema.decisions)).all() == []


def test_what_was_not_read_is_listed_with_its_place(sample_memory: Memory) -> None:
    with sample_memory.store.reading() as connection:
        found = register.not_read(connection, ANYBODY)
        assert register.not_read(connection, Scope.of(())) == []
    assert ("council-2025-05-29.pdf", "nothing was read between C23/2025 and C25/2025") in {
        (n.version.file_name, n.unread.reason) for n in found
    }
