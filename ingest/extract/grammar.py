"""Minutes read with a house's patterns: a flow of text in, decisions out, and what looks like one and was not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest.extract.flow import Flow
from ingest.extract.house import House, Shape
from ingest.extract.written import days
from memory.law import Evidence
from memory.minutes import Action, Decision, Interest, Minutes, Unread, Votes
from memory.text import readable

# Where the day and the body of a meeting are looked for.
_OPENING = 3_000
_ITEM = re.compile(r"(?P<item>\d+[\d.()a-z]*)[.)]?\s+(?P<title>\S.*)", re.S)
_CLAUSES = re.compile(r"for (?:clauses?|paragraphs?) (.+)", re.S)
_MARKER = re.compile(r"\(?(?:[a-z]{1,2}|[ivx]+|\d+)[.)]\s|\W\s|AND\b|THAT\b|WHEREAS\b")
_MOST_WORDS = 600


@dataclass(frozen=True, slots=True)
class _Opening:
    """The head of a decision, found."""

    start: int
    end: int
    shape: Shape
    match: re.Match[str]


@dataclass(slots=True)
class _Draft:
    """A decision while it is read: values and where they stand in the flow."""

    values: dict[str, str]
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    actions: list[re.Match[str]] = field(default_factory=list)
    claimed: list[tuple[int, int]] = field(default_factory=list)

    def take(self, match: re.Match[str]) -> None:
        """Take the named groups that are not known yet."""
        for name, value in match.groupdict().items():
            if value and name not in self.places:
                self.values[name] = value
                self.places[name] = match.span(name)


def opening(flow: Flow) -> str:
    """The beginning of a flow, by which a house is recognised."""
    return flow.text[:_OPENING]


def read(flow: Flow, house: House, day: str = "") -> Minutes:
    """The minutes that a flow holds. `day`: the meeting's, where the text does not name it."""
    return _Reading(flow, house, day).minutes()


