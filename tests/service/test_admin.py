from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from reportlab.pdfgen.canvas import Canvas

from ingest.pool import Pool
from memory.access import Scope
from memory.memory import Memory
from memory.settings import DoorSettings
from service.app import create_app
from service.jobs import Job

ARREARS = "How many days in arrears before the electricity is disconnected?"


@pytest.fixture
def administrator(managed: Any) -> Iterator[httpx.Client]:
    with managed.signed_in("administrator") as client:
        yield client


def ended(client: Any, number: int) -> dict[str, Any]:
    """The job, once it has ended."""
    while True:
        job = next(one for one in client.get("/api/admin/queue").json()["jobs"] if one["id"] == number)
        if job["ended_at"]:
            return dict(job)
        time.sleep(0.05)


def test_account_is_made_changed_and_disabled(managed: Any, administrator: Any) -> None:
    new = {"user": "N.Mokoena", "name": "Naledi Mokoena", "roles": ["reader", "custodian"], "labels": ["finance"]}
    made = administrator.post("/api/admin/users", json=new).json()
    assert made["user"] == "n.mokoena"
    with managed.nobody as client:
        assert client.post("/api/sign-in", json=made).json()["roles"] == ["custodian", "reader"]
        change = {"roles": ["auditor"], "labels": [], "posts": ["Chief Financial Officer"]}
        changed = administrator.patch("/api/admin/users/n.mokoena", json=change).json()
        assert {k: changed[k] for k in ("roles", "labels", "posts", "account")} == {
            "roles": ["auditor"],
            "labels": ["public"],
            "posts": ["Chief Financial Officer"],
            "account": "local",
        }
        assert client.get("/api/admin/audit").status_code == 200
        reset = administrator.post("/api/admin/users/n.mokoena/password").json()
        assert client.get("/api/me").json()["user"] is None
        assert client.post("/api/sign-in", json=made).status_code == 401
        assert client.post("/api/sign-in", json=reset).status_code == 200
        assert administrator.post("/api/admin/users/n.mokoena/sign-out").json() == {"sessions": 1}
        assert client.get("/api/documents").status_code == 401
        administrator.patch("/api/admin/users/n.mokoena", json={"disabled": True})
        assert client.post("/api/sign-in", json=reset).status_code == 401


def test_last_administrator_stays_one(administrator: Any) -> None:
    for change in ({"roles": ["reader"]}, {"disabled": True}):
        refused = administrator.patch("/api/admin/users/administrator", json=change)
        assert (refused.status_code, "is the last administrator" in refused.json()["detail"]) == (422, True)
    assert administrator.get("/api/me").json()["roles"] == ["administrator"]


@pytest.mark.parametrize("name", ["local", "a b", "<b>", "", "x" * 101])
def test_name_that_cannot_be_one_is_refused(administrator: Any, name: str) -> None:
    assert administrator.post("/api/admin/users", json={"user": name}).status_code == 422


def test_key_is_told_once_and_kept_as_a_hash(managed: Any, administrator: Any) -> None:
    made = administrator.post("/api/admin/tokens", json={"name": "reports", "abilities": ["ask"]}).json()
    listed = administrator.get("/api/admin/tokens").json()["tokens"]
    assert made["secret"] not in json.dumps(listed)
    key = next(one for one in listed if one["name"] == "reports")
    assert (key["abilities"], key["labels"], key["live"], key["made_by"]) == (
        ["ask"],
        ["public"],
        True,
        "administrator",
    )
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    with managed.nobody as client:
        assert client.get("/api/documents", headers=bearer).status_code == 200
        assert administrator.delete("/api/admin/tokens/reports").status_code == 204
        assert client.get("/api/documents", headers=bearer).status_code == 401


def test_upload_is_ingested_and_the_same_name_is_a_new_version(administrator: Any) -> None:
    asked = {"name": "Parking note.txt", "collection": "notes", "label": "public"}
    for number, text in enumerate(("Parking costs 7 rand an hour.", "Parking costs 9 rand an hour."), start=1):
        sent = administrator.put("/api/admin/uploads", params=asked, content=text.encode())
        assert sent.status_code == 202, sent.text
        job = ended(administrator, sent.json()["id"])
        assert (job["state"], sum(job["outcomes"].values())) == ("done", 1)
        found = administrator.get("/api/search", params={"q": "What does parking cost?", "k": 1}).json()["results"][0]
        assert (found["text"], found["version"], found["collection"]) == (text, number, "notes")


