"""What an Akoma Ntoso file says of itself: FRBR identity, publication, commencement, amendments and repeal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml import etree

from ingest.document import Metadata
from memory.months import MONTHS, later

# ISO 639-2 to ISO 639-1, South Africa's languages that have one and a few of its neighbours'
_LANGUAGES = {
    "afr": "af", "eng": "en", "fra": "fr", "fre": "fr", "nbl": "nr", "por": "pt", "sot": "st", "ssw": "ss",
    "tsn": "tn", "tso": "ts", "ven": "ve", "xho": "xh", "zul": "zu",
}  # fmt: skip
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1
    )
}
_CLAUSE_HEADING = re.compile(
    r"commence|short\s+title|date\s+of\s+(?:effect|operation)|(?:operative|effective)\s+date|title\b.*\bdate", re.I
)
_TAKES_EFFECT = re.compile(
    r"(?:take[sn]?\s+effect|com(?:e|es|ing)\s+in(?:to)?\s*(?:operation|effect|force)|"
    r"(?:be|is|becomes?)\s+(?:effective|operative|of\s+force)|commences?)\b(?P<when>.{0,200})",
    re.I | re.S,
)
_AFTER = re.compile(
    r"(\w+)\s*(?:\(\w+\)\s*)?(day|month|year)s?\s+(?:from|after|of|following)\b.{0,40}?(?:publication|promulgat)", re.I
)
_ON_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([A-Z][a-z]+),?\s+(\d{4})")
_ON_PUBLICATION = re.compile(
    r"\b(?:on|upon|from|at)\s+(?:the\s+)?(?:date\s+of\s+|day\s+of\s+|date\s+on\s+which\s+it\s+is\s+)?"
    r"(?:its\s+|the\s+|this\s+)?(?:publication|promulgation|published|promulgated|being\s+published)|"
    r"\bdate\s+of\s+(?:its\s+|the\s+)?(?:publication|promulgation)|\bis\s+published\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Commencement:
    """`source`: where the date stands, in words."""

    day: str | None
    source: str


def metadata_of(root: etree._Element) -> Metadata:
    """The metadata of the whole document (its schedules have their own, which is left out)."""
    meta = root.find("{*}*/{*}meta")
    if meta is None:
        return Metadata()
    publication = meta.find("{*}publication")
    published = _day(publication)
    repeals = [event for event in _events(meta) if event.kind == "repeal"]
    commencement = _commencement(root, meta, published)
    return Metadata(
        title=_title(root, meta),
        authors=_authors(meta),
        language=_language(meta),
        identity=_value(meta, "FRBRWork", "FRBRuri") or None,
        published=published,
        in_force_from=commencement.day,
        in_force_to=repeals[0].day if repeals else None,
        extra=_extra(meta, publication, repeals, commencement),
    )


def local(element: etree._Element) -> str:
    """The element's name without namespace, "" for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


@dataclass(frozen=True, slots=True)
class _Event:
    kind: str
    day: str
    uri: str
    title: str

    def __str__(self) -> str:
        return "; ".join(part for part in (self.day, self.uri, self.title) if part)


def _events(meta: etree._Element) -> Iterator[_Event]:
    sources = {_id(source): source for source in meta.iterfind("{*}references/*")}
    for event in meta.iterfind("{*}lifecycle/{*}eventRef"):
        source = sources.get(event.get("source", "").lstrip("#"))
        kind = event.get("type", "")
        if "commencement" in f"{_id(event)} {event.get('refersTo', '')} {kind}".lower():
            kind = "commencement"
        uri = source.get("href", "") if source is not None else ""
        title = source.get("showAs", "") if source is not None else ""
        yield _Event(kind, event.get("date", ""), uri, title)


