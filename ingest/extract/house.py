"""How a house writes its minutes, as data: a TOML file in, compiled patterns out (`houses/README.md` has the words).

A house is added by adding a file. Patterns are Python's, over many lines, `{term}` standing for one of the terms.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from memory.errors import Misuse

FOLDER = Path(__file__).parent / "houses"
# What a style may call a decision, and how it ends.
KINDS = {"resolution", "recommendation", "amendment", "motion", "noting"}
OUTCOMES = {"", "carried", "lost", "deferred", "referred", "withdrawn", "lapsed", "recommended", "noted"}
_TERM = re.compile(r"\{([a-z_]+)\}")
_HOUSE = {"name", "recognise", "noise", "blank", "keep", "mention", "terms", "outcomes", "meeting", "stops"} | {
    "decision",
    "interest",
    "suspect",
}
_MEETING = {"body", "body_is", "day", "item", "headings", "sequence"}
_DETAIL = {"pattern", "where", "set"}
_DECISION = {"kind", "opens", "text", "continues", "outcome", "until", "expects", "end", "detail"}


@dataclass(frozen=True, slots=True)
class Ending:
    """Words after which a decision's text is over, and the outcome that they say."""

    pattern: re.Pattern[str]
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """Words beside a decision that say more of it: named groups, and what they set.

    `before`: they stand between the item's heading and the decision's head, not after the head.
    """

    pattern: re.Pattern[str]
    before: bool = False
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which a decision is written.

    `opens`: its head. `text`: where its words stand after the head; else they run on from it, over paragraphs that
    `continues` matches, to the first of `ends`. `within_item`: it holds everything to the next item, not just to
    the next decision. `expects`: fields without which it is listed as not wholly read.
    """

    kind: str
    opens: re.Pattern[str]
    text: re.Pattern[str] | None = None
    continues: re.Pattern[str] | None = None
    ends: tuple[Ending, ...] = ()
    details: tuple[Detail, ...] = ()
    outcome: str = ""
    within_item: bool = False
    expects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspect:
    """Words that belong to a decision: where no decision was read, they are listed with this reason."""

    pattern: re.Pattern[str]
    reason: str


@dataclass(frozen=True, slots=True)
class House:
    """One style. `recognise`: all of these stand at the beginning of its minutes.

    `noise`, `blank`, `keep`: see `ingest.extract.flow`. `mention`: how any text names one of its decisions.
    """

    name: str
    recognise: tuple[re.Pattern[str], ...]
    shapes: tuple[Shape, ...]
    suspects: tuple[Suspect, ...] = ()
    interests: tuple[re.Pattern[str], ...] = ()
    stops: tuple[re.Pattern[str], ...] = ()
    noise: re.Pattern[str] | None = None
    blank: re.Pattern[str] | None = None
    keep: re.Pattern[str] | None = None
    mention: str = ""
    body: re.Pattern[str] | None = None
    body_is: str = ""
    day: re.Pattern[str] | None = None
    item: re.Pattern[str] | None = None
    headings: bool = False
    sequence: re.Pattern[str] | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)


@cache
def houses(folder: Path = FOLDER) -> tuple[House, ...]:
    """The houses of a folder, by file name: the first that recognises a text reads it.

    Raises:
        Misuse: a file says something that is not understood.
    """
    return tuple(load(file) for file in sorted(folder.glob("*.toml")))


def load(file: Path) -> House:
    """The house that a file describes.

    Raises:
        Misuse: the file says something that is not understood.
    """
    try:
        return _Reader(tomllib.loads(file.read_text("utf-8"))).house()
    except (KeyError, ValueError, TypeError, re.error) as error:
        raise Misuse(f"{file.name}: {error}; ingest/extract/houses/README.md says what may stand there") from error


class _Reader:
    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        self.terms: dict[str, str] = {}
        for name, pattern in said.get("terms", {}).items():
            self.terms[name] = self._expanded(pattern)

    def house(self) -> House:
        said, meeting = self.said, self.said.get("meeting", {})
        _known(said, _HOUSE, "the file")
        _known(meeting, _MEETING, "[meeting]")
        outcomes = {word.lower(): _one_of(meant, OUTCOMES) for word, meant in said.get("outcomes", {}).items()}
        return House(
            name=said["name"],
            recognise=tuple(self._pattern(p) for p in said["recognise"]),
            shapes=tuple(self._shape(shape) for shape in said["decision"]),
            suspects=tuple(Suspect(self._pattern(s["pattern"]), s["reason"]) for s in said.get("suspect", ())),
            interests=tuple(self._pattern(i["pattern"]) for i in said.get("interest", ())),
            stops=tuple(self._pattern(p) for p in said.get("stops", ())),
            noise=self._maybe(said.get("noise")),
            blank=self._maybe(said.get("blank")),
            keep=self._maybe(said.get("keep")),
            mention=self._expanded(said.get("mention", "")),
            body=self._maybe(meeting.get("body")),
            body_is=meeting.get("body_is", ""),
            day=self._maybe(meeting.get("day")),
            item=self._maybe(meeting.get("item")),
            headings=meeting.get("headings", False),
            sequence=self._maybe(meeting.get("sequence")),
            outcomes=outcomes,
        )

    def _shape(self, said: dict[str, Any]) -> Shape:
        _known(said, _DECISION, "[[decision]]")
        return Shape(
            kind=_one_of(said["kind"], KINDS),
            opens=self._pattern(said["opens"]),
            text=self._maybe(said.get("text")),
            continues=self._maybe(said.get("continues")),
            ends=tuple(
                Ending(self._pattern(e["pattern"]), _one_of(e.get("outcome", ""), OUTCOMES))
                for e in said.get("end", ())
            ),
            details=tuple(self._detail(detail) for detail in said.get("detail", ())),
            outcome=_one_of(said.get("outcome", ""), OUTCOMES),
            within_item=_one_of(said.get("until", "next"), {"next", "item"}) == "item",
            expects=tuple(said.get("expects", ())),
        )

    def _detail(self, said: dict[str, Any]) -> Detail:
        _known(said, _DETAIL, "[[decision.detail]]")
        before = _one_of(said.get("where", "after"), {"after", "before"}) == "before"
        return Detail(self._pattern(said["pattern"]), before, said.get("set", {}))

    def _maybe(self, pattern: str | None) -> re.Pattern[str] | None:
        return None if pattern is None else self._pattern(pattern)

    def _pattern(self, pattern: str) -> re.Pattern[str]:
        return re.compile(self._expanded(pattern), re.MULTILINE)

    def _expanded(self, pattern: str) -> str:
        return _TERM.sub(lambda found: f"(?:{self.terms[found[1]]})", pattern)


def _one_of(value: str, known: set[str]) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(sorted(known - {''}))}")
    return value


def _known(said: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"{where} has {unknown[0]!r}, which is none of {', '.join(sorted(known))}")
