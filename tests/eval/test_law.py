from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eval.law import Counted, Known, compare, known_of, successions
from ingest.pipeline import Options, ingest
from memory.memory import Memory

PAIRS = ("za-wc011__2010__tariff", "za-wc011__2015__tariff")


def test_precision_and_recall_are_of_what_was_found_and_wanted() -> None:
    counted = Counted()
    counted.count("a", {"2019-07-01"}, {"2019-07-01"})
    counted.count("b", {"2020-01-01"}, {"2020-02-01", "2020-03-01"})
    counted.count("c", {"2021-01-01"}, set(), told=False)
    found = counted.to_json()
    assert (found["precision"], found["precision_strict"], found["recall"]) == (0.5, 0.3333, 0.3333)
    assert [one.by_law for one in counted.listed] == ["b", "c"]
    told = counted.to_json({"b": "because"})
    assert (told["unexplained"], [one["why"] for one in told["listed"]]) == (1, ["because", "unexplained"])


@pytest.mark.parametrize(
    ("day", "holds"), [("2010-09-09", False), ("2010-09-10", True), ("2015-07-09", True), ("2015-07-10", False)]
)
def test_by_law_is_in_force_from_its_publication_until_the_day_before_its_repeal(day: str, *, holds: bool) -> None:
    law = Known("a", "/a", "A", "2010-09-10", None, frozenset(), "2015-07-10", None)
    assert law.in_force(day) is holds


def test_publishers_metadata_and_succession_are_found_in_akoma_ntoso(
    memory: Memory, shared: Path, tmp_path: Path
) -> None:
    folder = shared / "docs" / "za-bylaws"
    for name in PAIRS:
        shutil.copy(folder / "akn-xml" / f"{name}.xml", tmp_path)
    ingest(memory, [tmp_path], Options(ocr=False))
    known = known_of(folder)
    counted = compare(memory, known)
    assert {name: (one.right, one.wrong, one.missing) for name, one in counted.items()} == {
        "publication": (2, 0, 0),
        "commencement": (1, 0, 0),
        "amendment": (1, 0, 0),
        "repeal": (1, 0, 0),
        "repealed_by": (1, 0, 0),
    }
    (found,) = list(successions(memory, {name: known[name] for name in PAIRS}))
    assert (found["successor_answers_today"], found["old_cited_today"], found["itself_before"]) == (True, False, True)
    assert found["replacement_shown"] != [] != found["replacement_shown_before"]
