"""Numbers as lists print them: 4, iv, (d), first. Formats are ST_NumberFormat of ECMA-376 part 1, 17.18.59."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_CARDINALS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_IRREGULAR = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
              "nine": "ninth", "twelve": "twelfth"}  # fmt: skip


def printed(number: int, number_format: str) -> str:
    """The number as a list label prints it; an unknown format prints as decimal."""
    match number_format:
        case "lowerLetter":
            return letters(number)
        case "upperLetter":
            return letters(number).upper()
        case "lowerRoman":
            return roman(number)
        case "upperRoman":
            return roman(number).upper()
        case "decimalZero":
            return f"{number:02d}"
        case "ordinal":
            return f"{number}{_suffix(number)}"
        case "cardinalText":
            return _cardinal(number).capitalize()
        case "ordinalText":
            return _ordinal(number).capitalize()
        case "none" | "bullet":
            return ""
    return str(number)


def letters(number: int) -> str:
    """a to z, then aa, bb, cc as Word counts."""
    if number < 1:
        return str(number)
    repeat, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * min(repeat + 1, 30)


def roman(number: int) -> str:
    """The number in lower-case Roman numerals; outside 1 to 3,999 in decimal."""
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, symbol in _ROMAN:
        count, number = divmod(number, value)
        text += symbol * count
    return text


def _suffix(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _cardinal(number: int) -> str:
    if not 0 <= number < 100:
        return str(number)
    if number < 20:
        return _CARDINALS[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_CARDINALS[ones]}" if ones else "")


def _ordinal(number: int) -> str:
    if not 0 <= number < 100:
        return f"{number}{_suffix(number)}"
    head, dash, last = _cardinal(number).rpartition("-")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    last = _IRREGULAR.get(last, regular)
    return head + dash + last
