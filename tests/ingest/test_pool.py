"""The pool against files and processes that misbehave; the hostile processes are real ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ingest.child import MIB, Child, Limits
from ingest.pool import Pool
from memory.errors import Damaged, KhumbulaError, LimitExceeded, ReadFailed, Unsupported

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(address_space=512 * MIB, resident=256 * MIB, file_size=MIB, answer=8 * MIB)
# Speaks the protocol of `ingest.worker`, confined in the same way, and then does what the test says.
PRELUDE = """
import json, os, sys, time
from ingest.sandbox import allow_processor_time, confine
weakness = confine(address_space=int(sys.argv[1]), file_size=int(sys.argv[2]), parent=int(sys.argv[3]))
print(json.dumps({"outcome": "ready", "weakness": weakness}), flush=True)
request = json.loads(sys.stdin.readline())
def answer(**values): print(json.dumps({"outcome": "read", **values}), flush=True)
"""


@pytest.fixture
def hostile() -> Any:
    """Starts a confined child that runs the given lines when it is asked."""
    children = []

    def start(lines: str, limits: Limits = LIMITS) -> Child:
        child = Child(limits, ("-c", PRELUDE + lines))
        children.append(child)
        child.wait_ready()
        return child

    yield start
    for child in children:
        child.close()


def ask(child: Child, seconds: float = 30.0) -> dict[str, Any]:
    return child.ask({"task": "read"}, "minutes.pdf", "reading", seconds)


def refusals(code: str) -> list[str]:
    """What each line of `code` raises in a confined process, "" for nothing."""
    lines = f"""
outcomes = []
for line in {code.strip().splitlines()!r}:
    try:
        exec(line)
        outcomes.append("")
    except OSError as error:
        outcomes.append(type(error).__name__)
answer(outcomes=outcomes, weakness=weakness)
"""
    child = Child(LIMITS, ("-c", PRELUDE + lines))
    try:
        child.wait_ready()
        found = ask(child)
    finally:
        child.close()
    assert found["weakness"] == ""
    outcomes: list[str] = found["outcomes"]
    return outcomes


def worker_pids() -> list[int]:
    """Processes below this one that run `ingest.worker`."""
    found = []
    for task in os.listdir("/proc/self/task"):
        for pid in Path(f"/proc/self/task/{task}/children").read_text().split():
            if b"ingest.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(int(pid))
    return found


def gone(pid: int) -> bool:
    """Whether the process has ended; waits for it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_confined_process_cannot_connect_to_anything() -> None:
    code = """
import socket; socket.create_connection(("127.0.0.1", 9))
import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
import socket; socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
import socket; socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()
"""
    assert refusals(code) == ["PermissionError"] * 5 + [""]


def test_refusal_of_sockets_holds_in_native_code_and_in_what_it_starts() -> None:
    connect = "import socket; socket.create_connection(('127.0.0.1', 9))"
    run = f"subprocess.run([sys.executable, '-c', {connect!r}], capture_output=True)"
    code = f"""
import ctypes; assert ctypes.CDLL(None).socket(2, 1, 0) == -1
import ctypes; assert ctypes.CDLL(None).syscall(425, 8, 0) == -1
import subprocess, sys; assert b"PermissionError" in {run}.stderr
"""
    assert refusals(code) == ["", "", ""]


def test_parser_cannot_write_a_file_over_the_limit_or_leave_a_core(tmp_path: Path) -> None:
    code = f"""
open({str(tmp_path / "big")!r}, "wb").write(bytes({2 * MIB}))
import resource; assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
"""
    assert refusals(code) == ["OSError", ""]
    assert (tmp_path / "big").stat().st_size <= MIB


def test_allocation_of_four_gigabytes_is_refused(hostile: Any) -> None:
    child = hostile("""
try:
    bytearray(4 << 30)
except MemoryError:
    answer(refused=True)
""")
    assert ask(child) == {"outcome": "read", "refused": True}


