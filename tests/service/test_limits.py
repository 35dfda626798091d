from __future__ import annotations

from typing import Any

import pytest

from service.limits import Rate, TooOften


def test_caller_is_let_through_so_often_at_once_and_then_at_the_rate() -> None:
    now = 0.0
    rate = Rate("questions", 6, clock=lambda: now)
    for _ in range(6):
        rate.take("thandi")
    with pytest.raises(TooOften, match="questions: more than 6 a minute; try again in 10 s"):
        rate.take("thandi")
    rate.take("anna")
    now = 10.0
    rate.take("thandi")
    with pytest.raises(TooOften):
        rate.take("thandi")
    now = 1_000.0
    for _ in range(6):
        rate.take("thandi")
    with pytest.raises(TooOften):
        rate.take("thandi")


def test_too_many_callers_do_not_fill_the_memory() -> None:
    rate = Rate("questions", 1, clock=lambda: 0.0)
    for number in range(20_000):
        rate.take(str(number))
    assert len(rate._left) == 10_000


def test_who_asks_too_often_is_told_when_to_come_back(guarded: Any) -> None:
    guarded.add("hasty")
    key = guarded.token("hasty", "ask")
    asks = guarded.app.state.door.asks
    before = asks._per_minute
    asks._per_minute = 2
    try:
        with guarded.nobody as client:
            client.headers["Authorization"] = f"Bearer {key}"
            statuses = [client.get("/api/search", params={"q": "arrears"}) for _ in range(3)]
        assert [answered.status_code for answered in statuses] == [200, 200, 429]
        assert int(statuses[2].headers["retry-after"]) <= 30
    finally:
        asks._per_minute = before