def test_file_that_cannot_be_read_is_told_with_why_and_retried(administrator: Any) -> None:
    asked = {"name": "broken.pdf", "collection": "broken", "label": "public"}
    job = administrator.put("/api/admin/uploads", params=asked, content=b"%PDF-1.7 nothing").json()
    assert ended(administrator, job["id"])["outcomes"] == {"damaged": 1}
    failed = administrator.get("/api/admin/files", params={"failed": True, "q": "broken.pdf"}).json()
    assert (failed["total"], failed["files"][0]["outcome"]) == (1, "damaged")
    assert failed["files"][0]["reason"].startswith("broken.pdf: ")
    path = failed["files"][0]["path"]
    with open(path, "wb") as file:
        file.write(_small_pdf())
    jobs = administrator.post("/api/admin/files/retry", json={"paths": [path]}).json()["jobs"]
    assert [ended(administrator, one["id"])["outcomes"] for one in jobs] == [{"changed": 1}]
    assert administrator.get("/api/admin/files", params={"failed": True, "q": "broken.pdf"}).json()["total"] == 0


def _small_pdf() -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.drawString(72, 700, "The swimming bath opens at six in summer.")
    canvas.save()
    return target.getvalue()


@pytest.mark.parametrize("name", ["../x.txt", "a/b.txt", ".hidden", "x.", "\u202ex.txt", "nul\0.txt", ""])
def test_name_that_leads_elsewhere_is_refused(administrator: Any, name: str) -> None:
    for asked in ({"name": name, "collection": "notes"}, {"name": "x.txt", "collection": name}):
        assert administrator.put("/api/admin/uploads", params=asked, content=b"x").status_code == 422


def test_contributor_files_under_labels_that_he_holds_and_sees_his_own_jobs(managed: Any) -> None:
    with managed.signed_in("contributor") as client:
        asked = {"name": "x.txt", "collection": "notes", "label": "finance"}
        assert client.put("/api/admin/uploads", params=asked, content=b"x").status_code == 403
        mine = client.put("/api/admin/uploads", params=asked | {"label": "public"}, content=b"My note.").json()
        ended(client, mine["id"])
        assert {job["by"] for job in client.get("/api/admin/queue").json()["jobs"]} == {"contributor"}


def test_upload_longer_than_allowed_is_refused(small_memory: Memory) -> None:
    with Pool(1) as pool:
        settings = DoorSettings(upload_megabytes=1)
        app = create_app(small_memory, scope=lambda _: Scope.operator(), settings=settings, pool=pool)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            asked = {"name": "long.txt", "collection": "long"}
            refused = client.put("/api/admin/uploads", params=asked, content=b"x" * ((1 << 20) + 1))
    assert refused.status_code == 413
    left = list((small_memory.store.data / "uploads" / "long").rglob("*"))
    assert [path.name for path in left if path.is_file()] == []


def test_new_label_counts_at_once_and_search_follows(managed: Any, administrator: Any) -> None:
    asked = {"name": "Secret plan.txt", "collection": "plans", "label": "public"}
    text = "The zebra crossing at the taxi rank is to be moved in March."
    ended(administrator, administrator.put("/api/admin/uploads", params=asked, content=text.encode()).json()["id"])
    with managed.signed_in("reader") as reader, managed.signed_in("accountant") as accountant:

        def found(client: Any) -> bool:
            query = {"q": "When is the zebra crossing moved?", "k": 3}
            return text in [one["text"] for one in client.get("/api/search", params=query).json()["results"]]

        assert (found(reader), found(accountant)) == (True, True)
        results = reader.get("/api/search", params={"q": "zebra crossing", "k": 1}).json()["results"]
        path = f"/api/admin/documents/{results[0]['document_id']}/label"
        job = administrator.post(path, json={"label": "finance"})
        assert found(reader) is False
        assert ended(administrator, job.json()["id"])["state"] == "done"
        assert (found(reader), found(accountant)) == (False, True)
    assert administrator.post("/api/admin/documents/999999/label", json={"label": "x"}).status_code == 404


def test_what_is_held_where_and_by_whom_is_shown(administrator: Any) -> None:
    found = administrator.get("/api/admin/collections").json()
    shelf = next(one for one in found["collections"] if one["label"] == "finance" and one["collection"] == "policies")
    assert shelf == {"collection": "policies", "label": "finance", "documents": 1, "versions": 1}
    finance = next(one for one in found["labels"] if one["label"] == "finance")
    assert "accountant" in finance["users"]
    room = administrator.get("/api/admin/storage").json()
    assert (set(room["parts"]), room["free"] > 0) == ({"catalogue", "originals", "caches", "uploads"}, True)


