"""Progress bars on stderr, and the tables that close an ingest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as Remaining
from rich.table import Table

_STAGES = {"reading": "Reading files", "OCR": "Reading scanned pages", "facts": "Extracting facts"}
_FAILED = {"locked", "damaged", "unsupported", "limit", "failed"}
# Rows of the per-file table; unchanged files are counted, not listed.
_MOST_ROWS = 200


class Bars:
    """`ingest.report.Progress` as bars with rate and time left; plain lines where stderr is no terminal."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            Remaining(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[now]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, stage: str, total: int) -> None:
        """A stage of `total` steps begins."""
        name = {"reading": "Reading files", "OCR": "Reading scanned pages", "facts": "Extracting facts"}.get(
            stage, stage
        )
        self._tasks[stage] = self._progress.add_task(name, total=total, now="", rate="")

    def step(self, stage: str, done: str) -> None:
        """One step is done."""
        task = self._tasks[stage]
        speed = self._progress.tasks[self._progress.task_ids.index(task)].speed
        rate = f"{speed:.1f}/s" if speed else ""
        self._progress.update(task, advance=1, now=Path(done).name[:40], rate=rate)


def report_tables(report: dict[str, Any]) -> Iterator[Table]:
    """The files that were touched, then the totals. `report`: `ingest.report.Report.to_json()`."""
    touched = [file for file in report["details"] if file["outcome"] != "unchanged"]
    if touched:
        yield _files_table(sorted(touched, key=lambda file: file["outcome"] not in _FAILED))
    totals = Table(show_header=False, box=None)
    for name, value in report.items():
        if name == "outcomes":
            totals.add_row("outcomes", ", ".join(f"{count} {outcome}" for outcome, count in value.items()))
        elif name != "details":
            totals.add_row(name.replace("_", " "), str(value))
    yield totals


def _files_table(files: list[dict[str, Any]]) -> Table:
    table = Table(box=None)
    for name in ("file", "outcome", "pages", "passages", "to OCR", "seconds", "reason"):
        table.add_column(name, justify="right" if name in {"pages", "passages", "to OCR", "seconds"} else "left")
    for file in files[:_MOST_ROWS]:
        numbers = [str(file[key]) for key in ("pages", "passages", "ocr_pages", "seconds")]
        style = "red" if file["outcome"] in _FAILED else None
        table.add_row(Path(file["path"]).name, file["outcome"], *numbers, file["reason"][:160], style=style)
    if len(files) > _MOST_ROWS:
        table.add_row(f"... and {len(files) - _MOST_ROWS} more (see --json)")
    return table
