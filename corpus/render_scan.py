"""A PDF becomes a scan of itself: each page a skewed, noisy grey picture, and nothing else."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFilter
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.make_source import Source

DPI = 165
QUALITY = 52
# Degrees; an office scanner's sheet feeder skews by about one degree, seldom by two.
SKEWS = (0.7, -1.1, 1.6, -0.6, 1.2, -1.7, 0.9)
NOISE = 4


def render_scan(source: Source, content: bytes) -> bytes:
    """The scan of a PDF; every chance in it is drawn from a fixed seed."""
    rl_config.useA85 = 0
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=0)
    canvas.setTitle(f"Scan {source.date:%Y%m%d}")
    canvas.setCreator("iR-ADV scanner")
    with pdfium.PdfDocument(content) as document:
        for number, page in enumerate(document):
            picture = _worn(page.render(scale=DPI / 72, grayscale=True).to_pil(), number)
            jpeg = io.BytesIO()
            picture.save(jpeg, "JPEG", quality=QUALITY, dpi=(DPI, DPI))
            jpeg.seek(0)
            canvas.drawImage(ImageReader(jpeg), 0, 0, *A4)
            canvas.showPage()
    canvas.save()
    stamp = f"{source.date:%Y%m%d}163000+02'00'".encode()
    return out.getvalue().replace(b"20000101000000+00'00'", stamp)


def _worn(page: Image.Image, number: int) -> Image.Image:
    """A page as it comes from the glass: turned a little, soft, grey paper, specks and grain."""
    turned = page.convert("L").rotate(SKEWS[number % len(SKEWS)], Image.Resampling.BICUBIC, fillcolor=250)
    soft = turned.filter(ImageFilter.GaussianBlur(0.6))
    grains = np.random.default_rng(1913 + number)
    pixels = np.asarray(soft, dtype=np.int16)
    # Uniform integers: the same on every processor, unlike sums of floats.
    grain = grains.integers(-NOISE, NOISE + 1, size=pixels.shape, dtype=np.int16)
    paper = np.clip(pixels * 15 // 16 + 8 + grain, 0, 255).astype(np.uint8)
    rows = grains.integers(0, paper.shape[0] - 3, size=60)
    columns = grains.integers(0, paper.shape[1] - 3, size=60)
    for row, column in zip(rows, columns, strict=True):
        paper[row : row + 2, column : column + 2] = 70
    return Image.fromarray(paper)