def test_settings_in_force_are_shown_without_secrets(administrator: Any) -> None:
    shown = {one["name"]: one for one in administrator.get("/api/admin/settings").json()["settings"]}
    assert shown["KHUMBULA_WIDGET_ORIGINS"]["value"] == "https://intranet.example"
    assert (shown["KHUMBULA_WIDGET_ORIGINS"]["default"], shown["KHUMBULA_SESSION_HOURS"]["default"]) == (False, True)
    assert shown["KHUMBULA_OIDC_CLIENT_SECRET"]["value"] == ""


def test_health_is_what_the_doctor_finds(administrator: Any) -> None:
    found = {one["about"]: one["level"] for one in administrator.get("/api/admin/health").json()["findings"]}
    assert (found["catalogue"], found["audit"]) == ("good", "good")


def test_audit_shows_who_asked_what_and_was_shown_which_passages(managed: Any) -> None:
    with managed.signed_in("accountant") as client:
        answered = client.post("/api/ask", json={"question": ARREARS}).json()
        secret = next(d for d in client.get("/api/documents").json()["documents"] if d["label"] == "finance")
        client.get(f"/api/documents/{secret['id']}/versions/1/pages/1")
    with managed.signed_in("auditor") as auditor:
        lines = [json.loads(line) for line in auditor.get("/api/admin/audit/export").text.splitlines()]
        asked = next(one for one in reversed(lines) if one["action"] == "ask")
        assert (asked["actor"], asked["via"], asked["detail"]["question"]) == ("accountant", "session", ARREARS)
        cited = answered["citations"][0]
        assert asked["detail"]["passages"][0] == {
            "document": cited["document_id"],
            "version": cited["version"],
            "sha256": cited["sha256"],
            "page": cited["page"],
            "start": cited["start"],
            "end": cited["end"],
            "excerpt": [[part["page"], part["start"], part["end"]] for part in cited["excerpt"]],
        }
        page = next(one for one in reversed(lines) if one["action"] == "page")
        assert page["detail"] == {"document": secret["id"], "label": "finance", "version": 1, "page": 1}
        verdict = auditor.get("/api/admin/audit/verify").json()
        assert (verdict["faults"], verdict["entries"] >= len(lines)) == ([], True)
        later = auditor.get("/api/admin/audit", params={"after": lines[-2]["seq"], "limit": 1}).json()["entries"]
        assert later == [lines[-1]]


def test_question_texts_stay_out_of_the_audit_where_that_is_set(
    memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]
) -> None:
    remember(memory, ["The water section repairs a burst pipe within eight hours."])
    publish(memory)
    with Pool(1) as pool:
        settings = DoorSettings(audit_questions=False)
        app = create_app(memory, scope=lambda _: Scope.operator(), settings=settings, pool=pool)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            client.post("/api/ask", json={"question": "Who repairs a burst pipe?"})
            client.get("/api/search", params={"q": "Who repairs a burst pipe?"})
            entries = client.get("/api/admin/audit").json()["entries"]
    assert [(one["action"], one["detail"]["question"]) for one in entries] == [("ask", None), ("search", None)]
    assert "burst" not in json.dumps(entries)


def test_queue_takes_up_uploads_after_a_restart_and_stops_when_told(memory: Memory) -> None:
    folder = memory.store.data / "uploads" / "notes" / "public"
    folder.mkdir(parents=True)
    (folder / "left.txt").write_text("The library opens at nine.")
    (folder / ".x.part").write_text("half of a file")
    with Pool(1) as pool:
        app = create_app(memory, scope=lambda _: Scope.operator(), pool=pool)
        jobs = app.state.door.jobs
        jobs.resume()
        while not jobs.listed()[0].ended_at:
            time.sleep(0.02)
        done: Job = jobs.listed()[0]
        assert (done.what, done.state, done.outcomes) == ("uploads to notes", "done", {"new": 1})
        jobs.resume()
        assert len(jobs.listed()) == 1
        jobs.close()


def test_job_that_fails_says_why_and_the_next_one_runs(memory: Memory) -> None:
    with Pool(1) as pool:
        app = create_app(memory, scope=lambda _: Scope.operator(), pool=pool)
        jobs = app.state.door.jobs
        absent = memory.store.data / "absent"
        for _ in range(2):
            jobs.ingest(absent, collection=None, label=None, by="test", what="absent")
        while any(job.ended_at is None for job in jobs.listed()):
            time.sleep(0.02)
        assert [(job.state, job.message) for job in jobs.listed()] == [
            ("failed", f"{absent}: no such file or folder")
        ] * 2
        jobs.close()
