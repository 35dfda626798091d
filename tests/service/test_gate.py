from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.crowd import Crowd
from service.gate import Gate, GateFull


def test_next_one_waits_until_somebody_has_gone() -> None:
    gate = Gate("questions", 1, patience=60)
    done: list[str] = []

    def ask() -> None:
        with gate.entered():
            done.append("second")

    with gate.entered():
        thread = threading.Thread(target=ask)
        thread.start()
        while not gate.waiting:
            pass
        done.append("first")
    thread.join()
    assert (done, gate.inside, gate.waiting, gate.refused) == (["first", "second"], 0, 0, 0)


def test_who_waited_in_vain_and_who_finds_too_many_waiting_are_told_to_come_back() -> None:
    gate = Gate("questions", 1, patience=0.01, retry_after=3)
    with gate.entered():
        with pytest.raises(GateFull, match="questions: 1 are under way already; try again in 3 s"), gate.entered():
            pass
        gate.waiting = 8
        with pytest.raises(GateFull), gate.entered():
            pass
    assert (gate.inside, gate.refused) == (0, 2)


@pytest.fixture
def crowded() -> Iterator[tuple[Gate, FastAPI]]:
    app, gate, asking = FastAPI(), Gate("requests", 2, retry_after=2), Gate("questions at the door", 1)
    app.add_middleware(Crowd, gate=gate, asking=asking)

    @app.get("/api/ask")
    @app.get("/api/thing")
    @app.get("/healthz")
    def thing() -> str:
        return "here"

    with ExitStack() as inside:
        for _ in range(2):
            inside.enter_context(gate.entered())
        yield gate, app


def test_crowd_is_turned_away_at_the_door_and_health_is_still_told(crowded: tuple[Gate, FastAPI]) -> None:
    gate, app = crowded
    with TestClient(app, base_url="http://127.0.0.1") as client:
        turned_away, health = client.get("/api/thing"), client.get("/healthz")
    assert (turned_away.status_code, turned_away.headers["retry-after"], health.status_code) == (503, "2", 200)
    assert turned_away.json()["detail"] == "requests: 2 are under way already; try again in 2 s"
    assert (gate.inside, gate.refused) == (2, 1)


def test_questions_are_counted_by_themselves_at_the_door(crowded: tuple[Gate, FastAPI]) -> None:
    _, app = crowded
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert (client.get("/api/thing").status_code, client.get("/api/ask").status_code) == (503, 200)
