from __future__ import annotations

import random
from datetime import date

import pytest

from memory.access import Scope
from memory.compare import Pair, Run, compare, counts
from memory.comparison import changes, choose, compared
from memory.errors import Misuse, NotFound
from memory.law import Evidence
from memory.memory import Memory
from memory.sections import Section, sections

EVERYBODY = Scope.operator()


def section(number: str, title: str, *paragraphs: str) -> Section:
    return Section(number, title, (), tuple(Evidence(1, 0, len(text), text) for text in paragraphs))


def side(pair: Pair, op: str) -> str:
    """The text of one side, put together again from the runs."""
    return "".join(run.text for run in pair.runs if run.op in {"same", op})


def marked(pair: Pair) -> list[Run]:
    return [run for run in pair.runs if run.op != "same"]


def test_changed_words_are_marked_and_amounts_are_whole() -> None:
    (pair,) = compare(
        [
            section(
                "32", "Penalties", "A fine of not more than R2 000 within 30 days of 1 May 2014 is payable at 05:30."
            )
        ],
        [
            section(
                "32", "Penalties", "A fine of not more than R3 500 within 14 days of 1 May 2018 is payable at 05:00."
            )
        ],
        one_text=True,
    )
    assert marked(pair) == [
        Run("removed", "R2 000"),
        Run("added", "R3 500"),
        Run("removed", "30"),
        Run("added", "14"),
        Run("removed", "1 May 2014"),
        Run("added", "1 May 2018"),
        Run("removed", "05:30"),
        Run("added", "05:00"),
    ]
    assert (pair.figures_left, pair.figures_right) == (("R2 000", "30 days"), ("R3 500", "14 days"))


def test_case_quotation_marks_and_spelling_alone_are_no_change() -> None:
    (pair,) = compare(
        [section("1", "Definitions", "‘‘Authorized official’’ means an official – of the City.")],
        [section("1", "DEFINITIONS", '"authorised official" means an official — of the City.')],
        one_text=True,
    )
    assert pair.status == "same"


def test_section_that_moved_stands_beside_itself_and_new_ones_are_alone() -> None:
    left = [
        section("1", "Purpose", "This by-law governs trading in streets."),
        section("2", "Fees", "A monthly fee is payable for a stand."),
        section("3", "Goats", "No goat may be kept in a town."),
    ]
    right = [
        section("1", "Purpose", "This by-law governs trading in streets."),
        section("2", "Libraries", "Books are lent for three weeks to members."),
        section("3", "Fees", "A monthly fee is payable for a stand."),
    ]
    pairs = compare(left, right, one_text=True)
    assert [(p.status, p.left and p.left.title, p.right and p.right.title) for p in pairs] == [
        ("same", "Purpose", "Purpose"),
        ("added", None, "Libraries"),
        ("same", "Fees", "Fees"),
        ("removed", "Goats", None),
    ]
    assert counts(pairs) == {"same": 2, "changed": 0, "different": 0, "added": 1, "removed": 1}


def test_definitions_stand_beside_each_other_by_their_word() -> None:
    words = ("goods", "garden", "stand", "verge", "kerb")
    left = section("1", "Definitions", *(f'"{word}" means the {word} of the town;' for word in words))
    right = section("1", "Definitions", *(f'"{word}" means the {word} of the city;' for word in reversed(words)))
    (pair,) = compare([left], [right], one_text=False)
    assert {(run.op, run.text) for run in marked(pair)} == {("removed", "town"), ("added", "city")}


@pytest.mark.parametrize("seed", range(20))
def test_both_texts_can_be_put_together_from_the_runs(seed: int) -> None:
    draw = random.Random(seed)
    words = "a fee of R100 is payable by the owner before 1 July (b) and (c) by any trader; or".split()

    def text() -> str:
        return " ".join(draw.choices(words, k=30))

    left, right = section("1", "A", text(), text()), section("1", "A", text(), text())
    (pair,) = compare([left], [right], one_text=True)
    for op, whole in (("removed", left), ("added", right)):
        assert " ".join(side(pair, op).lower().split()) == " ".join(whole.text.lower().split())


def test_gazette_before_and_after_its_amendment(sample_memory: Memory) -> None:
    with sample_memory.store.reading() as connection:
        before = choose(connection, "street-trading-by-law-2014.pdf", EVERYBODY)
        after = choose(connection, "street-trading-by-law-2014-as-amended-2018.pdf", EVERYBODY)
        found = compared(connection, before, after)
    status = {(p.left or p.right).number: p.status for p in found.pairs if (p.left or p.right) is not None}  # type: ignore[union-attr]
    assert [number for number, said in status.items() if said == "added"] == ["23A", "23B"]
    assert {number for number, said in status.items() if said != "same" and number} == {
        *("1", "8", "11", "12", "13", "14", "18", "22", "23", "23A", "23B", "32", "35")
    }
    figures = {p.left.number: (p.figures_left, p.figures_right) for p in found.pairs if p.left and p.right}
    assert figures["14"] == (("five days",), ("14 days",))
    assert figures["32"] == (("R2 000",), ("R3 500",))


def test_sections_cover_every_block_but_headings(sample_memory: Memory) -> None:
    with sample_memory.store.reading() as connection:
        chosen = choose(connection, "street-trading-2014.xml", EVERYBODY)
        found = sections(connection, chosen.version.id)
    numbers = [s.number for s in found if s.number.isdigit()]
    assert numbers[:35] == [str(n) for n in range(1, 36)]
    assert all(e.quote for s in found for e in s.paragraphs)


def test_document_is_chosen_by_number_file_or_title(sample_memory: Memory) -> None:
    with sample_memory.store.reading() as connection:
        first = choose(connection, "credit-control-policy-2013.pdf", EVERYBODY)
        by_number = choose(connection, f"{first.document.id}@1", EVERYBODY)
        newest = choose(connection, "Credit Control and Debt Collection Policy", EVERYBODY)
        then = choose(connection, str(first.document.id), EVERYBODY, as_of=date(2017, 1, 1))
        assert (by_number.version.id, newest.version.number, then.version.number) == (first.version.id, 4, 2)
        with pytest.raises(NotFound, match="no document is called that"):
            choose(connection, "Submarine By-law", EVERYBODY)
        with pytest.raises(Misuse, match="more than one is called that"):
            choose(connection, "by-law 2014", EVERYBODY)
        with pytest.raises(NotFound):
            choose(connection, f"{first.document.id}@1", Scope.of(()))
        with pytest.raises(NotFound):
            choose(connection, "credit-control-policy-2013.pdf", Scope.of(()))


def test_what_changed_since_a_day_is_told_with_the_sections(sample_memory: Memory) -> None:
    with sample_memory.store.reading() as connection:
        found = changes(connection, date(2023, 1, 1), EVERYBODY, about="credit control and debt collection policy")
        assert changes(connection, date(2023, 1, 1), Scope.of(()), about="credit control").changes == ()
    (change,) = found.changes
    assert (change.day, change.kind, change.chosen.version.number) == ("2023-07-01", "replaced", 4)
    assert change.before is not None
    assert change.before.version.number == 3
    assert change.comparison is not None
    assert any(pair.status == "changed" for pair in change.comparison.pairs)
    assert "C22/2023" in {d.decision.number for d in found.decisions}
