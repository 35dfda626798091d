from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.extract.claims import claims
from ingest.extract.subject import Subject

Make = Callable[..., Subject]


@pytest.mark.parametrize(
    ("text", "measure", "value", "bound"),
    [
        ("The joint household income is not more than R5 400 a month.", "amount", "5400", "<"),
        ("The water deposit of a large business is R1,2 million.", "amount", "1200000", ""),
        ("The bulk budget surplus is R4\u00a0500.50 this quarter.", "amount", "4500.5", ""),
        ("A customer may appeal against refusal within sixty days.", "period", "60 day", "<"),
        ("Interest on arrears is charged at 11 per cent a year.", "percentage", "11", ""),
        ("The credit control office telephone is ext. 2240 now.", "address", "2240", ""),
        ("Bins stand at the kerb before 7:00 on removal day.", "time", "07:00", ""),
        ("The permit for street trading is signed by the Municipal Manager.", "post", "Municipal Manager", ""),
        ("An indigent household gets 10 kilolitres of water free.", "quantity", "10 kilolitre", ""),
    ],
)
def test_value_is_read_in_normal_form(subject: Make, text: str, measure: str, value: str, bound: str) -> None:
    found = [claim for claim in claims(subject(text)) if claim.measure == measure]
    assert [(claim.value, claim.bound, claim.evidence.quote) for claim in found] == [(value, bound, text)]


def test_words_of_the_sentence_name_the_thing(subject: Make) -> None:
    (claim,) = claims(subject("A household may apply where its joint gross income is not more than R4 200."))
    assert set(claim.terms) >= {"household", "joint", "gross", "incom"}


def test_row_of_a_table_is_about_its_title(subject: Make) -> None:
    (claim,) = claims(subject("Chief Financial Officer | Up to R2 000", title="Writing off bad debt"))
    assert {"write", "debt"} <= set(claim.about)


def test_what_a_text_says_of_itself_is_no_claim(subject: Make) -> None:
    assert claims(subject("A fine under this By-law for a trading offence is R5 000.")) == []


@pytest.mark.parametrize(
    "text",
    [
        "A person who trades without a permit is guilty of an offence and liable to a fine of R5 000.",
        "“Municipal Manager” means the person appointed in terms of the Structures Act.",
    ],
)
def test_penalty_and_definition_of_a_post_are_no_claims(subject: Make, text: str) -> None:
    assert claims(subject(text)) == []
