"""OCR round trips: pages made here, rendered, turned, tilted, and read back."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Block, Line, ReadPage
from ingest.ocr import read_page
from ingest.readers.image import read as read_image
from ingest.readers.pdf import picture, read
from ingest.readers.pdf_running import without_running
from memory.errors import Damaged, NotFound

WIDTH, HEIGHT = A4
LINES = [
    "The municipal manager reported that the reservoir at",
    "Emhlabeni was cleaned on 14 March 2023 at a cost of",
    "R 182,450.00 and that the water was tested twice.",
    "Council resolved to thank the technical department",
    "and to inspect all six reservoirs before the winter.",
]
WORDS = " ".join(LINES).split()


@pytest.fixture
def page_picture(tmp_path: Path) -> Image.Image:
    """A typed page at 150 dots per inch."""
    path = tmp_path / "typed.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setFont("Times-Roman", 13)
    for n, line in enumerate(LINES):
        canvas.drawString(70, HEIGHT - 100 - 20 * n, line)
    canvas.save()
    return Image.open(io.BytesIO(picture(path, 1, 150 / 72, []))).convert("L")


def scanned(image: Image.Image, path: Path) -> Path:
    """A PDF that is nothing but the picture."""
    image.save(path.with_suffix(".png"))
    width, height = (side * 72 / 150 for side in image.size)
    canvas = Canvas(str(path), pagesize=(width, height), invariant=True)
    canvas.drawImage(str(path.with_suffix(".png")), 0, 0, width, height)
    canvas.save()
    return path


def recall(page: ReadPage) -> float:
    found = page.text.split()
    return sum(word in found for word in WORDS) / len(WORDS)


def ink_in_boxes(path: Path, page: ReadPage) -> float:
    pixels = np.asarray(Image.open(io.BytesIO(picture(path, 1, 2.0, []))).convert("L"))
    inside = np.zeros(pixels.shape, dtype=bool)
    for ln in page.lines:
        inside[int(ln.y0 * 2) - 2 : int(ln.y1 * 2) + 3, int(ln.x0 * 2) - 2 : int(ln.x1 * 2) + 3] = True
    dark = pixels < 128
    return float((dark & inside).sum() / dark.sum())


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 4])
def test_scan_is_read_however_it_lies(tmp_path: Path, page_picture: Image.Image, angle: int) -> None:
    turned = page_picture.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    path = scanned(turned, tmp_path / "scan.pdf")
    assert [page.needs_ocr for page in read(path).pages] == [True]
    page = read_page(path, 1)
    assert recall(page) > 0.95
    assert (page.ocr, page.needs_ocr, page.picture, page.anchor) == (True, False, True, "page-1")
    assert page.confidence is not None
    assert 0.9 < page.confidence <= 1
    assert ink_in_boxes(path, page) > 0.97


def test_lines_of_a_scan_are_slices_of_its_text(tmp_path: Path, page_picture: Image.Image) -> None:
    page = read_page(scanned(page_picture, tmp_path / "scan.pdf"), 1)
    assert [page.text[ln.start : ln.end] for ln in page.lines] == page.text.split("\n")
    assert [page.text[block.start : block.end] for block in page.blocks] == [page.text]


def test_two_columns_of_a_scan_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"Left column line {n} of the notice" for n in range(12)]
    right = [f"Right column line {n} of the same" for n in range(12)]
    path = tmp_path / "typed.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setFont("Times-Roman", 12)
    for n in range(12):
        canvas.drawString(60, HEIGHT - 100 - 18 * n, left[n])
        canvas.drawString(320, HEIGHT - 100 - 18 * n, right[n])
    canvas.save()
    image = Image.open(io.BytesIO(picture(path, 1, 150 / 72, [])))
    page = read_page(scanned(image, tmp_path / "scan.pdf"), 1)
    assert [line for line in page.text.split("\n") if line] == left + right


def test_blank_scan_is_empty_and_done(tmp_path: Path) -> None:
    page = read_page(scanned(Image.new("L", (1240, 1754), 245), tmp_path / "blank.pdf"), 1)
    assert (page.text, page.needs_ocr, page.ocr, page.blocks) == ("", False, True, ())


def test_image_file_of_two_frames_has_two_pages(tmp_path: Path, page_picture: Image.Image) -> None:
    path = tmp_path / "fax.tiff"
    blank = Image.new("L", page_picture.size, 255)
    blank.save(path, save_all=True, append_images=[page_picture], dpi=(150, 150))
    pages = read_image(path).pages
    size = (1241 * 72 / 150, 1754 * 72 / 150)
    assert [(p.number, p.needs_ocr, (p.width, p.height)) for p in pages] == [(1, True, size), (2, True, size)]
    assert recall(read_page(path, 2)) > 0.95
    with pytest.raises(NotFound, match="no page 3; it has 2"):
        read_page(path, 3)


def test_photograph_is_turned_as_its_camera_says(tmp_path: Path, page_picture: Image.Image) -> None:
    exif = Image.Exif()
    exif[274] = 6
    path = tmp_path / "photo.jpg"
    page_picture.rotate(90, expand=True).save(path, exif=exif, dpi=(150, 150), quality=90)
    page = read_page(path, 1)
    assert (page.width, page.height) == (1241 * 72 / 150, 1754 * 72 / 150)
    assert recall(page) > 0.95


def test_broken_image_is_damaged(tmp_path: Path, page_picture: Image.Image) -> None:
    path = tmp_path / "cut.png"
    page_picture.save(path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(Damaged, match=r"cut\.png"):
        read_page(path, 1)


def scan_page(number: int, body: str) -> ReadPage:
    header, footer = f"Provincial Gazette {6300 + number}", str(1620 + number)
    text = f"{header}\n{body}\n\n{footer}"
    slices = [(0, len(header)), (len(header) + 1, len(header) + 1 + len(body)), (len(text) - 4, len(text))]
    lines = tuple(Line(a, b, 50, y, 500, y + 10) for (a, b), y in zip(slices, (30, 400, 800), strict=True))
    blocks = (Block("paragraph", 0, slices[1][1]), Block("paragraph", *slices[2]))
    return ReadPage(number, text, f"page-{number}", blocks=blocks, lines=lines, width=595, height=842, ocr=True)


def test_running_lines_of_scans_leave_their_blocks_once_all_pages_are_read() -> None:
    bodies = ["The tariff is set.", "The by-law begins.", "The notice ends."]
    pages = without_running([scan_page(n, body) for n, body in enumerate(bodies, start=1)])
    assert [[p.text[b.start : b.end] for b in p.blocks] for p in pages] == [[body] for body in bodies]
    assert [page.label for page in pages] == ["1621", "1622", "1623"]
