"""What is read out of minutes: decisions, the actions and interests that go with them, and what could not be read.

Each has evidence: slices of one version's pages, `quote == page_text[start:end]` (`memory.law.Evidence`).
Days are ISO 8601; "" is what the minutes do not say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from memory.law import Evidence


@dataclass(frozen=True, slots=True)
class Action:
    """Who must do what a decision asks. `due`: by when; `due_words`: as written ("at once", "monthly")."""

    actor: str
    due: str
    due_words: str
    clauses: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Interest:
    """An interest that somebody declared. `item`: the item of the meeting that it concerns."""

    who: str
    item: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes counted, for and against; None where the minutes give no number."""

    votes_for: int | None = None
    votes_against: int | None = None
    abstentions: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a body decided, or was asked to.

    `kind`: resolution, recommendation, amendment, motion, noting. `outcome`: carried, lost, deferred, referred,
    withdrawn, recommended, noted, or "" where none is recorded. `number`: as printed.
    `text`: the evidence in `wording`, readable, a paragraph a line.
    `day_at`, `mover_at`, `seconder_at`, `outcome_at`, `votes_at`, `report_at`: where each of them is written.
    """

    kind: str
    number: str
    body: str
    day: str
    item: str
    title: str
    mover: str
    seconder: str
    text: str
    outcome: str
    votes: Votes
    report: str
    head: Evidence
    wording: tuple[Evidence, ...]
    day_at: Evidence | None = None
    mover_at: Evidence | None = None
    seconder_at: Evidence | None = None
    outcome_at: Evidence | None = None
    votes_at: Evidence | None = None
    report_at: Evidence | None = None
    actions: tuple[Action, ...] = ()
    interests: tuple[Interest, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """Words of minutes that look like a decision, or belong to one, and were not read. `reason`: why."""

    reason: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Minutes:
    """What one version of minutes holds. `house`: the style that it was read in."""

    house: str
    body: str
    day: str
    decisions: tuple[Decision, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that names a decision. `sense`: done, ended, amended, reported (in a later meeting), named."""

    number: str
    sense: str
    evidence: Evidence


_LETTERS = re.compile(r"^[A-Z. -]+(?=\d)")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def number_key(number: str) -> str:
    """A number as it is looked up: "r2023-046" is R2023-46."""
    return _LEADING_ZEROS.sub("", "".join(number.upper().split()))


def number_tail(number: str) -> str:
    """A number without its letters: "C45/2019" is 45/2019."""
    return _LETTERS.sub("", number_key(number))
