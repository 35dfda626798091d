from __future__ import annotations

import pytest

from memory.access import Scope
from memory.errors import Misuse
from memory.memory import Memory
from memory.timeline import Timeline, timeline


def told(found: Timeline) -> list[tuple[str, str, str]]:
    return [(e.day, e.kind, e.decision.decision.number if e.decision else "") for e in found.events]


def test_decision_is_told_from_its_report_to_its_end(sample_memory: Memory) -> None:
    found = timeline(sample_memory, "what became of resolution 7/2013", Scope.operator())
    events = told(found)
    for event in [
        ("2013-03-12", "proposed", ""),
        ("2013-03-28", "lost", ""),
        ("2013-03-28", "decided", "C7/2013"),
        ("2013-03-28", "adopted", ""),
        ("2013-07-01", "commenced", ""),
        ("2016-07-01", "ended", ""),
    ]:
        assert event in events
    assert [day for day, _, _ in events] == sorted(day for day, _, _ in events)
    assert found.outstanding == ()


def test_subject_is_told_in_order_with_what_is_outstanding(sample_memory: Memory) -> None:
    found = timeline(sample_memory, "smart meters", Scope.operator())
    decided = [number for _, kind, number in told(found) if kind == "decided"]
    assert decided == ["C10/2014", "C12/2015", "C38/2015", "EX24/2022", "C39/2022", "C24/2023", "C25/2025"]
    assert "C25/2025" in {d.decision.number for d in found.outstanding}
    assert all(e.evidence for e in found.events if e.kind in {"decided", "reported", "lost"})


def test_timeline_has_nothing_that_the_scope_does_not_see(sample_memory: Memory) -> None:
    assert timeline(sample_memory, "C50/2017", Scope.of({"public"})).events == ()
    assert {e.document.label for e in timeline(sample_memory, "community hall", Scope.of({"public"})).events} == {
        "public"
    }


def test_number_that_nobody_took_has_no_history(sample_memory: Memory) -> None:
    assert timeline(sample_memory, "C999/2019", Scope.operator()).events == ()


def test_empty_topic_is_misuse(sample_memory: Memory) -> None:
    with pytest.raises(Misuse):
        timeline(sample_memory, " ", Scope.operator())
