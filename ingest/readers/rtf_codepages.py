"""Which code page RTF text is in: by the document's \\ansicpg and by each font's \\fcharset (RTF 1.9.1, font table)."""

from __future__ import annotations

import codecs

DEFAULT = "cp1252"
_BY_CHARSET = {
    0: "cp1252", 77: "mac_roman", 78: "shift_jis", 79: "cp949", 80: "gb2312", 81: "big5", 83: "mac_cyrillic",
    84: "mac_greek", 85: "mac_turkish", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_BY_WORD = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850", "ansi": DEFAULT}


def of_charset(charset: int) -> str | None:
    """The encoding of a font's character set; None for one that follows the document (1) or has symbols (2)."""
    return _BY_CHARSET.get(charset)


def of_document(word: str, number: int | None) -> str | None:
    """The encoding that a header word (\\ansi, \\mac, \\ansicpg1252) names, None for other words."""
    if word != "ansicpg":
        return _BY_WORD.get(word)
    name = {65001: "utf-8", 10000: "mac_roman", 1200: DEFAULT, 0: DEFAULT}.get(number or 0, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return DEFAULT
