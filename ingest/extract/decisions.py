"""The decisions of a version that is the minutes of a meeting, in the style of the house that understands it best."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.document import ReadPage
from ingest.extract import grammar
from ingest.extract.flow import Flow
from ingest.extract.house import House, houses
from ingest.extract.kinds import kinds
from ingest.extract.subject import Subject
from ingest.extract.written import days
from memory.minutes import Minutes

# A resolution quoted in a report is not the meeting's own record of it: only minutes are read.
_MINUTES = re.compile(r"\bminutes?\b|\bnotules?\b|\bimizuzu\b|\bmaqulwana\b", re.I)
_NOT_MINUTES = re.compile(r"\bagenda\b|\bper minute\b|\bconfirmation of minutes\b", re.I)


def decisions(subject: Subject) -> Sequence[Minutes]:
    """One `Minutes` for the minutes of a meeting, nothing for anything else."""
    if not _is_minutes(subject):
        return ()
    found = read(subject.pages, _day_of(subject), subject.houses or houses())
    return () if found is None else (found,)


def read(pages: Sequence[ReadPage], day: str = "", known: Sequence[House] | None = None) -> Minutes | None:
    """The minutes that pages hold; None where no house knows them.

    `day`: the meeting's, if the text is silent. `known`: the houses, the usual ones when None.
    """
    found = []
    for house in houses() if known is None else known:
        flow = Flow(pages, noise=house.noise, blank=house.blank, keep=house.keep)
        if recognises(house, flow):
            found.append(grammar.read(flow, house, day))
    # More than one may know the words of its opening: the one that understands most of the rest reads it.
    return max(found, key=lambda minutes: len(minutes.decisions), default=None)


def recognises(house: House, flow: Flow) -> bool:
    """Whether a text is written in the style of a house."""
    words = grammar.opening(flow)
    return all(pattern.search(words) for pattern in house.recognise)


def _is_minutes(subject: Subject) -> bool:
    """What the manifest says; else what title, folder and text say, and at last the file's name."""
    if subject.document.kind:
        return subject.document.kind == "minutes"
    said = [fact.value for fact in kinds(subject) if fact.name == "kind"]
    if said and said[0] == "agenda":
        return False
    name = re.sub(r"[_-]", " ", subject.version.file_name)
    return "minutes" in said or bool(_MINUTES.search(name) and not _NOT_MINUTES.search(name))


def _day_of(subject: Subject) -> str:
    """The day in the title or the file's name, else none."""
    named = f"{subject.version.title} {subject.version.file_name}".replace("_", " ")
    return next((written.day for written in days(named)), "")
