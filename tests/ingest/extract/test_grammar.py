from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.document import Block, ReadPage
from ingest.extract import grammar
from ingest.extract.decisions import read
from ingest.extract.flow import Flow
from ingest.extract.house import load
from ingest.extraction import extract
from ingest.pipeline import ingest
from memory import register
from memory.access import Scope
from memory.errors import Misuse
from memory.memory import Memory
from memory.minutes import Decision, Minutes
from memory.register import Wanted

OPENING = (
    "MINUTES OF AN ORDINARY MEETING OF THE UMHLABA LOCAL COUNCIL\n\nheld on Tuesday 4 June 2024 in the town hall\n\n"
)


def pages(*texts: str) -> list[ReadPage]:
    """Pages whose paragraphs are parted by blank lines; "3. Gravel" is a heading."""
    made = []
    heading: tuple[str, ...] = ()
    for number, text in enumerate(texts, start=1):
        blocks, at = [], 0
        for part in text.split("\n\n"):
            start = text.index(part, at)
            at = start + len(part)
            heads = re.fullmatch(r"\d+\. \w+", part) is not None
            heading = (part,) if heads else heading
            blocks.append(Block("heading" if heads else "paragraph", start, at, heading))
        made.append(ReadPage(number, text, f"page-{number}", blocks=tuple(blocks)))
    return made


def minutes_of(*texts: str) -> Minutes:
    found = read(pages(*texts))
    assert found is not None
    return found


def brief(decision: Decision) -> tuple[str, str, str, str, str]:
    return decision.number, decision.mover, decision.seconder, decision.outcome, decision.text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "R2025-063 A. Mover, B. Seconder: THAT the grader be sold. Carried.",
            ("R2025-063", "A. Mover", "B. Seconder", "carried", "THAT the grader be sold."),
        ),
        (
            "R2025-063 A. Mover, B. Seconder;\nTHAT the grader be sold.\nDefeated.",
            ("R2025-063", "A. Mover", "B. Seconder", "lost", "THAT the grader be sold."),
        ),
        ("RESOLVED:\n\n(a) That tanks be bought.", ("", "", "", "carried", "(a) That tanks be bought.")),
        (
            "COUNCIL RESOLVED THAT the library open on Saturdays.",
            ("", "", "", "carried", "THAT the library open on Saturdays."),
        ),
        (
            "On the proposal of Cllr P. Zwane, seconded by Cllr M. Botha, it was resolved that no loan be taken up.",
            ("", "P. Zwane", "M. Botha", "carried", "that no loan be taken up."),
        ),
        (
            "A.12/2024 BESLUIT DAT die begroting goedgekeur word.",
            ("A.12/2024", "", "", "carried", "DAT die begroting goedgekeur word."),
        ),
        (
            "C7/2024 RESOLVED on the proposal of Cllr C. van Wyk, seconded by Cllr D. Naicker: THAT the pound close.",
            ("C7/2024", "C. van Wyk", "D. Naicker", "carried", "THAT the pound close."),
        ),
    ],
)
def test_decision_is_read_in_the_style_of_its_house(written: str, expected: tuple[str, str, str, str, str]) -> None:
    assert [brief(d) for d in minutes_of(OPENING + written).decisions] == [expected]


def test_meeting_gives_body_day_and_item() -> None:
    found = minutes_of(OPENING + "2. Library\n\nCOUNCIL RESOLVED THAT it open on Saturdays.")
    decision = found.decisions[0]
    assert (found.body, found.day) == ("UMHLABA LOCAL COUNCIL", "2024-06-04")
    assert (decision.item, decision.title) == ("2", "Library")
    assert decision.day_at is not None
    assert decision.day_at.quote == "held on Tuesday 4 June 2024"


def test_text_over_two_pages_is_one_and_every_slice_stands_on_its_page() -> None:
    made = pages(
        OPENING + "C7/2024 RESOLVED:\n\n(a) THAT the bridge be\n\nPage 1 of 2",
        "built; and\n\n(b) THAT it be painted.\n\n(To act: Director Works; by 1 July 2024.)",
    )
    made[0] = ReadPage(1, made[0].text, "page-1", blocks=made[0].blocks[:-1])
    found = read(made)
    assert found is not None
    decision = found.decisions[0]
    assert decision.text == "(a) THAT the bridge be built; and\n(b) THAT it be painted."
    assert [(e.page, e.quote) for e in decision.wording] == [
        (1, "(a) THAT the bridge be"),
        (2, "built; and\n\n(b) THAT it be painted."),
    ]
    assert all(made[e.page - 1].text[e.start : e.end] == e.quote for e in (decision.head, *decision.wording))


def test_votes_actions_and_declared_interests_belong_to_their_decision() -> None:
    found = minutes_of(
        OPENING + "Cllr H. Steyn declared that he owns a quarry and will leave during item 3.\n\n"
        "3. Gravel\n\n(Report 8/2/1 of the Engineer dated 11 May 2024)\n\n"
        "C8/2024 RESOLVED on the proposal of Cllr A. Zulu, seconded by Cllr B. Cele: THAT gravel be bought.\n\n"
        "Put to the vote: 16 for, 6 against, 1 abstention.\n\n"
        "(To act: Engineer; Treasurer; by 30 June 2024 for clause (a); at once.)"
    )
    decision = found.decisions[0]
    votes = decision.votes
    assert (votes.votes_for, votes.votes_against, votes.abstentions) == (16, 6, 1)
    assert decision.votes_at is not None
    assert decision.votes_at.quote == "Put to the vote: 16 for, 6 against, 1 abstention"
    assert decision.report == "8/2/1 of the Engineer dated 11 May 2024"
    assert [(a.actor, a.due, a.due_words, a.clauses) for a in decision.actions] == [
        ("Engineer", "2024-06-30", "30 June 2024", "(a)"),
        ("Treasurer", "", "at once", ""),
    ]
    assert [(i.who, i.item) for i in decision.interests] == [("H. Steyn", "3")]


