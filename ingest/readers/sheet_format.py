"""Numbers shown by a number format code ("R #,##0.00", "0.0%", "(#,##0)"), as Excel shows them (ECMA-376 18.8.31)."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from functools import lru_cache

from ingest.readers.sheet_dates import is_date_code, show_date

GENERAL = "General"
# ECMA-376 18.8.30; 14 and 22 follow the reader's country: here the order that cannot be misread
BUILTIN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0_);(#,##0)", 6: "#,##0_);(#,##0)",
    7: "#,##0.00_);(#,##0.00)", 8: "#,##0.00_);(#,##0.00)", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy/mm/dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/mm/dd h:mm", 37: "#,##0_);(#,##0)",
    38: "#,##0_);(#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);(#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', 42: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', 44: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
_TOKEN = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|[eE][+-]|General|[0#?]|.', re.IGNORECASE | re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_COMPARE = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}
_GENERAL_DIGITS = 10  # significant digits that General shows at most
_DIGITS_MAX = 400  # of a double written out, and more than any code asks for


def shown(value: float, code: str = GENERAL, *, from_1904: bool = False) -> str:
    """The number as the format code displays it; "" where the code hides it."""
    if not math.isfinite(value):
        return str(value)
    section, magnitude = _section(value, code)
    if section.strip().lower() in ("", "general"):
        return "" if section == "" else general(magnitude)
    if is_date_code(section):
        dated = show_date(value, section, from_1904=from_1904)
        return general(value) if dated is None else dated
    return _show_number(magnitude, section)


def general(value: float) -> str:
    """The number as the format General shows it."""
    if value == int(value) and abs(value) < 1e11:
        return str(int(value))
    return f"{value:.{_GENERAL_DIGITS}g}".replace("e+", "E+").replace("e-", "E-")


def _section(value: float, code: str) -> tuple[str, float]:
    """The section of the code for this value, and the value that it shows (unsigned where the section has a sign)."""
    sections = _sections(code)
    conditions = [_CONDITION.search(section) for section in sections[:2]]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=False):
            if condition is None or _COMPARE[condition[1]](value, float(condition[2])):
                return section, value
        return sections[min(2, len(sections) - 1)], value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    sections = [""]
    for token in _TOKEN.findall(code or GENERAL):
        if token == ";":
            sections.append("")
        else:
            sections[-1] += token
    return tuple(sections)


@lru_cache(maxsize=512)
def _tokens(section: str) -> tuple[tuple[str, str], ...]:
    """The section as (kind, text): "digit", "point", "comma", "percent", "exponent", "slash", "text", "general"."""
    tokens = []
    for token in _TOKEN.findall(section):
        if token[0] == '"':
            tokens.append(("text", token.strip('"')))
        elif token[0] == "\\":
            tokens.append(("text", token[1:]))
        elif token[0] == "[":
            currency = _CURRENCY.fullmatch(token)
            tokens.append(("text", currency[1] if currency else ""))
        elif token[0] in "_*" and len(token) == 2:
            tokens.append(("text", " " if token[0] == "_" or token[1] == " " else ""))
        elif len(token) == 2 and token[0] in "eE":
            tokens.append(("exponent", token[1]))
        elif token.lower() == "general" or token == "@":
            tokens.append(("general", ""))
        else:
            kinds = {".": "point", ",": "comma", "%": "percent", "/": "slash"}
            tokens.append(("digit" if token in "0#?" else kinds.get(token, "text"), token))
    return tuple(tokens)


def _show_number(value: float, section: str) -> str:
    tokens = _tokens(section)
    kinds = [kind for kind, _ in tokens]
    if "digit" not in kinds:
        text = "".join(general(value) if kind == "general" else text for kind, text in tokens)
    elif "exponent" in kinds:
        text = _show_exponent(value, tokens)
    elif "slash" in kinds:
        text = _show_fraction(value, tokens)
    else:
        text = _show_decimal(value, tokens)
    return " ".join(text.split())


def _show_decimal(value: float, tokens: tuple[tuple[str, str], ...]) -> str:
    kinds = [kind for kind, _ in tokens]
    point = kinds.index("point") if "point" in kinds else len(tokens)
    last = max((i for i in range(point) if kinds[i] == "digit"), default=-1)
    first = kinds.index("digit")
    thousands = any(kinds[i] == "comma" for i in range(first, last))
    end = len(kinds) - kinds[::-1].index("digit")
    scale = kinds[last + 1 : point].count("comma") + (kinds[end:].count("comma") if point < end else 0)
    places = [text for kind, text in tokens[point:] if kind == "digit"]
    number = _rounded(abs(value), 2 * kinds.count("percent") - 3 * scale, len(places))
    whole, _, fraction = number.partition(".")
    needed = len("".join(text for kind, text in tokens[:point] if kind == "digit").lstrip("#?"))
    digits = whole.lstrip("0").rjust(needed, "0")
    text = _fill_whole(tokens[:point], digits, thousands) + _fill_fraction(tokens[point:], fraction)
    negative = value < 0 and any(digit in "123456789" for digit in whole + fraction)
    return f"-{text.lstrip()}" if negative else text


def _rounded(value: float, power: int, places: int) -> str:
    """value * 10**power with so many decimals, halves rounded up as Excel does on the decimal digits."""
    with localcontext() as context:
        context.prec = _DIGITS_MAX
        try:
            return str(Decimal(repr(value)).scaleb(power).quantize(Decimal(1).scaleb(-min(places, 30)), ROUND_HALF_UP))
        except InvalidOperation:
            return repr(value)


def _fill_whole(tokens: tuple[tuple[str, str], ...], digits: str, thousands: bool) -> str:
    """The digits put into their places from the right; the leftmost place takes those that are left."""
    pieces: list[str] = []
    places = sum(kind == "digit" for kind, _ in tokens)
    used = 0
    for kind, text in reversed(tokens):
        if kind == "digit":
            places -= 1
            take = len(digits) - used if places == 0 else 1
            for _ in range(take):
                if used < len(digits):
                    if thousands and used and used % 3 == 0:
                        pieces.append(",")
                    used += 1
                    pieces.append(digits[-used])
        elif kind == "text" and (used < len(digits) or places == 0 or not text.isspace()):
            pieces.append(text[::-1])
        elif kind in ("percent", "slash"):
            pieces.append(text)
    return "".join(pieces)[::-1]


def _fill_fraction(tokens: tuple[tuple[str, str], ...], fraction: str) -> str:
    places = [text for kind, text in tokens if kind == "digit"]
    kept = len(places)
    while kept and places[kept - 1] != "0" and fraction[kept - 1 : kept] in ("0", ""):
        kept -= 1
    text, used = "", 0
    for kind, symbol in tokens:
        if kind == "digit":
            text += fraction[used : used + 1] if used < kept else ""
            used += 1
        elif kind == "point":
            text += "." if kept or not places else ""
        elif kind in ("text", "percent"):
            text += symbol
    return text


def _show_exponent(value: float, tokens: tuple[tuple[str, str], ...]) -> str:
    kinds = [kind for kind, _ in tokens]
    at = kinds.index("exponent")
    point = kinds.index("point") if "point" in kinds[:at] else at
    places = kinds[point:at].count("digit")
    mantissa, _, power = f"{value:.{min(places, 30)}E}".partition("E")
    sign = "-" if int(power) < 0 else "+" if tokens[at][1] == "+" else ""
    return f"{mantissa}E{sign}{abs(int(power)):0{max(kinds[at:].count('digit'), 1)}d}"


def _show_fraction(value: float, tokens: tuple[tuple[str, str], ...]) -> str:
    kinds = [kind for kind, _ in tokens]
    slash = kinds.index("slash")
    places = max(kinds[slash:].count("digit"), 1)
    fixed = "".join(text for kind, text in tokens[slash + 1 :] if text.isdigit() and text != "0")
    whole = int(abs(value))
    rest = Fraction(abs(value) - whole).limit_denominator(10 ** min(places, 4) - 1)
    if fixed:
        rest = Fraction(round((abs(value) - whole) * int(fixed)), int(fixed))
    parts = [str(whole)] if whole or not rest else []
    parts += [f"{rest.numerator}/{rest.denominator}"] if rest else []
    return ("-" if value < 0 else "") + " ".join(parts)
