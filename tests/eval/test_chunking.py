from pathlib import Path

import pytest

from eval.chunking import Question, compare, ours, overlap, page_offsets, recursive_split
from memory.embed import OpenVinoEmbedder

TEXT = (
    "# Fees\n\nA hall is let for R 850 a day.\n\nA deposit is paid too.\n\n# Fines\n\nThe fine is R 500 for litter.\n"
)


def test_parts_of_the_recursive_splitter_end_at_the_widest_border_that_fits() -> None:
    text = "one two.\n\nthree four. five six.\n\nseven"
    parts = [text[start:end] for start, end in recursive_split(text, 14)]
    assert parts == ["one two.", "three four.", "five six.", "seven"]


def test_recursive_splitter_loses_no_word_and_keeps_its_size() -> None:
    text = "word " * 40 + "x" * 95 + "\n\n  \n\n" + "end. " * 9
    parts = [text[start:end] for start, end in recursive_split(text, 30)]
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert max(map(len, parts)) <= 30


def test_overlap_counts_characters_of_the_answer_and_of_what_was_returned() -> None:
    question = Question("how much", "a", ((10, 20), (30, 40)))
    # 5 of 20 characters of the answer; 30 returned, of which 10 twice and 10 of another corpus.
    assert overlap(question, [("a", 15, 25), ("a", 15, 25), ("b", 30, 40)]) == (0.25, 0.25)
    assert overlap(question, []) == (0.0, 0.0)


def test_offsets_of_pages_lead_back_to_the_corpus(tmp_path: Path, embedder: OpenVinoEmbedder) -> None:
    text = "\n".join(f"# Part {i}\n\n" + f"Sentence {i} of a long part. " * 80 for i in range(4))
    cut = ours("parts", text, tmp_path, embedder)
    offsets = page_offsets(cut)
    assert len(offsets) > 1
    for page in cut.reading.pages:
        assert text[offsets[page.number] :].startswith(page.text)


def test_both_splitters_find_the_only_answer(tmp_path: Path, embedder: OpenVinoEmbedder) -> None:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "fees.md").write_text(TEXT, "utf-8")
    start = TEXT.index("The fine")
    references = f'"[{{""start_index"": {start}, ""end_index"": {start + 29}}}]"'
    (tmp_path / "questions_df.csv").write_text(
        f"question,references,corpus_id\nwhat is the fine,{references},fees\n", "utf-8"
    )
    found = compare(tmp_path, embedder)
    assert {name: one.recall for name, one in found.items()} == {
        "by structure": 1.0,
        "recursive, same longest": 1.0,
        "recursive, same mean": 1.0,
    }
    # Both sections come back, without two heading marks, the blank line between them and the last line end.
    assert found["by structure"].precision == pytest.approx(29 / (len(TEXT) - 7))
