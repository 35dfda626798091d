from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

ARREARS = "How many days in arrears before the electricity is disconnected?"
POLICY = "credit-control-policy-2023.pdf"
WORDED = "records-management-policy-2021.docx"
SECRET = "credit-control-policy-2019.pdf"


def page_of(served: Any, citation: dict[str, Any], **marks: int) -> dict[str, Any]:
    path = f"/api/documents/{citation['document_id']}/versions/{citation['version']}/pages/{citation['page']}"
    return dict(served.client.get(path, params=marks).json())


def told(response: Any, status: int) -> dict[str, Any]:
    """The problem, after checking what all problems share."""
    problem = dict(response.json())
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert problem["status"] == status
    assert problem["instance"] == response.request.url.path
    return problem


def test_answer_is_cited_verbatim_from_the_page(served: Any) -> None:
    answer = served.client.post("/api/ask", json={"question": ARREARS, "limit": 2}).json()
    assert list(answer) == [
        "question",
        "supported",
        "answer",
        "generated_by",
        "citations",
        "closest",
        "generation",
        "took_ms",
        "as_of",
        "read_as",
        "notes",
        "contradictions",
        "reason",
        "asked_as",
        "conversation_id",
        "turn_id",
        "state",
    ]
    assert answer["supported"]
    for citation in answer["citations"]:
        page = page_of(served, citation, start=citation["start"], end=citation["end"])
        assert page["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert page["highlights"] != []
    assert answer["citations"][0]["file_name"] == POLICY


def test_search_gives_the_passages_of_the_page_with_their_scores(served: Any) -> None:
    found = served.client.get("/api/search", params={"q": ARREARS, "k": 3}).json()
    best = found["results"][0]
    assert (len(found["results"]), best["file_name"]) == (3, POLICY)
    assert set(best["scores"]) == {"fused", "dense", "terms", "late", "exact", "document", "rule"}
    page = page_of(served, best, passage=best["passage_id"])
    parts = [page["text"][piece["start"] : piece["end"]] for piece in page["slices"]]
    assert "\n".join(parts) == best["text"] or best["last_page"] > best["page"]


def test_search_in_another_collection_finds_nothing(served: Any) -> None:
    found = served.client.get("/api/search", params={"q": ARREARS, "collection": "minutes"})
    assert (found.status_code, found.json()["results"]) == (200, [])


def test_picture_marks_the_lines_of_the_passage(served: Any) -> None:
    best = served.client.get("/api/search", params={"q": ARREARS, "k": 1}).json()["results"][0]
    path = f"/api/documents/{best['document_id']}/versions/1/pages/{best['page']}"
    page = served.client.get(path, params={"passage": best["passage_id"]}).json()
    plain = served.client.get(f"{path}.png", params={"scale": 1})
    marked = served.client.get(f"{path}.png", params={"scale": 1, "passage": best["passage_id"]})
    assert marked.headers["content-type"] == "image/png"
    before, after = (Image.open(io.BytesIO(r.content)).convert("RGB") for r in (plain, marked))
    assert before.size == after.size
    assert before.size == pytest.approx((page["width"], page["height"]), abs=1)
    box = page["highlights"][0]
    inside = (int(box["x0"]), int(box["y0"]), int(box["x1"]), int(box["y1"]))
    assert before.crop(inside).tobytes() != after.crop(inside).tobytes()
    below = (0, before.height - 5, before.width, before.height)
    assert before.crop(below).tobytes() == after.crop(below).tobytes()


def test_format_without_pictures_says_so(served: Any) -> None:
    document = served.document(WORDED)
    problem = told(served.client.get(f"/api/documents/{document}/versions/1/pages/1.png"), 404)
    assert problem["detail"].endswith("this format has no pictures of its pages; read the page's text instead")
    page = served.client.get(f"/api/documents/{document}/versions/1/pages/1").json()
    assert (page["picture"], page["number"], page["slices"]) == (False, 1, [])


def test_original_is_a_download_of_the_very_bytes(served: Any) -> None:
    document = served.document(POLICY)
    version = served.client.get(f"/api/documents/{document}/versions/1").json()
    response = served.client.get(f"/api/documents/{document}/versions/1/original")
    assert hashlib.sha256(response.content).hexdigest() == version["sha256"]
    assert response.headers["content-disposition"] == f'attachment; filename="{POLICY}"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert [page["number"] for page in version["pages"]] == list(range(1, len(version["pages"]) + 1))


def test_list_and_counts_hold_what_the_asker_sees(served: Any) -> None:
    finance = {"X-Labels": "public,finance"}
    public, more = (served.client.get("/api/documents", headers=h).json() for h in ({}, finance))
    assert (public["total"], len(public["documents"])) == (3, 3)
    assert (more["total"], len(more["documents"])) == (4, 4)
    assert served.client.get("/api/documents", params={"limit": 1, "offset": 2}).json()["documents"] == [
        public["documents"][2]
    ]
    assert served.client.get("/api/status").json()["documents"] == 3
    assert served.client.get("/api/status", headers=finance).json()["documents"] == 4
    assert served.client.get("/api/status", headers={"X-Labels": ""}).json()["passages"] == 0


@pytest.mark.parametrize("rest", ["", "/versions/1", "/versions/1/pages/1", "/versions/1/pages/1.png"])
def test_restricted_document_is_answered_like_an_absent_one(served: Any, rest: str) -> None:
    secret, absent = served.document(SECRET), 999_999
    assert served.client.get(f"/api/documents/{secret}{rest}", headers={"X-Labels": "finance"}).status_code == 200
    hidden = told(served.client.get(f"/api/documents/{secret}{rest}"), 404)
    nothing = told(served.client.get(f"/api/documents/{absent}{rest}"), 404)
    for problem, number in ((hidden, secret), (nothing, absent)):
        problem["instance"] = problem["instance"].replace(f"/{number}", "/N", 1)
        problem["detail"] = problem["detail"].replace(f"document {number}", "document N")
    assert hidden == nothing


def test_restricted_original_and_passage_stay_hidden(served: Any) -> None:
    finance = {"X-Labels": "finance"}
    secret, policy = served.document(SECRET), served.document(POLICY)
    found = served.client.get("/api/search", params={"q": ARREARS}, headers=finance).json()["results"]
    assert {result["document_id"] for result in found} == {secret}
    told(served.client.get(f"/api/documents/{secret}/versions/1/original"), 404)
    told(served.client.get(f"/api/documents/{policy}/versions/1/pages/1?passage={found[0]['passage_id']}"), 404)
    visible = served.client.get("/api/search", params={"q": ARREARS, "k": 100}).json()["results"]
    assert secret not in {result["document_id"] for result in visible}


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ({"question": "  "}, "the question is empty; type what you want to know"),
        ({"question": "a" * 100_000}, "the question has 100,000 characters; ask in at most 2,000 characters"),
    ],
)
def test_question_that_is_none_is_refused_in_one_line(served: Any, asked: dict[str, str], detail: str) -> None:
    assert told(served.client.post("/api/ask", json=asked), 422)["detail"] == detail


