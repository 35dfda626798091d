"""What office files say of themselves, cleaned: titles, authors and dates that programs filled in are no facts."""

from __future__ import annotations

import re
from datetime import date

from ingest.readers.office_pages import one_line

_FIRST_YEAR = 1985  # Word for DOS; earlier dates are 1601 or 1980, the zero of some clock
_LAST_YEAR = 2100
# Titles that programs give by themselves
_NO_TITLE = re.compile(
    r"(?:(?:microsoft )?(?:word|excel|powerpoint)(?: document| presentation| -.*)?|document ?\d*|untitled.*|title"
    r"|slide ?\d*|presentation ?\d*|book ?\d*|.*\.(?:docx?|pptx?|xlsx?|rtf))",
    re.IGNORECASE,
)
_NO_AUTHOR = {"", "python-docx", "python-pptx", "openpyxl", "user", "administrator", "admin",
              "windows user", "microsoft office user", "author", "unknown", "un-named"}  # fmt: skip


def plausible_title(title: str) -> str:
    """The title, or "" where it is one that a program gave ("Microsoft Word - letter.doc")."""
    title = one_line(title)
    return "" if _NO_TITLE.fullmatch(title) else title


def author_names(text: str) -> tuple[str, ...]:
    """The people named, without accounts that name nobody."""
    names = (one_line(name) for name in re.split(r"[;\n]", text))
    return tuple(dict.fromkeys(name for name in names if name.lower() not in _NO_AUTHOR))


def iso_date(text: str) -> str | None:
    """The day of an ISO 8601 time, None where it is none or cannot be true."""
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", text.strip())
    if not match or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def language_code(tag: str) -> str | None:
    """ISO 639-1 of a language tag such as en-ZA; None for others."""
    match = re.fullmatch(r"([a-zA-Z]{2})(?:[-_].*)?", tag.strip())
    return match[1].lower() if match else None
