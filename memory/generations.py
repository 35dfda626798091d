"""Generations: the caches of the catalogue (FAISS, Tantivy, token codes) as numbered, verified, immutable folders.

    caches/current                   the name of the generation in force
    caches/gen-00000042/manifest.json  what it reflects, and the SHA-256 of every other file
                        vectors.faiss  one row for each passage, in order of passage id
                        rows.npy       (rows, 3): passage id, version id, label number
                        starts.npy     (rows + 1): where a row's token codes begin
                        codes.bin      token codes, read at their places, each row checked when it is read
                        sums.npy       (rows,): the CRC-32 of each row's token codes
                        terms-N/       Tantivy, one folder for each label
                        lexicon-N.json words, acronyms and exact references of that label's passages

Each is written aside, synced, and renamed in. What does not verify is not opened. The codes are by far the largest
file: to hash it whole would take longer than to answer a question.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import threading
import weakref
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from memory import schema
from memory.embed import Codes
from memory.lexicon import Lexicon, LexiconRow
from memory.store import get_meta, sync_folder
from memory.terms import TermIndex, TermRow
from memory.text import searchable, searchable_lines
from memory.vectors import VectorIndex
from memory.vocabulary import Vocabulary

FORMAT = 6
CODES = "codes.bin"
_BATCH = 2000
_KEEP = 2


@dataclass(frozen=True, slots=True)
class Facts:
    """What a generation reflects. `sequence`: the catalogue's; `removals`: its counter of removed passages."""

    number: int
    format: int
    sequence: int
    removals: int
    last_id: int
    model: str
    dim: int
    rows: int
    labels: tuple[str, ...]


class CodesDamaged(Exception):
    """A row's token codes are not what was written."""


class Generation:
    """One generation, opened: never changes, so a request may hold it to its end."""

    def __init__(self, folder: Path, facts: Facts) -> None:
        self.facts = facts
        self.folder = folder
        self.vectors = VectorIndex.load(folder / "vectors.faiss")
        table = np.load(folder / "rows.npy")
        self.ids: NDArray[np.int64] = np.ascontiguousarray(table[:, 0])
        self.versions: NDArray[np.int64] = np.ascontiguousarray(table[:, 1])
        self._starts = np.load(folder / "starts.npy")
        self._sums = np.load(folder / "sums.npy")
        # Read at its places: mapped, all that was ever looked at would count as the process's own memory.
        self._codes = os.open(folder / CODES, os.O_RDONLY)
        weakref.finalize(self, os.close, self._codes)
        self.terms = {label: TermIndex(folder / f"terms-{n}") for n, label in enumerate(facts.labels)}
        self.known_versions, self.known_at = np.unique(self.versions, return_inverse=True)
        self._lexicons: dict[str, Lexicon] = {}
        self._vocabularies: dict[frozenset[str], Vocabulary] = {}
        self._reading = threading.Lock()

    def codes(self, row: int) -> Codes:
        """The token codes of a row. uint8 (pieces, dim / 8)

        Raises:
            CodesDamaged: they are not what was written.
        """
        start, end = int(self._starts[row]), int(self._starts[row + 1])
        read = os.pread(self._codes, end - start, start)
        if zlib.crc32(read) != self._sums[row]:
            raise CodesDamaged(f"{self.folder}: row {row}")
        return np.frombuffer(read, np.uint8).reshape(-1, self.facts.dim // 8)

    def vocabulary(self, labels: frozenset[str]) -> Vocabulary:
        """What questions of a reader who holds `labels` are understood with; read when it is first needed."""
        with self._reading:
            if labels not in self._vocabularies:
                lexicons = [self._lexicon(label) for label in sorted(labels & self.terms.keys())]
                self._vocabularies[labels] = Vocabulary(lexicons)
            return self._vocabularies[labels]

    def _lexicon(self, label: str) -> Lexicon:
        if label not in self._lexicons:
            number = self.facts.labels.index(label)
            self._lexicons[label] = Lexicon.load(self.folder / f"lexicon-{number}.json")
        return self._lexicons[label]


class Generations:
    """The generations of one memory folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current_name(self) -> str | None:
        """The name of the generation in force."""
        try:
            return (self._folder / "current").read_text("utf-8").strip() or None
        except (OSError, ValueError):
            return None

    def open(self) -> Generation | None:
        """The generation in force, if it verifies."""
        name = self.current_name()
        if name is None or not (facts := verified(self._folder / name)):
            return None
        return Generation(self._folder / name, facts)

    def publish(self, connection: Connection, model: str, dim: int, *, afresh: bool = False) -> Generation:
        """Write a generation that reflects the catalogue, extending the one in force where that is enough.

        The caller holds the write lock.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        before = None if afresh else self.open()
        if before is not None and not _extends(connection, before.facts, model):
            before = None
        number = 1 + max((int(p.name[4:]) for p in self._folder.glob("gen-*")), default=0)
        aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=self._folder))
        try:
            _write(connection, aside, number, before, model, dim)
            target = self._folder / f"gen-{number:08d}"
            aside.replace(target)
            sync_folder(self._folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        self._set_current(target.name)
        self._sweep(number)
        facts = _facts(target)
        return Generation(target, facts)

    def _set_current(self, name: str) -> None:
        aside = self._folder / ".current"
        with aside.open("w", encoding="utf-8") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._folder / "current")
        sync_folder(self._folder)

    def _sweep(self, number: int) -> None:
        """Remove what nobody opens any more: an open generation keeps its files until it is closed."""
        for old in self._folder.glob("gen-*"):
            if int(old.name[4:]) <= number - _KEEP:
                shutil.rmtree(old, ignore_errors=True)
        for left in self._folder.glob(".writing-*"):
            shutil.rmtree(left, ignore_errors=True)


