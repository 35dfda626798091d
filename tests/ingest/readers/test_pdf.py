"""The PDF reader on PDFs made here by reportlab and pypdf."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import NameObject, TextStringObject
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from ingest.document import Attachment, ReadPage, page_from_json, page_to_json
from ingest.readers.pdf import picture, read
from memory.errors import Damaged, Locked, NotFound

SHARED = Path(__file__).resolve().parents[4] / "shared"
WIDTH, HEIGHT = A4
LEFT = [f"The left column has its line number {n} here, and" for n in range(1, 21)]
RIGHT = [f"the right column goes on with line number {n}, so" for n in range(1, 21)]


def drawn(path: Path, *pages: Callable[[Canvas], object]) -> Path:
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for draw in pages:
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def lines_at(canvas: Canvas, x: float, top: float, lines: list[str], pitch: float = 13) -> None:
    for n, line in enumerate(lines):
        canvas.drawString(x, HEIGHT - top - n * pitch, line)


def rewritten(path: Path, change: Callable[[PdfWriter], object]) -> Path:
    writer = PdfWriter(clone_from=PdfReader(path))
    change(writer)
    with path.open("wb") as file:
        writer.write(file)
    return path


def block_texts(page: ReadPage) -> list[str]:
    return [page.text[block.start : block.end] for block in page.blocks]


def dark_share(path: Path, page: ReadPage, needle: str) -> float:
    """How much of the page's ink lies within the boxes of the lines that hold `needle`."""
    pixels = np.asarray(Image.open(io.BytesIO(picture(path, page.number, 2.0, []))).convert("L"))
    boxes = [ln for ln in page.lines if needle in page.text[ln.start : ln.end]]
    inside = np.zeros(pixels.shape, dtype=bool)
    for ln in boxes:
        inside[int(ln.y0 * 2) - 1 : int(ln.y1 * 2) + 2, int(ln.x0 * 2) - 1 : int(ln.x1 * 2) + 2] = True
    dark = pixels < 128
    return float((dark & inside).sum() / dark.sum())


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines_at(canvas, 60, 60, ["A heading over both columns, which is as wide as the whole page is, or nearly so"])
        for n in range(20):
            # line by line across the gutter, as some programs write it
            canvas.drawString(60, HEIGHT - 100 - n * 13, LEFT[n])
            canvas.drawString(310, HEIGHT - 100 - n * 13, RIGHT[n])

    page = read(drawn(tmp_path / "gazette.pdf", draw)).pages[0]
    printed = [line for line in page.text.splitlines() if line]
    assert printed[1:] == LEFT + RIGHT


