from __future__ import annotations

import pytest

from ingest.extract.acts import ShortNames, acts

DEFINED = '"Systems Act" means the Local Government: Municipal Systems Act, 2000 (Act No. 32 of 2000);'
WATER = "the National Water Act, 1998 (Act 36 of 1998)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Businesses Act 71 of 1991", ("Businesses Act", "71", "1991")),
        ("the National Land TransportAct, 2009 (Act No. 5 of 2009)", ("National Land TransportAct", "5", "2009")),
        ("the Municipal Systems Act No. 32, as amended", ("Municipal Systems Act", "32", "")),
        ("by the Constitution and the Expropriation Act, 1975", ("Expropriation Act", "", "1975")),
    ],
)
def test_act_is_named_by_its_title_number_and_year(text: str, expected: tuple[str, str, str]) -> None:
    assert [(n.reference.title, n.reference.number, n.reference.year) for n in acts(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("section 59(1) of the Systems Act", ("section 59(1) of the Systems Act", "32", "2000", "59(1)")),
        ("under the MunicipalSystems Act", ("MunicipalSystems Act", "32", "2000", "")),
        ("of the Water Act", ("Water Act", "36", "1998", "")),
        ("of the Wild Birds Act", ("Wild Birds Act", "", "", "")),
    ],
)
def test_short_name_means_the_act_that_the_text_names_in_full(text: str, expected: tuple[str, ...]) -> None:
    known = ShortNames([DEFINED, WATER])
    found = [(n.reference.words, n.reference.number, n.reference.year, n.reference.section) for n in known.acts(text)]
    assert found == [expected]


@pytest.mark.parametrize("text", ["the said Act", "this Act", DEFINED, WATER, "an Act of Parliament"])
def test_words_that_are_no_short_name_are_passed_over(text: str) -> None:
    assert list(ShortNames([DEFINED]).acts(text)) == []


def test_name_that_two_acts_end_with_stays_open() -> None:
    known = ShortNames(["the Road Traffic Act 93 of 1996 and the Air Traffic Act 12 of 1990"])
    assert [n.reference.number for n in known.acts("the Traffic Act")] == [""]
