"""What every command shares: where the memory is, who asks, and how things are printed."""

from __future__ import annotations

import gc
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from memory.access import Scope, Selection
from memory.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel
    from rich.text import Text
    from sqlalchemy import Connection

    from memory.memory import Memory
    from memory.records import Contradiction
    from memory.store import Store

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Data = Annotated[Path | None, typer.Option("--data", help="the memory's folder (KHUMBULA_DATA; default: data)")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON and nothing else on stdout")]
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="answer from what was in force then")
]
Collection = Annotated[str | None, typer.Option("--collection", help="only this collection")]
AsUser = Annotated[str | None, typer.Option("--as", help="ask with this user's rights (default: the operator's)")]


def opened(data: Path | None, *, create: bool = False) -> Memory:
    """The memory in that folder, with its model."""
    from memory.embed import load
    from memory.memory import Memory
    from memory.model import needs_conversion

    chosen = settings()
    if needs_conversion(chosen.model, chosen.model_cache):
        err.print("Preparing the embedding model (once, some ten seconds) ...")
    return Memory(data or chosen.data, load(chosen.model, chosen.model_cache), create=create)


def asked(data: Path | None) -> Memory:
    """A memory that is about to be asked: its caches are verified while the rest of this program is imported."""
    # For one question: whatever is left goes with the process.
    gc.disable()
    memory = opened(data)
    ThreadPoolExecutor(1).submit(memory.generation)
    return memory


def selection_of(memory: Memory, user: str | None, as_of: datetime | None, collection: str | None) -> Selection:
    """What a user's question is answered from; without one, the operator's."""
    scope = Scope.operator() if user is None else memory.scope_of(user)
    return Selection.on(scope, as_of.date() if as_of else None, collection)


def print_json(value: Any) -> None:
    """One JSON value on stdout, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n")


def _plain(value: object) -> object:
    """What JSON has no form for: a set in order, all else as it is written."""
    return sorted(value) if isinstance(value, frozenset | set) else str(value)


def store_of(data: Path | None) -> Store:
    """The catalogue in that folder, for what needs no model."""
    from memory.store import Store

    return Store(data or settings().data)


def scope_of(connection: Connection, user: str | None) -> Scope:
    """What a user may see; without one, everything."""
    from memory import catalogue

    return Scope.operator() if user is None else Scope.of(catalogue.granted(connection, user))


def print_lines(shape: BaseModel, lines: Iterable[str | Text], *, as_json: bool) -> None:
    """Something as JSON, or as the lines that say it."""
    if as_json:
        print_json(shape.model_dump())
    else:
        for line in lines:
            out.print(line, markup=False)


def table_of(values: dict[str, Any]) -> Table:
    """Values by name."""
    table = Table(show_header=False, box=None)
    for name, value in values.items():
        shown = f"{value:.4f}" if isinstance(value, float) else str(value)
        table.add_row(name.replace("_", " "), shown)
    return table


def show_contradiction(one: Contradiction) -> None:
    """Two texts in force that differ, each with its place."""
    out.print(f"\nTexts in force differ on the {one.measure} ({one.about}):", markup=False)
    for value, c in zip(one.values, one.citations, strict=True):
        kind = f"{c.kind}, authority {c.authority}, " if c.kind else ""
        since = f"in force from {c.in_force_from}" if c.in_force_from else "without a day"
        out.print(f"  {value} [{c.marker}] {c.title}, page {c.page} ({kind}{since})", markup=False)
        out.print(f"      “{' '.join(c.quote.split())}”", markup=False)
