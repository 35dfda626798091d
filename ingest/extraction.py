"""The pass that extracts facts: stored pages in, rows of the catalogue out. Nothing is parsed, nothing embedded.

It runs at the end of each ingest over the versions that these extractors have not read yet, and over everything
when asked (`khumbula rebuild --extraction`). To add a kind of fact: a pure function in `ingest/extract/`, a function
that writes what it gives in `memory/`, and one line in `EXTRACTORS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ingest import record
from ingest.extract import decisions, kinds, mentions
from ingest.extract.claims import claims
from ingest.extract.facts import Found, find
from ingest.extract.house import FOLDER, House, houses, load
from ingest.extract.subject import Kind, Subject
from ingest.report import Progress, Silent
from memory import catalogue, facts, register
from memory.links import resolve_links
from memory.memory import Memory
from memory.standing import settle_standings
from memory.store import get_meta, set_meta

# Versions read and written together; a batch is committed whole.
_BATCH = 500
# The catalogue's sequence number after the last settling.
_SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Extractor:
    """`extract`: pure. `write`: sets, in the catalogue, what a version (by its id) gave."""

    name: str
    extract: Callable[[Subject], Sequence[Any]]
    write: Callable[[Connection, int, Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a municipality may have put in the place of the usual rules."""

    kinds: tuple[Kind, ...]
    houses: tuple[House, ...]


def _write_found(connection: Connection, version_id: int, found: Sequence[Found]) -> None:
    facts.write_facts(connection, version_id, [fact for one in found for fact in one.facts])
    facts.write_references(connection, version_id, [reference for one in found for reference in one.references])


EXTRACTORS = (
    Extractor("facts", find, _write_found),
    Extractor("claims", claims, facts.write_claims),
    Extractor("decisions", decisions.decisions, register.write_minutes),
    Extractor("mentions", mentions.mentions, register.write_mentions),
)

# Run in one transaction after all versions are written: what needs more than one of them.
SETTLERS: tuple[Callable[[Connection], None], ...] = (settle_standings, resolve_links)


def extract(memory: Memory, progress: Progress | None = None, *, everything: bool = False) -> int:
    """Extract from the versions that wait for it; how many they were. The caller holds the write lock.

    Raises:
        Misuse: the memory's own `kinds.toml` or one of its own `houses/*.toml` cannot be read.
    """
    progress = progress or Silent()
    rules = _Rules(kinds_of(memory), houses_of(memory))
    version = fingerprint(_own_kinds(memory), *_own_houses(memory))
    if everything:
        with memory.store.transaction() as connection:
            facts.forget_all(connection)
    with memory.store.reading() as connection:
        waiting = facts.unread_versions(connection, version)
        changed = get_meta(connection, _SETTLED) != get_meta(connection, "sequence", "0")
    if waiting:
        progress.begin("facts", len(waiting))
    for start in range(0, len(waiting), _BATCH):
        _extract(memory, waiting[start : start + _BATCH], rules, version, progress)
    if waiting or changed:
        settle(memory)
    return len(waiting)


def _extract(memory: Memory, batch: Sequence[int], rules: _Rules, version: str, progress: Progress) -> None:
    with memory.store.reading() as connection:
        found = []
        for subject in _subjects(connection, batch, rules):
            found.append((subject.version.id, [extractor.extract(subject) for extractor in EXTRACTORS]))
            progress.step("facts", subject.version.file_name)
    with memory.store.transaction() as connection:
        for version_id, given in found:
            for extractor, values in zip(EXTRACTORS, given, strict=True):
                extractor.write(connection, version_id, values)
            facts.mark_read(connection, version_id, version)


def kinds_of(memory: Memory) -> tuple[Kind, ...]:
    """The kinds of documents that the memory knows: its folder's own, or the usual ones.

    Raises:
        Misuse: the folder's `kinds.toml` cannot be read.
    """
    own = _own_kinds(memory)
    return kinds.read_kinds(own) if own.exists() else kinds.read_kinds()


def houses_of(memory: Memory) -> tuple[House, ...]:
    """The styles of minutes that the memory knows: its folder's own before the usual ones.

    Raises:
        Misuse: one of the folder's `houses/*.toml` cannot be read.
    """
    return (*(load(file) for file in _own_houses(memory)), *houses())


def _own_houses(memory: Memory) -> list[Path]:
    return sorted((memory.store.data / FOLDER.name).glob("*.toml"))


def _own_kinds(memory: Memory) -> Path:
    return memory.store.data / kinds.RULES.name


def settle(memory: Memory) -> None:
    """Work out again what follows from all facts together. The caller holds the write lock."""
    with memory.store.transaction() as connection:
        for settle in SETTLERS:
            settle(connection)
        # The transaction itself counts one further.
        set_meta(connection, _SETTLED, str(int(get_meta(connection, "sequence", "0")) + 1))


def _subjects(connection: Connection, versions: Sequence[int], rules: _Rules) -> Iterator[Subject]:
    for version_id in versions:
        version = catalogue.get_version_by_id(connection, version_id)
        document = version and catalogue.get_document(connection, version.document_id, catalogue.EVERYTHING)
        if version and document:
            path = catalogue.path_of(connection, version_id)
            pages = tuple(record.stored_pages(connection, version_id))
            yield Subject(document, version, path, pages, rules.kinds, rules.houses)


def fingerprint(*own: Path) -> str:
    """Changes whenever an extractor does: the digest of `ingest/extract` and of the memory's own kinds and houses."""
    digest = hashlib.sha256()
    files = sorted(file for file in (Path(__file__).parent / "extract").rglob("*") if file.suffix in {".py", ".toml"})
    for file in [*files, *(file for file in own if file.exists())]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
