"""Paths in, files to ingest out, each with what the folder's manifest says of it.

A folder may hold `khumbula-manifest.csv` (columns path, document, version, title, kind, department, custodian,
access, in_force_from, in_force_to, status, language; only path is required): a path is relative to the manifest,
files with one `document` key are versions of one document.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memory.access import PUBLIC
from memory.errors import Misuse

MANIFEST = "khumbula-manifest.csv"
_STATUSES = frozenset({"current", "superseded", "repealed", "draft"})
_SKIPPED = frozenset({"Thumbs.db", "desktop.ini", MANIFEST})


@dataclass(frozen=True, slots=True)
class Entry:
    """What a manifest says of a file; empty where it says nothing."""

    values: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """A column's value, None when empty."""
        return self.values.get(name) or None

    def for_attachment(self) -> Entry:
        """What holds for an attachment too: who answers for it, not which document it is."""
        return Entry({k: v for k, v in self.values.items() if k in {"department", "custodian", "access"}})


@dataclass(frozen=True, slots=True)
class Source:
    """A file to ingest. `path` is absolute; `collection` and `label` are settled."""

    path: Path
    collection: str
    label: str
    entry: Entry

    @property
    def profile(self) -> str:
        """Changes when the same bytes must be remembered differently."""
        facts = json.dumps([self.collection, self.label, self.entry.values], sort_keys=True)
        return hashlib.sha256(facts.encode()).hexdigest()[:16]


def discover(paths: Sequence[Path], collection: str | None, label: str | None) -> list[Source]:
    """Every file at or below `paths`, in order, each once.

    Raises:
        Misuse: a path does not exist, or there is no file in any of them.
    """
    found: dict[Path, Source] = {}
    for given in paths:
        if not given.exists():
            raise Misuse(f"{given}: no such file or folder")
        root = given.resolve()
        folder = root if root.is_dir() else root.parent
        entries = {} if root.is_file() and not (folder / MANIFEST).exists() else _manifests(folder)
        for path in _files(root):
            entry = entries.get(path, Entry())
            access = label or entry.get("access") or PUBLIC
            found.setdefault(path, Source(path, collection or folder.name or "documents", access, entry))
    if not found:
        raise Misuse(f"{', '.join(map(str, paths))}: no file there to ingest")
    return list(found.values())


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            # Office's lock files, hidden files and system litter are nobody's documents.
            if not name.startswith((".", "~$")) and name not in _SKIPPED and path.is_file():
                yield path


def _manifests(folder: Path) -> dict[Path, Entry]:
    entries: dict[Path, Entry] = {}
    for manifest in sorted(folder.rglob(MANIFEST)):
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                values = {k: v.strip() for k, v in row.items() if k and v and v.strip() and k != "path"}
                if values.get("status", "current") not in _STATUSES:
                    raise Misuse(
                        f"{manifest}: {row['path']}: status {values['status']!r} is none of {sorted(_STATUSES)}"
                    )
                entries[(manifest.parent / (row.get("path") or "")).resolve()] = Entry(values)
    return entries