def reflects(connection: Connection, facts: Facts, model: str) -> bool:
    """Whether every passage of the catalogue is in the generation, and no other."""
    return _extends(connection, facts, model) and _last_id(connection) == facts.last_id


def _extends(connection: Connection, facts: Facts, model: str) -> bool:
    removals = int(get_meta(connection, "removals", "0"))
    return facts.format == FORMAT and facts.model == model and facts.removals == removals


def _last_id(connection: Connection) -> int:
    return int(connection.scalar(select(func.max(schema.passages.c.id))) or 0)


def _facts(folder: Path) -> Facts:
    values = json.loads((folder / "manifest.json").read_text("utf-8"))["facts"]
    return Facts(**values | {"labels": tuple(values["labels"])})


def verified(folder: Path) -> Facts | None:
    """The generation's facts if its manifest and every file that it names are intact, and the codes all there."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        signed = json.dumps(manifest["facts"], sort_keys=True) + json.dumps(manifest["files"], sort_keys=True)
        if hashlib.sha256(signed.encode()).hexdigest() != manifest["checksum"]:
            return None
        if any(_hash(folder / name) != digest for name, digest in manifest["files"].items()):
            return None
        if (folder / CODES).stat().st_size != np.load(folder / "starts.npy")[-1]:
            return None
        facts = _facts(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return facts if facts.format == FORMAT else None


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(connection: Connection, aside: Path, number: int, before: Generation | None, model: str, dim: int) -> None:
    """Write all files of a generation into `aside`; the manifest last."""
    after = before.facts.last_id if before else 0
    labels = list(before.facts.labels) if before else []
    vectors = VectorIndex.load(before.folder / "vectors.faiss") if before else VectorIndex.empty(dim)
    table = [np.load(before.folder / "rows.npy")] if before else [np.zeros((0, 3), np.int64)]
    starts = [np.load(before.folder / "starts.npy")] if before else [np.zeros(1, np.int64)]
    sums = [np.load(before.folder / "sums.npy")] if before else [np.zeros(0, np.uint32)]
    lexicons = [Lexicon.load(before.folder / f"lexicon-{n}.json") for n in range(len(labels))] if before else []
    if before:
        _share(before.folder, aside, len(labels))
    at = int(starts[-1][-1])
    with (aside / CODES).open("ab") as codes:
        for batch in _rows_after(connection, after):
            first = len(vectors)
            vectors.add(np.stack([np.frombuffer(row.vector, np.float16) for row in batch]).astype(np.float32))
            labels += sorted({row.label for row in batch} - set(labels))
            table.append(np.array([[r.id, r.version_id, labels.index(r.label)] for r in batch], np.int64))
            ends = at + np.cumsum([len(row.codes) for row in batch])
            starts.append(ends.astype(np.int64))
            sums.append(np.array([zlib.crc32(row.codes) for row in batch], np.uint32))
            at = int(ends[-1])
            codes.write(b"".join(row.codes for row in batch))
            _add_terms(aside, labels, batch, first)
            lexicons += [Lexicon() for _ in range(len(labels) - len(lexicons))]
            _add_words(lexicons, labels, batch, first)
    vectors.save(aside / "vectors.faiss")
    rows = np.concatenate(table)
    np.save(aside / "rows.npy", rows)
    np.save(aside / "starts.npy", np.concatenate(starts))
    np.save(aside / "sums.npy", np.concatenate(sums))
    for n in range(len(labels)):
        TermIndex(aside / f"terms-{n}")
        lexicons[n].save(aside / f"lexicon-{n}.json")
    facts = Facts(
        number=number,
        format=FORMAT,
        sequence=int(get_meta(connection, "sequence", "0")),
        removals=int(get_meta(connection, "removals", "0")),
        last_id=int(rows[-1, 0]) if len(rows) else 0,
        model=model,
        dim=dim,
        rows=len(rows),
        labels=tuple(labels),
    )
    _seal(aside, facts)


def _share(before: Path, aside: Path, labels: int) -> None:
    """Take over what is only ever added to: codes as a copy, Tantivy's immutable segments as links."""
    shutil.copyfile(before / CODES, aside / CODES)
    for n in range(labels):
        (aside / f"terms-{n}").mkdir()
        for file in (before / f"terms-{n}").iterdir():
            target = aside / f"terms-{n}" / file.name
            if file.suffix == ".lock":
                continue
            if file.suffix == ".json":
                shutil.copyfile(file, target)
            else:
                os.link(file, target)


