"""The numbers that Word prints in front of paragraphs, computed from numbering.xml (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ingest.readers.ordinals import printed
from ingest.readers.package import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BULLET = "•"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how it counts and prints. `restart`: the level (from 1) whose step restarts it."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    legal: bool = False
    suffix: str = "tab"
    restart: int | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What is printed before a paragraph. `bullet`: it is no number."""

    text: str
    bullet: bool
    level: int


@dataclass(slots=True)
class _List:
    """A numbering instance: its levels, the abstract list whose counters it shares, and where it starts anew."""

    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts through a document in its order: call `label` once for each numbered paragraph."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        if root is not None:
            self._load(root)

    def _load(self, root: Element) -> None:
        abstracts = {a.get(f"{W}abstractNumId") or "": a for a in root.findall(f"{W}abstractNum")}
        by_style = {
            link.get(f"{W}val"): key for key, a in abstracts.items() if (link := a.find(f"{W}styleLink")) is not None
        }
        for num in root.findall(f"{W}num"):
            key = _value(num, "abstractNumId") or ""
            linked = _value(abstracts[key], "numStyleLink") if key in abstracts else None
            key = by_style.get(linked, key) if linked else key
            if key in abstracts:
                self._lists[num.get(f"{W}numId") or ""] = _instance(num, key, abstracts[key])

    def level_of_style(self, num_id: str, style: str) -> int | None:
        """The level of the list that is tied to a paragraph style."""
        levels = self._lists[num_id].levels if num_id in self._lists else {}
        return next((index for index, level in levels.items() if level.style == style), None)

    def label(self, num_id: str, level: int) -> Label | None:
        """The label of the next paragraph at this level (from 0) of this list; None where it prints none."""
        numbered = self._lists.get(num_id)
        if numbered is None or level not in numbered.levels:
            return None
        counters = self._counters.setdefault(numbered.abstract, {})
        self._restart_overridden(num_id, numbered, counters)
        self._step(numbered, counters, level)
        shape = numbered.levels[level]
        if shape.number_format == "bullet":
            return Label(BULLET, True, level)
        text = _print(shape, numbered, counters)
        return Label(text, False, level) if text.strip() else None

    def _restart_overridden(self, num_id: str, numbered: _List, counters: dict[int, int]) -> None:
        """A list that shares counters but says where it starts does so when it is first met."""
        if num_id not in self._begun:
            self._begun.add(num_id)
            for level in numbered.starts:
                for deeper in [known for known in counters if known >= level]:
                    del counters[deeper]

    def _step(self, numbered: _List, counters: dict[int, int], level: int) -> None:
        for higher in range(level):
            if higher not in counters and higher in numbered.levels:
                counters[higher] = _start(numbered, higher)
        counters[level] = counters[level] + 1 if level in counters else _start(numbered, level)
        for deeper in [known for known in counters if known > level]:
            restart = numbered.levels[deeper].restart if deeper in numbered.levels else None
            if restart is None or level < restart:
                del counters[deeper]


def _start(numbered: _List, level: int) -> int:
    return numbered.starts.get(level, numbered.levels[level].start)


def _print(shape: Level, numbered: _List, counters: dict[int, int]) -> str:
    def number(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        known = numbered.levels.get(index, Level())
        counted = counters.get(index, known.start)
        return printed(counted, "decimal" if shape.legal else known.number_format)

    text = re.sub(r"%([1-9])", number, shape.text)
    return text if shape.suffix == "nothing" else f"{text} "


def _instance(num: Element, key: str, abstract: Element) -> _List:
    levels = dict(map(_level, abstract.findall(f"{W}lvl")))
    starts: dict[int, int] = {}
    for override in num.findall(f"{W}lvlOverride"):
        index = whole(override.get(f"{W}ilvl"), 0)
        own = override.find(f"{W}lvl")
        if own is not None:
            levels[index] = _level(own)[1]
        start = _value(override, "startOverride")
        if start is not None:
            starts[index] = whole(start, 1)
            levels[index] = replace(levels.get(index, Level()), start=starts[index])
    return _List(key, levels, starts)


def _level(element: Element) -> tuple[int, Level]:
    restart = _value(element, "lvlRestart")
    legal = element.find(f"{W}isLgl")
    return whole(element.get(f"{W}ilvl"), 0), Level(
        start=whole(_value(element, "start"), 0),
        number_format=_value(element, "numFmt") or "decimal",
        text=_value(element, "lvlText") or "",
        legal=legal is not None and legal.get(f"{W}val") not in ("0", "false"),
        suffix=_value(element, "suff") or "tab",
        restart=None if restart is None else whole(restart, 0),
        style=_value(element, "pStyle"),
    )


def _value(element: Element, name: str) -> str | None:
    child = element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def whole(text: str | None, default: int) -> int:
    """The text as a whole number within 32 bits, else the default: files say "-", "" and worse."""
    try:
        number = int(text or "")
    except ValueError:
        return default
    return number if abs(number) < 2**31 else default
