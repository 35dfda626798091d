"""The command line of who keeps a memory well: what it holds, whether it is sound, made anew, kept and measured."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from memory.settings import door_settings, settings
from service.terminal import AsJson, AsUser, Data, err, opened, out, print_json, scope_of, store_of, table_of

if TYPE_CHECKING:
    from memory.memory import Memory

cli = typer.Typer()


@cli.command()
def doctor(data: Data = None, as_json: AsJson = False) -> None:
    """Say what is wrong with this installation, in plain words."""
    from service.doctor import findings

    found = findings(data or settings().data, settings(), door_settings())
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            out.print(f"{_MARKS[finding.level]} {finding.about}: {finding.says}", markup=False)
    if any(finding.level == "bad" for finding in found):
        raise typer.Exit(1)


_MARKS = {"good": "well   ", "warning": "look at", "bad": "WRONG  "}


@cli.command()
def status(data: Data = None, user: AsUser = None, as_json: AsJson = False) -> None:
    """What the memory holds."""
    from memory import catalogue
    from memory.generations import Generations
    from memory.store import get_meta

    store = store_of(data)
    with store.reading() as connection:
        scope = scope_of(connection, user)
        held: dict[str, Any] = dict(catalogue.counts(connection, scope))
        held["model"] = get_meta(connection, "model")
    held["generation"] = Generations(store.data / "caches").current_name()
    if as_json:
        print_json(held)
    else:
        out.print(table_of(held))


@cli.command()
def verify(data: Data = None, as_json: AsJson = False) -> None:
    """Compare the caches with the catalogue, and the catalogue with the originals."""
    from memory.verify import verify as check

    found = check(opened(data))
    if as_json:
        print_json(found.to_json())
    else:
        out.print(table_of(found.to_json()))
    if not found.clean:
        raise typer.Exit(1)


@cli.command()
def rebuild(
    data: Data = None,
    extraction: Annotated[
        bool, typer.Option("--extraction", help="extract dates, kinds, links and decisions anew instead")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the search caches anew from the catalogue; or, from its pages, what is extracted of them."""
    memory = opened(data)
    made = _extracted(memory) if extraction else _published(memory)
    if as_json:
        print_json(made)
    else:
        out.print(table_of(made))


def _published(memory: Memory) -> dict[str, Any]:
    with memory.store.writing():
        facts = memory.publish(afresh=True).facts
    return {"generation": facts.number, "rows": facts.rows}


def _extracted(memory: Memory) -> dict[str, Any]:
    from ingest.extraction import extract
    from service.progress import Bars

    began = time.monotonic()
    with Bars(err) as bars, memory.store.writing():
        versions = extract(memory, bars, everything=True)
    return {"versions": versions, "seconds": round(time.monotonic() - began, 2)}


@cli.command()
def backup(file: Path, data: Data = None) -> None:
    """Write the whole memory into one file."""
    from memory.backup import backup as write

    write(data or settings().data, file)
    err.print(f"Written: {file}", markup=False)


@cli.command()
def restore(file: Path, data: Data = None) -> None:
    """Make a memory from a backup, in a folder that holds none."""
    from memory.backup import restore as read

    read(file, data or settings().data)
    err.print(f"Restored into {data or settings().data}", markup=False)


@cli.command(name="eval")
def evaluate(
    folder: Annotated[Path, typer.Argument(help="a test collection in BEIR layout")],
    run: Annotated[Path | None, typer.Option(help="write a TREC run there")] = None,
    as_json: AsJson = False,
) -> None:
    """How well the memory finds things, on a test collection; uses a memory of its own."""
    from eval.evaluate import evaluate as measure
    from memory.embed import load

    chosen = settings()
    found = measure(folder, load(chosen.model, chosen.model_cache), run=run).to_json()
    if as_json:
        print_json(found)
    else:
        out.print(table_of(found))
