"""What an ingest did, file by file, and how it tells of its progress."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

# Outcomes of a file that are failures, and are named as such; the others: new, changed, unchanged, same, relabelled,
# withdrawn, empty.
BAD = ("locked", "damaged", "unsupported", "limit", "failed")


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One file: what became of it, with its counts; `seconds` of reading it."""

    path: str
    outcome: str
    pages: int = 0
    passages: int = 0
    ocr_pages: int = 0
    reason: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Report:
    """All files of one ingest, in order."""

    files: list[FileOutcome] = field(default_factory=list)
    embedded: int = 0
    ocr_done: int = 0
    ocr_waiting: int = 0
    extracted: int = 0
    seconds: float = 0.0

    @property
    def failures(self) -> list[FileOutcome]:
        """The files that gave nothing."""
        return [file for file in self.files if file.outcome in BAD]

    def to_json(self) -> dict[str, Any]:
        """Plain values: totals first."""
        return {
            "files": len(self.files),
            "outcomes": dict(sorted(Counter(file.outcome for file in self.files).items())),
            "pages": sum(file.pages for file in self.files),
            "passages": sum(file.passages for file in self.files),
            "embedded": self.embedded,
            "ocr_pages_done": self.ocr_done,
            "ocr_pages_waiting": self.ocr_waiting,
            "extracted": self.extracted,
            "seconds": round(self.seconds, 2),
            "details": [asdict(file) for file in self.files],
        }


class Progress(Protocol):
    """Told of each stage ("reading", "OCR", "facts"): how much there is, and each step."""

    def begin(self, stage: str, total: int) -> None:
        """A stage of `total` steps begins."""
        ...

    def step(self, stage: str, done: str) -> None:
        """One step is done; `done` names the file or page."""
        ...


class Silent:
    """Progress that nobody watches."""

    def begin(self, stage: str, total: int) -> None:
        """Say nothing."""

    def step(self, stage: str, done: str) -> None:
        """Say nothing."""
