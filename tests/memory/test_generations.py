"""Generations: what is written is what is opened, or it is written again from the catalogue."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from memory import generations
from memory.access import Scope, Selection
from memory.embed import OpenVinoEmbedder
from memory.errors import MemoryUnusable
from memory.memory import Memory
from memory.terms import TermQuery
from memory.verify import verify

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = Selection.on(Scope.operator())
FIRST = ["The tariff for refuse removal is R 182.50.", "The library lends books.", "Refuse bins are green."]
SECOND = ["The hall is hired at a tariff of R 900.", "Burst pipes are repaired within eight hours."]
QUESTIONS = ("What is the refuse tariff?", "Who repairs pipes?", "library books")
Answers = list[list[tuple[int, float]]]


def answers(memory: Memory) -> Answers:
    """Passage ids and scores to each question."""
    found = [memory.search(question, EVERYTHING).hits for question in QUESTIONS]
    return [[(hit.passage.id, round(hit.scores.fused, 4)) for hit in hits] for hits in found]


def again(memory: Memory) -> Memory:
    """The same folder, opened as another process would."""
    return Memory(memory.store.data, memory.embedder)


@pytest.fixture
def two(memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]) -> Memory:
    """A memory whose second generation extends its first; two labels."""
    remember(memory, FIRST, title="Tariffs")
    publish(memory)
    remember(memory, SECOND, title="Services", label="technical")
    publish(memory)
    return memory


def files(memory: Memory) -> list[str]:
    caches = memory.store.data / "caches"
    return sorted(
        str(p.relative_to(caches)) for p in caches.rglob("*") if p.is_file() and p.suffix != ".lock"
    )  # fmt: skip


def current(memory: Memory) -> Path:
    caches = memory.store.data / "caches"
    return caches / (caches / "current").read_text()


def test_extended_generation_answers_as_one_written_afresh(two: Memory) -> None:
    extended = answers(two)
    assert [len(found) for found in extended] == [5, 5, 5]
    with two.store.writing():
        generation = two.publish(afresh=True)
    assert generation.facts.number == 3
    assert answers(two) == answers(again(two)) == extended


def test_row_leads_to_its_own_passage_vector_and_codes(two: Memory, embedder: OpenVinoEmbedder) -> None:
    generation = two.generation()
    assert (generation.facts.rows, generation.facts.labels) == (5, ("public", "technical"))
    assert generation.ids.tolist() == [1, 2, 3, 4, 5]
    assert generation.versions.tolist() == [1, 1, 1, 2, 2]
    assert {label: index.rows().tolist() for label, index in generation.terms.items()} == {
        "public": [0, 1, 2],
        "technical": [3, 4],
    }
    for row, text in enumerate([f"Tariffs\n{t}" for t in FIRST] + [f"Services\n{t}" for t in SECOND]):
        (encoding,) = embedder.encode([text])
        assert float(generation.vectors.stored()[row] @ encoding.vector) > 0.999
        assert generation.codes(row).shape == encoding.codes.shape


def test_generation_with_a_flipped_byte_in_any_file_is_written_again(two: Memory) -> None:
    expected, names = answers(two), [name for name in files(two) if name.startswith(current(two).name)]
    assert {Path(name).name for name in names} >= {"manifest.json", "vectors.faiss", "rows.npy", "codes.bin"}
    for name in names:
        name = name.replace(name.partition("/")[0], current(two).name)
        path = two.store.data / "caches" / name
        if not path.exists() or not path.stat().st_size:
            continue
        before = current(two).name
        flip(path, path.stat().st_size // 2)
        # The codes are checked row by row, when they are read.
        assert (generations.verified(current(two)) is None) == (path.name != "codes.bin"), name
        assert answers(again(two)) == expected, name
        assert current(two).name > before
        assert generations.verified(current(two)) is not None


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "vectors.faiss", "rows.npy", "starts.npy", "sums.npy", "terms-0/meta.json", "terms-1/meta.json"],
)
@pytest.mark.parametrize("at", [0, -1])
def test_flipped_byte_is_noticed_and_the_answers_stay(two: Memory, name: str, at: int) -> None:
    expected = answers(two)
    flip(current(two) / name, at)
    assert generations.verified(current(two)) is None
    assert answers(again(two)) == expected
    assert current(two).name == "gen-00000003"


@pytest.mark.parametrize("at", [0, -1])
def test_flipped_byte_among_the_codes_is_found_by_verify_and_written_again_when_read(two: Memory, at: int) -> None:
    expected = answers(two)
    flip(current(two) / "codes.bin", at)
    opened = again(two)
    damaged = [problem for problem in verify(opened).problems if "codes" in problem]
    assert damaged == [f"passage {1 if at == 0 else 5}: its token codes are damaged; run khumbula rebuild"]
    assert answers(opened) == expected
    assert current(two).name == "gen-00000003"
    assert not any("codes" in problem for problem in verify(opened).problems)


def test_damaged_codes_while_somebody_writes_are_named(two: Memory) -> None:
    flip(current(two) / "codes.bin", 0)
    opened = again(two)
    with two.store.writing(), pytest.raises(MemoryUnusable, match="the search caches are missing or damaged"):
        answers(opened)


@pytest.mark.parametrize("name", ["manifest.json", "vectors.faiss", "codes.bin", "terms-0/meta.json"])
def test_file_that_is_gone_or_cut_short_is_noticed(two: Memory, name: str) -> None:
    expected = answers(two)
    os.truncate(current(two) / name, 7)
    assert answers(again(two)) == expected
    (current(two) / name).unlink()
    assert answers(again(two)) == expected


@pytest.mark.parametrize("content", [b"", b"gen-00000009", b"\xff\xfe", b"gen-\x00", b"../..", b"gen-00000001"])
def test_name_of_the_current_generation_that_is_wrong_is_set_right(two: Memory, content: bytes) -> None:
    expected = answers(two)
    (two.store.data / "caches" / "current").write_bytes(content)
    assert answers(again(two)) == expected
    assert generations.verified(current(two)) is not None


@pytest.mark.parametrize(
    ("field", "value"), [("rows", 4), ("last_id", 99), ("model", "other"), ("labels", ["public"]), ("format", 2)]
)
def test_manifest_that_says_otherwise_is_not_believed(two: Memory, field: str, value: object) -> None:
    expected = answers(two)
    path = current(two) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["facts"][field] = value
    path.write_text(json.dumps(manifest))
    assert generations.verified(path.parent) is None
    assert answers(again(two)) == expected


@pytest.mark.parametrize("content", ["", "[]", "null", "{}", '{"facts": 1, "files": [], "checksum": ""}'])
def test_manifest_of_another_shape_is_no_manifest(two: Memory, content: str) -> None:
    (current(two) / "manifest.json").write_text(content)
    assert generations.verified(current(two)) is None


def test_catalogue_ahead_of_its_caches_is_caught_up_on_opening(two: Memory, remember: Callable[..., int]) -> None:
    remember(two, ["Dogs are licensed each year."], title="Animals")
    (hit, *_) = again(two).search("dog licence", EVERYTHING).hits
    assert hit.passage.text == "Dogs are licensed each year."


KILLED = """
import os, signal, sys
from pathlib import Path
from memory import generations
from memory.embed import load
from memory.memory import Memory
from memory.verify import verify
from memory.settings import DEFAULT_MODEL, Settings

