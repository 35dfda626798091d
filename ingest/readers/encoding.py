"""Bytes of unknown encoding become text: by byte order mark, by zero bytes, as UTF-8, then by likelihood."""

from __future__ import annotations

import codecs
import re

# Bytes looked at when guessing: enough for any statistics, and bounded in time.
_SAMPLE = 200_000
# Longest mark first: the one of UTF-16 begins that of UTF-32.
_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
# Share of zero bytes on one side of each pair that tells UTF-16 of mostly Latin script.
_ZERO_SHARE = 0.4
# Control characters that text has: tab, line ends, form feed, escape (ISO 2022), end of file (DOS).
_CONTROL = bytes(sorted(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})) + b"\x7f"
_CONTROL_SHARE = 0.02
# Below this share of bytes over 127 a text is taken for Western, where guessing by statistics goes astray.
_FOREIGN_SHARE = 0.25
# What a wrong Western guess looks like: capitals with accents or symbols inside a word of small letters.
_IMPLAUSIBLE = re.compile(r"(?<=[a-zß-ÿ])[^\x00-\x7fß-ÿ“”‘’–—…•°²³½¼€®™\xa0»](?=[a-zß-ÿ])|[\x80-\x9f]")
# Never tried: rare, and close enough to a common encoding to be taken for it.
_RARE = ["mac_cyrillic", "mac_greek", "mac_iceland", "mac_latin2", "mac_turkish", "cp037", "cp500", "cp1026", "cp1140"]
_WESTERN = ("cp1252", "mac_roman", "cp850", "latin-1")
# EBCDIC writes space as 0x40 and has no use for 0x20.
_EBCDIC_SPACE, _SPACE = 0x40, 0x20


class NotText(ValueError):
    """The bytes are no text in any encoding that is read here."""


def decode(content: bytes, declared: str = "") -> str:
    """`content` as text without byte order mark; `declared`: the encoding that the file claims.

    Raises NotText.
    """
    marked = _by_mark(content)
    if marked:
        return content.decode(marked, "replace").lstrip("\ufeff")
    if is_binary(content[:_SAMPLE]):
        raise NotText("it holds no text")
    if _is_ebcdic(content[:_SAMPLE]):
        raise NotText("it is EBCDIC text of a mainframe; convert it to UTF-8")
    # The seven-bit encodings of East Asia are valid UTF-8 as well, and mean something else.
    seven_bit = declared.lower().startswith(("iso-2022-", "hz-"))
    for encoding in (declared, "utf-8") if seven_bit else ("utf-8", declared):
        text = _strictly(content, encoding)
        if text is not None:
            return text
    return content.decode(_guess(content[:_SAMPLE]), "replace")


def decode_loosely(head: bytes) -> str:
    """The first bytes of a file as text good enough to recognise markup and field names in."""
    return head.decode(_by_mark(head) or "utf-8", "replace").lstrip("\ufeff")


def is_binary(sample: bytes) -> bool:
    """Whether the bytes hold zero bytes or many control characters, and are no UTF-16 or UTF-32."""
    if _by_mark(sample):
        return False
    control = len(sample) - len(sample.translate(None, _CONTROL))
    return b"\x00" in sample or control > _CONTROL_SHARE * len(sample)


def _by_mark(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    sample = content[:_SAMPLE]
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if half and odd > _ZERO_SHARE * half and even < odd / 8:
        return "utf-16-le" if _is_clean(sample[1::2], sample[0::2]) else ""
    if half and even > _ZERO_SHARE * half and odd < even / 8:
        return "utf-16-be" if _is_clean(sample[0::2], sample[1::2]) else ""
    return ""


def _is_clean(high: bytes, low: bytes) -> bool:
    """Whether the low bytes of the characters whose high byte is zero are text."""
    latin = bytes(byte for above, byte in zip(high, low, strict=False) if not above)
    return len(latin) - len(latin.translate(None, _CONTROL)) <= _CONTROL_SHARE * len(latin)


def _is_ebcdic(sample: bytes) -> bool:
    return sample.count(_EBCDIC_SPACE) > len(sample) / 20 and sample.count(_SPACE) < len(sample) / 100


def _strictly(content: bytes, encoding: str) -> str | None:
    if not encoding:
        return None
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _guess(sample: bytes) -> str:
    foreign = len(sample.translate(None, bytes(range(128))))
    if foreign > _FOREIGN_SHARE * len(sample):
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_exclusion=_RARE).best()
        if best is not None:
            return best.encoding
    return min(_WESTERN, key=lambda encoding: _implausible(sample, encoding))


def _implausible(sample: bytes, encoding: str) -> int:
    """How many characters look out of place; the first of equals wins."""
    text = _strictly(sample, encoding)
    return len(sample) if text is None else len(_IMPLAUSIBLE.findall(text))
