"""Serial day numbers shown by a date format code ("yyyy/mm/dd", "[h]:mm"), as Excel shows them (ECMA-376 18.8.31)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from memory.months import ENGLISH

_LAST_SERIAL = 2_958_465  # 9999-12-31
_FEIGNED_LEAP_DAY = 60  # Excel counts a 29 February 1900 that never was
_TOKEN = re.compile(
    r'\[h+\]|\[m+\]|\[s+\]|\[[^\]]*\]|"[^"]*"|\\.|_.|\*.|am/pm|a/p|y+|m+|d+|h+|s+(?:\.0+)?|.', re.IGNORECASE | re.DOTALL
)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def is_date_code(section: str) -> bool:
    """Whether one section of a number format shows a date or time."""
    if "general" in section.lower():
        return False
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|e[+-]0', "", section, flags=re.IGNORECASE)
    return bool(re.search(r"[ymdhs]", bare, re.IGNORECASE))


def show_date(serial: float, section: str, *, from_1904: bool) -> str | None:
    """The day and time as the code shows it; None for a number that is no day."""
    if not 0 <= serial <= _LAST_SERIAL:
        return None
    tokens = _TOKEN.findall(section)
    whole_seconds = not any("." in token and token[0] in "sS" for token in tokens)
    moment = _moment(serial, from_1904, whole_seconds)
    twelve = any(token.lower() in ("am/pm", "a/p") for token in tokens)
    shown = [_show(tokens, index, moment, serial, twelve) for index in range(len(tokens))]
    return "".join(shown).strip()


def _moment(serial: float, from_1904: bool, whole_seconds: bool) -> datetime:
    if from_1904:
        origin = datetime(1904, 1, 1)
    else:
        origin = datetime(1899, 12, 30) if serial >= _FEIGNED_LEAP_DAY else datetime(1899, 12, 31)
    days = int(serial)
    seconds = (serial - days) * 86_400
    return origin + timedelta(days=days, seconds=round(seconds) if whole_seconds else round(seconds, 3))


def _show(tokens: list[str], index: int, moment: datetime, serial: float, twelve: bool) -> str:
    token = tokens[index]
    code = token.lower()
    if token[0] == '"':
        return token[1:-1] if len(token) > 1 else ""
    if token[0] == "\\":
        return token[1:]
    if token[0] in "_*":
        return ""
    if token[0] == "[":
        return _elapsed(code, serial)
    if code in ("am/pm", "a/p"):
        half = "AM" if moment.hour < 12 else "PM"
        return half if code == "am/pm" else half[0]
    if code[0] == "m" and _is_minutes(tokens, index):
        return f"{moment.minute:0{min(len(code), 2)}d}"
    return _part(code, moment, twelve) if code[0] in "ymdhs" else token


def _part(code: str, moment: datetime, twelve: bool) -> str:
    letter, length = code[0], len(code)
    if letter == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    if letter == "h":
        hour = (moment.hour % 12 or 12) if twelve else moment.hour
        return f"{hour:0{min(length, 2)}d}"
    if letter == "s":
        whole, _, fraction = code.partition(".")
        tail = f".{moment.microsecond:06d}"[: len(fraction) + 1] if fraction else ""
        return f"{moment.second:0{min(len(whole), 2)}d}{tail}"
    number, names = (moment.month, ENGLISH) if letter == "m" else (moment.day, _DAYS)
    if length < 3:
        return f"{number:0{length}d}"
    name = names[moment.month - 1] if letter == "m" else names[moment.weekday()]
    return name[:1] if length == 5 else name if length == 4 else name[:3]


def _is_minutes(tokens: list[str], index: int) -> bool:
    """m is minutes right after hours and right before seconds, else months."""
    if len(tokens[index]) > 2:
        return False
    parts = [(i, t.lower().strip("[")[0]) for i, t in enumerate(tokens) if t.lower().strip("[")[:1] in tuple("ymdhs")]
    place = next(n for n, (i, _) in enumerate(parts) if i == index)
    before = parts[place - 1][1] if place else ""
    after = parts[place + 1][1] if place + 1 < len(parts) else ""
    return before == "h" or after == "s"


def _elapsed(code: str, serial: float) -> str:
    unit = {"h": 24, "m": 1_440, "s": 86_400}.get(code[1:2])
    if unit is None or set(code[1:-1]) != {code[1]}:
        return ""
    return f"{int(serial * unit + 1e-6):0{len(code) - 2}d}"
