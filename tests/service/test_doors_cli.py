"""The command line of who may come in, and the server process, as they are run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO

import httpx
import pytest

from memory.memory import Memory
from memory.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = "The water section repairs a burst pipe within eight hours."


@pytest.fixture
def data(memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]) -> Path:
    remember(memory, [TEXT])
    publish(memory)
    return memory.store.data


def khumbula(*arguments: str, data: Path, sent: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments, "--data", str(data)],
        cwd=ROOT,
        env=_environment(settings),
        input=sent,
        capture_output=True,
        text=True,
        check=False,
    )


def _environment(settings: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KHUMBULA_")}
    return kept | {"KHUMBULA_MODEL_CACHE": str(Settings().model_cache)} | settings


@contextmanager
def serving(data: Path, log: IO[str], **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process and its address."""
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(settings), stderr=log, text=True)
    try:
        while "Khumbula is at " not in (said := Path(log.name).read_text()):
            assert process.poll() is None, said
            time.sleep(0.05)
        yield process, said.partition("Khumbula is at ")[2].split()[0].rstrip("/")
    finally:
        process.kill()
        process.wait()


def test_accounts_keys_and_audit_by_command(data: Path) -> None:
    added = khumbula("users", "add", "Anna", "--role", "administrator", "--label", "finance", data=data)
    assert "Password of anna, told this once: " in added.stdout
    assert khumbula("users", "add", "anna", data=data).returncode == 2
    assert khumbula("users", "add", "ben", "--role", "king", data=data).returncode == 2
    weak = khumbula("users", "add", "ben", "--password-stdin", data=data, sent="short\n")
    assert (weak.returncode, "12 to 200" in weak.stderr) == (2, True)
    listed = json.loads(khumbula("users", "list", "--json", data=data).stdout)
    assert [(u["name"], u["roles"], u["labels"]) for u in listed] == [
        ("anna", ["administrator"], ["finance", "public"])
    ]
    assert "password" not in listed[0]

    assert khumbula("users", "set", "anna", "--role", "auditor", "--disable", data=data).returncode == 0
    assert khumbula("users", "password", "anna", data=data).returncode == 0
    assert khumbula("users", "sign-out", "anna", data=data).stderr == "0 sessions ended.\n"
    assert khumbula("users", "set", "nobody", data=data).returncode == 1

    key = khumbula("tokens", "add", "intranet", "--ability", "widget", data=data).stdout
    assert key.startswith("khs_")
    assert khumbula("tokens", "add", "x", "--ability", "fly", data=data).returncode == 2
    assert khumbula("tokens", "revoke", "intranet", data=data).returncode == 0
    assert "revoked" in khumbula("tokens", "list", data=data).stdout

    lines = [json.loads(line) for line in khumbula("audit", "export", data=data).stdout.splitlines()]
    actions = [line["action"] for line in lines]
    assert actions == [
        "user.add",
        "user.set",
        "user.password",
        "user.sign-out",
        "token.add",
        "token.revoke",
        "audit.export",
    ]
    verified = khumbula("audit", "verify", data=data)
    assert (verified.returncode, verified.stdout.splitlines()[-1]) == (0, "untouched")


def test_tampering_is_told_by_command(data: Path, memory: Memory) -> None:
    khumbula("users", "add", "anna", data=data)
    with memory.store.noting() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'somebody'")
    verified = khumbula("audit", "verify", data=data)
    assert (verified.returncode, verified.stdout.splitlines()[-1]) == (1, "TAMPERED WITH")
    told = khumbula("doctor", data=data)
    assert (told.returncode, "WRONG   audit: the audit was tampered with: entry 1" in told.stdout) == (1, True)


