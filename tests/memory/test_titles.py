from __future__ import annotations

import numpy as np
import pytest

from memory.dates import periods
from memory.titles import Called, Titles


def called(version: int, title: str, municipality: str | None = None, file: str = "") -> Called:
    return Called(version, title, f"{title}\n{file}", "", 40, municipality)


TITLES = Titles(
    [
        called(1, "City of Cape Town: Water By-law, 2010", "cape town"),
        called(2, "Water By-law", "ethekwini"),
        called(3, "Graffiti By-law, 2010", "cape town"),
        called(4, "Minutes of the Council, 31 August 2017"),
        called(5, "Minutes of the Council, 30 May 2019"),
        called(6, "AMERICANEXPRESS 2022 10K"),
        called(7, "AMERICANEXPRESS 2021 10K"),
    ],
    lambda word: 1.0 if word in {"americanexpress", "10k"} else 0.0,
)
EVERY = np.arange(1, 8)


@pytest.mark.parametrize(
    ("question", "version"),
    [
        ("May I water my garden under the Cape Town water by-law?", 1),
        ("water by-law of Durban", 2),
        ("murals in the graffiti by-law", 3),
        ("What did council decide on 31 August 2017?", 4),
        ("council minutes of May 2019", 5),
        ("What was the revenue of American Express in 2022?", 6),
        ("AMERICANEXPRESS FY2021 revenue", 7),
    ],
)
def test_document_that_the_question_names_weighs_most(question: str, version: int) -> None:
    meant = TITLES.weigh(question, periods(question), EVERY)
    assert (meant.versions[meant.scores.argmax()], meant.best().tolist()) == (version, [version])


def test_question_that_names_none_weighs_none() -> None:
    assert TITLES.weigh("How many chickens may I keep?", (), EVERY).best().tolist() == []


def test_document_outside_the_selection_is_never_meant() -> None:
    question = "What did council decide on 31 August 2017?"
    assert 4 not in TITLES.weigh(question, periods(question), np.array([1, 2, 3, 5])).versions


def test_name_makes_it_surer_than_words_do() -> None:
    assert TITLES.weigh("the graffiti by-law", (), EVERY).sure < 0.2
    assert TITLES.weigh("the graffiti by-law of Cape Town", (), EVERY).sure == 1