def _extra(
    meta: etree._Element, publication: etree._Element | None, repeals: list[_Event], began: _Commencement
) -> dict[str, str]:
    amendments = sorted(str(event) for event in _events(meta) if event.kind == "amendment")
    extra = {
        "amended_by": "\n".join(amendments),
        "repealed_by": "\n".join(str(event) for event in repeals),
        "commencement": began.source,
        "expression": _value(meta, "FRBRExpression", "FRBRuri"),
        "expression_date": _date_of(meta, "FRBRExpression"),
        "number": _value(meta, "FRBRWork", "FRBRnumber"),
    }
    if publication is not None:
        extra["publication_name"] = publication.get("name") or publication.get("showAs") or ""
        extra["publication_number"] = publication.get("number") or ""
    return {name: value for name, value in extra.items() if value}


def _title(root: etree._Element, meta: etree._Element) -> str:
    alias = _value(meta, "FRBRWork", "FRBRalias")
    if alias:
        return alias
    for name in ("docTitle", "shortTitle"):
        found = next(root.iter(f"{{*}}{name}"), None)
        if found is not None:
            return " ".join("".join(found.itertext()).split())
    return ""


def _authors(meta: etree._Element) -> tuple[str, ...]:
    """Names of the bodies that the work's FRBRauthor points to."""
    names = {_id(source): source.get("showAs", "") for source in meta.iterfind("{*}references/*")}
    authors = meta.iterfind("{*}identification/{*}FRBRWork/{*}FRBRauthor")
    found = [names.get(author.get("href", "").lstrip("#"), "") for author in authors]
    return tuple(dict.fromkeys(name for name in found if name))


def _language(meta: etree._Element) -> str | None:
    found = meta.find("{*}identification/{*}FRBRExpression/{*}FRBRlanguage")
    code = found.get("language", "").lower() if found is not None else ""
    return _LANGUAGES.get(code, code if len(code) == 2 else None)


def _commencement(root: etree._Element, meta: etree._Element, published: str | None) -> _Commencement:
    """By an event of the lifecycle, else by the section that says it, else by publication.

    The last is section 13 of the Municipal Systems Act, 32 of 2000: a by-law takes effect when published,
    unless it says otherwise.
    """
    for event in _events(meta):
        if event.kind == "commencement" and event.day:
            return _Commencement(event.day, "lifecycle event")
    for section in reversed(list(root.iter("{*}section"))):
        heading = section.find("{*}heading")
        if heading is None or not _CLAUSE_HEADING.search("".join(heading.itertext())):
            continue
        found = _TAKES_EFFECT.search(" ".join("".join(section.itertext()).split()))
        if found:
            number = "".join(section.findtext("{*}num") or "").rstrip(".")
            return _Commencement(_effective(found["when"], published), f"section {number}")
    source = "publication (Municipal Systems Act 32 of 2000, section 13)" if published else ""
    return _Commencement(published, source)


def _effective(when: str, published: str | None) -> str | None:
    """The day that a commencement clause names, None when another notice has to name it."""
    after = _AFTER.search(when)
    if after and published:
        count = int(after[1]) if after[1].isdigit() else _NUMBERS.get(after[1].lower(), 0)
        return later(published, count, after[2].lower())
    on_publication, on_day = _ON_PUBLICATION.search(when), _ON_DAY.search(when)
    if on_day and on_day[2].lower() in MONTHS and not (on_publication and on_publication.start() < on_day.start()):
        return f"{on_day[3]}-{MONTHS[on_day[2].lower()]:02}-{int(on_day[1]):02}"
    return published if on_publication else None


def _value(meta: etree._Element, level: str, name: str) -> str:
    found = meta.find(f"{{*}}identification/{{*}}{level}/{{*}}{name}")
    return found.get("value", "").strip() if found is not None else ""


def _date_of(meta: etree._Element, level: str) -> str:
    return _day(meta.find(f"{{*}}identification/{{*}}{level}/{{*}}FRBRdate")) or ""


def _day(element: etree._Element | None) -> str | None:
    """The `date` attribute where it is a real day."""
    written = element.get("date", "")[:10] if element is not None else ""
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return None


def _id(element: etree._Element) -> str:
    return element.get("eId") or element.get("id") or ""