def test_memory_of_descendants_counts(hostile: Any) -> None:
    child = hostile("""
import subprocess
hog = "import time; held = bytearray(b'x') * (300 << 20); time.sleep(60)"
subprocess.run([sys.executable, "-c", hog])
""")
    with pytest.raises(LimitExceeded, match=r"^minutes\.pdf: reading took more than 256 MiB of memory"):
        ask(child)
    assert not child.alive


def test_endless_loop_is_stopped_by_the_clock(hostile: Any) -> None:
    child = hostile("while True: pass")
    with pytest.raises(LimitExceeded, match=r"^minutes\.pdf: reading took more than 1 s and was stopped$"):
        ask(child, seconds=1)
    assert not child.alive


def test_endless_loop_is_stopped_by_its_processor_time(hostile: Any) -> None:
    child = hostile("allow_processor_time(0.5)\nwhile True: pass")
    with pytest.raises(LimitExceeded, match="took too much processor time"):
        ask(child)


def test_crash_of_a_parser_is_a_damaged_file(hostile: Any) -> None:
    child = hostile("os.kill(os.getpid(), 11)")
    with pytest.raises(Damaged, match=r"^minutes\.pdf: the reader crashed \(signal 11\)$"):
        ask(child)
    assert not child.alive


def test_silent_exit_of_a_parser_is_a_damaged_file(hostile: Any) -> None:
    child = hostile("os._exit(3)")
    with pytest.raises(Damaged, match=r"ended without an answer \(exit status 3\)$"):
        ask(child)


def test_answer_without_end_is_cut_off(hostile: Any) -> None:
    child = hostile("while True: sys.stdout.write('x' * 65536)")
    with pytest.raises(LimitExceeded, match="reading gave more than 8 MiB and was stopped"):
        ask(child)


