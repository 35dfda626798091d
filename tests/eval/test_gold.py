import json
from pathlib import Path

import pytest

from eval.datasets import load_gold
from eval.gold import evaluate_gold, fill_pages
from eval.places import Places, loose, page_of
from ingest.pipeline import ingest
from memory.embed import OpenVinoEmbedder
from memory.memory import Memory
from memory.records import Page
from service.users import grant_from


def _page(number: int, text: str, *, ocr: bool = False) -> Page:
    return Page(version_id=1, number=number, text=text, anchor=f"page-{number}", ocr=ocr)


def test_answer_is_found_over_line_breaks_hyphens_and_table_borders() -> None:
    pages = [_page(1, "Contents"), _page(2, "the munici-\npality’s fee | R 50")]
    assert page_of("The municipality's fee R 50", pages) == 2


def test_answer_over_a_page_end_stands_on_the_page_where_it_begins() -> None:
    assert page_of("resolved to adopt it", [_page(1, "It was resolved to"), _page(2, "adopt it.")]) == 1


def test_misread_letters_are_forgiven_on_scanned_pages_only() -> None:
    answer, read = (
        "the period for business accounts be fourteen days",
        "the perlod for business accounts be f0urteen days",
    )
    assert page_of(answer, [_page(1, "something else", ocr=True), _page(2, read, ocr=True)]) == 2
    assert page_of(answer, [_page(2, read)]) is None


def test_loose_text_keeps_letters_and_figures() -> None:
    assert loose("Sub-section\u00ad 12 (a):\n“R 50”") == "subsection12(a):r50"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two files, one of them for finance alone, and four questions on them."""
    files = tmp_path / "files"
    (tmp_path / "gold").mkdir()
    files.mkdir()
    (files / "hall.txt").write_text(
        "HIRE OF HALLS\n\nThe hall is let for R 850 a day.\n\nBOOKS\n\nBooks are lent for two weeks.\n", "utf-8"
    )
    (files / "loans.txt").write_text("LOANS\n\nThe bank lends at 11 per cent until 2029.\n", "utf-8")
    (files / "khumbula-manifest.csv").write_text(
        "path,document,access\nhall.txt,halls,public\nloans.txt,loans,finance\n", "utf-8"
    )
    (tmp_path / "users.csv").write_text("user,label\naccountant,finance\n", "utf-8")
    rows: list[dict[str, object]] = [
        {"id": "1", "type": "answerable", "question": "price of the hall", "file": "hall.txt", "answer": "R 850 a day"},
        {"id": "2", "type": "restricted", "question": "what interest do we pay the bank", "file": "loans.txt",
         "answer": "lends at 11 per cent", "as_user": "accountant"},
        {"id": "3", "type": "unanswerable", "question": "height of the mountain", "file": None, "answer": None},
    ]  # fmt: skip
    lines = "".join(json.dumps(row | {"page": None}) + "\n" for row in rows)
    (tmp_path / "gold" / "questions.jsonl").write_text(lines, "utf-8")
    return tmp_path


def test_gold_questions_are_located_asked_and_counted(corpus: Path, tmp_path: Path, embedder: OpenVinoEmbedder) -> None:
    memory = Memory(tmp_path / "data", embedder, create=True)
    ingest(memory, [corpus / "files"])
    grant_from(memory.store, corpus / "users.csv")
    assert fill_pages(Places(memory, corpus / "files"), corpus / "gold") == []
    questions = load_gold(corpus / "gold")
    assert [gold.page for gold in questions] == [1, 1, None]
    found = evaluate_gold(memory, questions, corpus / "files").to_json()
    assert found["found"]["all"] == {"questions": 2, "right_page_1": 1.0, "right_page_3": 1.0}
    assert found["found"]["restricted"] == {"questions": 1, "right_page_1": 1.0, "right_page_3": 1.0}
    assert found["said"] == {"first": 1.0, "among": 1.0, "sentences": 1.0, "holding": 1.0}
    assert (found["leaks"], found["quotes"] > 0, found["quotes"]) == (0, True, found["exact"])


def test_answer_that_stands_nowhere_is_listed(corpus: Path, tmp_path: Path, embedder: OpenVinoEmbedder) -> None:
    memory = Memory(tmp_path / "data", embedder, create=True)
    ingest(memory, [corpus / "files" / "hall.txt"])
    missing = fill_pages(Places(memory, corpus / "files"), corpus / "gold")
    assert missing == ["2: loans.txt: lends at 11 per cent"]
