"""Asking over HTTP: as a stream, in conversations, taken along, shared; and what is no longer there for the asker."""

from __future__ import annotations

import io
import json
from typing import Any

import docx
import pytest
from sqlalchemy import update

from memory import schema
from service.answer_files import plain
from service.stream import pieces
from service.words import languages, word

ARREARS = "How many days in arrears before the electricity is disconnected?"
POLICY = "credit-control-policy-2023.pdf"
SECRET = "credit-control-policy-2019.pdf"
FINANCE = {"X-Labels": "public,finance"}


def ask(served: Any, user: str, question: str = ARREARS, labels: str = "public,finance", **more: Any) -> dict[str, Any]:
    asked = {"question": question, "keep": True} | more
    answer = served.client.post("/api/ask", json=asked, headers={"X-User": user, "X-Labels": labels})
    assert answer.status_code == 200
    return dict(answer.json())


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for event in text.split("\n\n")[:-1]:
        name, data = event.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_stream_gives_the_same_answer_in_pieces(served: Any) -> None:
    whole = served.client.post("/api/ask", json={"question": ARREARS}).json()
    streamed = served.client.post("/api/ask", json={"question": ARREARS}, headers={"Accept": "text/event-stream"})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    (first, begun), *texts, (last, end) = events(streamed.text)
    assert (first, last, {name for name, _ in texts}) == ("begin", "end", {"text"})
    assert "".join(data["text"] for _, data in texts) == whole["answer"]
    assert begun == {key: value for key, value in end.items() if key not in {"answer", "took_ms"}}
    assert end | {"took_ms": 0} == whole | {"took_ms": 0}
    assert begun["citations"][0]["quote"] in whole["citations"][0]["quote"]


