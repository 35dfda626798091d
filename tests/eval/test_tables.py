import re

from eval.tables import PAGES, TABLES, filled, load

FIGURES = {"mean": 0.0202, "low": 0.0066, "high": 0.034}


def test_tables_of_the_pages_are_as_their_figures() -> None:
    results = load()
    for path in PAGES:
        page = path.read_text("utf-8")
        assert filled(page, results) == page, f"{path.name}: run python -m eval.tables"


def test_every_table_stands_on_a_page() -> None:
    pages = "".join(path.read_text("utf-8") for path in PAGES)
    assert set(re.findall(r"<!-- table: ([\w-]+) -->", pages)) == set(TABLES)


def test_gain_is_bold_where_its_interval_leaves_out_zero() -> None:
    results = {
        "pooled": {"gain over, sets alike": {"first stage": FIGURES}, "gain over, questions alike": {}},
        "scifact": {"gain over": {"first stage": FIGURES | {"low": -0.0066}}},
    }
    page = "<!-- table: stages -->\nold\n<!-- end -->\n"
    row = filled(page, results).splitlines()[3]
    assert row == "| all over the first stage | +20 (-7 to +34) | **+20 (+7 to +34)** |  |"
