"""How much room a memory takes: each file once, and no stumbling over what goes while it is counted."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

from memory.holdings import room


def test_file_with_two_names_counts_once(tmp_path: Path) -> None:
    caches = tmp_path / "caches" / "gen-1"
    caches.mkdir(parents=True)
    (caches / "vectors").write_bytes(b"1234567")
    os.link(caches / "vectors", tmp_path / "caches" / "again")
    (tmp_path / "catalogue.sqlite").write_bytes(b"123")
    assert room(tmp_path) == {"catalogue": 3, "originals": 0, "caches": 7, "uploads": 0}


def test_folders_that_go_meanwhile_are_passed_over(tmp_path: Path) -> None:
    done = threading.Event()

    def come_and_go() -> None:
        while not done.is_set():
            for number in range(20):
                folder = tmp_path / "uploads" / str(number) / "inner"
                folder.mkdir(parents=True)
                (folder / "file").write_bytes(b"12345")
            shutil.rmtree(tmp_path / "uploads")

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        counted = [room(tmp_path)["uploads"] for _ in range(300)]
    finally:
        done.set()
        thread.join()
    assert all(0 <= size <= 100 and size % 5 == 0 for size in counted)
