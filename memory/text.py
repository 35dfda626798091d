"""Text as it is searched: a page's verbatim slice in, one line with words made whole out."""

import re
import unicodedata

# Quantifiers that never give back (`*+`), so that no run of spaces or line ends takes longer than it is long.
# A word broken over a line end. Only before a small letter: "Section 12-\nA" and "2019-\n2020" keep their hyphen.
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010][^\S\n]*+\n\s*+(?=[a-z\u00df-\u00ff])")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\ufffe\x00-\x08\x0e-\x1b\x7f]")


def searchable(text: str) -> str:
    """`text` for embedding and term search: broken words joined, compatibility forms folded, spaces single."""
    joined = _INVISIBLE.sub("", _BROKEN_WORD.sub("", text))
    return " ".join(unicodedata.normalize("NFKC", joined).split())


def readable(text: str) -> str:
    """`text` on one line, for reading: the same words, broken ones joined, white space single."""
    return " ".join(_BROKEN_WORD.sub("", text).split())


def searchable_lines(text: str) -> str:
    """`text` as `searchable` has it, line by line: where a line begins tells what it declares."""
    joined = _INVISIBLE.sub("", _BROKEN_WORD.sub("", text))
    return "\n".join(" ".join(line.split()) for line in unicodedata.normalize("NFKC", joined).split("\n"))
