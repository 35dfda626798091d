"""RTF (specification 1.9.1) as tokens: groups, control words and symbols, bytes of text; binary data left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)

Kind = Literal["open", "close", "word", "symbol", "bytes"]


@dataclass(frozen=True, slots=True)
class Token:
    """`word`: a control word with its number, or a control symbol. `data`: text bytes, in the font's code page."""

    kind: Kind
    word: str = ""
    number: int | None = None
    data: bytes = b""


def tokens(content: bytes) -> Iterator[Token]:
    """The tokens of an RTF file; what follows \\bin is left out, stray bytes are passed over."""
    position = 0
    while match := _TOKEN.search(content, position):
        position = match.end()
        word, number, code, symbol, brace, text = match.groups()
        if text is not None:
            yield Token("bytes", data=text)
        elif code is not None:
            yield Token("bytes", data=bytes([int(code, 16)]))
        elif brace is not None:
            yield Token("open" if brace == b"{" else "close")
        elif symbol is not None:
            yield Token("symbol", symbol.decode("latin-1"))
        elif word is not None:
            value = int(number) if number is not None else None
            if word == b"bin":
                position += max(value or 0, 0)
            else:
                yield Token("word", word.decode("ascii"), value)
