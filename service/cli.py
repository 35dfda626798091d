"""The command line. Results on stdout, progress and messages on stderr; exit 0 done, 1 failed and named, 2 misuse."""

from __future__ import annotations

import errno
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from memory.errors import KhumbulaError, Misuse
from memory.settings import door_settings, settings
from service.terminal import (
    AsJson,
    AsOf,
    AsUser,
    Collection,
    Data,
    asked,
    err,
    opened,
    out,
    print_json,
    selection_of,
    show_contradiction,
)

if TYPE_CHECKING:
    from memory.records import Answer


class _Commands(TyperGroup):
    """Loads commands that a cold `khumbula ask` can do without only when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names come last."""
        return [*super().list_commands(ctx), *_ELSEWHERE]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command, from the module that has it."""
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module = import_module(_ELSEWHERE[cmd_name])
        commands = typer.main.get_command(module.cli)
        assert isinstance(commands, TyperGroup)
        return commands.get_command(ctx, cmd_name)


_ELSEWHERE = {
    **dict.fromkeys(
        ("documents", "contradictions", "correct", "decisions", "timeline", "compare", "changes"), "service.cli_records"
    ),
    **dict.fromkeys(("status", "verify", "rebuild", "backup", "restore", "doctor", "eval"), "service.cli_upkeep"),
    **dict.fromkeys(("users", "tokens", "audit"), "service.cli_doors"),
}
cli = typer.Typer(
    cls=_Commands,
    name="khumbula",
    help="A municipality's institutional memory: cited passages from the documents it already has.",
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@cli.callback()
def _version(show: Annotated[bool, typer.Option("--version", help="print the version and end")] = False) -> None:
    if show:
        from importlib.metadata import version

        out.print(f"khumbula {version('khumbula')}")
        raise typer.Exit


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

    memory = opened(data, create=True)
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
        print_json(report)
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
    memory = asked(data)
    from service.answer import answer

    found = answer(memory, question, selection_of(memory, user, as_of, collection), limit=limit, asked_by=user)
    if as_json:
        print_json(asdict(found) | {"state": found.state})
        return
    if found.state != "answered":
        out.print(_STATES[found.state], style="bold")
    out.print(found.answer, markup=False)
    for c in (*found.citations, *found.closest):
        label = f" (printed {c.page_label})" if c.page_label and c.page_label != str(c.page) else ""
        place = f"  [{c.marker}] {c.title}, version {c.version}, page {c.page}{label} · {c.file_name}"
        out.print(place + (" · read by OCR" if c.ocr else ""), markup=False)
        if c.section:
            out.print(f"      {c.section}", markup=False)
        if found.closest:
            out.print(f"      “{' '.join(c.quote.split())}”", markup=False)
    _show_notes(found)


_STATES = {"closest": "NOT AN ANSWER, only the closest that there is", "nothing": "NOTHING FOUND"}


def _show_notes(found: Answer) -> None:
    """What is said about an answer, and where texts in force contradict each other; each with its place."""
    for note in found.notes:
        out.print(f"\n{note.text}", markup=False)
        for c in note.citations:
            out.print(f"  [{c.marker}] {c.title}, version {c.version}, page {c.page} · {c.file_name}", markup=False)
    for one in found.contradictions:
        show_contradiction(one)


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
    memory = asked(data)
    from service.explaining import reading_of, told, with_stages
    from service.shapes import result_of

    selection = selection_of(memory, user, as_of, collection)
    found = memory.search(question, selection, k=k)
    results = [result_of(hit) for hit in found.hits]
    if explain:
        results = with_stages(results, found)
    if as_json:
        shown = [result.model_dump(exclude=set() if explain else {"stages"}) for result in results]
        reading = {"reading": reading_of(found, selection).model_dump()} if explain else {}
        print_json({"question": question, "results": shown, **reading, "generation": found.generation})
        return
    if explain:
        read = reading_of(found, selection)
        out.print(
            f"Read as: {read.words} ({read.language}); beside it: {', '.join(read.beside) or 'nothing'}; "
            f"as of {read.as_of}; "
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
def serve(
    host: Annotated[str, typer.Option(help="loopback only until sign-in is configured")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8080,
    data: Data = None,
    user: AsUser = None,
) -> None:
    """Serve the pages and the HTTP interface."""
    from service.serve import serve_forever

    memory = opened(data)
    serve_forever(
        memory, host=host, port=port, user=user, gate=settings().gate, settings=door_settings(), say=err.print
    )
