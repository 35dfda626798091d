"""The words of one Word paragraph as displayed: revisions accepted, field results, no comments, boxes set aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.readers.docx_numbering import W
from ingest.readers.docx_styles import switch
from ingest.readers.ordinals import roman
from ingest.readers.package import Element

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PICTURES = (f"{_A}blip", "{urn:schemas-microsoft-com:vml}imagedata")
_OBJECTS = (
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
)

_SKIPPED_NAMES = [
    "del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "instrText", "delText", "delInstrText",
    "commentReference", "annotationRef", "rt", "fldData", "smartTagPr", "customXmlPr", "rubyPr", "footnoteRef",
    "endnoteRef", "numberingChange",
]  # fmt: skip
_SKIPPED = {f"{W}{name}" for name in _SKIPPED_NAMES}
_PLAIN = {
    f"{W}tab": " ",
    f"{W}ptab": " ",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "",
}
# Symbol fonts: the boxes of forms, by the low byte of w:sym's character
_WINGDINGS = {0xA8: "☐", 0x6F: "☐", 0xFE: "☒", 0xFD: "☒", 0xFC: "✓", 0x78: "☒", 0x52: "☑", 0x54: "☒"}


@dataclass(slots=True)
class Spoken:
    """What one paragraph says. `bold`: all of its words are; `objects`: relationship ids of charts and diagrams."""

    text: str = ""
    bold: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)  # printed mark, id with "f" or "e" before it
    boxes: list[Element] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    pictures: int = 0


class Words:
    """Reads paragraphs in document order: complex fields span paragraphs, notes count through the document."""

    def __init__(self) -> None:
        self._fields: list[bool] = []  # for each open field: whether its displayed result has begun
        self._counts = {"f": 0, "e": 0}
        self._letters = 0
        self._bold_letters = 0

    def of(self, paragraph: Element, *, bold: bool = False) -> Spoken:
        """What the paragraph (w:p) says; `bold`: its style is bold."""
        spoken = Spoken()
        self._letters = self._bold_letters = 0
        spoken.text = "".join(self._walk(paragraph, spoken, bold))
        spoken.bold = self._letters > 0 and self._bold_letters == self._letters
        return spoken

    def _walk(self, element: Element, spoken: Spoken, bold: bool) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SKIPPED:
                continue
            if tag == f"{W}r":
                yield from self._run(child, spoken, bold)
            elif tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType"))
            elif tag in (f"{W}t", f"{_M}t"):
                yield self._say(_text(child), bold)
            elif tag in _PLAIN:
                yield self._say(_PLAIN[tag], bold)
            elif tag == f"{W}sym":
                yield self._say(_symbol(child), bold)
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                yield self._note(child, spoken)
            else:
                yield from self._deeper(child, spoken, bold)

    def _run(self, run: Element, spoken: Spoken, bold: bool) -> Iterator[str]:
        properties = run.find(f"{W}rPr")
        if switch(properties, "vanish") or switch(properties, "specVanish"):
            return
        own = switch(properties, "b")
        yield from self._walk(run, spoken, bold if own is None else own)

    def _deeper(self, child: Element, spoken: Spoken, bold: bool) -> Iterator[str]:
        if child.tag == f"{_MC}AlternateContent":
            chosen = child.find(f"{_MC}Choice")
            if chosen is None or not len(chosen):
                chosen = child.find(f"{_MC}Fallback")
            if chosen is not None:
                yield from self._walk(chosen, spoken, bold)
        elif child.tag == f"{W}txbxContent":
            spoken.boxes.append(child)
        elif child.tag in _PICTURES:
            spoken.pictures += 1
        elif child.tag in _OBJECTS:
            spoken.objects.append(child.get(f"{_R}id") or child.get(f"{_R}dm") or "")
        else:
            yield from self._walk(child, spoken, bold)

    def _say(self, text: str, bold: bool) -> str:
        if self._fields and not all(self._fields):
            return ""
        letters = sum(character.isalnum() for character in text)
        self._letters += letters
        self._bold_letters += letters if bold else 0
        return text

    def _field(self, step: str | None) -> None:
        if step == "begin":
            self._fields.append(False)
        elif step == "separate" and self._fields:
            self._fields[-1] = True
        elif step == "end" and self._fields:
            self._fields.pop()

    def _note(self, reference: Element, spoken: Spoken) -> str:
        kind = "f" if reference.tag == f"{W}footnoteReference" else "e"
        self._counts[kind] += 1
        number = self._counts[kind]
        mark = f"[{number}]" if kind == "f" else f"[{roman(number)}]"
        spoken.notes.append((mark, kind + (reference.get(f"{W}id") or "")))
        return mark


def _text(element: Element) -> str:
    """The element's own text, without entities that were left unresolved."""
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    return text.replace("\n", " ").replace("\r", " ")


def _symbol(element: Element) -> str:
    try:
        code = int(element.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    if "wingdings" in (element.get(f"{W}font") or "").lower():
        return _WINGDINGS.get(code & 0xFF, "")
    return chr(code) if 0x20 <= code < 0xD800 else ""
