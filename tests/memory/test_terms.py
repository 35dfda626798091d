"""BM25 of one label: its own statistics, filters by version, exact forms before stems."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from memory.terms import TermIndex, TermQuery, TermRow, analyze

TEXTS = (
    "The tariff for refuse removal is fixed each year.",
    "Refuse is removed from residential properties on Mondays.",
    "The library lends books and keeps the archive.",
    "A tariff for the hire of the hall; the tariff for the stadium.",
)


@pytest.fixture
def index(tmp_path: Path) -> TermIndex:
    made = TermIndex(tmp_path / "terms")
    made.add(TermRow(row, 10 + row, "Isivivane", text) for row, text in enumerate(TEXTS))
    return made


def ids(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_best_row_comes_first_and_scores_fall(index: TermIndex) -> None:
    rows, scores = TermQuery.of("refuse removal tariff", [index]).search(10)
    assert rows.tolist() == [0, 1, 3]
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


def test_filters_by_version_do_not_change_a_score(index: TermIndex) -> None:
    rows, scores = TermQuery.of("refuse removal tariff", [index]).search(10)
    score = dict(zip(rows.tolist(), scores.tolist(), strict=True))
    for chosen in (
        TermQuery.of("refuse removal tariff", [index]).search(10, only=ids(11, 13)),
        TermQuery.of("refuse removal tariff", [index]).search(10, without=ids(10, 12)),
    ):
        assert dict(zip(chosen[0].tolist(), chosen[1].tolist(), strict=True)) == pytest.approx(
            {1: score[1], 3: score[3]}
        )


def test_empty_selection_finds_nothing_and_empty_exclusion_everything(index: TermIndex) -> None:
    assert TermQuery.of("tariff", [index]).search(10, only=ids())[0].tolist() == []
    assert sorted(TermQuery.of("tariff", [index]).search(10, without=ids())[0].tolist()) == [0, 3]


def test_exact_form_stands_above_its_stem(tmp_path: Path) -> None:
    index = TermIndex(tmp_path / "terms")
    index.add([TermRow(0, 1, "", "the removed bins"), TermRow(1, 1, "", "the removal bins")])
    assert TermQuery.of("removal", [index]).search(10)[0].tolist() == [1, 0]


def test_index_opened_again_answers_the_same(index: TermIndex, tmp_path: Path) -> None:
    again = TermIndex(tmp_path / "terms")
    assert again.rows().tolist() == [0, 1, 2, 3]
    for before, after in zip(*(TermQuery.of("tariff hall", [i]).search(10) for i in (index, again)), strict=True):
        assert before.tolist() == after.tolist()


@pytest.mark.parametrize("question", ["", "the of and", "?!", "\x00", "'; DROP TABLE", 'AND OR NOT ("', "*" * 500])
def test_question_of_no_terms_or_of_query_syntax_is_just_words(index: TermIndex, question: str) -> None:
    assert TermQuery.of(question, [index]).search(10)[0].tolist() == []


def test_terms_are_folded_stemmed_and_each_once() -> None:
    assert analyze("Tariffs, tariff and TARIFF for cafés") == ["tariff", "cafe"]
    assert analyze("Tariffs tariff", "exact") == ["tariffs", "tariff"]


def test_labels_searched_together_score_as_one_index_would(tmp_path: Path) -> None:
    texts = [
        f"the {word} was {done} today" for word in ("dam", "road", "pump") for done in ("mended", "closed", "lost")
    ]
    rows = [TermRow(row, row, "", text) for row, text in enumerate(texts)]
    whole, small, large = (TermIndex(tmp_path / name) for name in ("whole", "small", "large"))
    whole.add(rows)
    small.add(rows[:2])
    large.add(rows[2:])
    for question in ("dam", "which pump was mended", "closed road, lost dam"):
        expected = TermQuery.of(question, [whole]).search(9)
        found = TermQuery.of(question, [small, large]).search(9)
        assert found[0].tolist() == expected[0].tolist()
        np.testing.assert_allclose(found[1], expected[1], rtol=1e-5)


def test_passage_of_all_the_words_scores_at_most_the_most(tmp_path: Path) -> None:
    made = TermIndex(tmp_path / "many")
    made.add(
        [TermRow(0, 1, "", "refuse tariff " * 40), *(TermRow(n, 1, "", "A page about water.") for n in range(1, 9))]
    )
    asked = TermQuery.of("tariff", [made])
    (row, *_), (score, *_) = asked.search(3)
    assert row == 0
    assert 0.8 * asked.most < score <= asked.most
    assert TermQuery.of("?", [made]).most == 0
