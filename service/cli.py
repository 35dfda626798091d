"""The command line. Results on stdout, progress and messages on stderr; exit 0 done, 1 failed and named, 2 misuse."""

from __future__ import annotations

import errno
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from memory.access import Scope, Selection
from memory.errors import KhumbulaError, Misuse
from memory.settings import door_settings, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel
    from rich.text import Text
    from sqlalchemy import Connection

    from memory.memory import Memory
    from memory.records import Answer, Contradiction
    from memory.store import Store


class _Groups(TyperGroup):
    """Loads the groups of commands that a cold `khumbula ask` can do without only when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names come last."""
        return [*super().list_commands(ctx), *_GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command, or a group of them."""
        if cmd_name not in _GROUPS:
            return super().get_command(ctx, cmd_name)
        from service import cli_doors

        group = typer.main.get_command(getattr(cli_doors, cmd_name))
        group.name = cmd_name
        return group


_GROUPS = ("users", "tokens", "audit")
cli = typer.Typer(
    cls=_Groups,
    name="khumbula",
    help="A municipality's institutional memory: cited passages from the documents it already has.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Data = Annotated[Path | None, typer.Option("--data", help="the memory's folder (KHUMBULA_DATA; default: data)")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON and nothing else on stdout")]
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="answer from what was in force then")
]
Collection = Annotated[str | None, typer.Option("--collection", help="only this collection")]
AsUser = Annotated[str | None, typer.Option("--as", help="ask with this user's rights (default: the operator's)")]


def main() -> None:
    """Run the command line; every foreseeable failure is one line, never a traceback."""
    try:
        code = cli(standalone_mode=False)
    except typer.TyperException as error:
        err.print(f"khumbula: {error.format_message()}", markup=False)
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        err.print("khumbula: interrupted; what was committed is kept, run it again to go on", markup=False)
        sys.exit(130)
    except Misuse as error:
        err.print(f"khumbula: {error}", markup=False)
        sys.exit(2)
    except KhumbulaError as error:
        err.print(f"khumbula: {error}", markup=False)
        sys.exit(1)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EADDRINUSE}:
            raise
        err.print(f"khumbula: {error.filename or 'disk'}: {error.strerror}; {_REMEDIES[error.errno]}", markup=False)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


_REMEDIES = {
    errno.ENOSPC: "free some space and run it again: nothing that was committed is lost",
    errno.EDQUOT: "raise the quota and run it again: nothing that was committed is lost",
    errno.EACCES: "give this user the right to it",
    errno.EROFS: "the file system is read-only",
    errno.EADDRINUSE: "name another --port",
}


def _open(data: Path | None, *, create: bool = False) -> Memory:
    from memory.embed import load
    from memory.memory import Memory
    from memory.model import needs_conversion

    chosen = settings()
    if needs_conversion(chosen.model, chosen.model_cache):
        err.print("Preparing the embedding model (once, some ten seconds) ...")
    return Memory(data or chosen.data, load(chosen.model, chosen.model_cache), create=create)


def _asked(data: Path | None) -> Memory:
    """A memory that is about to be asked: its caches are verified while the rest of this program is imported."""
    memory = _open(data)
    ThreadPoolExecutor(1).submit(memory.generation)
    return memory


def _selection(memory: Memory, user: str | None, as_of: datetime | None, collection: str | None) -> Selection:
    scope = Scope.operator() if user is None else memory.scope_of(user)
    return Selection.on(scope, as_of.date() if as_of else None, collection)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


@cli.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="files and folders")],
    data: Data = None,
    collection: Annotated[str | None, typer.Option(help="name of the collection (default: the folder's)")] = None,
    access: Annotated[str | None, typer.Option(help="who may see it (default: the manifest's, else public)")] = None,
    prune: Annotated[bool, typer.Option(help="withdraw what is gone from these folders")] = False,
    ocr: Annotated[bool, typer.Option(help="read scanned pages now; --no-ocr leaves them for a later run")] = True,
    watch: Annotated[bool, typer.Option(help="go on: follow the folders until interrupted")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the memory up to date with files and folders."""
    from ingest import pipeline
    from ingest.watch import changes
    from service.progress import Bars

    memory = _open(data, create=True)
    options = pipeline.Options(collection, access, prune=prune, ocr=ocr, workers=settings().workers)
    with Bars(err) as bars:
        report = pipeline.ingest(memory, paths, options, bars)
    _show_report(report.to_json(), as_json=as_json)
    if watch:
        err.print("Watching; Ctrl-C ends it.")
        for _ in changes(paths):
            with Bars(err) as bars:
                report = pipeline.ingest(memory, paths, options, bars)
            if any(file.outcome != "unchanged" for file in report.files):
                _show_report(report.to_json(), as_json=as_json)
    if report.failures:
        raise typer.Exit(1)


def _show_report(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(report)
        return
    from service.progress import report_tables

    for table in report_tables(report):
        out.print(table)


@cli.command()
def ask(
    question: str,
    data: Data = None,
    as_of: AsOf = None,
    collection: Collection = None,
    limit: Annotated[int, typer.Option(min=1, max=10, help="sentences at most")] = 3,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with cited sentences, or say that the memory does not know."""
    memory = _asked(data)
    from service.answer import answer

    found = answer(memory, question, _selection(memory, user, as_of, collection), limit=limit, asked_by=user)
    if as_json:
        _print_json(asdict(found))
        return
    out.print(found.answer, markup=False)
    if found.closest:
        out.print("\nThe closest that it has:")
    for c in (*found.citations, *found.closest):
        label = f" (printed {c.page_label})" if c.page_label and c.page_label != str(c.page) else ""
        place = f"  [{c.marker}] {c.title}, version {c.version}, page {c.page}{label} · {c.file_name}"
        out.print(place + (" · read by OCR" if c.ocr else ""), markup=False)
        if c.section:
            out.print(f"      {c.section}", markup=False)
        if found.closest:
            out.print(f"      “{' '.join(c.quote.split())}”", markup=False)
    _show_notes(found)


def _show_notes(found: Answer) -> None:
    """What is said about an answer, and where texts in force contradict each other; each with its place."""
    for note in found.notes:
        out.print(f"\n{note.text}", markup=False)
        for c in note.citations:
            out.print(f"  [{c.marker}] {c.title}, version {c.version}, page {c.page} · {c.file_name}", markup=False)
    for one in found.contradictions:
        _show_contradiction(one)


def _show_contradiction(one: Contradiction) -> None:
    out.print(f"\nTexts in force differ on the {one.measure} ({one.about}):", markup=False)
    for value, c in zip(one.values, one.citations, strict=True):
        kind = f"{c.kind}, authority {c.authority}, " if c.kind else ""
        since = f"in force from {c.in_force_from}" if c.in_force_from else "without a day"
        out.print(f"  {value} [{c.marker}] {c.title}, page {c.page} ({kind}{since})", markup=False)
        out.print(f"      “{' '.join(c.quote.split())}”", markup=False)


@cli.command()
def search(
    question: str,
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="how many passages")] = 10,
    explain: Annotated[bool, typer.Option("--explain", help="say why each passage stands where it does")] = False,
    data: Data = None,
    as_of: AsOf = None,
    collection: Collection = None,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """The passages that answer best, ranked."""
    memory = _asked(data)
    from service.explaining import reading_of, told, with_stages
    from service.shapes import result_of

    selection = _selection(memory, user, as_of, collection)
    found = memory.search(question, selection, k=k)
    results = [result_of(hit) for hit in found.hits]
    if explain:
        results = with_stages(results, found)
    if as_json:
        shown = [result.model_dump(exclude=set() if explain else {"stages"}) for result in results]
        reading = {"reading": reading_of(found, selection).model_dump()} if explain else {}
        _print_json({"question": question, "results": shown, **reading, "generation": found.generation})
        return
    if explain:
        read = reading_of(found, selection)
        out.print(
            f"Read as: {read.words} ({read.language}); as of {read.as_of}; "
            f"{read.candidates} candidates out of {read.versions:,} versions",
            markup=False,
        )
    for number, (hit, result) in enumerate(zip(found.hits, results, strict=True), start=1):
        out.print(
            f"{number:2}. {hit.scores.fused:.3f}  {hit.version.title}, page {hit.passage.first_page}", markup=False
        )
        out.print(f"      {' '.join(hit.passage.text.split())[:300]}", markup=False)
        if result.stages is not None:
            out.print(f"      {told(result.stages)}", markup=False)


@cli.command()
def documents(
    number: Annotated[int | None, typer.Argument(help="one document's id: all that is known of it")] = None,
    kind: Annotated[str | None, typer.Option(help="only documents of this kind")] = None,
    data: Data = None,
    user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """The documents with kind, status and dates; or one, with what it says of itself and its links both ways."""
    from memory import catalogue
    from memory.store import Store
    from service import documents as show

    with Store(data or settings().data).reading() as connection:
        scope = Scope.operator() if user is None else Scope.of(catalogue.granted(connection, user))
        if as_json:
            one = number is not None
            _print_json(show.shown(connection, number or 0, scope) if one else show.listed(connection, scope, kind))
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

    memory = _open(data)
    selection = _selection(memory, user, as_of, collection)
    with memory.store.reading() as connection:
        found = all_contradictions(connection, selection)
    if as_json:
        _print_json([asdict(one) for one in found])
        return
    for one in found:
        _show_contradiction(one)


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

    memory = _open(data)
    corrected = correcting.correct(memory, number, name, value, version=version)
    err.print(f"Document {number}, version {corrected}: {name} is {value or 'as extracted'}.", markup=False)


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="loopback only until sign-in is configured")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8080,
    data: Data = None,
    user: AsUser = None,
) -> None:
    """Serve the pages and the HTTP interface."""
    from service.serve import serve_forever

    memory = _open(data)
    serve_forever(
        memory, host=host, port=port, user=user, gate=settings().gate, settings=door_settings(), say=err.print
    )


@cli.command()
def doctor(data: Data = None, as_json: AsJson = False) -> None:
    """Say what is wrong with this installation, in plain words."""
    from service.doctor import findings

    found = findings(data or settings().data, settings(), door_settings())
    if as_json:
        _print_json([asdict(finding) for finding in found])
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
    from memory.store import Store, get_meta

    store = Store(data or settings().data)
    with store.reading() as connection:
        scope = Scope.operator() if user is None else Scope.of(catalogue.granted(connection, user))
        held: dict[str, Any] = dict(catalogue.counts(connection, scope))
        held["model"] = get_meta(connection, "model")
    held["generation"] = Generations(store.data / "caches").current_name()
    if as_json:
        _print_json(held)
    else:
        out.print(_table(held))


@cli.command()
def verify(data: Data = None, as_json: AsJson = False) -> None:
    """Compare the caches with the catalogue, and the catalogue with the originals."""
    from memory.verify import verify as check

    found = check(_open(data))
    if as_json:
        _print_json(found.to_json())
    else:
        out.print(_table(found.to_json()))
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
    memory = _open(data)
    made = _extracted(memory) if extraction else _published(memory)
    if as_json:
        _print_json(made)
    else:
        out.print(_table(made))


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

    store = _store(data)
    wanted = register.Wanted(
        number, body, text, mover, outcome, kind, _iso(since), _iso(until), collection, outstanding=outstanding
    )
    with store.reading() as connection:
        scope = _scope(connection, user)
        if unread:
            missed = unread_of(register.not_read(connection, scope))
            _print_lines(missed, listing.unread_lines(missed), as_json=as_json)
            return
        total = register.count(connection, wanted, scope)
        most = total if export else limit
        found = [decision_of(f) for f in register.find(connection, wanted, scope, limit=most, offset=offset)]
    if export is not None:
        write(found, export)
        err.print(f"{len(found)} decisions written: {export}", markup=False)
        return
    listed = DecisionList(total=total, limit=limit, offset=offset, decisions=found)
    _print_lines(listed, listing.decision_lines(listed), as_json=as_json)


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

    memory = _open(data)
    scope = Scope.operator() if user is None else memory.scope_of(user)
    found = timeline_of(history(memory, topic, scope, collection))
    _print_lines(found, timeline_lines(found), as_json=as_json)


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

    with _store(data).reading() as connection:
        scope = _scope(connection, user)
        chosen = [choose(connection, name, scope) for name in (left, right)]
        found = comparison_of(compared(connection, *chosen))
    _print_lines(found, comparison_lines(found), as_json=as_json)


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

    with _store(data).reading() as connection:
        scope = _scope(connection, user)
        found = changes_of(changed(connection, since.date(), scope, about=about, collection=collection))
    _print_lines(found, change_lines(found), as_json=as_json)


def _store(data: Path | None) -> Store:
    from memory.store import Store

    return Store(data or settings().data)


def _scope(connection: Connection, user: str | None) -> Scope:
    from memory import catalogue

    return Scope.operator() if user is None else Scope.of(catalogue.granted(connection, user))


def _iso(day: datetime | None) -> str | None:
    return day.date().isoformat() if day else None


def _print_lines(shape: BaseModel, lines: Iterable[str | Text], *, as_json: bool) -> None:
    if as_json:
        _print_json(shape.model_dump())
    else:
        for line in lines:
            out.print(line, markup=False)


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
        _print_json(found)
    else:
        out.print(_table(found))


def _table(values: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None)
    for name, value in values.items():
        shown = f"{value:.4f}" if isinstance(value, float) else str(value)
        table.add_row(name.replace("_", " "), shown)
    return table
