"""The memory's folder: the catalogue's connection, its migrations, the write lock and the originals.

<data>/catalogue.sqlite   the only truth
<data>/originals/ab/...   files by SHA-256
<data>/caches/            generations, disposable (see `memory.generations`)
<data>/lock               held by whoever writes
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, QueuePool, bindparam, create_engine, event, insert, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from memory import schema
from memory.errors import IngestRunning, MemoryUnusable, Misuse

HEAD = "0008"
CATALOGUE = "catalogue.sqlite"
_COPY_BLOCK = 1 << 20
_META = select(schema.meta.c.value).where(schema.meta.c.key == bindparam("key"))
_SET_META = update(schema.meta).where(schema.meta.c.key == bindparam("named")).values(value=bindparam("value"))


class Store:
    """An opened memory folder. `writable` is False where the folder's file system is read-only."""

    def __init__(self, data: Path, *, create: bool = False) -> None:
        self.data = data
        self.path = data / CATALOGUE
        if not self.path.exists():
            if not create:
                raise Misuse(f"{data}: no memory there yet; run khumbula ingest PATH --data {data}")
            _make_folder(data)
        self.writable = os.access(data, os.W_OK) and (not self.path.exists() or os.access(self.path, os.W_OK))
        if create and not self.writable:
            raise MemoryUnusable(f"{data}: the memory's folder is read-only; make it writable or name another")
        self.engine = _engine(self.path, writable=self.writable)
        # A transaction that writes takes SQLite's lock when it begins: one that reads first could not wait for it.
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        with _told(data):
            self._migrate()

    def _migrate(self) -> None:
        """Bring an older catalogue up; Alembic is imported only when there is something to do."""
        with self.engine.connect() as connection:
            at = _revision(connection)
        if at == HEAD:
            return
        if at is not None and at > HEAD:
            raise MemoryUnusable(f"{self.data}: made by a newer Khumbula (catalogue {at}); update this program")
        if at is None and (self.data / "originals").exists():
            raise MemoryUnusable(f"{self.data}: the catalogue is damaged (it is empty); restore a backup")
        if not self.writable:
            raise MemoryUnusable(f"{self.data}: catalogue {at} must be updated, and the folder is read-only")
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the catalogue."""
        with _told(self.data), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction; the catalogue's sequence number rises by one."""
        with _told(self.data), self._writer.begin() as connection:
            yield connection
            bump(connection, "sequence")

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """A write that changes nothing of what is found (a gap, a grant): the sequence number stays.

        One after another: what such a transaction read still holds when it commits.
        """
        with _told(self.data), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the memory's write lock.

        Raises:
            IngestRunning: another process holds it.
        """
        lock = _acquire(self.data)
        if lock is None:
            raise IngestRunning(f"{self.data}: an ingest is running ({_holder(self.data)}); wait for it to end")
        try:
            yield
        finally:
            lock.close()

    @contextmanager
    def writing_if_free(self) -> Iterator[bool]:
        """Hold the write lock if nobody does; yields whether it is held."""
        lock = _acquire(self.data) if self.writable else None
        try:
            yield lock is not None
        finally:
            if lock is not None:
                lock.close()

    def original(self, sha256: str) -> Path:
        """Where the original of that hash lies."""
        return self.data / "originals" / sha256[:2] / sha256

    def keep_original(self, source: Path) -> tuple[str, Path]:
        """Copy a file among the originals, durably; returns its SHA-256 and where it lies."""
        incoming = self.data / "originals" / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with source.open("rb") as file, tempfile.NamedTemporaryFile(dir=incoming, delete=False) as copy:
            try:
                while block := file.read(_COPY_BLOCK):
                    digest.update(block)
                    copy.write(block)
                copy.flush()
                os.fsync(copy.fileno())
            except OSError:
                os.unlink(copy.name)
                raise
        return digest.hexdigest(), self._shelve(Path(copy.name), digest.hexdigest())

    def _shelve(self, copy: Path, sha256: str) -> Path:
        target = self.original(sha256)
        if target.exists():
            copy.unlink()
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        copy.chmod(0o440)
        copy.replace(target)
        sync_folder(target.parent)
        return target


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def get_meta(connection: Connection, key: str, default: str = "") -> str:
    """A value of the catalogue's own."""
    found = connection.scalar(_META, {"key": key})
    return default if found is None else str(found)


def set_meta(connection: Connection, key: str, value: str) -> None:
    """Set a value of the catalogue's own."""
    changed = connection.execute(_SET_META, {"named": key, "value": value})
    if changed.rowcount == 0:
        connection.execute(insert(schema.meta).values(key=key, value=value))


def bump(connection: Connection, key: str) -> None:
    """Raise a counter of the catalogue's own by one."""
    set_meta(connection, key, str(int(get_meta(connection, key, "0")) + 1))


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MemoryUnusable(f"{data}: cannot make the memory's folder: {error.strerror}") from error


def _engine(path: Path, *, writable: bool) -> Engine:
    # A read-only folder cannot hold SQLite's -shm file: open as immutable, which nobody can then change.
    uri = f"file:{quote(str(path))}" + ("" if writable else "?mode=ro&immutable=1")
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=30, check_same_thread=False, isolation_level=None),
        # What SQLAlchemy takes for a URL without a path gives a thread one connection for all its transactions,
        # and closes those of other threads beyond the fifth.
        poolclass=QueuePool,
        max_overflow=-1,
        # A question's passages bring some two hundred small values.
        json_deserializer=from_json,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        if writable:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-65536")

    # By itself Python's sqlite3 begins nothing before a SELECT or a CREATE TABLE: a reader would see several
    # states, and a migration that is cut off would leave half of its tables.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


@contextmanager
def _told(data: Path) -> Iterator[None]:
    """SQLite's own words turned into one line that names the folder."""
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        reason = str(error.orig)
        if "full" in reason:
            raise MemoryUnusable(f"{data}: the disk is full; free some space and run it again") from error
        if "readonly" in reason or "unable to open" in reason:
            raise MemoryUnusable(f"{data}: the memory's folder is read-only: {reason}") from error
        if "malformed" in reason or "not a database" in reason:
            raise MemoryUnusable(f"{data}: the catalogue is damaged ({reason}); restore a backup") from error
        raise


def _revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _acquire(data: Path) -> IO[str] | None:
    try:
        lock = (data / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise MemoryUnusable(f"{data}: cannot write there: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.truncate(0)
    lock.write(f"process {os.getpid()}")
    lock.flush()
    return lock


def _holder(data: Path) -> str:
    return (data / "lock").read_text("utf-8") or "another process"