class _Reading:
    def __init__(self, flow: Flow, house: House, day: str) -> None:
        self.flow, self.house, self.text = flow, house, flow.text
        self.body = self._body()
        self.day, self.day_at = self._day(day)
        self.items = list(self._items())
        self.borders = sorted({start for start, _, _ in self.items} | set(self._stops()))
        self.claimed: list[tuple[int, int]] = []
        self.unread: list[Unread] = []

    def minutes(self) -> Minutes:
        """Read everything."""
        openings = self._openings()
        found: list[tuple[int, Decision]] = []
        for index, head in enumerate(openings):
            if not self._is_claimed(head.start, head.end):
                found.append((head.start, self._decision(head, openings[index + 1 :])))
        self._add_suspects()
        self._add_gaps([decision for _, decision in found])
        decisions = tuple(self._with_interests(found))
        unread = sorted(self.unread, key=lambda u: (u.evidence.page, u.evidence.start))
        return Minutes(self.house.name, self.body, self.day, decisions, tuple(unread))

    # The meeting

    def _body(self) -> str:
        found = self.house.body.search(self.text, 0, _OPENING) if self.house.body else None
        return readable(found["body"]) if found else self.house.body_is

    def _day(self, otherwise: str) -> tuple[str, Evidence | None]:
        """The meeting's day, and where its opening says so."""
        found = self.house.day.search(self.text, 0, _OPENING) if self.house.day else None
        if found and (said := next(days(found["day"]), None)):
            return said.day, self.flow.place(*found.span())
        written = next(days(self.text[:_OPENING]), None)
        if written and otherwise in {"", written.day}:
            return written.day, self.flow.place(written.start, written.end)
        return otherwise, None

    def _items(self) -> Iterator[tuple[int, str, str]]:
        """(start, number, title) of each item."""
        for start, end in self.flow.paragraphs:
            heading = self.flow.heading(start)
            words = self.text[start:end].strip()
            if self.house.headings and heading and readable(words) == readable(heading[-1]):
                found = _ITEM.fullmatch(words)
            else:
                found = self.house.item.match(self.text, start) if self.house.item else None
            if found:
                groups = found.groupdict()
                yield start, (groups.get("item") or "").strip(". "), readable(groups.get("title") or "")

    def _stops(self) -> Iterator[int]:
        for pattern in self.house.stops:
            yield from (found.start() for found in pattern.finditer(self.text))

    # Decisions

    def _openings(self) -> list[_Opening]:
        heads = [
            (match.start(), rank, _Opening(match.start(), match.end(), shape, match))
            for rank, shape in enumerate(self.house.shapes)
            for match in shape.opens.finditer(self.text)
        ]
        return [head for _, _, head in sorted(heads, key=lambda entry: entry[:2])]

    def _is_claimed(self, start: int, end: int) -> bool:
        return any(first < end and start < last for first, last in self.claimed)

    def _limit(self, head: _Opening, following: Sequence[_Opening]) -> int:
        """Where what belongs to a decision ends at the latest."""
        limit = next((border for border in self.borders if border >= head.end), len(self.text))
        rivals = (other for other in following if not head.shape.within_item or other.shape is head.shape)
        return min([limit, *(other.start for other in rivals if other.start >= head.end)])

    def _decision(self, head: _Opening, following: Sequence[_Opening]) -> Decision:
        limit = self._limit(head, following)
        draft = _Draft({"outcome": head.shape.outcome})
        draft.take(head.match)
        draft.claimed.append((head.start, head.end))
        after = self._find_text(head, limit, draft)
        self._find_details(head.shape, head.end, after, limit, draft)
        self.claimed += draft.claimed
        decision = self._made(head, draft)
        for name in head.shape.expects:
            if not getattr(decision, name):
                label = f" of {decision.number}" if decision.number else ""
                self.unread.append(Unread(f"no {name}{label} is recorded", decision.head))
        return decision

    def _find_text(self, head: _Opening, limit: int, draft: _Draft) -> int:
        """Where the decision's text is over; what lies after it may hold details."""
        if "text" in draft.places:
            return head.end
        if head.shape.text is not None:
            found = head.shape.text.match(self.text, head.end, limit)
            if found is None:
                return head.end
            draft.take(found)
            if "text" not in draft.places:
                draft.places["text"] = found.span()
            draft.claimed.append(found.span())
            return found.end()
        return self._run_on(head, limit, draft)

    def _run_on(self, head: _Opening, limit: int, draft: _Draft) -> int:
        last = limit if head.shape.continues is None else self._continued(head, limit)
        endings = [
            (found.start(), found.end(), ending.outcome)
            for ending in head.shape.ends
            if (found := ending.pattern.search(self.text, head.end, min(limit, last + 1)))
        ]
        after = last
        if endings:
            last, after, outcome = min(endings)
            if outcome:
                draft.values["outcome"], draft.places["outcome"] = outcome, (last, after)
            else:
                after = last
        if self.text[head.end : last].strip():
            draft.places["text"] = (head.end, last)
        draft.claimed.append((head.end, after))
        return after

    def _continued(self, head: _Opening, limit: int) -> int:
        """The end of the last paragraph that goes on with the text."""
        last = head.end
        assert head.shape.continues is not None
        for start, end in self.flow.paragraphs:
            if end <= head.end:
                continue
            goes_on = start < head.end or head.shape.continues.match(self.text, start, end)
            broken = self.text[start : start + 1].islower()
            if start >= limit or not (goes_on or broken):
                break
            last = min(end, limit)
        return last

    def _find_details(self, shape: Shape, begin: int, after: int, limit: int, draft: _Draft) -> None:
        """Named groups beside the text; a detail whose groups are all known already belongs to something else."""
        text = draft.places.get("text", (after, after))
        first = max((start for start, _, _ in self.items if start <= draft.claimed[0][0]), default=0)
        for detail in shape.details:
            window = (first, text[1]) if detail.before else (begin, limit)
            for found in detail.pattern.finditer(self.text, *window):
                in_text = found.start() < text[1] and text[0] < found.end()
                if (in_text and not detail.before) or self._is_claimed(*found.span()):
                    continue
                if "actor" in detail.pattern.groupindex:
                    draft.actions.append(found)
                draft.take(found)
                if "for" in found.groupdict():
                    draft.places.setdefault("votes", found.span())
                for name, value in detail.sets.items():
                    if name not in draft.places:
                        draft.values[name], draft.places[name] = value, found.span()
                if not detail.before:
                    draft.claimed.append(found.span())
                break

    def _made(self, head: _Opening, draft: _Draft) -> Decision:
        def value(name: str) -> str:
            said = draft.values.get(name) or draft.values.get(f"{name}_else", "")
            return readable(self._clean(said))

        def at(*names: str) -> Evidence | None:
            name = next((name for name in names if name in draft.places), None)
            return None if name is None else self.flow.place(*draft.places[name])

        start, end = draft.places.get("text", (head.start, head.end))
        item, title = self._item_at(head.start)
        return Decision(
            kind=head.shape.kind,
            number=value("number"),
            body=self.body,
            day=self.day,
            item=value("item") or item,
            title=value("title") or title,
            mover=value("mover").strip(" ,;:"),
            seconder=value("seconder").strip(" ,;:"),
            text=self._wording(start, end),
            outcome=self._outcome(draft),
            votes=Votes(*(_count(draft.values.get(name)) for name in ("for", "against", "abstain"))),
            report=value("report"),
            head=self.flow.place(head.start, head.end),
            wording=self.flow.evidence(start, end),
            day_at=self.day_at,
            mover_at=at("mover", "mover_else"),
            seconder_at=at("seconder"),
            outcome_at=at("outcome", "for"),
            votes_at=at("votes", "for", "against"),
            report_at=at("report"),
            actions=tuple(action for found in draft.actions for action in self._actions(found)),
        )

    def _clean(self, words: str) -> str:
        return self.house.blank.sub("", words) if self.house.blank else words

    def _wording(self, start: int, end: int) -> str:
        """The text of a slice, readable: a paragraph a line, what is `blank` taken out."""
        lines: list[str] = []
        for first, last in self.flow.paragraphs:
            if first < end and start < last:
                words = readable(self._clean(self.flow.raw[max(start, first) : min(end, last)]))
                if words and lines and lines[-1][-1] not in ".;:" and not _MARKER.match(words):
                    lines[-1] += " " + words
                elif words:
                    lines.append(words)
        return "\n".join(lines).strip('“”" ')

    def _outcome(self, draft: _Draft) -> str:
        said = draft.values.get("outcome", "")
        return self.house.outcomes.get(readable(said).lower(), said)

    def _actions(self, found: re.Match[str]) -> Iterator[Action]:
        """One for each actor; several days go to several actors in order, else each actor has each day."""
        groups = found.groupdict()
        actors = _parts(groups["actor"])
        dues = _parts(groups.get("due") or "") or [""]
        evidence = self.flow.place(*found.span())
        pairs = zip(actors, dues, strict=True) if len(actors) == len(dues) else ((a, d) for a in actors for d in dues)
        for actor, due in pairs:
            clauses = _CLAUSES.search(due) or _CLAUSES.search(actor)
            day = next((written.day for written in days(due)), "")
            words = _CLAUSES.sub("", due).strip()
            yield Action(_CLAUSES.sub("", actor).strip(), day, words, clauses[1] if clauses else "", evidence)

    def _item_at(self, at: int) -> tuple[str, str]:
        item, title = "", ""
        for start, number, words in self.items:
            if start > at:
                break
            item, title = number, words
        return item, title

    # What goes with them, and what was not read

    def _with_interests(self, found: Sequence[tuple[int, Decision]]) -> Iterator[Decision]:
        declared = list(self._interests())
        for index, (start, decision) in enumerate(found):
            before = found[index - 1][0] if index else 0
            mine = tuple(
                interest
                for at, interest in declared
                if (interest.item and interest.item == decision.item)
                or (not interest.item and before < at < start and self._item_at(at) == self._item_at(start))
            )
            yield replace(decision, interests=mine) if mine else decision

    def _interests(self) -> Iterator[tuple[int, Interest]]:
        for pattern in self.house.interests:
            for found in pattern.finditer(self.text):
                groups = found.groupdict()
                who, item = readable(self._clean(groups["who"])), readable(groups.get("item") or "")
                yield found.start(), Interest(who, item, self.flow.place(*found.span()))

    def _add_suspects(self) -> None:
        for suspect in self.house.suspects:
            for found in suspect.pattern.finditer(self.text):
                if not self._is_claimed(*found.span()):
                    start, end = self._paragraph(found.start())
                    start, end = max(start, found.start() - _MOST_WORDS), min(end, found.start() + _MOST_WORDS)
                    self.claimed.append((start, end))
                    self.unread.append(Unread(suspect.reason, self.flow.place(start, end)))

    def _paragraph(self, at: int) -> tuple[int, int]:
        return next(((start, end) for start, end in self.flow.paragraphs if start <= at <= end), (at, at + 1))

    def _add_gaps(self, decisions: Sequence[Decision]) -> None:
        """Numbers that are left out between two that follow each other."""
        if self.house.sequence is None:
            return
        numbered = [(int(found[1]), d) for d in decisions if (found := self.house.sequence.search(d.number))]
        for (before, earlier), (number, decision) in pairwise(numbered):
            if number > before + 1:
                reason = f"nothing was read between {earlier.number} and {decision.number}"
                self.unread.append(Unread(reason, decision.head))


def _count(said: str | None) -> int | None:
    return int(said) if said and said.isdigit() else None


def _parts(said: str) -> list[str]:
    return [readable(part).strip(" .") for part in said.split(";") if part.strip(" .\n")]
