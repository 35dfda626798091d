"""A search makes no outbound connection and loads no torch: watched in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from memory.memory import Memory

ROOT = Path(__file__).resolve().parents[1]

# An audit hook sees every Python-level connect and look-up of a name, of libraries too, and cannot be taken off.
GUARDED = """
import json, sys
attempts = []
LOOPBACK = ("127.", "::1", "localhost")

def guard(event, args):
    if event == "socket.connect":
        _, address = args
        local = not isinstance(address, tuple) or str(address[0]).startswith(LOOPBACK)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        local = str(args[0]).startswith(LOOPBACK)
    else:
        return
    if not local:
        attempts.append(f"{event} {args!r}")
        raise PermissionError(attempts[-1])

sys.addaudithook(guard)
"""
SEARCH = """
from pathlib import Path
from memory.access import Scope, Selection
from memory.embed import load
from memory.memory import Memory
from memory.settings import DEFAULT_MODEL, Settings

memory = Memory(Path(sys.argv[1]), load(DEFAULT_MODEL, Settings().model_cache))
hits = memory.search("Who repairs a burst pipe?", Selection.on(Scope.operator())).hits
heavy = sorted({"torch", "sentence_transformers", "transformers"} & set(sys.modules))
print(json.dumps({"best": hits[0].passage.text, "attempts": attempts, "heavy": heavy}))
"""
REACHING_OUT = """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except PermissionError:
    pass
print(json.dumps({"attempts": len(attempts)}))
"""


def run(program: str, *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", GUARDED + program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_search_connects_to_nothing_and_loads_no_torch(
    memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]
) -> None:
    text = "The water section repairs a burst pipe within eight hours."
    remember(memory, [text, "The library opens at nine."])
    publish(memory)
    assert run(SEARCH, str(memory.store.data)) == {"best": text, "attempts": [], "heavy": []}


def test_guard_would_have_noticed() -> None:
    assert run(REACHING_OUT) == {"attempts": 1}