def test_what_a_parser_started_ends_with_it(hostile: Any, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = hostile(f"""
import subprocess
quiet = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
open({str(note)!r}, "w").write(str(quiet.pid))
time.sleep(600)
""")
    with pytest.raises(LimitExceeded):
        ask(child, seconds=2)
    assert gone(int(note.read_text()))


def test_environment_of_a_reader_holds_no_secret(hostile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHUMBULA_SECRET", "word")
    child = hostile("answer(names=sorted(os.environ))")
    assert not [name for name in ask(child)["names"] if "KHUMBULA" in name]


def test_child_that_cannot_start_is_told_in_one_line() -> None:
    child = Child(LIMITS, ("-c", "raise SystemExit(4)"))
    with pytest.raises(KhumbulaError, match="a reader process does not start: ended with status 4"):
        child.wait_ready()


def test_file_is_read_in_another_process(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("The library opens at nine.\n")
    with Pool(1) as pool:
        reading = pool.read(note)
    assert [page.text.strip() for page in reading.pages] == ["The library opens at nine."]


def test_stored_copy_is_read_and_reported_under_its_own_name(tmp_path: Path) -> None:
    stored = tmp_path / "5f70bf18a086007016e948b04aed3b82"
    stored.write_bytes(b"\x00\x01\x02\x03" * 50)
    with Pool(1) as pool, pytest.raises(Unsupported, match=r"^plan\.dwg: no reader for \.dwg files$"):
        pool.read(stored, "plan.dwg")


def test_failures_come_back_as_their_kind_and_the_worker_goes_on(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "note.txt").write_text("Noted.")
    with Pool(1) as pool:
        with pytest.raises(Damaged, match=r"^empty\.txt: is empty$"):
            pool.read(tmp_path / "empty.txt")
        with pytest.raises(ReadFailed, match=r"^absent\.txt: cannot be opened"):
            pool.read(tmp_path / "absent.txt")
        before = worker_pids()
        assert pool.read(tmp_path / "note.txt").pages[0].text.strip() == "Noted."
        assert worker_pids() == before


def test_killed_worker_is_replaced(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Noted.")
    with Pool(1) as pool:
        pool.read(note)
        (first,) = worker_pids()
        os.kill(first, signal.SIGKILL)
        assert gone(first)
        assert pool.read(note).pages[0].text.strip() == "Noted."
        assert worker_pids() != [first]


def test_crash_while_reading_is_reported_and_the_next_file_is_read(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Noted.")
    with Pool(1) as pool, ThreadPoolExecutor(1) as threads:
        pool.read(note)
        (worker,) = worker_pids()
        os.kill(worker, signal.SIGSTOP)
        waiting = threads.submit(pool.read, note)
        os.kill(worker, signal.SIGSEGV)
        os.kill(worker, signal.SIGCONT)
        # The signal may come before the request does: then a new worker has read the file.
        error = waiting.exception()
        assert error is None or str(error) == "note.txt: the reader crashed (signal 11)"
        assert pool.read(note).pages[0].text.strip() == "Noted."


def test_reader_that_hangs_is_stopped_and_replaced(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Noted.")
    with Pool(1, seconds=1) as pool:
        pool.read(note)
        os.kill(worker_pids()[0], signal.SIGSTOP)
        with pytest.raises(LimitExceeded, match=r"^note\.txt: reading took more than 1 s and was stopped$"):
            pool.read(note)
        assert pool.read(note).pages[0].text.strip() == "Noted."


def test_many_threads_share_few_workers(tmp_path: Path) -> None:
    notes = [tmp_path / f"{number}.txt" for number in range(40)]
    for note in notes:
        note.write_text(f"Item {note.stem}.")
    with Pool(2) as pool, ThreadPoolExecutor(8) as threads:
        texts = [reading.pages[0].text.strip() for reading in threads.map(pool.read, notes)]
        workers = worker_pids()
    assert texts == [f"Item {note.stem}." for note in notes]
    assert 1 <= len(workers) <= 2


def test_large_reading_comes_through_the_pipe_whole(tmp_path: Path) -> None:
    note = tmp_path / "long.txt"
    lines = "".join(f"Line {number} of the record of the ward committee.\n" for number in range(100_000))
    note.write_text(lines)
    with Pool(1) as pool:
        pages = pool.read(note).pages
    assert sum(page.text.count("ward committee") for page in pages) == 100_000


def test_closing_the_pool_ends_its_workers_and_tells_who_waits(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Noted.")
    pool = Pool(1)
    pool.read(note)
    (worker,) = worker_pids()
    os.kill(worker, signal.SIGSTOP)
    outcomes: list[type[BaseException]] = []

    def wait() -> None:
        try:
            pool.read(note)
        except CancelledError as error:
            outcomes.append(type(error))

    thread = threading.Thread(target=wait)
    thread.start()
    pool.close()
    thread.join(30)
    assert outcomes == [CancelledError]
    assert gone(worker)


# Whoever runs the tests in the background may have told them to ignore an interrupt.
PARENT = """
import signal, sys, time
from pathlib import Path
from ingest.pool import Pool
signal.signal(signal.SIGINT, signal.default_int_handler)
with Pool(1) as pool:
    pool.read(Path(sys.argv[1]))
    tasks = Path("/proc/self/task").iterdir()
    print(*[pid for task in tasks for pid in (task / "children").read_text().split()], flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent(tmp_path: Path, ending: signal.Signals) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Noted.")
    command = [sys.executable, "-c", PARENT, str(note)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        parent.send_signal(ending)
        parent.wait(30)
    assert len(workers) == 1
    assert gone(workers[0])


def test_ctrl_c_at_the_terminal_does_not_reach_a_worker(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Noted.")
    with Pool(1) as pool:
        pool.read(note)
        (worker,) = worker_pids()
        assert os.getpgid(worker) == worker != os.getpgid(0)


def test_protocol_is_safe_from_what_a_library_prints(tmp_path: Path) -> None:
    code = """
import sys, os
from ingest import worker
def noisy(path, request):
    print("progress 10 %")
    os.write(1, b"warning\\n"); os.write(2, b"warning\\n")
    return {"input": sys.stdin.read()}
worker._TASKS["read"] = noisy
worker.main()
"""
    child = Child(LIMITS, ("-c", code))
    try:
        child.wait_ready()
        request = {"task": "read", "path": str(tmp_path), "name": "x", "seconds": 9}
        found = child.ask(request, "x", "reading", 30)
    finally:
        child.close()
    assert json.dumps(found) == '{"outcome": "read", "input": ""}'
