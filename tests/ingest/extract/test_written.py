from __future__ import annotations

import pytest

from ingest.extract.written import FinancialYear, days, financial_years


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("with effect from 1 July 2019.", "2019-07-01"),
        ("on the 1st day of July 2019", "2019-07-01"),
        ("on the 22nd of November, 2013", "2013-11-22"),
        ("PROVINCIAL GAZETTE, 27 NOVEMBER 2020", "2020-11-27"),
        ("July 1, 2019", "2019-07-01"),
        ("dated 2019-07-01", "2019-07-01"),
        ("dated 2019/07/01", "2019-07-01"),
        ("on 03/04/2019", "2019-04-03"),
        ("on 3.4.2019", "2019-04-03"),
        ("1 Junie 2015 het die raad", "2015-06-01"),
        ("30 Oktober 2015", "2015-10-30"),
        ("mhla ka-2 Novemba 2015", "2015-11-02"),
        ("In force from 1 July\n2023.", "2023-07-01"),
        ("28\nFebruary, 1992", "1992-02-28"),
    ],
)
def test_day_is_read_as_it_is_written_here(text: str, day: str) -> None:
    assert [(found.day, text[found.start : found.end] in text) for found in days(text)] == [(day, True)]


@pytest.mark.parametrize("text", ["31 February 2019", "section 12 of 2019", "12/2019", "R1 2019", "version 1.2.3"])
def test_what_is_no_day_is_not_read_as_one(text: str) -> None:
    assert list(days(text)) == []


def test_every_day_of_a_text_is_found_in_order() -> None:
    text = "adopted on 30 May 2019, in force from 1 July 2019 until 30 June 2023"
    assert [found.day for found in days(text)] == ["2019-05-30", "2019-07-01", "2023-06-30"]


@pytest.mark.parametrize("written", ["2019/20", "2019/2020", "2019-20", "2019-2020", "2019–20"])
def test_financial_year_runs_from_july_to_june(written: str) -> None:
    text = f"Tariffs {written}"
    assert list(financial_years(text)) == [FinancialYear("2019-07-01", "2020-06-30", 8, 8 + len(written))]


def test_years_that_do_not_follow_each_other_are_no_financial_year() -> None:
    assert list(financial_years("the plan of 2017-2022, file 2019/35")) == []
