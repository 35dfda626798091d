"""Question sets on disk: BEIR's layout (Thakur et al. 2021) and the gold questions of the sample corpus."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from memory.errors import Misuse

GoldKind = Literal["answerable", "unanswerable", "dated", "restricted"]
GOLD_KINDS: tuple[GoldKind, ...] = ("answerable", "unanswerable", "dated", "restricted")


@dataclass(frozen=True, slots=True)
class Text:
    """One document of a set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """`queries`: id -> question. `qrels`: id -> {document id: grade}; a query without judgements has no entry."""

    name: str
    texts: tuple[Text, ...]
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]

    @property
    def judged(self) -> list[str]:
        """Ids of the queries with a relevant document, in the set's order."""
        return [query for query in self.queries if any(g > 0 for g in self.qrels.get(query, {}).values())]

    @property
    def unjudged(self) -> list[str]:
        """Ids of the queries without any: what the set holds no answer for."""
        judged = set(self.judged)
        return [query for query in self.queries if query not in judged]


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold question. `answer`: its words in the rendered file; `page` counts from 1; `also`: (file, its words)
    of further files that answer as well; `as_of`: the day whose law is asked for; `as_user`: who may see it."""

    id: str
    type: GoldKind
    question: str
    file: str | None = None
    document: str | None = None
    version: int | None = None
    answer: str | None = None
    page: int | None = None
    as_of: str | None = None
    as_user: str | None = None
    also: tuple[tuple[str, str], ...] = ()


def load_beir(folder: Path) -> Dataset:
    """`corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` of a folder.

    Raises:
        Misuse: a file is missing, or a line is not what the layout says.
    """
    texts = tuple(
        Text(str(row["_id"]), str(row.get("title") or ""), str(row.get("text") or ""))
        for row in _rows(folder / "corpus.jsonl", "_id")
    )
    queries = {str(row["_id"]): str(row["text"]) for row in _rows(folder / "queries.jsonl", "_id", "text")}
    return Dataset(folder.resolve().name, texts, queries, _qrels(folder / "qrels" / "test.tsv"))


def load_gold(folder: Path) -> list[Gold]:
    """The questions of every `*.jsonl` in a folder, file by file.

    Raises:
        Misuse: there is none, or a line is not a gold question.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise Misuse(f"{folder}: no gold questions there (*.jsonl)")
    known = {field.name for field in fields(Gold)}
    questions = []
    for path in files:
        for row in _rows(path, "id", "type", "question"):
            if row["type"] not in GOLD_KINDS:
                raise Misuse(f"{path.name}: {row['id']}: no such type of question: {row['type']}")
            values = {name: value for name, value in row.items() if name in known}
            questions.append(Gold(**values | {"also": tuple(row.get("also", {}).items())}))
    return questions


def _rows(path: Path, *needed: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise Misuse(f"{path}: line {number} is not JSON: {error}") from error
        if not isinstance(row, dict) or any(name not in row for name in needed):
            raise Misuse(f"{path}: line {number} lacks {' or '.join(needed)}")
        yield row


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").split("\n")
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}; the folder must be in BEIR layout") from error


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for number, row in enumerate(csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
        if not row or (number == 1 and row[0] == "query-id"):
            continue
        try:
            query, document, grade = row
            found.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            raise Misuse(f"{path}: line {number} is not query-id, corpus-id, score") from error
    return found
