from __future__ import annotations

import pytest

from memory.languages import Kin, language_of


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wanneer kom haal julle die vullis in Silopark?", "af"),
        ("Hoe laat moet die drom buite staan?", "af"),
        ("Kufanele ngishayele kuphi uma kuqhume ipayipi?", "zu"),
        ("Ngithola amanzi amangaki mahhala uma sengibhalisiwe?", "zu"),
        ("Ingakanani inhlawulo yokwephula imingcele?", "zu"),
        ("Can I keep an alpaca?", "en"),
        ("insurance fee", "en"),
        ("credit control policy", "en"),
        ("C47/2017", "en"),
    ],
)
def test_language_is_told_by_small_words_and_word_forms(question: str, language: str) -> None:
    assert language_of(question) == language


def test_kin_shares_most_of_its_letters() -> None:
    kin = Kin(["ngokubhalisa", "ubhalisa", "bhalisiwe", "electricity"])
    assert kin.of("ukubhalisa") == ("ubhalisa", "ngokubhalisa")
    assert kin.of("xy") == ()
