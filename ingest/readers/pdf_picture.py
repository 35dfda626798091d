"""Pages as pictures: of PDFs by pdfium, of image files by Pillow; with highlights, as PNG."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdfium2 import PdfDocument, PdfiumError

from memory.errors import Damaged, LimitExceeded, Locked, NotFound

Pixels = npt.NDArray[np.uint8]

MAX_PIXELS = 25_000_000
MAX_SIDE = 16_000
# Bytes of one decoded image file: pixels times channels.
MAX_IMAGE_BYTES = 300_000_000
# Image files without a resolution are taken for office scans.
USUAL_DPI = 150.0
# Pale yellow; multiplied into the page, so that ink stays ink.
HIGHLIGHT = (255, 236, 90)
FPDF_ERR_PASSWORD = 4
IMAGE_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
IMAGE_TROUBLE = (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError)


@contextmanager
def opened(path: Path) -> Iterator[PdfDocument]:
    """The PDF by pdfium, closed afterwards.

    Raises: Locked, Damaged.
    """
    try:
        document = PdfDocument(path)
    except PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            raise Locked(f"{path.name}: needs a password; save a copy without one") from error
        raise Damaged(f"{path.name}: is no readable PDF ({error})") from error
    try:
        yield document
    finally:
        document.close()


def picture(
    path: Path, number: int, scale: float, highlights: Sequence[tuple[float, float, float, float]] = ()
) -> bytes:
    """Page `number` (from 1) as PNG, `scale` pixels per point, less where the picture would be over 25 megapixels.

    `highlights`: boxes (x0, y0, x1, y1) in points from the page's top left.

    Raises: NotFound, Locked, Damaged, LimitExceeded.
    """
    pixels, width, height = page_pixels(path, number, scale)
    rows, columns = pixels.shape[:2]
    for x0, y0, x1, y1 in highlights:
        left, right = (round(x * columns / width) for x in (x0, x1))
        top, bottom = (round(y * rows / height) for y in (y0, y1))
        area = pixels[max(top - 1, 0) : max(bottom + 1, 0), max(left - 1, 0) : max(right + 1, 0)]
        for channel, paint in enumerate(HIGHLIGHT):
            # a table of 256 values: multiplying whole pages would take gigabytes
            area[..., channel] = (np.arange(256) * paint // 255).astype(np.uint8)[area[..., channel]]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=4)
    return file.getvalue()


def page_pixels(path: Path, number: int, scale: float) -> tuple[Pixels, float, float]:
    """RGB pixels (rows, columns, 3) of page `number`, and the page's width and height in points."""
    if is_image(path):
        return _image_pixels(path, number, scale)
    with opened(path) as document:
        if not 1 <= number <= len(document):
            raise NotFound(f"{path.name}: has no page {number}; it has {len(document)}")
        return _rendered(path, document, number, scale)


def is_image(path: Path) -> bool:
    """Does the file begin as a PNG, JPEG or TIFF file does? PDFs are not asked: their header may stand anywhere."""
    with path.open("rb") as file:
        return file.read(8).startswith(IMAGE_BEGINNINGS)


def _rendered(path: Path, document: PdfDocument, number: int, scale: float) -> tuple[Pixels, float, float]:
    try:
        page = document[number - 1]
    except PdfiumError as error:
        raise Damaged(f"{path.name}: page {number} cannot be shown ({error})") from error
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise Damaged(f"{path.name}: page {number} has no size")
    bitmap = page.render(
        scale=clamped(scale, width, height), rev_byteorder=True, may_draw_forms=False, limit_image_cache=True
    )
    pixels: Pixels = bitmap.to_numpy()[:, :, :3].copy()
    bitmap.close()
    page.close()
    return pixels, width, height


def clamped(scale: float, width: float, height: float) -> float:
    """The scale at which a page of this size (points) stays under the limits on pixels."""
    return min(scale, math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / max(width, height))


def _image_pixels(path: Path, number: int, scale: float) -> tuple[Pixels, float, float]:
    with opened_image(path) as image:
        frame = image_frame(path, image, number)
        width, height = image_size(image, frame)
        factor = clamped(scale, width, height) * width / frame.width
        size = (max(round(frame.width * factor), 1), max(round(frame.height * factor), 1))
        shown = frame.convert("RGB").resize(size, Image.Resampling.BILINEAR)
        return np.array(shown, dtype=np.uint8), width, height


@contextmanager
def opened_image(path: Path) -> Iterator[Any]:
    """The image file by Pillow, closed afterwards; what is broken in it is Damaged.

    Raises: Damaged, LimitExceeded.
    """
    with warnings.catch_warnings():
        # our own limit counts bytes, and is stricter than Pillow's warning
        warnings.simplefilter("ignore")
        try:
            image = Image.open(path)
        except Image.DecompressionBombError as error:
            raise LimitExceeded(f"{path.name}: {error}; save it in a lower resolution") from error
        except (UnidentifiedImageError, *IMAGE_TROUBLE) as error:
            raise Damaged(f"{path.name}: is no readable image ({error})") from error
        with image:
            try:
                yield image
            except IMAGE_TROUBLE as error:
                raise Damaged(f"{path.name}: is a broken image ({error})") from error


def image_frame(path: Path, image: Any, number: int) -> Any:
    """Frame `number` (from 1) of an image file, turned as its EXIF orientation says.

    Raises: NotFound, LimitExceeded.
    """
    frames = getattr(image, "n_frames", 1)
    if not 1 <= number <= frames:
        raise NotFound(f"{path.name}: has no page {number}; it has {frames}")
    image.seek(number - 1)
    if image.format == "JPEG":
        # decode a huge photograph at a half, a quarter or an eighth
        image.draft("RGB", (5000, 5000))
    if image.width * image.height * len(image.getbands()) > MAX_IMAGE_BYTES:
        raise LimitExceeded(
            f"{path.name}: page {number} has {image.width} x {image.height} pixels; save it in a lower resolution"
        )
    return ImageOps.exif_transpose(image)


def image_size(image: Any, frame: Any) -> tuple[float, float]:
    """Width and height of a frame in points, by the resolution that the file gives."""
    dpi = image.info.get("dpi", (USUAL_DPI, USUAL_DPI))[0]
    dpi = float(dpi) if 50 <= dpi <= 1200 else USUAL_DPI
    return frame.width * 72 / dpi, frame.height * 72 / dpi
