"""What is said about an answer: as of which day it holds, what replaced what, what is a draft. Each said with proof."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from memory import schema
from memory.access import Selection
from memory.effects import Effect
from memory.records import Citation, Hit, Note, Span
from memory.successions import Succession, named_in_force, successions
from service.citing import cite_slice
from service.past import Past


def notes(
    connection: Connection,
    selection: Selection,
    past: Past | None,
    hits: Sequence[Hit],
    marker: int,
    first: Mapping[int, Sequence[Effect]],
    told: Mapping[int, str],
    former: Sequence[int] = (),
    ruled: Sequence[tuple[int, Span]] = (),
) -> tuple[Note, ...]:
    """Notes on the versions that an answer cites (`hits`, in their order); markers begin at `marker`; `first`: the
    scope's `first_effects`; `told`: the day that each cited record tells of (`dated`); `former`: versions no longer in
    force that the question names; `ruled`: the quoted slices of versions, where the question asks for the rule of
    today."""
    writer = _Writer(connection, selection, marker)
    found = [*([writer.past(past)] if past else [])]
    versions = {hit.version.id: hit for hit in hits}
    for succession in successions(connection, selection.scope, [*versions, *former], first):
        if note := writer.succession(succession, versions.keys(), former):
            found.append(note)
    return (
        *found,
        *writer.drafts(versions.values()),
        *writer.records(versions.values(), told),
        *writer.overtaken(versions, told, ruled, first),
    )


class _Writer:
    """Writes notes and numbers their citations."""

    def __init__(self, connection: Connection, selection: Selection, marker: int) -> None:
        self.connection, self.selection, self.marker = connection, selection, marker

    def past(self, past: Past) -> Note:
        """That the question was read as of another day."""
        proofs = [self.cite(past.proof[0].version.id, past.proof[1])] if past.proof else []
        text = f"Read as of {written(past.day)}, because the question says “{past.words}”"
        return _note("past", text, [proof for proof in proofs if proof], otherwise="question")

    def succession(self, found: Succession, cited: Collection[int], former: Collection[int]) -> Note | None:
        """Today: that a cited version took the place of another; as of a day, or of a `former` version that the
        question names: that another has taken its place."""
        if self.selection.today and found.later.version.id in cited:
            if found.day > self.selection.as_of.isoformat():
                return None
            kind, text = "replaced", _replaced(found)
        elif found.earlier.version.id in {*cited, *former}:
            kind, text = "replaced_by", _replaced_by(found)
        else:
            return None
        proof = self.cite(found.later.version.id, found.span) if found.span else None
        return _note(kind, text, [proof] if proof else [], otherwise="metadata")

    def drafts(self, hits: Iterable[Hit]) -> Iterator[Note]:
        """That a cited version is a draft."""
        for hit in hits:
            if hit.version.status == "draft":
                proof = self._fact(hit.version.id, "draft")
                text = f"“{hit.version.title}” is a draft and has no force"
                yield _note("draft", text, [proof] if proof else [], otherwise="manifest")

    def records(self, hits: Collection[Hit], told: Mapping[int, str]) -> Iterator[Note]:
        """That cited minutes or reports are older than a cited text that is in force."""
        for hit in hits:
            day = told.get(hit.version.id)
            newer = [h for h in hits if day and h.version.id not in told and (h.version.in_force_from or "") > day]
            if day and newer:
                proof = self._fact(hit.version.id, "date")
                text = f"“{hit.version.title}” tells of {_day(day)}; “{newer[0].version.title}” is in force since then"
                yield _note("record", text, [proof] if proof else [], otherwise="file")

    def overtaken(
        self,
        cited: Mapping[int, Hit],
        told: Mapping[int, str],
        slices: Sequence[tuple[int, Span]],
        first: Mapping[int, Sequence[Effect]],
    ) -> Iterator[Note]:
        """That what cited minutes or reports quote is in force, since a later day, in a text which is not cited."""
        of_records = [(version, span) for version, span in slices if version in told]
        if not of_records:
            return
        once: set[tuple[int, str]] = set()
        for named in named_in_force(self.connection, self.selection, of_records, first):
            if named.since <= told[named.by] or named.version_id in cited or (named.by, named.title) in once:
                continue
            once.add((named.by, named.title))
            proof = self._fact(named.version_id, "commencement", named.since)
            record = f"“{cited[named.by].version.title}” tells of {_day(told[named.by])}"
            text = f"{record}; “{named.title}”, which it names, is in force since {_day(named.since)}"
            yield _note("record", text, [proof] if proof else [], otherwise="metadata")

    def _fact(self, version_id: int, name: str, value: str | None = None) -> Citation | None:
        """Where a version says so; with `value`, where it says just that."""
        f = schema.facts
        query = select(f).where(f.c.version_id == version_id, f.c.name == name, f.c.page.is_not(None))
        query = query if value is None else query.where(f.c.value == value)
        row = self.connection.execute(query.order_by(f.c.confidence.desc())).first()
        return self.cite(version_id, Span(row.page, row.start, row.end)) if row else None

    def cite(self, version_id: int, span: Span) -> Citation | None:
        """The slice with the next marker."""
        found = cite_slice(self.connection, self.marker, version_id, span, self.selection.scope)
        self.marker += found is not None
        return found


def _note(kind: str, text: str, proofs: Sequence[Citation], *, otherwise: str) -> Note:
    markers = "".join(f" [{proof.marker}]" for proof in proofs)
    return Note(kind, f"{text}{markers}.", tuple(proofs), "text" if proofs else otherwise)


def _replaced(found: Succession) -> str:
    earlier, later = found.earlier.version, found.later.version
    if earlier.document_id == later.document_id:
        return f"Version {later.number} of “{later.title}” replaced version {earlier.number} on {_day(found.day)}"
    return f"“{later.title}” replaced “{earlier.title}” {_when(found)}"


def _replaced_by(found: Succession) -> str:
    earlier, later = found.earlier.version, found.later.version
    if earlier.document_id == later.document_id:
        return (
            f"Version {earlier.number} of “{earlier.title}” was replaced by version {later.number} on {_day(found.day)}"
        )
    verb = "repealed" if found.relation == "repealed" else "replaced"
    return f"“{earlier.title}” was {verb} by “{later.title}” {_when(found)}"


def _when(found: Succession) -> str:
    return f"on {_day(found.day)}" if found.exact else f"in {found.day[:4]} or later: no text gives the day"


def _day(day: str) -> str:
    return written(date.fromisoformat(day))


def written(day: date) -> str:
    """ "1 July 2023"."""
    return f"{day.day} {day:%B %Y}"