def _add_terms(aside: Path, labels: list[str], batch: list[Any], first: int) -> None:
    by_label = sorted(enumerate(batch, start=first), key=lambda pair: labels.index(pair[1].label))
    for label, rows in groupby(by_label, key=lambda pair: pair[1].label):
        TermIndex(aside / f"terms-{labels.index(label)}").add(
            TermRow(row, passage.version_id, passage.context, searchable(passage.text)) for row, passage in rows
        )


def _add_words(lexicons: list[Lexicon], labels: list[str], batch: list[Any], first: int) -> None:
    for row, passage in enumerate(batch, start=first):
        text, heading = searchable_lines(passage.text), tuple(passage.heading)
        lexicon = lexicons[labels.index(passage.label)]
        lexicon.add([LexiconRow(row, passage.version_id, passage.ordinal, heading, text)])


def _rows_after(connection: Connection, after: int) -> Iterator[list[Any]]:
    """Passages with their vectors and labels, by id, in batches."""
    p, v, d, x = schema.passages, schema.versions, schema.documents, schema.vectors
    columns = (p.c.id, p.c.version_id, p.c.ordinal, p.c.heading, p.c.context, p.c.text)
    query = (
        select(*columns, d.c.label, x.c.vector, x.c.codes)
        .select_from(p.join(v, v.c.id == p.c.version_id).join(d, d.c.id == v.c.document_id))
        .join(x, x.c.text_hash == p.c.text_hash)
        .where(p.c.id > after)
        .order_by(p.c.id)
    )
    rows: Iterable[Any] = connection.execution_options(yield_per=_BATCH).execute(query)
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def _seal(aside: Path, facts: Facts) -> None:
    """Sync every file, then write the manifest that vouches for them."""
    files = sorted(p for p in aside.rglob("*") if p.is_file() and p.suffix != ".lock")
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())
    names = {str(path.relative_to(aside)): _hash(path) for path in files if path.name != CODES}
    values = {name: getattr(facts, name) for name in Facts.__slots__}
    values["labels"] = list(facts.labels)
    signed = json.dumps(values, sort_keys=True) + json.dumps(names, sort_keys=True)
    manifest = {"facts": values, "files": names, "checksum": hashlib.sha256(signed.encode()).hexdigest()}
    with (aside / "manifest.json").open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    for folder in [aside, *(p for p in aside.iterdir() if p.is_dir())]:
        sync_folder(folder)
