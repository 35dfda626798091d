"""The months by their names in English, Afrikaans and isiZulu, as they are written here; and days counted by them."""

from __future__ import annotations

import calendar
from datetime import date

ENGLISH = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# In full and cut short, English first; isiZulu names are spelt in more than one way.
_SPELT = (
    "january jan januarie januwari",
    "february feb februarie februwari febuwari",
    "march mar maart mashi",
    "april apr ephreli",
    "may mei meyi",
    "june jun junie juni",
    "july jul julie julayi",
    "august aug augustus agasti",
    "september sept sep septhemba septemba",
    "october oct oktober okt okthoba",
    "november nov novemba",
    "december dec desember des disemba",
)
# Each name in lower case with its month, 1..12.
MONTHS = {name: number for number, names in enumerate(_SPELT, start=1) for name in names.split()}
# Any of them, the longest first, as part of a pattern.
ANY_MONTH = "|".join(sorted(MONTHS, key=lambda name: (-len(name), name)))
# A count further than this is none of days, weeks, months or years.
_MOST = 1000


def later(day: str, count: int, unit: str) -> str | None:
    """The day `count` days, weeks, months or years after `day`; None beyond a thousand or the calendar."""
    if not 0 < count <= _MOST:
        return None
    start = date.fromisoformat(day)
    try:
        if unit.startswith(("day", "week", "dae", "dag")):
            return date.fromordinal(start.toordinal() + count * (7 if unit.startswith("week") else 1)).isoformat()
        months = start.month - 1 + count * (12 if unit.startswith(("year", "jaar")) else 1)
        year, month = start.year + months // 12, months % 12 + 1
        return date(year, month, min(start.day, calendar.monthrange(year, month)[1])).isoformat()
    except (ValueError, OverflowError):
        return None
