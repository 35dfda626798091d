"""RTF tokens become paragraphs, table rows and facts: numbers as printed, hidden and deleted text left out."""

from __future__ import annotations

from dataclasses import replace

from ingest.readers import rtf_codepages
from ingest.readers.rtf_document import Document, Paragraph, State
from ingest.readers.rtf_tokens import tokens
from ingest.readers.rtf_words import CHARACTERS, INFO, SILENT, SPOKEN, SYMBOLS

MAX_TOKENS = 2_000_000  # some 15 s; a thousand pages take 300,000
GROUPS_DEEP = 2_000  # deeper nesting is an attack


class _Parser:
    def __init__(self) -> None:
        self.document = Document()
        self.state = State()
        self.stack: list[State] = []
        self.encoding = rtf_codepages.DEFAULT
        self.fonts: dict[int, str | None] = {}
        self.default_font: int | None = None
        self.pending = b""  # bytes of text not yet decoded: characters of two bytes come apart
        self.to_skip = 0
        self.high = 0  # first half of a surrogate pair
        self.starting = False  # right after an opening brace
        self.ignorable = False
        self.text: list[str] = []
        self.cells: list[str] = []
        self.letters = self.bold_letters = 0
        self.listed = False
        self.note: list[str] = []
        self.notes: list[str] = []
        self.notes_seen = 0
        self.style_number = 0
        self.style_name = ""
        self.times: dict[str, dict[str, int]] = {}

    def say(self, text: str) -> None:
        """Text at the place where the state stands."""
        place = self.state.place
        if place == "styles":
            self.style_name += text
        elif place.startswith("info:"):
            name = place.partition(":")[2]
            self.document.info[name] = self.document.info.get(name, "") + text
        elif self.state.hidden or place in ("silent", "fonts", "info"):
            return
        elif place == "note":
            self.note.append(text)
        else:
            self.text.append(text)
            if place == "list":
                self.listed = True
            count = sum(character.isalnum() for character in text)
            self.letters += count
            self.bold_letters += count if self.state.bold else 0

    def flush(self) -> None:
        """Decodes the bytes gathered so far in the font's code page."""
        if self.pending:
            encoding = self.state.encoding or self.encoding
            self.say(self.pending.decode(encoding, "replace"))
            self.pending = b""

    def take_bytes(self, data: bytes) -> None:
        if self.to_skip:
            skipped = min(self.to_skip, len(data))
            self.to_skip -= skipped
            data = data[skipped:]
        self.pending += data

    def take_unicode(self, number: int) -> None:
        self.flush()
        code = number & 0xFFFF
        if 0xD800 <= code < 0xDC00:
            self.high = code
        elif 0xDC00 <= code < 0xE000:
            if self.high:
                self.say(chr(0x10000 + ((self.high - 0xD800) << 10) + code - 0xDC00))
            self.high = 0
        else:
            self.say(chr(code))
        self.to_skip = self.state.skip

    def open(self) -> None:
        self.flush()
        self.to_skip = 0
        self.stack.append(self.state)
        self.starting = True
        self.ignorable = False

    def close(self) -> None:
        self.flush()
        self.to_skip = 0
        if not self.stack:
            self.document.balanced = False
            return
        before, self.state = self.state, self.stack.pop()
        if before.place == "styles" and self.style_name:
            self.document.styles[self.style_number] = self.style_name.strip(" ;")
            self.style_name, self.style_number = "", 0
        if before.place == "note" and self.state.place != "note":
            self.notes_seen += 1
            self.text.append(f"[{self.notes_seen}]")
            self.notes.append(f"[{self.notes_seen}] {' '.join(''.join(self.note).split())}")
            self.note = []

    def enter(self, word: str) -> None:
        """The destination that this control word opens, when it stands first in its group."""
        if self.state.place == "silent" or self.state.place.startswith("info:"):
            return
        place = None
        if word in INFO and self.state.place == "info":
            place = f"info:{word}"
        elif word == "info":
            place = "info"
        elif word == "stylesheet":
            place = "styles"
        elif word == "fonttbl":
            place = "fonts"
        elif word == "footnote":
            place = "note"
        elif word in ("listtext", "pntext"):
            place = "list"
        elif word in SILENT or (self.ignorable and word not in SPOKEN):
            place = "silent"
        if word == "pict":
            self.document.pictures += 1
        if place is not None:
            self.state = replace(self.state, place=place)

    def end_paragraph(self) -> None:
        self.flush()
        if self.state.place == "note":
            self.note.append(" ")
            return
        if self.state.place != "body":
            return
        if self.state.in_table:
            self.text.append("\n")
            return
        self.finish("".join(self.text), None)

    def end_cell(self) -> None:
        self.flush()
        self.cells.append("".join(self.text).strip())
        self.text = []

    def end_row(self) -> None:
        self.flush()
        if self.cells:
            self.finish("", tuple(self.cells))
        self.cells = []

    def finish(self, text: str, cells: tuple[str, ...] | None) -> None:
        bold = self.letters > 0 and self.bold_letters == self.letters
        self.document.paragraphs.append(
            Paragraph(text, cells, self.state.style, self.state.outline, bold, self.listed, tuple(self.notes))
        )
        self.text, self.notes, self.listed = [], [], False
        self.letters = self.bold_letters = 0

    def end(self) -> None:
        """The end of the file: what no \\par closed is a paragraph too."""
        self.flush()
        self.document.balanced = self.document.balanced and not self.stack
        self.end_row()
        if self.text:
            self.finish("".join(self.text), None)
        for name, time in self.times.items():
            self.document.info[name] = f"{time.get('yr', 0):04d}-{time.get('mo', 1):02d}-{time.get('dy', 1):02d}"

    def control(self, word: str, number: int | None) -> None:
        if word == "u":
            self.take_unicode(number or 0)
            return
        if self.to_skip and word in CHARACTERS:
            self.to_skip -= 1
            return
        self.flush()
        if self.starting:
            self.enter(word)
        if word in CHARACTERS:
            self.say(CHARACTERS[word])
        elif word in _ENDS:
            _ENDS[word](self)
        elif word in ("yr", "mo", "dy") and self.state.place.startswith("info:"):
            self.times.setdefault(self.state.place.partition(":")[2], {})[word] = number or 0
        else:
            self.format(word, number)

    def symbol(self, symbol: str) -> None:
        """A control symbol such as \\~ or \\*."""
        if symbol == "*":
            self.ignorable = True
        elif symbol in "\r\n":
            self.end_paragraph()
        elif self.to_skip:
            self.to_skip -= 1
        else:
            self.flush()
            self.say(SYMBOLS.get(symbol, ""))

    def format(self, word: str, number: int | None) -> None:
        """Control words that change the state."""
        on = number != 0
        if word == "f":
            self.set_font(number)
        elif word == "deff":
            self.default_font = number
        elif word == "fcharset" and self.state.place == "fonts":
            self.fonts[self.state.font or 0] = rtf_codepages.of_charset(number or 0)
        elif word == "uc":
            self.state = replace(self.state, skip=max(number if number is not None else 1, 0))
        elif word == "b":
            self.state = replace(self.state, bold=on)
        elif word in ("v", "deleted"):
            self.state = replace(self.state, hidden=on)
        elif word == "plain":
            self.state = replace(self.state, bold=False, hidden=False, encoding=self.fonts.get(self.default_font or 0))
        elif word == "pard":
            self.state = replace(self.state, in_table=False, style=0, outline=None)
        elif word == "intbl":
            self.state = replace(self.state, in_table=True)
        elif word == "s":
            self.style_number = number or 0
            self.state = replace(self.state, style=number or 0)
        elif word == "outlinelevel":
            level = number or 0
            self.state = replace(self.state, outline=level + 1 if level < 9 else None)
        else:
            self.encoding = rtf_codepages.of_document(word, number) or self.encoding

    def set_font(self, number: int | None) -> None:
        if self.state.place == "fonts":
            self.state = replace(self.state, font=number)
        else:
            self.state = replace(self.state, encoding=self.fonts.get(number or 0))


def _say_blank(parser: _Parser) -> None:
    """A cell of a table inside a cell ends: its text stays in the outer one."""
    parser.say(" ")


_ENDS = {
    "par": _Parser.end_paragraph,
    "cell": _Parser.end_cell,
    "row": _Parser.end_row,
    "nestcell": _say_blank,
    "nestrow": _say_blank,
}


def parse(content: bytes) -> Document:
    """The document that the bytes of an RTF file hold; what is broken ends it early and leaves it unbalanced."""
    parser = _Parser()
    for count, token in enumerate(tokens(content)):
        if count > MAX_TOKENS:
            parser.document.cut = True
            break
        if token.kind == "open":
            if len(parser.stack) >= GROUPS_DEEP:
                break
            parser.open()
            continue
        if token.kind == "close":
            parser.close()
            if not parser.stack:
                break
        elif token.kind == "word":
            parser.control(token.word, token.number)
        elif token.kind == "symbol":
            parser.symbol(token.word)
        else:
            parser.take_bytes(token.data)
        parser.starting = parser.starting and token.word == "*"
    parser.end()
    return parser.document
