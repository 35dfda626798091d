"""The memory's folder: one writer, one state for a reader, one clear line for whatever is wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from memory import schema
from memory.access import Scope, Selection
from memory.embed import OpenVinoEmbedder
from memory.errors import IngestRunning, MemoryUnusable, Misuse
from memory.memory import Memory
from memory.store import Store, get_meta, set_meta

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data", create=True)


def test_folder_without_a_memory_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"empty: no memory there yet; run khumbula ingest PATH --data .*empty$"):
        Store(tmp_path / "empty")
    assert list(tmp_path.iterdir()) == []


def test_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(MemoryUnusable, match="cannot make the memory's folder: File exists"):
        Store(tmp_path / "data", create=True)


@pytest.mark.parametrize("name", ["50% done", "what?mode=ro", "a#b", "Ü n&i=1"])
def test_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    Store(tmp_path / name, create=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]
    assert (tmp_path / name / "catalogue.sqlite").stat().st_size > 0


def test_second_writer_is_told_who_writes(store: Store) -> None:
    other = Store(store.data)
    told = rf"data: an ingest is running \(process {os.getpid()}\); wait for it to end"
    with store.writing():
        with pytest.raises(IngestRunning, match=told), other.writing():
            pass
        with other.writing_if_free() as held:
            assert held is False
    with other.writing(), store.writing_if_free() as held:
        assert held is False
    with store.writing_if_free() as held:
        assert held is True


def test_lock_ends_with_its_process(store: Store) -> None:
    program = (
        "import sys; from pathlib import Path; from memory.store import Store\n"
        "with Store(Path(sys.argv[1])).writing():\n    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(store.data)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(IngestRunning, match=f"process {holder.pid}"), store.writing():
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with store.writing_if_free() as held:
        assert held is True


def test_reader_sees_one_state_while_another_writes(store: Store) -> None:
    with store.reading() as reader:
        assert get_meta(reader, "thing") == ""
        with store.transaction() as writer:
            set_meta(writer, "thing", "new")
        assert get_meta(reader, "thing") == ""
    with store.reading() as reader:
        assert (get_meta(reader, "thing"), get_meta(reader, "sequence")) == ("new", "1")


def test_failed_transaction_leaves_nothing(store: Store) -> None:
    def interrupted() -> None:
        with store.transaction() as connection:
            set_meta(connection, "thing", "new")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    with store.reading() as reader:
        assert (get_meta(reader, "thing"), get_meta(reader, "sequence")) == ("", "")


def test_two_processes_that_write_wait_for_each_other(store: Store) -> None:
    program = (
        "import sys; from pathlib import Path; from memory.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for _ in range(50):\n    with store.transaction(): pass"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(store.data)], cwd=ROOT) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    with store.reading() as reader:
        assert get_meta(reader, "sequence") == "150"


def test_kill_while_the_catalogue_is_made_needs_no_manual_step(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from sqlalchemy import Engine, event\n"
        "from memory.store import Store\n"
        "@event.listens_for(Engine, 'before_cursor_execute')\n"
        "def stop(connection, cursor, statement, *_):\n"
        "    if 'CREATE TABLE pages' in statement: os.kill(os.getpid(), signal.SIGKILL)\n"
        "Store(Path(sys.argv[1]), create=True)"
    )
    data = tmp_path / "data"
    killed = subprocess.run([sys.executable, "-c", program, str(data)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with Store(data, create=True).reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    assert set(schema.metadata.tables) <= set(tables)


def test_migrations_make_the_tables_of_the_schema(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_memory_of_a_newer_program_is_refused_in_one_line(store: Store) -> None:
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(MemoryUnusable) as told:
        Store(store.data)
    assert str(told.value) == f"{store.data}: made by a newer Khumbula (catalogue 0999); update this program"


def test_memory_of_another_model_is_refused_in_one_line(memory: Memory, embedder: OpenVinoEmbedder) -> None:
    class Other:
        fingerprint, dim, max_tokens = "other-2", 384, 256
        encode, encode_query = embedder.encode, embedder.encode_query
        lengths, spans = embedder.lengths, embedder.spans

    for create in (False, True):
        with pytest.raises(MemoryUnusable) as told:
            Memory(memory.store.data, Other(), create=create)
        assert str(told.value) == (
            f"{memory.store.data}: made with another model ({embedder.fingerprint}, now other-2); "
            "set KHUMBULA_MODEL back, or ingest into a new folder"
        )


@pytest.mark.parametrize("damage", ["other bytes", "header", "inside"])
def test_damaged_catalogue_is_named(tmp_path: Path, damage: str) -> None:
    made = Store(tmp_path / "made", create=True)
    with made.transaction() as connection:
        set_meta(connection, "thing", "x" * 200_000)
    made.engine.dispose()
    data = tmp_path / "data"
    data.mkdir()
    content = bytearray((made.data / "catalogue.sqlite").read_bytes())
    if damage == "other bytes":
        content = bytearray(b"not a database at all " * 500)
    elif damage == "header":
        content[:16] = b"\0" * 16
    else:
        content[4096:] = b"\xa5" * (len(content) - 4096)
    (data / "catalogue.sqlite").write_bytes(content)
    with pytest.raises(MemoryUnusable, match=r"data: the catalogue is damaged \(.*\); restore a backup"):
        _used(data)


def _used(data: Path) -> None:
    with Store(data).reading() as connection:
        get_meta(connection, "thing")


def test_emptied_catalogue_beside_originals_is_damage_and_no_new_memory(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "file.txt"
    source.write_text("text")
    store.keep_original(source)
    store.engine.dispose()
    os.truncate(store.path, 0)
    with pytest.raises(MemoryUnusable, match=r"the catalogue is damaged \(it is empty\); restore a backup"):
        Store(store.data)


def test_original_is_kept_once_under_its_hash(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "file.txt"
    source.write_bytes(b"text")
    (sha256, first), (_, second) = store.keep_original(source), store.keep_original(source)
    assert sha256 == "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
    assert first == second == store.original(sha256)
    assert first.read_bytes() == b"text"
    assert [p for p in (store.data / "originals").rglob("*") if p.is_file()] == [first]


READ_ONLY = """
import mmap, os, sys
from pathlib import Path
from memory.access import Scope, Selection
from memory.embed import load
from memory.errors import KhumbulaError
from memory.memory import Memory
from memory.settings import DEFAULT_MODEL, Settings

