from __future__ import annotations

from pathlib import Path

from memory.lexicon import Lexicon, LexiconRow, acronyms, municipalities

ROWS = [
    LexiconRow(0, 7, 0, ("MINUTES",), "Minutes of 31 August 2017. The Integrated Development Plan (IDP) was noted."),
    LexiconRow(1, 7, 1, ("MINUTES",), "C47/2017 RESOLVED: THAT it be adopted by the Isivivane Local Municipality."),
]


def test_acronym_is_found_with_its_words_either_way_round() -> None:
    text = (
        "The Integrated Development Plan (IDP) and the MPAC (Municipal Public Accounts Committee) of Council (see A)."
    )
    assert acronyms(text) == [
        ("IDP", "Integrated Development Plan"),
        ("MPAC", "Municipal Public Accounts Committee"),
    ]


def test_municipalities_are_named_without_what_they_are() -> None:
    text = "The Isivivane Local Municipality, the City of Cape Town Council and the municipality of Cape Agulhas agree."
    assert municipalities(text) == ["Isivivane", "Cape Town", "Cape Agulhas"]


def test_lexicon_that_grew_equals_one_made_at_once(tmp_path: Path) -> None:
    grown, whole = Lexicon(), Lexicon()
    grown.add(ROWS[:1])
    grown.save(tmp_path / "first")
    grown = Lexicon.load(tmp_path / "first")
    grown.add(ROWS[1:])
    whole.add(ROWS)
    grown.save(tmp_path / "grown")
    whole.save(tmp_path / "whole")
    assert (tmp_path / "grown").read_bytes() == (tmp_path / "whole").read_bytes()
    assert whole.rows("number", "C 2017-47") == ([1], [])
    assert whole.openings == {7: "Minutes of 31 August 2017. The Integrated Development Plan (IDP) was noted.\nMINUTES"}
