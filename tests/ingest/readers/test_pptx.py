"""PPTX: a page for each slide, in reading order, with tables, charts, SmartArt and notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.readers import pptx
from memory.errors import Damaged, Locked

Pieces = Callable[..., list[Any]]


@pytest.fixture
def deck() -> Any:
    """An empty presentation to fill."""
    import pptx as writer

    return writer.Presentation()


def box(slide: Any, text: str, left: float, top: float) -> Any:
    """A text box at this place, in inches."""
    from pptx.util import Inches

    shape = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(1), Inches(0.3))
    shape.text_frame.text = text
    return shape


def saved(deck: Any, folder: Path) -> Path:
    path = folder / "deck.pptx"
    deck.save(str(path))
    return path


def test_slide_is_a_page_under_its_title(deck: Any, tmp_path: Path, pieces: Pieces) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Leave"
    slide.placeholders[1].text = "Apply in time\nAsk your manager"
    slide.notes_slide.notes_text_frame.text = "Mention the form."
    reading = pptx.read(saved(deck, tmp_path))
    assert [(page.number, page.anchor, page.label) for page in reading.pages] == [(1, "slide-1", "1")]
    assert [(x.kind, x.text, x.heading) for x in pieces(reading)] == [
        ("heading", "Leave", ("Leave",)),
        ("item", "• Apply in time", ("Leave",)),
        ("item", "• Ask your manager", ("Leave",)),
        ("note", "Mention the form.", ("Leave",)),
    ]
    assert reading.metadata.title in ("Leave", "PowerPoint Presentation")


def test_boxes_are_read_from_top_to_bottom_and_left_to_right(deck: Any, tmp_path: Path, pieces: Pieces) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    for text, left, top in (("below", 1, 4), ("right", 5, 1.05), ("left", 1, 1.1), ("middle", 1, 2)):
        box(slide, text, left, top)
    assert [x.text for x in pieces(pptx.read(saved(deck, tmp_path)))] == ["left", "right", "middle", "below"]


def test_group_is_read_where_it_lies_on_the_slide(deck: Any, tmp_path: Path, pieces: Pieces) -> None:
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box(slide, "second", 1, 3)
    group = slide.shapes.add_group_shape()
    inner = group.shapes.add_textbox(Inches(1), Inches(5), Inches(1), Inches(0.3))
    inner.text_frame.text = "first"
    group.top = Inches(1)
    assert [x.text for x in pieces(pptx.read(saved(deck, tmp_path)))] == ["first", "second"]


def test_table_rows_carry_their_header(deck: Any, tmp_path: Path, pieces: Pieces) -> None:
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[6])
    cells = slide.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for index, text in enumerate(("Post", "Phone", "Mayor", "041")):
        cells.cell(index // 2, index % 2).text = text
    assert [(x.kind, x.text, x.context) for x in pieces(pptx.read(saved(deck, tmp_path)))] == [
        ("row", "Post | Phone", "Post | Phone"),
        ("row", "Mayor | 041", "Post | Phone"),
    ]


def test_chart_gives_its_categories_and_values(deck: Any, tmp_path: Path, pieces: Pieces) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    data = CategoryChartData()
    data.categories = ["Water", "Waste"]
    data.add_series("2024", (12.5, 7))
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, Inches(1), Inches(1), Inches(4), Inches(3), data)
    found = [x.text for x in pieces(pptx.read(saved(deck, tmp_path)))]
    assert found == ["2024", "Water | 12.5", "Waste | 7"]


def test_hidden_slide_is_read_and_named(deck: Any, tmp_path: Path) -> None:
    for text in ("shown", "not shown"):
        box(deck.slides.add_slide(deck.slide_layouts[6]), text, 1, 1)
    deck.slides[1]._element.set("show", "0")
    reading = pptx.read(saved(deck, tmp_path))
    assert [page.text for page in reading.pages] == ["shown", "not shown"]
    assert reading.metadata.extra["slides_hidden"] == "2"
    assert reading.notes == ("deck.pptx: slide 2 is hidden; it was read",)


def test_presentation_without_slides_says_so(deck: Any, tmp_path: Path) -> None:
    reading = pptx.read(saved(deck, tmp_path))
    assert (reading.pages, reading.notes) == ((), ("deck.pptx: has no slides",))


def test_footers_stay_on_the_page_and_are_never_cited(shared: Path, pieces: Pieces) -> None:
    reading = pptx.read(shared / "nasty/pptx/unstructured__fake-power-point-malformed.pptx")
    assert reading.pages[0].text == "Test Slide\n\nProblem Date Placeholder"
    assert [x.text for x in pieces(reading)] == ["Test Slide"]


def test_smart_art_gives_its_words(shared: Path, pieces: Pieces) -> None:
    reading = pptx.read(shared / "nasty/pptx/tika__testPPT_diagramData.pptx")
    assert [x.text for x in pieces(reading)] == ["President", "VP – HR", "Manager 1", "VP - Marketing", "Manager 1"]


def test_encrypted_presentation_is_locked(make_ole: Callable[[str, Mapping[str, bytes]], Path]) -> None:
    with pytest.raises(Locked, match=r"a\.pptx: is protected with a password"):
        pptx.read(make_ole("a.pptx", {"EncryptedPackage": b"x"}))


def test_noise_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "noise.pptx"
    path.write_bytes(b"PK\x03\x04 nothing of the kind")
    with pytest.raises(Damaged, match=r"noise\.pptx: is not a PPTX file"):
        pptx.read(path)
