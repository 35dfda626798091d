from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.extract.dates import dates
from ingest.extract.subject import Subject

Make = Callable[..., Subject]


def found(subject: Subject, kind: str = "by-law") -> set[tuple[str, str]]:
    """Names and values of what the text and the title say."""
    return {(fact.name, fact.value) for fact in dates(subject, kind) if fact.source in {"text", "title"}}


def test_front_of_a_policy_says_when_it_was_adopted_and_begins(subject: Make) -> None:
    text = "Isivivane\n\nAdopted by Council resolution C45/2019 on 30 May 2019. In force from 1 July 2019."
    assert found(subject(text), "policy") == {("adoption", "2019-05-30"), ("commencement", "2019-07-01")}


def test_evidence_is_verbatim(subject: Make) -> None:
    made = subject("Cover", "Council resolution C14/2016 of 31 March 2016, in force from 1 July\n2016. Custodian: X.")
    facts = [fact for fact in dates(made, "policy") if fact.evidence]
    assert len(facts) == 2
    for fact in facts:
        assert fact.evidence is not None
        page = made.pages[fact.evidence.page - 1]
        assert page.text[fact.evidence.start : fact.evidence.end] == fact.evidence.quote


@pytest.mark.parametrize(
    ("stamp", "fact"),
    [
        ("Commences on 12 April 2016 unless otherwise noted", ("commencement", "2016-04-12")),
        ("Assented to on 24 June 2015", ("adoption", "2015-06-24")),
        ("Published in Western Cape Provincial Gazette no. 7339 on 12 December 2014", ("publication", "2014-12-12")),
        ("[Amended by Events Amendment By-law, 2009 on 9 December 2010]", ("amendment", "2010-12-09")),
        ("[Repealed by Waste By-law, 2020 on 1 January 2021]", ("repeal", "2021-01-01")),
    ],
)
def test_stamp_of_the_publisher_is_read(subject: Make, stamp: str, fact: tuple[str, str]) -> None:
    assert found(subject(f"Events By-law\n{stamp}\nTo provide for events.")) == {fact}


def test_commencement_clause_that_names_a_day_is_read_where_it_speaks_of_the_text(subject: Make) -> None:
    clause = "This By-law is called the Waste By-law, 2020, and comes into operation on 1 January 2021."
    assert found(subject("x " * 2000, clause)) == {("commencement", "2021-01-01")}


def test_day_that_something_else_begins_is_no_commencement(subject: Make) -> None:
    text = "The declaration takes effect on 1 January 2021. The Act commenced on 2 March 2003."
    assert found(subject("x " * 2000, text)) == set()


def test_commencement_on_publication_is_computed_where_the_publication_is_known(subject: Make) -> None:
    clause = "This By-law takes effect six months from the date of publication thereof in the Provincial Gazette."
    made = subject("Published in Provincial Gazette no. 12 on 12 October 2015\n\n" + clause)
    assert found(made) == {("publication", "2015-10-12"), ("commencement", "2016-04-12")}


def test_commencement_on_publication_is_open_where_the_publication_is_not_known(subject: Make) -> None:
    facts = dates(subject("This by-law shall commence on the date of publication."), "by-law")
    assert [(fact.name, fact.value, fact.note) for fact in facts] == [
        ("commencement", "", "on publication, of which the text does not give the date")
    ]


def test_commencement_of_one_section_is_not_that_of_the_by_law(subject: Make) -> None:
    clause = "(4) Section 6(i) of this By-law takes effect six months after the date of promulgation."
    made = subject("Published in Provincial Gazette no. 12 on 12 October 2015\n\n" + clause)
    assert found(made) == {("publication", "2015-10-12")}


def test_commencement_that_is_left_to_a_notice_is_said_to_be(subject: Make) -> None:
    facts = dates(subject("This By-Law comes into operation on a date fixed by the Mayor by proclamation."), "by-law")
    assert [(fact.value, fact.note) for fact in facts] == [("", "left to a later notice")]


def test_afrikaans_dates_are_read(subject: Make) -> None:
    text = "Hierdie verordening tree in werking op 1 Julie 2019. Aangeneem deur die Raad op 30 Mei 2019."
    assert found(subject(text)) == {("commencement", "2019-07-01"), ("adoption", "2019-05-30")}


def test_title_with_a_financial_year_says_when_tariffs_begin_and_end(subject: Make) -> None:
    made = subject("Service | Tariff", title="Tariffs of Charges 2019/20")
    assert found(made, "tariff") == {("commencement", "2019-07-01"), ("expiry", "2020-06-30")}


def test_review_clause_is_kept_with_its_words(subject: Make) -> None:
    facts = dates(subject("The policy is reviewed each year before 31 March and advertised."), "policy")
    assert [(fact.name, fact.value, fact.note) for fact in facts] == [("review", "", "repeated")]


def test_amendments_that_the_publisher_lists_are_not_read_out_of_the_text_too(subject: Make) -> None:
    extra = {"amended_by": "2012-12-07; /za/act/by-law/2012/x; X Amendment", "expression_date": "2012-12-07"}
    made = subject("[Amended by Y on 1 March 2009]", extra=extra)
    assert [fact.value for fact in dates(made, "by-law") if fact.name == "amendment"] == ["2012-12-07"]
