"""The audit: who did what and was shown which passages, each entry sealed with the one before.

seal(n) = HMAC-SHA256(key, seal(n - 1) + canonical JSON of [seq, at, actor, via, action, detail])

The chain's two ends are sealed too (`audit_start`, `audit_head` in `meta`), so that nothing can be cut off. Without
the key, which lies beside the catalogue or elsewhere, nothing can be changed, removed, added or reordered unseen.
Who has the key and the folder can write another history: note the head elsewhere now and then (`audit verify` prints
it, the log carries it) and compare.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from memory.catalogue import now
from memory.errors import MemoryUnusable, Misuse
from memory.schema_doors import audit
from memory.store import Store, get_meta, set_meta

_NOTHING = "0" * 64
_KEY_BYTES = 32
_FAULTS_TOLD = 20
_LAST, _APPEND = select(func.max(audit.c.seq)), insert(audit)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did. `detail`: canonical JSON."""

    seq: int
    at: str
    actor: str
    via: str
    action: str
    detail: str
    seal: str


@dataclass(frozen=True, slots=True)
class End:
    """Where the chain begins (what was sealed before its first entry) or stops (its last entry)."""

    seq: int
    seal: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.seal}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found. `faults`: in words; none means that nothing was tampered with."""

    entries: int
    start: End
    head: End
    faults: tuple[str, ...]


def open_chain(store: Store, path: Path) -> bytes:
    """The key in that file. The first time, it is made and the empty chain sealed with it.

    Raises:
        MemoryUnusable: the key cannot be read or made, is none, or is gone while there is an audit.
    """
    with store.noting() as connection:
        if path.exists():
            return read_key(path)
        if get_meta(connection, "audit_head"):
            raise MemoryUnusable(f"{path}: the audit's key is gone; put it back (it is in every backup of the memory)")
        key = _make_key(path)
        for name in ("audit_start", "audit_head"):
            _set_end(connection, key, name, End(0, _NOTHING))
        return key


def _make_key(path: Path) -> bytes:
    key = secrets.token_bytes(_KEY_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(handle)
    except OSError as error:
        raise MemoryUnusable(f"{path}: cannot make the audit's key: {error.strerror}") from error
    return key


def read_key(path: Path) -> bytes:
    """The key in that file.

    Raises:
        MemoryUnusable: there is none in it.
    """
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise MemoryUnusable(f"{path}: is not the audit's key; restore it from a backup") from error
    if len(key) != _KEY_BYTES:
        raise MemoryUnusable(f"{path}: is not the audit's key ({len(key)} bytes); restore it from a backup")
    return key


def canonical(value: Any) -> str:
    """One text for one value."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def append(connection: Connection, key: bytes, actor: str, via: str, action: str, detail: Mapping[str, Any]) -> Entry:
    """Seal a new entry; the caller's transaction must be one that writes from its beginning (`store.noting`)."""
    head = _head(connection, key)
    values = (head.seq + 1, now(), actor, via, action, canonical(detail))
    entry = Entry(*values, seal=_seal(key, head.seal, values))
    connection.execute(_APPEND, {name: getattr(entry, name) for name in Entry.__slots__})
    _set_end(connection, key, "audit_head", End(entry.seq, entry.seal))
    return entry


def entries(
    connection: Connection,
    *,
    since: str | None = None,
    until: str | None = None,
    after_seq: int = 0,
    before_seq: int | None = None,
    order: Literal["oldest", "newest"] = "oldest",
    limit: int | None = None,
) -> Iterator[Entry]:
    """Entries, the oldest or newest first. `since`, `until`: moments or days, the first included, the last not."""
    query = select(audit).where(audit.c.seq > after_seq)
    query = query.order_by(audit.c.seq if order == "oldest" else audit.c.seq.desc())
    if before_seq is not None:
        query = query.where(audit.c.seq < before_seq)
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    return _entries(connection, query.limit(limit))