def test_invalid_request_names_the_field_and_repeats_nothing(served: Any) -> None:
    problem = told(served.client.post("/api/ask", json={"question": "x", "as_of": "<b>soon</b>"}), 422)
    assert [error["where"] for error in problem["errors"]] == ["body.as_of"]
    assert "<b>" not in str(problem)


@pytest.mark.parametrize(
    "path",
    [
        "/api/search",
        "/api/search?q=x&k=0",
        "/api/documents/0",
        "/api/documents/99999999999999999999",
        "/api/documents/none",
        "/api/documents?offset=-1",
        "/api/documents/1/versions/1/pages/1.png?scale=100",
    ],
)
def test_value_out_of_range_is_a_problem(served: Any, path: str) -> None:
    assert told(served.client.get(path), 422)["errors"] != []


def test_broken_json_and_lone_surrogates_are_problems(served: Any) -> None:
    as_json = {"Content-Type": "application/json"}
    for body in (b"{", b'{"question": "\\ud800"}', b"\xff\xfe", b"[]"):
        told(served.client.post("/api/ask", content=body, headers=as_json), 422)


def test_unknown_route_and_method_are_problems(served: Any) -> None:
    assert told(served.client.get("/api/nothing"), 404)["detail"] == "/api/nothing: no such address"
    assert told(served.client.get("/api/ask"), 405)["title"] == "Method Not Allowed"


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example:80", "", "[", "localhost.example"])
def test_foreign_name_for_the_service_is_refused(served: Any, host: str) -> None:
    assert told(served.client.get("/api/documents", headers={"Host": host}), 421)["status"] == 421


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
def test_own_name_for_the_service_is_taken(served: Any, host: str) -> None:
    assert served.client.get("/api/documents", headers={"Host": host}).status_code == 200


def test_static_files_stay_in_their_folder(served: Any) -> None:
    assert served.client.get("/static/app/main.js").status_code == 200
    told(served.client.get("/static/..%2fapp.py"), 404)


@pytest.mark.parametrize("chunked", [False, True])
def test_oversized_body_is_refused(served: Any, chunked: bool) -> None:
    body = b'{"question": "' + b"a" * 3_000_000 + b'"}'
    content = iter([body]) if chunked else body
    response = served.client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
    assert told(response, 413)["title"] in {"Request Entity Too Large", "Content Too Large"}


def test_full_gate_says_when_to_come_back_and_lets_others_through(served: Any) -> None:
    gate = served.app.state.door.questions
    entered = [gate.entered() for _ in range(gate.size)]
    for one in entered:
        one.__enter__()
    try:
        response = served.client.post("/api/ask", json={"question": ARREARS})
        assert told(response, 503)["detail"] == "questions: 4 are under way already; try again in 1 s"
        assert response.headers["retry-after"] == "1"
        assert served.client.get("/api/search", params={"q": "x"}).status_code == 503
        assert served.client.get("/api/documents").status_code == 200
    finally:
        for one in entered:
            one.__exit__(None, None, None)
    assert served.client.post("/api/ask", json={"question": ARREARS}).status_code == 200
    assert gate.inside == 0


def test_service_is_healthy_ready_and_measured(served: Any) -> None:
    assert served.client.get("/healthz").json() == {"status": "ok"}
    assert served.client.get("/readyz").json() == {"status": "ok"}
    served.client.get("/api/documents/1/versions/1/pages/1.png")
    figures = served.client.get("/metrics").text
    template = "/api/documents/{document_id}/versions/{number}/pages/{page}.png"
    assert f'khumbula_requests_total{{method="GET",route="{template}",status="' in figures
    assert 'khumbula_gate_inside{gate="questions"} 0.0' in figures
    assert 'route="/api/documents/1' not in figures
    assert "process_resident_memory_bytes " in figures


def test_every_response_carries_strict_headers(served: Any) -> None:
    for path in ("/", "/static/app/main.js", "/api/documents", "/api/nothing"):
        headers = served.client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


def test_openapi_describes_every_route_with_its_errors_and_examples(served: Any) -> None:
    described = served.client.get("/api/openapi.json").json()
    for path, methods in described["paths"].items():
        for method in methods.values():
            assert method["summary"], path
            errors = {status for status in method["responses"] if status >= "400"}
            assert errors or path in {"/healthz", "/metrics"}
            for status in errors:
                assert list(method["responses"][status]["content"]) == ["application/problem+json"], (path, status)
    schemas = described["components"]["schemas"]
    assert schemas["Question"]["examples"]
    assert schemas["AnswerShape"]["examples"]
    assert schemas["Problem"]["examples"]
    references = {part.split('"')[0] for part in str(described).replace("'", '"').split("#/components/schemas/")[1:]}
    assert references <= set(schemas)
