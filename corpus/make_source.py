"""A source file (front matter and Markdown body) becomes a Source; Sources become the manifest's rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

MUNICIPALITY = "Isivivane Local Municipality"
MANIFEST_COLUMNS = (
    "path",
    "document",
    "version",
    "title",
    "kind",
    "department",
    "custodian",
    "access",
    "in_force_from",
    "in_force_to",
    "status",
    "language",
)
NEEDED = ("file", "document", "title", "kind")


class SourceFault(ValueError):
    """A source that cannot be made into a file; the message names it and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source: `fields` as in its front matter, `body` the Markdown below it."""

    path: Path
    fields: dict[str, str]
    body: str

    def get(self, key: str, default: str = "") -> str:
        """The value of a front matter key, or `default` where it is absent or empty."""
        return self.fields.get(key, "") or default

    @property
    def file(self) -> str:
        """Where the file goes, below the folder of made files."""
        return self.fields["file"]

    @property
    def suffix(self) -> str:
        """The format: the file name's ending without its dot."""
        return self.file.rsplit(".", 1)[-1].lower()

    @property
    def title(self) -> str:
        """The document's title."""
        return self.fields["title"]

    @property
    def date(self) -> date:
        """The document's own date; where none is given, the day on which it came into force."""
        return date.fromisoformat(self.get("date", self.get("in_force_from", "2020-01-01")))

    @property
    def yes(self) -> frozenset[str]:
        """The keys that are switched on."""
        return frozenset(key for key, value in self.fields.items() if value.lower() in {"yes", "true"})

    def manifest_rows(self) -> list[dict[str, str]]:
        """One row for the file, and one for its Akoma Ntoso twin where it has one."""
        defaults = {
            "path": self.file,
            "version": "1",
            "access": "public",
            "status": "current",
            "language": "en",
        }
        row = {column: self.get(column, defaults.get(column, "")) for column in MANIFEST_COLUMNS}
        row["path"] = self.file
        if not self.get("akn"):
            return [row]
        # A twin is a document of its own: one version of a document is one file.
        return [row, {**row, "path": self.get("akn"), "document": f"{row['document']}-akn"}]


def read_source(path: Path) -> Source:
    """A source from its file.

    Raises: SourceFault where the front matter is missing, broken or incomplete.
    """
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n").lstrip("\ufeff")
    match = re.match(r"---\n(.*?)\n---\n?(.*)\Z", text, re.DOTALL)
    if match is None:
        raise SourceFault(f"{path}: no front matter between two lines of ---")
    fields = dict(_field(path, line) for line in match[1].splitlines() if line.strip())
    absent = [key for key in NEEDED if not fields.get(key)]
    if absent:
        raise SourceFault(f"{path}: front matter lacks {', '.join(absent)}")
    return Source(path, fields, match[2].strip("\n") + "\n")


def _field(path: Path, line: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise SourceFault(f"{path}: front matter line without a colon: {line}")
    # Two spaces and a hash begin a remark, as in YAML.
    value = re.split(r"\s{2,}#", value)[0].strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return key.strip(), value


def long_date(day: date) -> str:
    """12 September 2014."""
    return f"{day.day} {day:%B} {day.year}"
