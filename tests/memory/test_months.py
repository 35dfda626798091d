from __future__ import annotations

import pytest

from memory.months import ENGLISH, MONTHS, later


def test_every_month_is_known_in_three_languages() -> None:
    assert [MONTHS[name.lower()] for name in ENGLISH] == list(range(1, 13))
    assert [MONTHS[name] for name in ("junie", "okt", "februwari", "febuwari", "septhemba")] == [6, 10, 2, 2, 9]


@pytest.mark.parametrize(
    ("count", "unit", "day"),
    [(6, "months", "2016-02-29"), (1, "year", "2016-08-31"), (30, "days", "2015-09-30"), (2, "weeks", "2015-09-14")],
)
def test_day_so_much_later_stays_in_the_calendar(count: int, unit: str, day: str) -> None:
    assert later("2015-08-31", count, unit) == day
