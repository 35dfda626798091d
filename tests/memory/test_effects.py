"""What documents do to each other, within what the asker may see; extracted by the real pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ingest.extraction import extract
from memory import catalogue
from memory.access import Scope, Selection
from memory.memory import Memory

Remember = Callable[..., int]
OLD = "This By-law is called the Refuse Removal By-law, 2013, and comes into operation on 1 January 2014."
NEW = (
    "This By-law is called the Waste By-law, 2020, and comes into operation on 1 January 2021. "
    "The Refuse Removal By-law, 2013, is hereby repealed."
)
PUBLIC = Scope.of(["public"])


def extracted(memory: Memory) -> None:
    with memory.store.writing():
        extract(memory)


def selected(memory: Memory, scope: Scope, day: str | None = None) -> set[int]:
    with memory.store.reading() as connection:
        selection = Selection.on(scope, date.fromisoformat(day) if day else None)
        return {int(i) for i in catalogue.selected_versions(connection, selection)}


@pytest.fixture
def laws(memory: Memory, remember: Remember) -> tuple[int, int]:
    """A by-law, and the one that repeals it."""
    old = remember(memory, [OLD], title="Refuse Removal By-law, 2013")
    new = remember(memory, [NEW], title="Waste By-law, 2020")
    extracted(memory)
    return old, new


def test_repealed_by_law_answers_before_the_repeal_and_its_successor_after(
    memory: Memory, laws: tuple[int, int]
) -> None:
    old, new = laws
    days = ["2013-12-31", "2014-01-01", "2020-12-31", "2021-01-01", None]
    assert [selected(memory, PUBLIC, day) for day in days] == [set(), {old}, {old}, {new}, {new}]


def test_repeal_in_a_document_that_the_asker_may_not_see_does_nothing(memory: Memory, remember: Remember) -> None:
    old = remember(memory, [OLD], title="Refuse Removal By-law, 2013")
    new = remember(memory, [NEW], title="Waste By-law, 2020", label="legal")
    extracted(memory)
    assert selected(memory, PUBLIC) == {old}
    assert selected(memory, Scope.of(["public", "legal"])) == {new}


def test_hidden_by_law_of_the_same_title_does_not_shield_the_visible_one(memory: Memory, remember: Remember) -> None:
    old = remember(memory, [OLD], title="Refuse Removal By-law, 2013")
    remember(memory, [OLD], title="Refuse Removal By-law, 2013", label="legal")
    new = remember(memory, [NEW], title="Waste By-law, 2020")
    extracted(memory)
    assert selected(memory, PUBLIC) == {new}
    assert selected(memory, PUBLIC, "2020-06-01") == {old}


def test_draft_repeals_nothing(memory: Memory, remember: Remember) -> None:
    old = remember(memory, [OLD], title="Refuse Removal By-law, 2013")
    remember(memory, [NEW], title="Draft Waste By-law, 2020")
    extracted(memory)
    assert selected(memory, PUBLIC) == {old}


def test_repeal_of_a_section_leaves_the_by_law_in_force(memory: Memory, remember: Remember) -> None:
    old = remember(memory, [OLD], title="Refuse Removal By-law, 2013")
    new = remember(memory, [NEW.replace("The Refuse", "Section 4 of the Refuse")], title="Waste By-law, 2020")
    extracted(memory)
    assert selected(memory, PUBLIC) == {old, new}


def test_manifest_that_says_current_counts_more_than_another_text(memory: Memory, remember: Remember) -> None:
    stated = {"manifest": {"status": "current"}}
    old = remember(memory, [OLD], title="Refuse Removal By-law, 2013", stated=stated)
    new = remember(memory, [NEW], title="Waste By-law, 2020")
    extracted(memory)
    assert selected(memory, PUBLIC) == {old, new}


def test_policy_replaces_the_one_that_a_resolution_adopted(memory: Memory, remember: Remember) -> None:
    first = "Adopted by Council resolution C7/2013 on 28 March 2013. In force from 1 July 2013."
    then = "Adopted by Council resolution C31/2016 on 26 May 2016. In force from 1 July 2016. "
    then += "This policy replaces the policy adopted by C7/2013."
    old = remember(memory, [first], title="Credit Control Policy")
    new = remember(memory, [then], title="Credit Control Policy of 2016")
    extracted(memory)
    assert [selected(memory, PUBLIC, day) for day in ("2015-01-01", "2016-06-30", "2016-07-01")] == [
        {old},
        {old},
        {new},
    ]


def test_drafts_and_superseded_texts_are_found_when_asked_for(memory: Memory, laws: tuple[int, int]) -> None:
    old, new = laws
    wide = Selection(PUBLIC, date.today(), superseded=True)
    with memory.store.reading() as connection:
        assert {int(i) for i in catalogue.selected_versions(connection, wide)} == {old, new}


def test_minutes_of_a_later_day_are_no_answer_as_of_an_earlier_one(memory: Memory, remember: Remember) -> None:
    minutes = remember(memory, ["The Council met."], title="Minutes of the Council, 30 May 2019")
    extracted(memory)
    assert [selected(memory, PUBLIC, day) for day in ("2019-05-29", "2019-05-30")] == [set(), {minutes}]
    telling = Selection(PUBLIC, date(2015, 1, 1), today=False, records=True)
    with memory.store.reading() as connection:
        assert [int(i) for i in catalogue.selected_versions(connection, telling)] == [minutes]


def test_repeal_by_the_year_reaches_a_by_law_that_names_no_municipality(memory: Memory, remember: Remember) -> None:
    text = "Commences on 6 July 2000\nNo person may loiter."
    old = remember(memory, [text], title="Control of Public Behaviour By-laws")
    other = remember(memory, ["Commences on 6 July 1999\nNo person may shout."], title="Control of Noise By-laws")
    new = remember(
        memory,
        [
            "eThekwini Municipality. This By-law comes into operation on 1 March 2016.\n\nLaws repealed\n\n"
            "Durban Local Council By-laws for the Control of Public Behaviour, 2000 | The whole\n\n"
            "Durban Control of Noise By-laws, 2000 | The whole"
        ],
        title="Nuisances By-law, 2016",
    )
    extracted(memory)
    assert selected(memory, PUBLIC) == {other, new} != {old}