def test_table_without_rules_keeps_its_lines_whole(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for n in range(12):
            canvas.drawString(60, HEIGHT - 100 - n * 14, f"Ward number {n}")
            canvas.drawString(300, HEIGHT - 100 - n * 14, f"R {n},500.00")

    page = read(drawn(tmp_path / "wards.pdf", draw)).pages[0]
    assert page.text.splitlines()[:2] == ["Ward number 0 R 0,500.00", "Ward number 1 R 1,500.00"]


def test_word_hyphenated_over_a_line_end_stays_as_printed(tmp_path: Path) -> None:
    page = read(
        drawn(
            tmp_path / "a.pdf",
            lambda c: lines_at(c, 60, 60, ["Every resident of the munici-", "pality pays the tariff."]),
        )
    ).pages[0]
    assert page.text == "Every resident of the munici-\npality pays the tariff."
    assert block_texts(page) == [page.text]


def test_running_headers_footers_and_page_numbers_stay_out_of_blocks(tmp_path: Path) -> None:
    def numbered(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            lines_at(canvas, 60, 40, [f"Isivivane Local Municipality - Council minutes of {number} March"])
            lines_at(canvas, 60, 200 + 30 * number, [f"Paragraph {number} says something of its own."])
            lines_at(canvas, 280, HEIGHT - 40, [f"{number + 10}"])

        return draw

    pages = read(drawn(tmp_path / "minutes.pdf", *(numbered(n) for n in range(1, 5)))).pages
    assert [block_texts(page) for page in pages] == [[f"Paragraph {n} says something of its own."] for n in range(1, 5)]
    assert pages[1].text == (
        "Isivivane Local Municipality - Council minutes of 2 March\n\nParagraph 2 says something of its own.\n\n12"
    )
    assert [page.label for page in pages] == ["11", "12", "13", "14"]


def test_ruled_table_gives_rows_with_their_header_and_cells_joined(tmp_path: Path) -> None:
    cell = getSampleStyleSheet()["BodyText"]
    rows = [
        ["Service", "Unit", "Tariff"],
        [Paragraph("Water, residential consumers below the sixth kilolitre", cell), "kl", "R 12.50"],
        ["Refuse", "bin", "R 98.00"],
    ]
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    path = tmp_path / "tariffs.pdf"
    SimpleDocTemplate(str(path)).build([Table(rows, colWidths=[120, 60, 80], style=style)])
    page = read(path).pages[0]
    assert block_texts(page) == [
        "Service | Unit | Tariff",
        "Water, residential consumers below the sixth kilolitre | kl | R 12.50",
        "Refuse | bin | R 98.00",
    ]
    assert {(block.kind, block.context) for block in page.blocks} == {("row", "Service | Unit | Tariff")}
    # the cell of several printed lines has a box for each of them
    assert (
        len(
            [
                ln
                for ln in page.lines
                if "Water" in page.text[ln.start : ln.end] or "kilolitre" in page.text[ln.start : ln.end]
            ]
        )
        == 2
    )


def test_boxes_drawn_around_single_lines_make_no_table(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for n in range(6):
            canvas.rect(50, HEIGHT - 105 - n * 20, 300, 20)
        lines_at(canvas, 60, 100, [f"Boxed line {n} of a form" for n in range(6)], pitch=20)

    page = read(drawn(tmp_path / "form.pdf", draw)).pages[0]
    assert {block.kind for block in page.blocks} == {"paragraph"}


def test_headings_nest_and_carry_over_pages(tmp_path: Path) -> None:
    def first(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        lines_at(canvas, 60, 60, ["Credit Control Policy"])
        canvas.setFont("Helvetica-Bold", 12)
        lines_at(canvas, 60, 100, ["1. Purpose"])
        canvas.setFont("Helvetica", 10)
        lines_at(canvas, 60, 130, ["This policy says how arrears are collected from every household."])

    pages = read(
        drawn(
            tmp_path / "policy.pdf",
            first,
            lambda c: lines_at(
                c,
                60,
                90,
                ["(a) A payment plan is offered first to whoever owes money.", "(b) Services are limited last of all."],
            ),
        )
    ).pages
    assert [(b.kind, b.heading) for page in pages for b in page.blocks] == [
        ("heading", ("Credit Control Policy",)),
        ("heading", ("Credit Control Policy", "1. Purpose")),
        ("paragraph", ("Credit Control Policy", "1. Purpose")),
        ("clause", ("Credit Control Policy", "1. Purpose")),
        ("clause", ("Credit Control Policy", "1. Purpose")),
    ]


def test_resolution_starts_its_own_block_with_what_was_moved(tmp_path: Path) -> None:
    lines = [
        "The meeting was opened by the mayor",
        "R2025-063 S. Dlamini, T. Nkosi:",
        "That the tariff for refuse be approved. Carried.",
    ]
    page = read(drawn(tmp_path / "m.pdf", lambda c: lines_at(c, 60, 90, lines))).pages[0]
    assert block_texts(page) == [lines[0], "\n".join(lines[1:])]


def test_number_that_the_sentence_refers_to_starts_no_clause(tmp_path: Path) -> None:
    lines = ["The council acts in terms of section", "12. of the Act, and under no other law of the land."]
    page = read(drawn(tmp_path / "m.pdf", lambda c: lines_at(c, 60, 90, lines))).pages[0]
    assert block_texts(page) == ["\n".join(lines)]


def test_page_labels_outline_and_metadata_are_read(tmp_path: Path) -> None:
    path = drawn(tmp_path / "idp.pdf", *(lambda c: lines_at(c, 60, 90, ["Some words of the plan"]) for _ in range(3)))

    def change(writer: PdfWriter) -> None:
        writer.set_page_label(0, 1, style=PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(2, 2, style=PageLabelStyle.DECIMAL, start=1)
        writer.add_metadata(
            {
                "/Title": "Integrated Development Plan",
                "/Author": "T. Nkosi; S. Dlamini",
                "/CreationDate": "D:20240305101500+02'00'",
            }
        )
        writer.root_object[NameObject("/Lang")] = TextStringObject("en-ZA")

    reading = read(rewritten(path, change))
    assert [page.label for page in reading.pages] == ["i", "ii", "1"]
    assert reading.metadata.title == "Integrated Development Plan"
    assert reading.metadata.authors == ("T. Nkosi", "S. Dlamini")
    assert (reading.metadata.created, reading.metadata.language) == ("2024-03-05", "en")


def test_user_password_is_reported_as_locked(tmp_path: Path) -> None:
    path = drawn(tmp_path / "closed.pdf", lambda c: lines_at(c, 60, 90, ["Secret"]))
    rewritten(path, lambda w: w.encrypt("secret", algorithm="AES-256"))
    with pytest.raises(Locked, match=r"closed\.pdf"):
        read(path)


def test_owner_password_alone_is_read_and_said(tmp_path: Path) -> None:
    path = drawn(tmp_path / "owner.pdf", lambda c: lines_at(c, 60, 90, ["Open to every reader"]))
    rewritten(path, lambda w: w.encrypt("", "owner", algorithm="AES-128"))
    reading = read(path)
    assert reading.pages[0].text == "Open to every reader"
    assert any("owner" in note for note in reading.notes)


def test_embedded_file_becomes_an_attachment(tmp_path: Path) -> None:
    path = drawn(tmp_path / "with.pdf", lambda c: lines_at(c, 60, 90, ["See the attached list"]))
    rewritten(path, lambda w: w.add_attachment("list.csv", b"ward,name\n1,Nkosi\n"))
    assert read(path).attachments == (Attachment("list.csv", b"ward,name\n1,Nkosi\n"),)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_lie_on_the_words_of_a_rotated_page(tmp_path: Path, rotation: int) -> None:
    path = drawn(
        tmp_path / "r.pdf", lambda c: lines_at(c, 60, 90, ["A line that is to be highlighted", "another one"], 40)
    )
    rewritten(path, lambda w: w.pages[0].rotate(rotation))
    page = read(path).pages[0]
    assert page.text.split("\n\n") == ["A line that is to be highlighted", "another one"]
    assert (page.width, page.height) == pytest.approx((HEIGHT, WIDTH) if rotation % 180 else (WIDTH, HEIGHT), abs=0.1)
    assert dark_share(path, page, "highlighted") > 0.6
    assert dark_share(path, page, "highlighted") + dark_share(path, page, "another") > 0.99


def test_boxes_follow_a_crop_box_that_does_not_begin_at_zero(tmp_path: Path) -> None:
    path = drawn(tmp_path / "c.pdf", lambda c: lines_at(c, 100, 120, ["Only this line is on the page"]))

    def crop(page: PageObject) -> None:
        page.cropbox.lower_left = (50, 300)

    rewritten(path, lambda w: crop(w.pages[0]))
    page = read(path).pages[0]
    assert dark_share(path, page, "Only") > 0.99


def test_text_turned_in_the_page_is_read_as_lines(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rotate(90)
        for n, line in enumerate(LEFT[:5]):
            canvas.drawString(100, -100 - n * 14, line)

    path = drawn(tmp_path / "landscape.pdf", draw)
    page = read(path).pages[0]
    assert page.text.split("\n") == LEFT[:5]
    assert dark_share(path, page, "column") > 0.99


def test_highlight_changes_the_paper_and_not_the_ink(tmp_path: Path) -> None:
    path = drawn(tmp_path / "h.pdf", lambda c: lines_at(c, 60, 90, ["Highlighted words"]))
    line = read(path).pages[0].lines[0]
    box = (line.x0, line.y0, line.x1, line.y1)
    plain, marked = (np.asarray(Image.open(io.BytesIO(picture(path, 1, 2.0, h)))).astype(int) for h in ([], [box]))
    changed = (plain != marked).any(axis=2)
    rows, columns = np.where(changed)
    assert (rows.min() / 2, rows.max() / 2) == pytest.approx((box[1], box[3]), abs=1.5)
    assert (columns.min() / 2, columns.max() / 2) == pytest.approx((box[0], box[2]), abs=1.5)
    assert (marked <= plain).all()
    assert picture(path, 1, 2.0, [box]) == picture(path, 1, 2.0, [box])


def test_picture_of_a_giant_page_stays_small(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "plan.pdf"), pagesize=(14_000, 14_000))
    canvas.drawString(100, 100, "A plan")
    canvas.save()
    size = Image.open(io.BytesIO(picture(tmp_path / "plan.pdf", 1, 3.0, []))).size
    assert size[0] * size[1] <= 25_100_000


def test_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = drawn(tmp_path / "one.pdf", lambda c: lines_at(c, 60, 90, ["One page"]))
    with pytest.raises(NotFound, match="no page 2; it has 1"):
        picture(path, 2, 1.0, [])


def test_empty_page_has_no_text_and_needs_no_ocr(tmp_path: Path) -> None:
    page = read(drawn(tmp_path / "blank.pdf", lambda _: None)).pages[0]
    assert (page.text, page.needs_ocr, page.blocks) == ("", False, ())


def test_picture_with_a_stamped_header_needs_ocr_and_a_figure_does_not(tmp_path: Path) -> None:
    image = tmp_path / "grey.png"
    Image.new("L", (400, 500), 200).save(image)

    def scan(canvas: Canvas) -> None:
        canvas.drawImage(str(image), 0, 0, WIDTH, HEIGHT)
        lines_at(canvas, 60, 30, ["Reproduced under licence"])

    def figure(canvas: Canvas) -> None:
        canvas.drawImage(str(image), 60, 60, WIDTH - 120, 300)
        lines_at(canvas, 60, 60, LEFT)

    pages = read(drawn(tmp_path / "mixed.pdf", scan, figure)).pages
    assert [page.needs_ocr for page in pages] == [True, False]
    assert pages[0].text == "Reproduced under licence"


def test_what_is_no_pdf_is_damaged(tmp_path: Path) -> None:
    for content in (b"", b"%PDF-1.7\nnot really", b"\x00" * 5000):
        path = tmp_path / "broken.pdf"
        path.write_bytes(content)
        with pytest.raises(Damaged, match=r"broken\.pdf"):
            read(path)


def test_page_survives_its_json_form(tmp_path: Path) -> None:
    page = read(drawn(tmp_path / "j.pdf", lambda c: lines_at(c, 60, 90, LEFT))).pages[0]
    again = page_from_json(page_to_json(page))
    assert (again.text, again.blocks) == (page.text, page.blocks)
    assert [(ln.start, ln.end) for ln in again.lines] == [(ln.start, ln.end) for ln in page.lines]


def test_by_laws_have_their_words_and_leave_out_their_running_lines() -> None:
    path = SHARED / "docs/za-bylaws/pdf/za-cpt__2001__outdoor-advertising-signage.pdf"
    if not path.exists():
        pytest.skip("../shared is absent")
    pages = read(path).pages
    text = " ".join(page.text for page in pages)
    assert "maximum, partial and minimum areas of control" in " ".join(text.split())
    inside = [text for page in pages for text in block_texts(page)]
    assert not [text for text in inside if " of 54" in text and len(text) < 10]


@pytest.mark.parametrize(
    ("name", "needs_ocr"),
    [
        ("pdf/pdfplumber__federal-register-2020-17221.pdf", False),
        ("pdf-scanned/ocrmypdf__skew.pdf", True),
        ("pdf-scanned/ocrmypdf__type3_font_nomapping.pdf", True),
        ("pdf-scanned/ocrmypdf__truetype_font_nomapping.pdf", True),
        ("pdf-scanned/ocrmypdf__blank.pdf", False),
    ],
)
def test_hostile_files_have_text_or_ask_for_ocr(name: str, needs_ocr: bool) -> None:
    path = SHARED / "nasty" / name
    if not path.exists():
        pytest.skip("../shared is absent")
    assert read(path).pages[0].needs_ocr is needs_ocr


@pytest.mark.parametrize("name", ["qpdf__qpdf_bad1.pdf", "qpdf__qpdf_issue-99.pdf", "qpdf__qpdf_issue-335a.pdf"])
def test_files_broken_beyond_reading_are_damaged(name: str) -> None:
    path = SHARED / "nasty/pdf-damaged" / name
    if not path.exists():
        pytest.skip("../shared is absent")
    with pytest.raises(Damaged, match="qpdf"):
        read(path)