def test_stream_of_a_refused_question_is_a_problem(served: Any) -> None:
    refused = served.client.post("/api/ask", json={"question": " "}, headers={"Accept": "text/event-stream"})
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("text", ["", "One. [1]", "One. [1] Two [2] and three. [3]", "No marker. Two sentences."])
def test_pieces_give_the_text_again(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_question_is_kept_only_where_that_is_wanted(served: Any) -> None:
    headers = {"X-User": "sipho"}
    answer = served.client.post("/api/ask", json={"question": ARREARS}, headers=headers).json()
    assert (answer["conversation_id"], answer["turn_id"]) == (None, None)
    assert served.client.get("/api/conversations", headers=headers).json()["total"] == 0
    assert ask(served, "sipho")["conversation_id"] is not None
    kept = served.client.get("/api/conversations", headers=headers).json()
    assert [(one["title"], one["turns"]) for one in kept["conversations"]] == [(ARREARS, 1)]


def test_follow_up_is_looked_up_with_what_was_asked_before(served: Any) -> None:
    conversation = ask(served, "anna")["conversation_id"]
    follow_up = ask(served, "anna", "And for the water?", conversation=conversation)
    assert (follow_up["question"], follow_up["asked_as"]) == ("And for the water?", f"{ARREARS} And for the water?")
    alone = ask(served, "anna", "And for the water?", conversation=conversation, alone=True)
    assert alone["asked_as"] is None
    kept = served.client.get(f"/api/conversations/{conversation}", headers={"X-User": "anna"} | FINANCE).json()
    assert [turn["question"] for turn in kept["questions"]] == [ARREARS, "And for the water?", "And for the water?"]
    assert kept["questions"][1]["answer"] == follow_up


def test_conversation_of_another_is_not_there(served: Any) -> None:
    mine = ask(served, "anna")
    other = {"X-User": "pieter"}
    paths = (
        ("GET", f"/api/conversations/{mine['conversation_id']}"),
        ("DELETE", f"/api/conversations/{mine['conversation_id']}"),
        ("GET", f"/api/turns/{mine['turn_id']}/export"),
        ("POST", f"/api/turns/{mine['turn_id']}/share"),
        ("DELETE", f"/api/turns/{mine['turn_id']}/share"),
    )
    for method, path in paths:
        assert served.client.request(method, path, headers=other).status_code == 404, path
    follow_up = {"question": "And for the water?", "conversation": mine["conversation_id"]}
    assert served.client.post("/api/ask", json=follow_up, headers=other).status_code == 404


def test_answer_is_shown_again_only_while_its_documents_may_be_seen(served: Any) -> None:
    answer = ask(served, "lerato", labels="finance")
    assert {citation["file_name"] for citation in answer["citations"]} == {SECRET}
    path = f"/api/conversations/{answer['conversation_id']}"
    before, after = (
        served.client.get(path, headers={"X-User": "lerato", "X-Labels": labels}).json()["questions"][0]["answer"]
        for labels in ("public,finance", "public")
    )
    assert (before, after) == (answer, None)
    export = f"/api/turns/{answer['turn_id']}/export"
    assert served.client.get(export, headers={"X-User": "lerato", "X-Labels": "public"}).status_code == 404
    assert served.client.get(export, headers={"X-User": "lerato"} | FINANCE).status_code == 200


def test_shared_answer_is_looked_at_with_ones_own_rights(served: Any) -> None:
    answer = ask(served, "lerato", labels="finance")
    share = f"/api/turns/{answer['turn_id']}/share"
    url = served.client.post(share, headers={"X-User": "lerato"}).json()["url"]
    assert served.client.post(share, headers={"X-User": "lerato"}).json()["url"] == url
    colleague = served.client.get(f"/api{url}", headers={"X-User": "pieter"} | FINANCE)
    assert colleague.json()["answer"] == answer | {"turn_id": None, "conversation_id": None}
    stranger = served.client.get(f"/api{url}", headers={"X-User": "pieter", "X-Labels": "public"})
    nothing = served.client.get("/api/shared/nothing", headers={"X-User": "pieter", "X-Labels": "public"})
    assert (stranger.status_code, stranger.json()["detail"]) == (404, nothing.json()["detail"])
    served.client.delete(share, headers={"X-User": "lerato"})
    assert served.client.get(f"/api{url}", headers={"X-User": "pieter"} | FINANCE).status_code == 404


def test_answer_whose_page_says_something_else_now_is_withheld(served: Any) -> None:
    answer = ask(served, "naledi")
    cited = answer["citations"][0]
    with served.memory.store.reading() as connection:
        version = connection.execute(
            schema.versions.select().where(schema.versions.c.document_id == cited["document_id"])
        ).first()
    pages = schema.pages
    where = (pages.c.version_id == version.id, pages.c.number == cited["page"])
    with served.memory.store.noting() as connection:
        text = connection.scalar(pages.select().with_only_columns(pages.c.text).where(*where))
        connection.execute(update(pages).where(*where).values(text=f"x{text}"))
    path = f"/api/conversations/{answer['conversation_id']}"
    try:
        assert served.client.get(path, headers={"X-User": "naledi"} | FINANCE).json()["questions"][0]["answer"] is None
    finally:
        with served.memory.store.noting() as connection:
            connection.execute(update(pages).where(*where).values(text=text))


def test_answer_is_taken_along_as_text_markdown_and_docx(served: Any) -> None:
    answer = ask(served, "anna", as_of="2024-03-01")
    cited = answer["citations"][0]
    address = str(served.client.base_url).rstrip("/") + cited["url"]
    headers = {"X-User": "anna"} | FINANCE
    forms = {
        form: served.client.get(f"/api/turns/{answer['turn_id']}/export", params={"form": form}, headers=headers)
        for form in ("text", "markdown", "docx")
    }
    name = f"khumbula-{answer['turn_id']}"
    endings = {"text": "txt", "markdown": "md", "docx": "docx"}
    for form, response in forms.items():
        assert response.headers["content-disposition"] == f'attachment; filename="{name}.{endings[form]}"'
    text = forms["text"].text
    state = "From the documents, word for word"
    begun = f"{ARREARS}\nAs it was on 2024-03-01\n{state}\n\n{answer['answer']}\n\nWhere it stands\n\n[1] "
    assert text.startswith(begun)
    assert address in text
    assert f"<{address}>" in forms["markdown"].text
    paragraphs = [p.text for p in docx.Document(io.BytesIO(forms["docx"].content)).paragraphs]
    assert paragraphs[:5] == [ARREARS, "As it was on 2024-03-01", state, answer["answer"], "Where it stands"]
    assert paragraphs[7] == address


def test_export_speaks_the_language_that_is_asked_for(served: Any) -> None:
    answer = ask(served, "anna")
    path = f"/api/turns/{answer['turn_id']}/export"
    headers = {"X-User": "anna"} | FINANCE
    for language in languages():
        text = served.client.get(path, params={"form": "text", "language": language}, headers=headers).text
        assert word(language, "answer.sources") in text
    unknown = served.client.get(path, params={"form": "text", "language": "../en"}, headers=headers)
    assert "Where it stands" in unknown.text


def test_markdown_shows_words_as_they_are() -> None:
    assert plain("<b>2 * 3</b> [x](y)\n# `z`") == r"\<b\>2 \* 3\</b\> \[x\](y) \# \`z\`"


def test_facets_count_what_the_asker_sees(served: Any) -> None:
    def total(labels: str, **filters: str) -> tuple[int, int]:
        shelf = served.client.get("/api/shelf", params=filters, headers={"X-Labels": labels}).json()
        return shelf["facets"]["total"], len(shelf["documents"])

    assert [total(labels) for labels in ("public", "public,finance", "none")] == [(3, 3), (4, 4), (0, 0)]
    assert total("public", collection="policies", limit="1") == (3, 1)
    assert total("public", collection="minutes") == (0, 0)
    assert served.client.get("/api/shelf", params={"since": "soon"}).status_code == 422


def test_search_is_narrowed_by_every_filter(served: Any) -> None:
    everything = served.client.get("/api/search", params={"q": ARREARS, "k": 50}).json()["results"]
    assert everything
    for name, value in (("department", "none"), ("kind", "none"), ("since", "2999-01-01"), ("until", "1900-01-01")):
        assert served.client.get("/api/search", params={"q": ARREARS, name: value}).json()["results"] == [], name


def test_list_of_pages_is_read_without_their_layouts(served: Any) -> None:
    document = served.document(POLICY)
    before = served.client.get(f"/api/documents/{document}/versions/1").json()
    pages = schema.pages
    with served.memory.store.reading() as connection:
        kept = connection.execute(
            pages.select().with_only_columns(pages.c.version_id, pages.c.number, pages.c.layout)
        ).all()
    with served.memory.store.noting() as connection:
        connection.execute(update(pages).values(layout=b"no layout"))
    try:
        assert served.client.get(f"/api/documents/{document}/versions/1").json() == before
    finally:
        with served.memory.store.noting() as connection:
            for row in kept:
                where = (pages.c.version_id == row.version_id, pages.c.number == row.number)
                connection.execute(update(pages).where(*where).values(layout=row.layout))
