"""Every file of ../shared/nasty through the pool: what has to come out comes out, and nothing goes wrong."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.document import Reading
from ingest.pool import Pool
from memory.errors import Locked, ReadFailed

NASTY = Path(__file__).resolve().parents[2] / ".." / "shared" / "nasty"
SECONDS = 30.0
GIBIBYTE = 1 << 30
# Where the list asks for words that are not there; why.
NO_WORDS = {
    "docx/poi__document_51921-Word-Crash067.docx": "a document without a single run of text",
    "docx/poi__integration_stress025.docx": "a package that holds a theme and no document",
    "html/redbox__html_corrupt.html": "352 random bytes under the name of a page",
    "pptx/python-pptx__no-slides.pptx": "a presentation without slides",
    "pptx/python-pptx__shp-groupshape.pptx": "a slide of shapes without text",
    "text-encodings/unstructured__fake-text-all-whitespace.txt": "white space only",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: a reading or the reason why there is none; seconds of wall-clock time; the most bytes
    that a process which read it and is still there ever held."""

    reading: Reading | None
    error: ReadFailed | None
    seconds: float
    peak: int

    @property
    def words(self) -> int:
        """Words on its pages."""
        pages = self.reading.pages if self.reading else ()
        return sum(len(re.findall(r"\w+", page.text)) for page in pages)

    @property
    def waits_for_ocr(self) -> bool:
        """Whether a page is a picture that OCR has yet to read."""
        return self.reading is not None and any(page.needs_ocr for page in self.reading.pages)

    @property
    def reported(self) -> bool:
        """Whether whoever ingests is told that something is missing."""
        return self.error is not None or bool(self.reading and self.reading.notes) or self.waits_for_ocr


def expected() -> list[tuple[str, str]]:
    """(file, class) of each line; empty where ../shared is absent."""
    if not (NASTY / "SMOKE.tsv").exists():
        return []
    lines = (NASTY / "SMOKE.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(row[0], row[1]) for row in rows[1:]]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One pool for the whole campaign: a file that harms it harms those after it."""
    with Pool(2) as pool:
        yield pool


def outcome_of(pool: Pool, path: Path) -> Outcome:
    """The file read once, with the clock running."""
    started = time.monotonic()
    reading, error = None, None
    try:
        reading = pool.read(path)
    except ReadFailed as failed:
        error = failed
    return Outcome(reading, error, time.monotonic() - started, max(peaks(), default=0))


def peaks() -> Iterator[int]:
    """The most bytes that each process which reads for this one ever held."""
    # By their parent, not by its threads: one that ends while they are counted takes its list with it.
    own = f"PPid:\t{os.getpid()}\n"
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text("utf-8", "replace")
            status = (process / "status").read_text("utf-8", "replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if own in status and "ingest.worker" in command and "VmHWM" in status:
            yield int(status.split("VmHWM:")[1].split()[0]) << 10


def test_shared_files_are_there() -> None:
    if not NASTY.exists():
        pytest.skip("../shared is absent")
    assert len(expected()) == 136


@pytest.mark.parametrize(("name", "kind"), expected())
def test_nasty_file_has_the_outcome_of_its_class(pool: Pool, name: str, kind: str) -> None:
    outcome = outcome_of(pool, NASTY / name)
    assert outcome.seconds < SECONDS
    # A process that went beyond was ended, and is not among them: its file is reported.
    assert 0 <= outcome.peak < GIBIBYTE
    if outcome.error is not None:
        assert str(outcome.error).startswith(Path(name).name)
        assert "\n" not in str(outcome.error)
    if name in NO_WORDS:
        assert outcome.words == 0
        assert outcome.reported
    elif kind == "TEXT":
        assert outcome.words > 0 or outcome.waits_for_ocr
    elif kind == "SCAN":
        assert outcome.reported or outcome.words > 0
    elif kind == "LOCKED":
        assert isinstance(outcome.error, Locked)
    elif kind == "BAD":
        assert outcome.reported or outcome.words > 0


def test_memory_of_the_process_that_reads_is_measured(pool: Pool) -> None:
    path = NASTY / "html" / "unstructured__example-with-scripts.html"
    if not path.exists():
        pytest.skip("../shared is absent")
    assert 1 << 20 < outcome_of(pool, path).peak < GIBIBYTE


def test_scripts_of_a_page_are_not_read(pool: Pool) -> None:
    path = NASTY / "html" / "unstructured__example-with-scripts.html"
    if not path.exists():
        pytest.skip("../shared is absent")
    text = "\n".join(page.text for page in pool.read(path).pages)
    assert "Russian" in text
    assert "function(" not in text
    assert "jQuery" not in text


def test_entities_of_a_docx_are_not_expanded(pool: Pool) -> None:
    path = NASTY / "docx" / "poi__document_ExternalEntityInText.docx"
    if not path.exists():
        pytest.skip("../shared is absent")
    outcome = outcome_of(pool, path)
    text = "\n".join(page.text for page in outcome.reading.pages) if outcome.reading else ""
    assert "root:" not in text


def test_files_that_are_read_at_once_do_not_mix(pool: Pool) -> None:
    names = [name for name, _ in expected() if name.startswith("pdf-scanned/")]
    if not names:
        pytest.skip("../shared is absent")
    alone = {name: outcome_of(pool, NASTY / name).words for name in names}
    together: dict[str, int] = {}

    def read(some: list[str]) -> None:
        for name in some:
            together[name] = outcome_of(pool, NASTY / name).words

    threads = [threading.Thread(target=read, args=(names[first::2],)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