def test_amendment_that_was_lost_is_a_decision_of_its_own() -> None:
    found = minutes_of(
        OPENING + "An amendment by Cllr C. van Wyk, seconded by Cllr H. Steyn, that the period be 14 days, was put and "
        "lost by 8 votes to 14.\n\nC7/2024 RESOLVED on the proposal of Cllr J. Zulu, seconded by Cllr A. Sithole: THAT "
        "the period be 30 days."
    )
    assert [(d.kind, d.outcome, d.text) for d in found.decisions] == [
        ("amendment", "lost", "that the period be 14 days"),
        ("resolution", "carried", "THAT the period be 30 days."),
    ]


def test_what_looks_like_a_decision_and_was_not_understood_is_listed() -> None:
    found = minutes_of(
        OPENING + "C7/2024 RESOLVED: THAT the pound close.\n\nC8/2024 BESLUIT soos versoek.\n\n"
        "C9/2024 RESOLVED: THAT it be sold.\n\nThe chairman said that it was resolved in the car."
    )
    assert [d.number for d in found.decisions] == ["C7/2024", "C9/2024"]
    assert [(u.reason, u.evidence.quote) for u in found.unread] == [
        (
            "a resolution number at the head of a paragraph, without words that are understood",
            "C8/2024 BESLUIT soos versoek.",
        ),
        ("nothing was read between C7/2024 and C9/2024", "C9/2024 RESOLVED:"),
        ("something is resolved", "The chairman said that it was resolved in the car."),
    ]


def test_resolution_without_an_outcome_is_kept_and_listed() -> None:
    found = minutes_of(OPENING + "R2025-063 A. Mover, B. Seconder: THAT the grader be sold.")
    assert [(d.number, d.outcome) for d in found.decisions] == [("R2025-063", "")]
    assert [u.reason for u in found.unread] == ["no outcome of R2025-063 is recorded"]


def test_head_that_the_reader_took_for_a_running_head_is_put_back() -> None:
    made = pages(OPENING + "R2025-063 A. Mover, B. Seconder:\n\nTHAT the grader be sold. Carried.")
    made[0] = ReadPage(1, made[0].text, "page-1", blocks=(*made[0].blocks[:2], made[0].blocks[3]))
    found = read(made)
    assert found is not None
    assert [d.number for d in found.decisions] == ["R2025-063"]


def test_house_is_added_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.toml"
    file.write_text(
        """
name = "Elsewhere"
recognise = ["Protokoll"]
[terms]
who = '[A-Z][a-z]+'
[outcomes]
"angenommen" = "carried"
[[decision]]
kind = "resolution"
opens = '^Beschluss (?P<number>\\d+) \\((?P<mover>{who})\\): (?P<text>[^.]+)\\. (?P<outcome>Angenommen)'
""",
        encoding="utf-8",
    )
    flow = Flow(pages("Protokoll\n\nBeschluss 7 (Muster): Die Schule bleibt. Angenommen"))
    found = grammar.read(flow, load(file))
    assert [brief(d) for d in found.decisions] == [("7", "Muster", "", "carried", "Die Schule bleibt")]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('name = "X"\nrecognise = ["("]\ndecision = []', "unterminated subpattern"),
        ('name = "X"\nrecognise = []\ncolour = "red"\ndecision = []', "colour"),
        ('name = "X"\nrecognise = []\n[[decision]]\nkind = "wish"\nopens = "x"', "wish"),
        ("name =", "x.toml"),
    ],
)
def test_house_file_that_is_not_understood_is_named_with_the_reason(tmp_path: Path, said: str, told: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text(said, encoding="utf-8")
    with pytest.raises(Misuse, match=r"x\.toml") as caught:
        load(file)
    assert told in str(caught.value)


def test_memory_reads_minutes_in_a_style_of_its_own(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "minutes-7.txt").write_text(
        "Protokoll vom 4 June 2024\n\nBeschluss 7/2024: Die Schule bleibt.\n", "utf-8"
    )
    ingest(memory, [tmp_path / "minutes-7.txt"])
    (memory.store.data / "houses").mkdir()
    (memory.store.data / "houses" / "elsewhere.toml").write_text(
        "name = 'Elsewhere'\nrecognise = ['Protokoll']\n[meeting]\nbody_is = 'Rat'\n[[decision]]\nkind = 'resolution'\n"
        "outcome = 'carried'\nopens = '^Beschluss (?P<number>[0-9/]+): (?P<text>[^.]+)'\n",
        encoding="utf-8",
    )
    with memory.store.writing():
        assert extract(memory) == 1
    with memory.store.reading() as connection:
        found = register.find(connection, Wanted(), Scope.operator())
    assert [(d.decision.number, d.decision.body, d.decision.day) for d in found] == [("7/2024", "Rat", "2024-06-04")]
