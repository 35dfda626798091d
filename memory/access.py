"""Scope: what the asker may see. A required argument everywhere; an empty scope sees nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Scope:
    """The access labels that the asker holds. `labels` None: the operator of this memory, who sees everything."""

    labels: frozenset[str] | None

    @classmethod
    def of(cls, labels: Iterable[str]) -> Scope:
        """Exactly these labels."""
        return cls(frozenset(labels))

    @classmethod
    def operator(cls) -> Scope:
        """Everything: for whoever runs the memory on its own machine."""
        return cls(None)

    def sees(self, label: str) -> bool:
        """Whether a document that carries `label` may be shown."""
        return self.labels is None or label in self.labels


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; None: everything. `since` and `until`: the days between which it is dated."""

    department: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """A scope, a day, a collection, filters: together they say which versions a question is answered from.

    `as_of` is the day whose law counts. `today`: versions that are current and in force on that day;
    otherwise also those that were current then and have been superseded since. `records`: minutes, reports and
    other records of later days count too, since they tell of the day. `drafts`, `superseded`: so do drafts, and
    whatever was in force on any earlier day.
    """

    scope: Scope
    as_of: date
    today: bool = True
    collection: str | None = None
    records: bool = False
    drafts: bool = False
    superseded: bool = False
    filters: Filters = Filters()

    @classmethod
    def on(
        cls,
        scope: Scope,
        as_of: date | None = None,
        collection: str | None = None,
        filters: Filters = Filters(),
    ) -> Selection:
        """What was in force on `as_of`; None: what is in force now."""
        return cls(scope, as_of or date.today(), as_of is None, collection, filters=filters)