def test_doctor_says_what_is_wrong_in_plain_words(data: Path, tmp_path: Path) -> None:
    well = khumbula("doctor", "--json", data=data)
    assert (well.returncode, {one["level"] for one in json.loads(well.stdout)} <= {"good", "warning"}) == (0, True)
    absent = khumbula("doctor", data=tmp_path / "absent")
    assert f"WRONG   folder: {tmp_path / 'absent'}: no memory there yet; run khumbula ingest PATH" in absent.stdout
    provider = {"KHUMBULA_OIDC_ISSUER": "http://127.0.0.1:9", "KHUMBULA_PUBLIC_URL": "http://khumbula.example"}
    told = khumbula("doctor", data=data, **provider)
    assert "WRONG   provider: KHUMBULA_OIDC_ISSUER is set and KHUMBULA_OIDC_CLIENT_ID is not" in told.stdout
    assert "look at address: http://khumbula.example: without https others can read along" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "account", "told"),
    [
        (("--host", "0.0.0.0"), {}, False, "without sign-in the service listens on loopback only"),
        (("--host", "0.0.0.0"), {}, True, "set KHUMBULA_PUBLIC_URL=https://..."),
        (("--as", "anna"), {}, True, "--as is for a service without sign-in"),
        ((), {"KHUMBULA_OIDC_ISSUER": "https://x.example"}, False, "KHUMBULA_OIDC_CLIENT_ID is not"),
        ((), {"KHUMBULA_WIDGET_ORIGINS": "intranet"}, False, "'intranet': is no address of a site"),
        ((), {"KHUMBULA_SESSION_HOURS": "0"}, False, "KHUMBULA_SESSION_HOURS=0"),
    ],
)
def test_service_that_would_be_unsafe_or_half_configured_does_not_start(
    data: Path, arguments: tuple[str, ...], settings: dict[str, str], account: bool, told: str
) -> None:
    if account:
        khumbula("users", "add", "anna", data=data)
    refused = khumbula("serve", "--port", "0", *arguments, data=data, **settings)
    assert (refused.returncode, told in refused.stderr, "Traceback" in refused.stderr) == (2, True, False)


def test_first_account_turns_sign_in_on_and_https_makes_cookies_secure(data: Path, tmp_path: Path) -> None:
    khumbula("users", "add", "anna", "--password-stdin", data=data, sent="a long enough phrase\n")
    log = tmp_path / "log"
    with log.open("w") as file, serving(data, file, KHUMBULA_LOG="json") as (_, url):
        assert httpx.get(f"{url}/api/documents").status_code == 401
        sent = {"user": "anna", "password": "a long enough phrase"}
        answered = httpx.post(f"{url}/api/sign-in", json=sent)
        assert "Secure" not in answered.headers["set-cookie"]
        httpx.get(f"{url}/api/search", params={"q": "Who repairs a burst pipe?"}, cookies=answered.cookies)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    requests = [(line["method"], line["route"], line["status"]) for line in lines if line["event"] == "request"]
    assert requests == [("GET", "/api/documents", 401), ("POST", "/api/sign-in", 200), ("GET", "/api/search", 200)]
    assert all(len(line["request_id"]) == 32 for line in lines)
    assert "burst" not in log.read_text()
    with log.open("w") as file, serving(data, file, KHUMBULA_PUBLIC_URL="https://khumbula.example") as (process, _):
        port = _port(process)
        address = f"http://127.0.0.1:{port}/api/sign-in"
        assert "Secure" in httpx.post(address, json=sent).headers["set-cookie"]


def _port(process: subprocess.Popen[str]) -> int:
    """The port that a process listens on, from the system's own table."""
    inodes = {os.readlink(link).strip("socket:[]") for link in Path(f"/proc/{process.pid}/fd").iterdir()}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in inodes:
            return int(fields[1].partition(":")[2], 16)
    raise AssertionError("listens on no port")


def test_stop_finishes_what_is_under_way(data: Path, tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file, serving(data, file) as (process, url):

        def body() -> Iterator[bytes]:
            yield b"The library opens "
            process.send_signal(signal.SIGTERM)
            time.sleep(1)
            yield b"at nine."

        asked = {"name": "hours.txt", "collection": "notes"}
        sent = httpx.put(f"{url}/api/admin/uploads", params=asked, content=body(), timeout=60)
        assert sent.status_code == 202
        assert process.wait(timeout=60) in {0, -signal.SIGTERM}
    assert (data / "uploads" / "notes" / "public" / "hours.txt").read_text() == "The library opens at nine."


def test_version_is_that_of_the_package() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == (f"khumbula {version('khumbula')}\n", "")
