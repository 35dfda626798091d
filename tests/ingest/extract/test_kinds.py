from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.extract.kinds import kinds, read_kinds
from ingest.extract.subject import Subject
from memory.errors import Misuse

Make = Callable[..., Subject]


def kind(subject: Subject) -> tuple[str, str]:
    """The surest kind and its authority."""
    facts = kinds(subject)
    return facts[0].value, next(fact.value for fact in facts if fact.name == "authority")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("National Water Act, 36 of 1998", ("act", "100")),
        ("Waste Management By-law, 2020", ("by-law", "90")),
        ("Verordening insake Straathandel", ("by-law", "90")),
        ("Minutes of the Council, 30 May 2019", ("minutes", "70")),
        ("Credit Control Policy", ("policy", "60")),
        ("SOP FIN 33: Registering a Household", ("sop", "50")),
        ("Circular 14 of 2024: Libraries", ("circular", "40")),
        ("Memorandum on leave", ("memo", "30")),
        ("Tariffs of Charges 2024/25", ("tariff", "65")),
    ],
)
def test_title_tells_the_kind_and_its_authority(subject: Make, title: str, expected: tuple[str, str]) -> None:
    assert kind(subject("text", title=title)) == expected


def test_act_is_above_by_law_above_resolution_above_policy_above_procedure_above_circular_above_memo() -> None:
    rank = {known.name: known.authority for known in read_kinds()}
    order = ["act", "by-law", "resolution", "policy", "sop", "circular", "memo"]
    assert sorted(order, key=lambda name: -rank[name]) == order
    assert len({rank[name] for name in order}) == len(order)


def test_manifest_counts_more_than_the_title(subject: Make) -> None:
    assert kind(subject("text", title="Waste By-law", kind="policy"))[0] == "policy"


def test_folder_and_first_words_tell_what_the_title_does_not(subject: Make) -> None:
    assert kind(subject("text", title="Street trading", path="/files/by-laws/street.pdf"))[0] == "by-law"
    assert kind(subject("Be it enacted by the Council, as follows", title="Street trading"))[0] == "by-law"


def test_nothing_is_said_of_a_document_that_nothing_tells_of(subject: Make) -> None:
    assert kinds(subject("text", title="Something")) == []


def test_municipality_brings_its_own_kinds(subject: Make, tmp_path: Path) -> None:
    own = tmp_path / "kinds.toml"
    own.write_text('[[kind]]\nname = "standing order"\nauthority = 45\ntitle = "^standing order"\n', "utf-8")
    made = subject("text", title="Standing Order 4: Gates")
    made = Subject(made.document, made.version, made.path, made.pages, read_kinds(own))
    assert kind(made) == ("standing order", "45")


def test_broken_file_of_kinds_is_named(tmp_path: Path) -> None:
    own = tmp_path / "kinds.toml"
    own.write_text("[[kind]]\nname = 'x'\n", "utf-8")
    with pytest.raises(Misuse, match=r"kinds\.toml: is no file of kinds"):
        read_kinds(own)
