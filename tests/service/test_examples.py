from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from memory.settings import DoorSettings, Settings
from service import mapping
from service.policies import POLICIES

SERVICE = Path(__file__).resolve().parents[2] / "service"
EXAMPLES = SERVICE / "examples"


def test_dashboard_shows_figures_that_there_are(served: Any) -> None:
    dashboard = json.loads((EXAMPLES / "grafana-dashboard.json").read_text())
    served.app.state.door.metrics.sign_ins.labels("let in")
    served.client.post("/api/ask", json={"question": "Who keeps the register of records?"})
    figures = served.client.get("/metrics").text
    asked = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    names = set(re.findall(r"\b(?:khumbula|process)_[a-z_]+", asked))
    assert {name for name in names if f"\n{name}{{" not in figures and f"\n{name} " not in figures} == set()
    assert re.findall(r'route="([^"]+)"', asked) == ["/api/ask", "/api/ask"]


def test_group_mapping_of_the_examples_is_sound() -> None:
    assert mapping.check(EXAMPLES / "groups.csv") == 6


def test_settings_named_in_examples_and_handbook_are_settings() -> None:
    known = {f"KHUMBULA_{name.upper()}" for kind in (Settings, DoorSettings) for name in kind.model_fields}
    # The intranet's own.
    known |= {"KHUMBULA_URL", "KHUMBULA_TOKEN"}
    texts = [path.read_text() for path in (*EXAMPLES.iterdir(), SERVICE / "README.md") if path.is_file()]
    assert set(re.findall(r"KHUMBULA_[A-Z_]*[A-Z]", " ".join(texts))) <= known


def test_addresses_named_in_the_handbook_are_served() -> None:
    text = (SERVICE / "README.md").read_text()
    named = set(re.findall(r"(?<![\w.])/(?:api|sign-in|healthz|readyz|metrics|admin)[\w/-]*", text))
    assert named <= {path for _, path in POLICIES}


def test_back_end_of_the_example_gets_a_token_that_works(guarded: Any) -> None:
    key = guarded.token("example", "widget")
    settings = {
        "KHUMBULA_URL": guarded.url,
        "KHUMBULA_TOKEN": key,
        "ORIGIN": "https://intranet.example",
        "PORT": "18190",
    }
    process = subprocess.Popen([sys.executable, str(EXAMPLES / "intranet.py")], env=settings, stderr=subprocess.DEVNULL)
    try:
        answered = reached("http://127.0.0.1:18190/khumbula-token", {"X-Remote-User": "reader"})
        headers = {"Authorization": f"Bearer {answered.json()['token']}", "Origin": "https://intranet.example"}
        with guarded.nobody as client:
            assert client.get("/api/documents", headers=headers).status_code == 200
        assert httpx.get("http://127.0.0.1:18190/khumbula-token").status_code == 401
    finally:
        process.terminate()
        process.wait()


def reached(url: str, headers: dict[str, str]) -> httpx.Response:
    """The answer of a server that is just starting."""
    while True:
        try:
            return httpx.get(url, headers=headers, timeout=30)
        except httpx.ConnectError:
            time.sleep(0.05)
