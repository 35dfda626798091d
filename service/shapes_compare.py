"""Comparisons and changes as they go over HTTP, out of the command line and onto the page."""

from __future__ import annotations

from pydantic import BaseModel, Field

from memory.compare import Pair, counts
from memory.comparison import Change, Changes, Chosen, Comparison
from memory.sections import Section
from service.shapes_decisions import DecisionShape, decision_of, place_url


class VersionMark(BaseModel):
    """A version, named."""

    document_id: int
    version: int
    title: str
    collection: str
    file_name: str
    status: str
    in_force_from: str | None
    in_force_to: str | None


class SectionShape(BaseModel):
    """A section of one text: its words, and where they begin."""

    number: str | None
    title: str | None
    path: list[str]
    text: str
    page: int
    url: str


class RunShape(BaseModel):
    """Words that both texts have, or one of them."""

    op: str = Field(description="same, removed or added")
    text: str


class PairShape(BaseModel):
    """Two sections beside each other; one is null where the other has no counterpart."""

    status: str = Field(description="same, changed, different (another wording of the matter), removed, added")
    likeness: float
    left: SectionShape | None
    right: SectionShape | None
    near: str | None = Field(description="of one that is alone: the section of the other text that comes closest")
    figures_left: list[str] = Field(description="amounts, periods and measures that only the left has")
    figures_right: list[str]
    runs: list[RunShape] = Field(description="the words of both, in the order of the right; those that differ marked")


class ComparisonShape(BaseModel):
    """Two versions, section by section."""

    left: VersionMark
    right: VersionMark
    counts: dict[str, int]
    left_out: dict[str, int] = Field(description="sections in a language that only one text has")
    pairs: list[PairShape]


class ChangeShape(BaseModel):
    """A version that began, or ended."""

    date: str
    kind: str = Field(description="new, replaced or ended")
    version: VersionMark
    before: VersionMark | None = Field(description="what it took the place of; of an end, the text that says so")
    counts: dict[str, int] | None
    pairs: list[PairShape] = Field(description="the sections that are not the same")


class ChangesShape(BaseModel):
    """What changed since a day, oldest first."""

    since: str
    changes: list[ChangeShape]
    decisions: list[DecisionShape]


def comparison_of(found: Comparison, *, changed_only: bool = False) -> ComparisonShape:
    """A comparison as it is shown; `changed_only` leaves out what is the same."""
    pairs = [pair for pair in found.pairs if not changed_only or pair.status != "same"]
    return ComparisonShape(
        left=mark_of(found.left),
        right=mark_of(found.right),
        counts=counts(found.pairs),
        left_out=found.left_out,
        pairs=[_pair(pair, found) for pair in pairs],
    )


def changes_of(found: Changes) -> ChangesShape:
    """Changes as they are shown."""
    return ChangesShape(
        since=found.since,
        changes=[_change(change) for change in found.changes],
        decisions=[decision_of(decision) for decision in found.decisions],
    )


def mark_of(chosen: Chosen) -> VersionMark:
    """A version's name."""
    version, document = chosen.version, chosen.document
    return VersionMark(
        document_id=document.id,
        version=version.number,
        title=version.title or document.title,
        collection=document.collection,
        file_name=version.file_name,
        status=version.status,
        in_force_from=version.in_force_from,
        in_force_to=version.in_force_to,
    )


def _change(change: Change) -> ChangeShape:
    shown = comparison_of(change.comparison, changed_only=True) if change.comparison else None
    return ChangeShape(
        date=change.day,
        kind=change.kind,
        version=mark_of(change.chosen),
        before=mark_of(change.before) if change.before else None,
        counts=shown.counts if shown else None,
        pairs=shown.pairs if shown else [],
    )


def _pair(pair: Pair, found: Comparison) -> PairShape:
    near = pair.near
    return PairShape(
        status=pair.status,
        likeness=pair.likeness,
        left=_section(pair.left, found.left) if pair.left else None,
        right=_section(pair.right, found.right) if pair.right else None,
        near=f"{near.number} {near.title}".strip() if near else None,
        figures_left=list(pair.figures_left),
        figures_right=list(pair.figures_right),
        runs=[RunShape(op=run.op, text=run.text) for run in pair.runs],
    )


def _section(section: Section, chosen: Chosen) -> SectionShape:
    first = section.paragraphs[0]
    return SectionShape(
        number=section.number or None,
        title=section.title or None,
        path=list(section.path),
        text=section.text,
        page=first.page,
        url=place_url(chosen.document, chosen.version, first.page, first.start, first.end),
    )
