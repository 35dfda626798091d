"""`python -m eval.kills FOLDER`: kill an ingest at random points, start it again, and look at what was lost.

After every kill: each document that the killed run had acknowledged (its files stand as done in a fresh reading of
the catalogue) must still be there, and `verify` must be clean without any manual step.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from ingest import ledger
from memory.embed import Embedder, load
from memory.errors import MemoryUnusable, Misuse
from memory.memory import Memory
from memory.settings import Settings
from memory.store import Store
from memory.verify import verify

# Seconds that an ingest of the folder may take.
_LONGEST_RUN = 600.0


def acknowledged(data: Path) -> dict[str, str]:
    """Path -> SHA-256 of everything that the catalogue says is remembered."""
    try:
        with Store(data).reading() as connection:
            known = ledger.known_paths(connection)
    except (Misuse, MemoryUnusable):
        return {}
    return {path: row.sha256 for path, row in known.items() if row.version_id is not None}


def kill_once(folder: Path, data: Path, seconds: float) -> bool:
    """Start an ingest and kill it after `seconds`; False: it had ended by then."""
    child = subprocess.Popen(
        [sys.executable, "-m", "service", "ingest", str(folder), "--data", str(data), "--no-ocr", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()
        return True
    return False


def campaign(folder: Path, kills: int, seed: int, embedder: Embedder) -> dict[str, int]:
    """Kill `kills` ingests of `folder`, each at any moment of what one takes; a finished memory is begun anew."""
    chance = random.Random(seed)
    lost = unclean = done = finished = 0
    with tempfile.TemporaryDirectory() as scratch:
        began = time.monotonic()
        kill_once(folder, Path(scratch) / "whole", _LONGEST_RUN)
        whole = time.monotonic() - began
        data = Path(scratch) / "0"
        while done < kills:
            before = acknowledged(data)
            if not kill_once(folder, data, chance.uniform(0.0, whole)):
                finished += 1
                data = Path(scratch) / str(finished)
                continue
            done += 1
            after = acknowledged(data)
            lost += sum(after.get(path) != sha256 for path, sha256 in before.items())
            if (data / "catalogue.sqlite").exists() and after:
                unclean += not verify(Memory(data, embedder, create=True)).clean
            print(f"\r{done} kills, {len(after)} remembered, {lost} lost, {unclean} unclean", end="", file=sys.stderr)
    print(file=sys.stderr)
    return {"kills": done, "finished_runs": finished, "lost": lost, "unclean": unclean}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign and print its counts; exit status 1 if anything was lost or unclean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    settings = Settings()
    began = time.monotonic()
    found = campaign(given.folder, given.kills, given.seed, load(settings.model, settings.model_cache))
    print(json.dumps(found | {"seconds": round(time.monotonic() - began)}))
    return 1 if found["lost"] or found["unclean"] else 0


if __name__ == "__main__":
    sys.exit(main())
