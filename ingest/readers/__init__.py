"""A file becomes a `Reading`: what it is decides the content first and the name second.

Each reader is a module with `read(path: Path) -> Reading`, loaded when its first file comes.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from ingest.document import Reading
from ingest.readers.detect import detect
from memory.errors import ReadFailed

# format, as `detect` names it -> (reader module, media type)
FORMATS = {
    "akn": ("akn", "application/akn+xml"),
    "csv": ("sheets", "text/csv"),
    "doc": ("legacy", "application/msword"),
    "docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "eml": ("mail", "message/rfc822"),
    "html": ("html", "text/html"),
    "jpeg": ("image", "image/jpeg"),
    "markdown": ("markdown", "text/markdown"),
    "mbox": ("mail", "application/mbox"),
    "msg": ("mail", "application/vnd.ms-outlook"),
    "odp": ("odf", "application/vnd.oasis.opendocument.presentation"),
    "ods": ("odf", "application/vnd.oasis.opendocument.spreadsheet"),
    "odt": ("odf", "application/vnd.oasis.opendocument.text"),
    "pdf": ("pdf", "application/pdf"),
    "png": ("image", "image/png"),
    "ppt": ("legacy", "application/vnd.ms-powerpoint"),
    "pptx": ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "rtf": ("rtf", "application/rtf"),
    "text": ("text", "text/plain"),
    "tiff": ("image", "image/tiff"),
    "tsv": ("sheets", "text/tab-separated-values"),
    "xls": ("sheets", "application/vnd.ms-excel"),
    "xlsx": ("sheets", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_UNKNOWN = "application/octet-stream"
# A name that is safe as the last part of a path, its extension kept.
_UNSAFE = re.compile(r"[/\x00-\x1f]")
_NAME_LENGTH = 100


def read(path: Path, name: str | None = None) -> Reading:
    """The reading of the file at `path`; `name` is the file's own name where `path` is a stored copy.

    Raises: ReadFailed, of the kind that fits (Locked, Damaged, Unsupported, LimitExceeded).
    """
    with _under(path, name or path.name) as named:
        module = FORMATS[detect(named)][0]
        reading: Reading = import_module(f"ingest.readers.{module}").read(named)
    return _said_if_empty(reading, name or path.name)


def media_type(path: Path, name: str | None = None) -> str:
    """The file's media type (RFC 6838), "application/octet-stream" where no reader knows it."""
    try:
        with _under(path, name or path.name) as named:
            return FORMATS[detect(named)][1]
    except ReadFailed:
        return _UNKNOWN


def _said_if_empty(reading: Reading, name: str) -> Reading:
    """No file is taken in silently that gives nothing to find."""
    silent = not reading.notes and not any(page.text.strip() or page.needs_ocr for page in reading.pages)
    return replace(reading, notes=(f"{name}: holds no text, nothing to index",)) if silent else reading


@contextmanager
def _under(path: Path, name: str) -> Iterator[Path]:
    """`path` under the name `name`: readers go by the extension where content does not tell."""
    name = _UNSAFE.sub("_", name)[-_NAME_LENGTH:]
    if name == path.name or name.strip(".") == "":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder, name)
        link.symlink_to(path.absolute())
        yield link