def verify(connection: Connection, key: bytes, expected: End | None = None) -> Verdict:
    """Walk the whole chain. `expected`: a head noted earlier, which must still be in it."""
    start, faults = _checked_end(connection, key, "audit_start")
    told, more = _checked_end(connection, key, "audit_head")
    faults += more
    at, count, seen_expected = start, 0, expected is None or expected == start
    for entry in _entries(connection, select(audit).order_by(audit.c.seq)):
        count += 1
        faults += _faults(key, at, entry)
        at = End(entry.seq, entry.seal)
        seen_expected = seen_expected or at == expected
    if at != told:
        faults.append(f"the last entry is {at.seq}, and the chain ended at {told.seq}: entries were removed or added")
    if not seen_expected:
        faults.append(f"the head noted earlier ({expected}) is not in the chain: it was written anew")
    return Verdict(count, start, at, tuple(faults[:_FAULTS_TOLD]))


def prune(connection: Connection, key: bytes, before: str) -> int:
    """Remove entries older than the moment `before`; the chain then starts at the last one removed. How many.

    What remains is verified as before; that something was pruned, and up to where, is an entry itself.
    """
    last = connection.scalar(select(func.min(audit.c.seq)).where(audit.c.at >= before))
    head = _head(connection, key)
    end = head.seq if last is None else int(last) - 1
    row = connection.execute(select(audit).where(audit.c.seq == end)).first()
    if row is None:
        return 0
    removed = connection.execute(delete(audit).where(audit.c.seq <= end)).rowcount
    _set_end(connection, key, "audit_start", End(end, row.seal))
    append(
        connection, key, "khumbula", "retention", "audit.prune", {"before": before, "up_to": end, "removed": removed}
    )
    return removed


def parse_end(text: str) -> End:
    """A head as `str(End)` writes it.

    Raises:
        Misuse: it is none.
    """
    seq, _, seal = text.partition(":")
    if not seq.isdecimal() or len(seal) != len(_NOTHING):
        raise Misuse(f"{text!r}: is no head of an audit; it looks like 1234:9f86d0... as audit verify prints it")
    return End(int(seq), seal)


def _entries(connection: Connection, query: Select[Any]) -> Iterator[Entry]:
    for row in connection.execution_options(yield_per=1000).execute(query):
        yield _entry_from(row)


def _entry_from(row: Row[Any]) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})


def _seal(key: bytes, before: str, values: tuple[Any, ...]) -> str:
    return hmac.new(key, (before + canonical(list(values))).encode(), hashlib.sha256).hexdigest()


def _same(kept: object, sealed: str) -> bool:
    return hmac.compare_digest(str(kept).encode("utf-8", "surrogatepass"), sealed.encode())


def _faults(key: bytes, before: End, entry: Entry) -> list[str]:
    values = (entry.seq, entry.at, entry.actor, entry.via, entry.action, entry.detail)
    if entry.seq != before.seq + 1:
        return [f"entry {entry.seq} comes after {before.seq}: entries between them were removed"]
    if not _same(entry.seal, _seal(key, before.seal, values)):
        return [f"entry {entry.seq} ({entry.at}, {entry.action}) was changed, or what stood before it was"]
    return []


def _head(connection: Connection, key: bytes) -> End:
    """Where the chain stops.

    When its end was tampered with, the next entry is sealed to nothing: otherwise it would heal what was cut off.
    """
    head, faults = _checked_end(connection, key, "audit_head")
    last = int(connection.scalar(_LAST) or 0)
    return head if not faults and last <= head.seq else End(max(last, head.seq), _NOTHING)


def _set_end(connection: Connection, key: bytes, name: str, end: End) -> None:
    set_meta(connection, name, canonical([end.seq, end.seal, _seal(key, name, (end.seq, end.seal))]))


def _checked_end(connection: Connection, key: bytes, name: str) -> tuple[End, list[str]]:
    """An end of the chain as it was sealed, and what is wrong with it."""
    kept = get_meta(connection, name)
    if not kept:
        return End(0, _NOTHING), [f"{name} was removed: the chain's end is not known"]
    try:
        seq, seal, sealed = json.loads(kept)
        sound = _same(sealed, _seal(key, name, (seq, seal)))
    except (ValueError, TypeError):
        return End(0, _NOTHING), [f"{name} was changed: it is no end of a chain"]
    return End(int(seq), str(seal)), [] if sound else [f"{name} was changed, or sealed with another key"]
