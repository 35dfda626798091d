"""PNG, JPEG and TIFF files: each frame is a page for OCR to fill in."""

from __future__ import annotations

from pathlib import Path

from ingest.document import Metadata, Reading, ReadPage
from ingest.readers.pdf_picture import image_frame, image_size, opened_image
from ingest.readers.pdf_structure import iso_date
from memory.errors import Damaged

# A fax or a scanned file has hundreds of frames; an animation with more is no document.
MAX_FRAMES = 2_000
# EXIF and TIFF tags: 306 is DateTime, 270 ImageDescription, 315 Artist.
DATE_TAG, TITLE_TAG, ARTIST_TAG = 306, 270, 315


def read(path: Path) -> Reading:
    """One page for each frame, all of them needing OCR.

    Raises: Damaged, LimitExceeded.
    """
    with opened_image(path) as image:
        frames = min(getattr(image, "n_frames", 1), MAX_FRAMES)
        tags = image.getexif()
        pages = []
        for number in range(1, frames + 1):
            frame = image_frame(path, image, number)
            width, height = image_size(image, frame)
            pages.append(
                ReadPage(number, "", f"page-{number}", width=width, height=height, picture=True, needs_ocr=True)
            )
        if not pages:
            raise Damaged(f"{path.name}: has no picture in it")
        artist = str(tags.get(ARTIST_TAG, "")).strip()
        metadata = Metadata(
            title=str(tags.get(TITLE_TAG, "")).strip(),
            authors=(artist,) if artist else (),
            created=iso_date(str(tags.get(DATE_TAG, "")).replace(":", "")),
        )
    return Reading(tuple(pages), metadata)
