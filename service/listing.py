"""Decisions, timelines and comparisons as lines on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from memory.text import readable
from service.shapes_compare import ChangesShape, ComparisonShape, PairShape, SectionShape, VersionMark
from service.shapes_decisions import ActionShape, DecisionList, DecisionShape, UnreadList
from service.shapes_timeline import TimelineShape

_LONGEST = 400
# Letters kept at each end of a run of words that did not change.
_KEPT = 80


def decision_lines(found: DecisionList) -> Iterator[str]:
    """A few lines for each decision, and how many there are."""
    for decision in found.decisions:
        yield from _decision(decision)
        yield ""
    shown = len(found.decisions)
    more = f"; {shown} shown, --limit and --offset give others" if shown < found.total else ""
    yield f"{found.total} decision{'' if found.total == 1 else 's'}{more}"


def _decision(d: DecisionShape) -> Iterator[str]:
    votes = d.votes
    counted = f" ({votes.votes_for} for, {votes.votes_against or 0} against)" if votes.votes_for is not None else ""
    yield " · ".join(
        part for part in (d.number or d.kind, d.date, d.body, (d.outcome or "no outcome") + counted, d.state) if part
    )
    if d.title:
        yield f"    {f'Item {d.item}: ' if d.item else ''}{d.title}"
    if d.mover:
        yield f"    Proposed by {d.mover}" + (f", seconded by {d.seconder}" if d.seconder else "")
    yield f"    {short(d.text)}"
    for action in d.actions:
        yield f"    To act: {_act(action)}"
    for interest in d.interests:
        yield f"    Interest declared: {interest.who}"
    yield f"    {d.document}, page {d.places['head'][0].page} · {d.file_name}"


def timeline_lines(found: TimelineShape) -> Iterator[str]:
    """A line for each event with its words and where they stand; then what is outstanding."""
    if not found.events:
        yield f"Nothing is recorded of “{found.topic}”."
    for event in found.events:
        what = " ".join(part for part in (event.kind, event.number) if part)
        yield f"{event.date or 'undated':<10}  {what}: {event.document}"
        words = event.text or (event.place.quote if event.place else f"(says the {event.source})")
        yield f"            “{short(words)}”"
        if event.place:
            yield f"            page {event.place.page} · {event.file_name}"
    if found.outstanding:
        yield "\nOutstanding, as far as this memory knows:"
    for decision in found.outstanding:
        acts = "; ".join(_act(action) for action in decision.actions)
        yield f"    {decision.number or decision.date}: {acts}"


def comparison_lines(found: ComparisonShape) -> Iterator[Text]:
    """Each pair of sections that differ, the words that differ in colour and in brackets."""
    yield Text(f"{_named(found.left)}\n{_named(found.right)}")
    yield Text(", ".join(f"{count} {status}" for status, count in found.counts.items()))
    for language, count in found.left_out.items():
        yield Text(f"{count} sections in another language ({language}) left out")
    yield from _pair_lines(found.pairs)


def change_lines(found: ChangesShape) -> Iterator[Text]:
    """What began and ended, with the sections that differ; then what was decided."""
    for change in found.changes:
        instead = f" (before: version {change.before.version})" if change.before and change.kind == "replaced" else ""
        by = f" (says {change.before.title})" if change.before and change.kind == "ended" else ""
        yield Text(f"{change.date}  {change.kind}: {_named(change.version)}{instead}{by}", style="bold")
        if change.counts:
            yield Text("    " + ", ".join(f"{count} {status}" for status, count in change.counts.items()))
        yield from _pair_lines(change.pairs)
    for decision in found.decisions:
        yield Text(f"{decision.date}  decided {decision.number or ''}: {short(decision.text)}")
    yield Text(f"{len(found.changes)} changes and {len(found.decisions)} decisions since {found.since}")


def _pair_lines(pairs: Iterable[PairShape]) -> Iterator[Text]:
    for pair in pairs:
        if pair.status == "same":
            continue
        names = [_section(section) for section in (pair.left, pair.right) if section]
        near = f"; closest: {pair.near}" if pair.near else ""
        yield Text(f"\n{' → '.join(dict.fromkeys(names))}  ({pair.status}{near})", style="bold")
        if pair.left and pair.right and (pair.figures_left or pair.figures_right):
            left, right = (", ".join(figures) or "none" for figures in (pair.figures_left, pair.figures_right))
            yield Text(f"    Figures: {left} → {right}")
        yield Text("    ") + _marked(pair)


def _marked(pair: PairShape) -> Text:
    """The words of a pair; long runs that are the same are cut."""
    text = Text()
    if not (pair.left and pair.right):
        words = short(" ".join(run.text for run in pair.runs))
        return Text(words, style="green" if pair.right else "red strike")
    for run in pair.runs:
        words = run.text.replace("\n", "\n    ")
        if run.op == "removed":
            text.append(f"[-{words}-]", style="red strike")
        elif run.op == "added":
            text.append(f"{{+{words}+}}", style="green")
        else:
            text.append(words if len(words) <= 2 * _KEPT else f"{words[:_KEPT]} ... {words[-_KEPT:]}")
    return text


def _section(section: SectionShape) -> str:
    return " ".join(part for part in (section.number, section.title) if part) or "(before the first heading)"


def _named(mark: VersionMark) -> str:
    force = f", in force from {mark.in_force_from}" if mark.in_force_from else ""
    return f"{mark.title}, version {mark.version} ({mark.status}{force}) · {mark.file_name}"


def _act(action: ActionShape) -> str:
    due = action.due or action.due_words
    return f"{action.actor}, by {due}" if due else action.actor


def unread_lines(found: UnreadList) -> Iterator[str]:
    """Two lines for each thing that was not read."""
    for unread in found.unread:
        yield f"{unread.document}, page {unread.place.page} · {unread.file_name}: {unread.reason}"
        yield f"    “{short(unread.place.quote)}”"
    yield f"{len(found.unread)} not read"


def short(text: str) -> str:
    """One line of a text, cut at a word."""
    line = readable(text)
    return line if len(line) <= _LONGEST else line[:_LONGEST].rsplit(" ", 1)[0] + " ..."
