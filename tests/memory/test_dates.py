from __future__ import annotations

import pytest

from memory.dates import periods


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Minutes-April-16-2024", [("day", "2024-04-16")]),
        ("council-2013-03-28", [("day", "2013-03-28")]),
        ("op 31 Augustus 2017", [("day", "2017-08-31")]),
        ("in March 2019", [("month", "2019-03")]),
        ("tariffs 2024-25", [("financial year", "2024/25")]),
        ("in 2019/2020", [("financial year", "2019/20")]),
        ("3M_2018_10K", [("year", "2018")]),
        ("FY2018 and 2023Q4", [("year", "2018"), ("year", "2023")]),
        ("Water By-law, 2010.", [("year", "2010")]),
        ("R2 000, R2000, 12 000 and 2000 litres", []),
        ("C47/2017 and R2024-089", []),
        ("2017-13-41", []),
    ],
)
def test_periods_are_read_in_every_way_that_they_are_written(text: str, found: list[tuple[str, str]]) -> None:
    assert [(period.kind, period.key) for period in periods(text)] == found


def test_period_is_marked_by_what_it_lies_in() -> None:
    (day,) = periods("31 August 2017")
    (year,) = periods("2019/20")
    assert day.marks() == {"2017-08-31", "2017-08", "2017"}
    assert year.marks() == {"2019/20", "2019", "2020"}
