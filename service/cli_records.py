"""The command line of what documents say: what they are, decided, replaced and contradict."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from memory.access import Scope
from service.terminal import (
    AsJson,
    AsOf,
    AsUser,
    Collection,
    Data,
    err,
    opened,
    out,
    print_json,
    print_lines,
    scope_of,
    selection_of,
    show_contradiction,
    store_of,
)

cli = typer.Typer()


@cli.command()
def documents(
    number: Annotated[int | None, typer.Argument(help="one document's id: all that is known of it")] = None,
    kind: Annotated[str | None, typer.Option(help="only documents of this kind")] = None,
    data: Data = None,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """The documents with kind, status and dates; or one, with what it says of itself and its links both ways."""
    from service import documents as show

    with store_of(data).reading() as connection:
        scope = scope_of(connection, user)
        if as_json:
            one = number is not None
            print_json(show.shown(connection, number or 0, scope) if one else show.listed(connection, scope, kind))
        elif number is None:
            out.print(show.list_table(show.listed(connection, scope, kind)))
        else:
            for line in show.lines(connection, number, scope):
                out.print(line, markup=False)


@cli.command()
def contradictions(
    data: Data = None,
    as_of: AsOf = None,
    collection: Collection = None,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Texts in force that give one thing different values, side by side with their authority and dates."""
    from service.contradictions import all_contradictions

    memory = opened(data)
    selection = selection_of(memory, user, as_of, collection)
    with memory.store.reading() as connection:
        found = all_contradictions(connection, selection)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        show_contradiction(one)


@cli.command()
def correct(
    number: Annotated[int, typer.Argument(help="the document's id")],
    name: Annotated[str, typer.Argument(help="kind, status, adoption, publication, commencement, expiry, repeal, ...")],
    value: Annotated[str, typer.Argument(help="the kind, the status or the day; empty takes the correction back")],
    version: Annotated[int | None, typer.Option(help="which version (default: the newest)")] = None,
    data: Data = None,
) -> None:
    """Set by hand what was extracted wrongly; it stays through every later extraction."""
    from ingest import correct as correcting

    memory = opened(data)
    corrected = correcting.correct(memory, number, name, value, version=version)
    err.print(f"Document {number}, version {corrected}: {name} is {value or 'as extracted'}.", markup=False)


Since = Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="not before this day")]
Until = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="not after this day")]


@cli.command()
def decisions(
    number: Annotated[str | None, typer.Argument(help="a decision's number, with or without its letters")] = None,
    data: Data = None,
    body: Annotated[str | None, typer.Option(help="the council or committee, or part of its name")] = None,
    text: Annotated[str | None, typer.Option(help="words that all stand in it")] = None,
    mover: Annotated[str | None, typer.Option(help="who proposed it")] = None,
    outcome: Annotated[str | None, typer.Option(help="carried, lost, deferred, referred, withdrawn, ...")] = None,
    kind: Annotated[str | None, typer.Option(help="resolution, recommendation, amendment, motion or noting")] = None,
    since: Since = None,
    until: Until = None,
    collection: Collection = None,
    outstanding: Annotated[bool, typer.Option("--outstanding", help="only what somebody still has to do")] = False,
    unread: Annotated[bool, typer.Option("--unread", help="what of the minutes was not read, instead")] = False,
    export: Annotated[Path | None, typer.Option(help="write them to FILE.csv, FILE.xlsx or FILE.json")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="decisions at most")] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """The decision register: who decided what, when, and who has to act."""
    from memory import register
    from service import listing
    from service.export import write
    from service.shapes_decisions import DecisionList, decision_of, unread_of

    store = store_of(data)
    wanted = register.Wanted(
        number, body, text, mover, outcome, kind, _iso(since), _iso(until), collection, outstanding=outstanding
    )
    with store.reading() as connection:
        scope = scope_of(connection, user)
        if unread:
            missed = unread_of(register.not_read(connection, scope))
            print_lines(missed, listing.unread_lines(missed), as_json=as_json)
            return
        total = register.count(connection, wanted, scope)
        most = total if export else limit
        found = [decision_of(f) for f in register.find(connection, wanted, scope, limit=most, offset=offset)]
    if export is not None:
        write(found, export)
        err.print(f"{len(found)} decisions written: {export}", markup=False)
        return
    listed = DecisionList(total=total, limit=limit, offset=offset, decisions=found)
    print_lines(listed, listing.decision_lines(listed), as_json=as_json)


@cli.command()
def timeline(
    topic: Annotated[str, typer.Argument(help="a decision's number, or a subject")],
    data: Data = None,
    collection: Collection = None,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """What was proposed, decided, amended, ended and reported, in order; and what is outstanding."""
    from memory.timeline import timeline as history
    from service.listing import timeline_lines
    from service.shapes_timeline import timeline_of

    memory = opened(data)
    scope = Scope.operator() if user is None else memory.scope_of(user)
    found = timeline_of(history(memory, topic, scope, collection))
    print_lines(found, timeline_lines(found), as_json=as_json)


@cli.command()
def compare(
    left: Annotated[
        str, typer.Argument(help="a document's number (12, or 12@2 for its version 2), file name or title")
    ],
    right: Annotated[str, typer.Argument(help="the other one")],
    data: Data = None,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Two versions or documents, section by section, with the words that differ marked."""
    from memory.comparison import choose, compared
    from service.listing import comparison_lines
    from service.shapes_compare import comparison_of

    with store_of(data).reading() as connection:
        scope = scope_of(connection, user)
        chosen = [choose(connection, name, scope) for name in (left, right)]
        found = comparison_of(compared(connection, *chosen))
    print_lines(found, comparison_lines(found), as_json=as_json)


@cli.command()
def changes(
    since: Annotated[datetime, typer.Option("--since", formats=["%Y-%m-%d"], help="after this day")],
    about: Annotated[str | None, typer.Argument(help="a document or a subject (default: everything)")] = None,
    data: Data = None,
    collection: Collection = None,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """What began, was replaced, ended or was decided since a day."""
    from memory.comparison import changes as changed
    from service.listing import change_lines
    from service.shapes_compare import changes_of

    with store_of(data).reading() as connection:
        scope = scope_of(connection, user)
        found = changes_of(changed(connection, since.date(), scope, about=about, collection=collection))
    print_lines(found, change_lines(found), as_json=as_json)


def _iso(day: datetime | None) -> str | None:
    return day.date().isoformat() if day else None
