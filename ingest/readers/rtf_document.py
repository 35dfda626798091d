"""What an RTF file holds once parsed, and the state that its groups inherit."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or a table row when `cells` is not None; `cells` keep the line
    ends of their paragraphs. `outline`: its heading level from 1, None for body."""

    text: str
    cells: tuple[str, ...] | None = None
    style: int = 0
    outline: int | None = None
    bold: bool = False
    listed: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What a group inherits and gives back at its end."""

    place: str = "body"  # body, note, info:NAME, styles, fonts, list, silent
    encoding: str | None = None  # of the font; None: the document's
    font: int | None = None
    skip: int = 1  # fallback characters after \\u
    bold: bool = False
    hidden: bool = False
    in_table: bool = False
    style: int = 0
    outline: int | None = None


@dataclass(slots=True)
class Document:
    """What was read. `styles`: names by number; `info`: its facts by control word.

    `balanced`: each group was closed; `cut`: the file was too large and its end left unread.
    """

    paragraphs: list[Paragraph] = field(default_factory=list)
    styles: dict[int, str] = field(default_factory=dict)
    info: dict[str, str] = field(default_factory=dict)
    pictures: int = 0
    balanced: bool = True
    cut: bool = False
