import json
from pathlib import Path

import pytest

from eval.datasets import Dataset, Gold, Text, load_beir, load_gold
from memory.errors import Misuse


def _write(folder: Path, name: str, *rows: dict[str, object]) -> None:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _beir(folder: Path) -> Path:
    _write(
        folder,
        "corpus.jsonl",
        {"_id": "d1", "title": "Fees", "text": "R 50\u2028a month"},
        {"_id": "d2", "text": "Fines"},
    )
    _write(folder, "queries.jsonl", {"_id": "q1", "text": "how much"}, {"_id": "q2", "text": "who"})
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td2\t0\n", "utf-8")
    return folder


def test_beir_folder_is_read_whole(tmp_path: Path) -> None:
    texts = (Text("d1", "Fees", "R 50\u2028a month"), Text("d2", "", "Fines"))
    found = load_beir(_beir(tmp_path))
    qrels = {"q1": {"d1": 2}, "q2": {"d2": 0}}
    assert found == Dataset(tmp_path.name, texts, {"q1": "how much", "q2": "who"}, qrels)


def test_query_with_nothing_but_zeros_is_unjudged(tmp_path: Path) -> None:
    found = load_beir(_beir(tmp_path))
    assert (found.judged, found.unjudged) == (["q1"], ["q2"])


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"corpus\.jsonl: No such file or directory; the folder must be in BEIR layout"):
        load_beir(tmp_path)


@pytest.mark.parametrize("line", ["{", "[]", '{"_id": "q1"}'])
def test_broken_line_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    folder = _beir(tmp_path)
    with (folder / "queries.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(Misuse, match=r"queries\.jsonl: line 3"):
        load_beir(folder)


def test_broken_judgement_is_named_by_its_line(tmp_path: Path) -> None:
    folder = _beir(tmp_path)
    (folder / "qrels" / "test.tsv").write_text("q1\td1\tmuch\n", "utf-8")
    with pytest.raises(Misuse, match=r"test\.tsv: line 1"):
        load_beir(folder)


def test_gold_questions_are_read_with_their_further_files(tmp_path: Path) -> None:
    row = {"id": "m-1", "type": "answerable", "question": "who?", "file": "a.pdf", "answer": "the clerk", "page": 2}
    _write(tmp_path, "minutes.jsonl", row | {"also": {"b.pdf": "a clerk"}, "why": "unknown keys are left out"})
    expected = Gold("m-1", "answerable", "who?", file="a.pdf", answer="the clerk", page=2, also=(("b.pdf", "a clerk"),))
    assert load_gold(tmp_path) == [expected]


def test_gold_question_of_an_unknown_type_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "minutes.jsonl", {"id": "m-1", "type": "riddle", "question": "who?"})
    with pytest.raises(Misuse, match=r"m-1: no such type of question: riddle"):
        load_gold(tmp_path)


def test_every_gold_question_of_the_project_has_what_its_type_needs() -> None:
    folder = Path(__file__).resolve().parents[2] / "eval" / "gold"
    questions = load_gold(folder)
    assert len({gold.id for gold in questions}) == len(questions)
    for gold in questions:
        assert (gold.answer is None) == (gold.file is None) == (gold.page is None) == (gold.type == "unanswerable")
        assert (gold.as_user is not None) or gold.type != "restricted"