embedder = load(DEFAULT_MODEL, Settings().model_cache)
data = Path(sys.argv[1])
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
memory = Memory(data, embedder)
print(memory.store.writable)
print(memory.search("refuse tariff", Selection.on(Scope.operator())).hits[0].passage.text)
for attempt in (lambda: memory.store.writing().__enter__(), lambda: Memory(data, embedder, create=True)):
    try:
        attempt()
    except KhumbulaError as error:
        print(error)
try:
    with memory.store.transaction():
        pass
except KhumbulaError as error:
    print(error)
"""


@pytest.fixture
def read_only(memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None], tmp_path: Path) -> Path:
    """A memory's folder that the process of READ_ONLY may read and not write; under the system's own temporary
    folder, since pytest's is closed to other users."""
    remember(memory, ["The refuse tariff is R 182.50."])
    publish(memory)
    memory.store.engine.dispose()
    data = Path("/tmp") / f"khumbula-{os.getpid()}-{tmp_path.name}"
    shutil.copytree(memory.store.data, data)
    for path in [data, *data.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return data


def test_read_only_memory_answers_and_refuses_to_be_written(read_only: Path) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(read_only)], cwd=ROOT, capture_output=True, text=True, check=False
        )
    finally:
        for path in [read_only, *read_only.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(read_only)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "False",
        "The refuse tariff is R 182.50.",
        f"{read_only}: cannot write there: Permission denied",
        f"{read_only}: the memory's folder is read-only; make it writable or name another",
        f"{read_only}: the memory's folder is read-only: attempt to write a readonly database",
    ]


@pytest.mark.parametrize(
    ("question", "told"),
    [("", "the question is empty"), (" \n", "the question is empty"), ("x" * 100_000, "has 100,000 characters")],
)
def test_question_that_is_none_is_refused(memory: Memory, question: str, told: str) -> None:
    with pytest.raises(Misuse, match=told):
        memory.search(question, Selection.on(Scope.operator()))


def test_memory_that_holds_nothing_finds_nothing(memory: Memory) -> None:
    assert memory.search("refuse", Selection.on(Scope.operator())).hits == ()


def test_sqlite_file_is_in_wal_mode_and_synchronous(store: Store) -> None:
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