def stop(*_):
    os.kill(os.getpid(), signal.SIGKILL)

memory = Memory(Path(sys.argv[1]), load(DEFAULT_MODEL, Settings().model_cache))
if sys.argv[2] == "before the rename":
    sys.addaudithook(lambda event, args: stop() if event == "os.rename" and ".writing-" in str(args[0]) else None)
elif sys.argv[2] == "before it is current":
    sys.addaudithook(lambda event, args: stop() if event == "os.rename" and str(args[0]).endswith(".current") else None)
with memory.store.writing():
    memory.publish()
"""


@pytest.mark.parametrize("moment", ["before the rename", "before it is current"])
def test_kill_while_a_generation_is_written_leaves_the_one_before(
    two: Memory, remember: Callable[..., int], moment: str
) -> None:
    expected = answers(two)
    remember(two, ["Dogs are licensed each year."], title="Animals")
    done = subprocess.run([sys.executable, "-c", KILLED, str(two.store.data), moment], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert current(two).name == "gen-00000002"
    assert generations.verified(current(two)) is not None
    assert answers(two) == expected
    assert [len(found) for found in answers(again(two))] == [6, 6, 6]
    assert not list((two.store.data / "caches").glob(".writing-*"))


def test_generation_held_by_a_reader_answers_on_after_it_is_swept(two: Memory) -> None:
    reader = again(two)
    held = reader.generation()
    codes = [held.codes(row).tobytes() for row in range(5)]
    with two.store.writing():
        for _ in range(3):
            two.publish()
    assert not held.folder.exists()
    assert [held.codes(row).tobytes() for row in range(5)] == codes
    assert TermQuery.of("refuse", [held.terms["public"]]).search(5)[0].tolist() == [2, 0]
    assert reader.generation().facts.number == 5


def test_damaged_caches_while_somebody_writes_are_named(two: Memory) -> None:
    (current(two) / "manifest.json").unlink()
    with two.store.writing(), pytest.raises(MemoryUnusable, match="the search caches are missing or damaged"):
        again(two).search("refuse", EVERYTHING)


def test_searches_in_many_threads_while_generations_change_all_answer(two: Memory) -> None:
    expected, failed = answers(two), []

    def ask() -> None:
        for _ in range(5):
            if answers(two) != expected:
                failed.append(1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    with two.store.writing():
        for _ in range(4):
            two.publish(afresh=True)
    for thread in threads:
        thread.join()
    assert failed == []
