from __future__ import annotations

from collections.abc import Callable

from ingest.extract.names import names
from ingest.extract.subject import Subject

Make = Callable[..., Subject]


def values(subject: Subject, name: str) -> list[str]:
    """The values of one fact."""
    return [fact.value for fact in names(subject) if fact.name == name]


def test_running_line_is_the_title_where_only_the_file_name_is_known(subject: Make) -> None:
    pages = [f"text {n}\nBeaches By-law, 2015\n{n} of 4" for n in range(1, 5)]
    made = subject(*pages, title="za beaches", file_name="za_beaches.pdf")
    assert values(made, "title")[0] == "Beaches By-law, 2015"


def test_short_title_clause_gives_the_title(subject: Make) -> None:
    text = "This By-law is called the Waste By-law, 2020, and comes into operation on 1 January 2021."
    assert values(subject(text, title="scan 4", file_name="scan-4.pdf"), "title") == ["Waste By-law, 2020"]


def test_title_that_was_given_is_kept(subject: Make) -> None:
    assert values(subject("text", title="Waste By-law, 2020"), "title") == ["Waste By-law, 2020"]


def test_resolution_that_adopted_a_policy_is_one_of_its_names(subject: Make) -> None:
    assert values(subject("Adopted by Council resolution C45/2019 on 30 May 2019."), "adopted_by") == ["C45/2019"]


def test_minutes_define_the_resolutions_that_they_record(subject: Make) -> None:
    text = "As in C7/2013.\n\nC33/2024 RESOLVED on the proposal of Cllr A: THAT trees be planted.\n\nC34/2024 RESOLVED"
    assert values(subject(text, title="Minutes of the Council"), "resolution") == ["C33/2024", "C34/2024"]


def test_municipality_is_the_one_that_is_named_most(subject: Make) -> None:
    text = "The eThekwini Municipality and the eThekwini Metropolitan Municipality, formerly the Durban Municipality"
    assert values(subject(text), "municipality") == ["ethekwini"]


def test_circular_goes_by_its_number(subject: Make) -> None:
    assert values(subject("text", title="Circular 14 of 2024: Libraries"), "number") == ["14/2024"]
