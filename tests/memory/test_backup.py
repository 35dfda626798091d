from pathlib import Path

import pytest

from ingest.pipeline import ingest
from memory.access import Scope, Selection
from memory.backup import backup, restore
from memory.embed import Embedder
from memory.errors import MemoryUnusable, Misuse
from memory.memory import Memory
from memory.parlance import Parlance
from memory.verify import verify


@pytest.fixture
def kept(memory: Memory, tmp_path: Path) -> Memory:
    (tmp_path / "dogs.md").write_text("# Dogs\n\nA dog licence costs R 85 a year.\n", "utf-8")
    ingest(memory, [tmp_path / "dogs.md"])
    return memory


def test_restored_memory_answers_as_before(kept: Memory, tmp_path: Path, embedder: Embedder) -> None:
    (kept.store.data / "parlance.toml").write_text('"hound" = ["dog"]\n', "utf-8")
    backup(kept.store.data, tmp_path / "memory.tar")
    restore(tmp_path / "memory.tar", tmp_path / "restored")
    assert Parlance(tmp_path / "restored").official("hound", lambda _: 1) == (("hound", "dog"),)
    again = Memory(tmp_path / "restored", embedder)
    everything = Selection.on(Scope.operator())
    before, after = (m.search("What does a dog licence cost?", everything).hits for m in (kept, again))
    assert before == after
    assert verify(again).problems == []


def test_backup_is_not_restored_over_a_memory(kept: Memory, tmp_path: Path) -> None:
    backup(kept.store.data, tmp_path / "memory.tar")
    with pytest.raises(MemoryUnusable, match="holds a memory already"):
        restore(tmp_path / "memory.tar", kept.store.data)


def test_a_file_that_is_no_backup_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"not a tar")
    with pytest.raises(Misuse, match=r"x\.tar: cannot be read as a backup"):
        restore(tmp_path / "x.tar", tmp_path / "data")


def test_original_that_changed_is_named_by_verify(kept: Memory) -> None:
    (original,) = (p for p in (kept.store.data / "originals").glob("??/*") if p.parent.name != "incoming")
    original.chmod(0o640)
    original.write_bytes(b"forged")
    assert [problem.split(":")[1] for problem in verify(kept).problems] == [
        " its bytes have changed; restore it from a backup"
    ]
