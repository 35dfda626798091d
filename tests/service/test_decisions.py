from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from service.cli import main

CLOSED = {"X-Labels": "public,council-closed"}


def numbers(served: Any, headers: dict[str, str] | None = None, **wanted: Any) -> list[str | None]:
    found = served.client.get("/api/decisions", params={"limit": 200, **wanted}, headers=headers).json()
    assert len(found["decisions"]) == found["total"]
    return [d["number"] for d in found["decisions"]]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The command line's exit status, stdout and stderr."""
    before, sys.argv = sys.argv, ["khumbula", *arguments]
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        sys.argv = before
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_decision_is_shown_with_every_quote_opening_its_page(minutes_served: Any) -> None:
    (d,) = minutes_served.client.get("/api/decisions", params={"number": "7/2013"}).json()["decisions"]
    assert (d["number"], d["body"], d["date"], d["outcome"]) == ("C7/2013", "Council", "2013-03-28", "carried")
    assert (d["mover"], d["seconder"], d["state"]) == ("J. Zulu", "A. Sithole", "ended")
    assert d["votes"] == {"votes_for": 16, "votes_against": 6, "abstentions": 1}
    assert [(a["actor"], a["due"]) for a in d["actions"]] == [("Chief Financial Officer", "2013-07-01")]
    for places in d["places"].values():
        for place in places:
            path = f"/api/documents/{d['document_id']}/versions/{d['version']}/pages/{place['page']}"
            text = minutes_served.client.get(path).json()["text"]
            assert text[place["start"] : place["end"]] == place["quote"]
    assert minutes_served.client.get(f"/api/decisions/{d['id']}").json() == d


def test_filters_narrow_the_register(minutes_served: Any) -> None:
    assert numbers(minutes_served, since="2015-01-01", text="water restrictions") == ["C62/2015"]
    assert numbers(minutes_served, mover="essop") == ["C8/2013"]
    assert numbers(minutes_served, kind="amendment") == [None]
    assert "C7/2013" not in numbers(minutes_served, outstanding="true")


def test_closed_meeting_is_not_in_the_register_of_who_may_not_see_it(minutes_served: Any) -> None:
    assert {"C50/2017", "C51/2017"} <= set(numbers(minutes_served, CLOSED))
    assert {"C50/2017", "C51/2017"}.isdisjoint(numbers(minutes_served))
    (closed,) = minutes_served.client.get("/api/decisions?number=C50/2017", headers=CLOSED).json()["decisions"]
    assert minutes_served.client.get(f"/api/decisions/{closed['id']}").status_code == 404
    for path in ("/api/decisions/export?form=csv", "/api/timeline?topic=C50/2017", "/api/decisions/unread"):
        assert "C50/2017 RESOLVED" not in minutes_served.client.get(path).text
    assert minutes_served.client.get("/api/timeline?topic=C50/2017", headers=CLOSED).json()["events"] != []


def test_export_holds_the_same_decisions_in_every_form(minutes_served: Any) -> None:
    expected = numbers(minutes_served)
    got = {
        form: minutes_served.client.get("/api/decisions/export", params={"form": form})
        for form in ("csv", "xlsx", "json")
    }
    rows = list(csv.DictReader(io.StringIO(got["csv"].content.decode("utf-8-sig"))))
    assert [row["number"] or None for row in rows] == expected
    sheet = openpyxl.load_workbook(io.BytesIO(got["xlsx"].content)).active
    assert [cells[0] for cells in sheet.iter_rows(min_row=2, values_only=True)] == expected
    assert [d["number"] for d in got["json"].json()] == expected
    assert 'filename="decisions.csv"' in got["csv"].headers["content-disposition"]


def test_unread_things_are_listed(minutes_served: Any) -> None:
    found = minutes_served.client.get("/api/decisions/unread").json()["unread"]
    assert "nothing was read between C53/2015 and C55/2015" in [u["reason"] for u in found]


def test_timeline_is_told_in_order_with_places(minutes_served: Any) -> None:
    found = minutes_served.client.get("/api/timeline", params={"topic": "C7/2013"}).json()
    events = [(e["date"], e["kind"], e["number"]) for e in found["events"]]
    assert ("2013-03-28", "decided", "C7/2013") in events
    assert events[-1][1] == "ended"
    assert all(e["place"]["quote"] for e in found["events"] if e["kind"] in {"decided", "ended"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/decisions?since=yesterday", 422),
        ("/api/decisions/export?form=pdf", 422),
        ("/api/decisions/999999", 404),
        ("/api/timeline", 422),
        ("/api/timeline?topic=%20", 422),
        ("/api/compare?left=1", 422),
        ("/api/compare?left=1@1&right=9999@1", 404),
        ("/api/changes?since=x", 422),
    ],
)
def test_mistake_is_a_problem_with_its_status(minutes_served: Any, path: str, status: int) -> None:
    response = minutes_served.client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_comparison_marks_words(minutes_served: Any) -> None:
    pair = {"left": "council-2013-03-28.pdf", "right": "council-2015-10-29.pdf"}
    found = minutes_served.client.get("/api/compare", params=pair).json()
    assert found["left"]["file_name"] == pair["left"]
    assert sum(found["counts"].values()) == len(found["pairs"])
    assert {run["op"] for p in found["pairs"] for run in p["runs"]} == {"same", "removed", "added"}


def test_comparison_of_what_one_may_not_see_is_like_of_what_does_not_exist(minutes_served: Any) -> None:
    pair = {"left": "council-2013-03-28.pdf", "right": "closed-council-2017-08-31.pdf"}
    assert minutes_served.client.get("/api/compare", params=pair, headers=CLOSED).status_code == 200
    hidden = minutes_served.client.get("/api/compare", params=pair)
    missing = minutes_served.client.get("/api/compare", params={**pair, "right": "no-such-file.pdf"})
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json()["detail"].replace(pair["right"], "X") == missing.json()["detail"].replace(
        "no-such-file.pdf", "X"
    )


def test_command_line_lists_exports_and_compares(
    minutes_served: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = ("--data", str(minutes_served.memory.store.data))
    code, out, _ = run(capsys, "decisions", "7/2013", "--json", *data)
    assert (code, [d["number"] for d in json.loads(out)["decisions"]]) == (0, ["C7/2013"])
    code, out, _ = run(capsys, "decisions", "7/2013", *data)
    assert "C7/2013 · 2013-03-28 · Council · carried (16 for, 6 against) · ended" in out
    file = tmp_path / "all.csv"
    assert run(capsys, "decisions", "--export", str(file), *data)[0] == 0
    assert len(file.read_text("utf-8-sig").splitlines()) > 20
    code, _, told = run(capsys, "decisions", "--export", str(tmp_path / "all.pdf"), *data)
    assert (code, ".csv, .xlsx or .json" in told) == (2, True)
    code, out, _ = run(capsys, "compare", "council-2013-03-28.pdf", "council-2015-10-29.pdf", "--json", *data)
    assert (code, json.loads(out)["right"]["file_name"]) == (0, "council-2015-10-29.pdf")
    code, _, told = run(capsys, "compare", "council-2013-03-28.pdf", "nothing", *data)
    assert (code, "no document is called that" in told) == (1, True)
    code, out, _ = run(capsys, "changes", "--since", "2010-01-01", "credit control", *data)
    assert (code, "decided C7/2013" in out) == (0, True)


def test_what_a_spreadsheet_would_calculate_is_written_as_text() -> None:
    from service.export import _harmless

    assert [_harmless(cell) for cell in ("=1+1", "@x", "R5", 7, None)] == ["'=1+1", "'@x", "R5", 7, None]
