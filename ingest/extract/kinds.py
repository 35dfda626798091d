"""The kind of a document (Act, by-law, policy, ...) with its authority: from manifest, title, folder, text, format.

What the kinds are stands in `kinds.toml`, which a municipality may replace.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePath

from ingest.extract.subject import Kind, Subject
from memory.errors import Misuse
from memory.law import Fact

RULES = Path(__file__).with_name("kinds.toml")
_HEAD = 1500
_NEVER = re.compile(r"(?!)")


@cache
def read_kinds(file: Path = RULES) -> tuple[Kind, ...]:
    """The kinds of a file, in its order.

    Raises:
        Misuse: the file is no such file.
    """
    try:
        rows = tomllib.loads(file.read_text("utf-8"))["kind"]
        return tuple(
            Kind(
                row["name"], int(row["authority"]), *(_rule(row, rule) for rule in ("title", "folder", "head", "media"))
            )
            for row in rows
        )
    except (OSError, KeyError, TypeError, ValueError, re.error) as error:
        raise Misuse(f"{file}: is no file of kinds: {error}; compare it with {RULES.name} in ingest/extract") from error


def _rule(row: dict[str, str], name: str) -> re.Pattern[str]:
    return re.compile(row[name], re.I) if row.get(name) else _NEVER


def kinds(subject: Subject) -> list[Fact]:
    """The kind, best source first, and the authority that goes with it."""
    known = subject.kinds or read_kinds()
    found = list(_found(subject, known))
    authority = {kind.name: kind.authority for kind in known}
    best = found[0].value if found else ""
    rank = [Fact("authority", str(authority[best]), "kind", 1.0)] if best in authority else []
    return [*found, *rank]


def _found(subject: Subject, known: Sequence[Kind]) -> Iterator[Fact]:
    if subject.document.kind:
        yield Fact("kind", subject.document.kind, "manifest", 1.0)
    if act := re.search(r"/act/(by-law)?", subject.version.identity or ""):
        yield Fact("kind", act[1] or "act", "metadata", 0.95)
    folders = PurePath(subject.path.partition("#")[0]).parts[:-1][-3:]
    title, media = subject.version.title, subject.version.media_type
    head = subject.pages[0].text[:_HEAD] if subject.pages else ""
    if by_media := next((k for k in known if k.media.search(media)), None):
        yield Fact("kind", by_media.name, "format", 0.9)
    if by_title := next((k for k in known if k.title.search(title)), None):
        yield Fact("kind", by_title.name, "title", 0.9, subject.title_place())
    if by_folder := next((k for f in reversed(folders) for k in known if k.folder.fullmatch(f)), None):
        yield Fact("kind", by_folder.name, "folder", 0.8)
    for kind in known:
        if words := kind.head.search(head):
            yield Fact("kind", kind.name, "text", 0.7, subject.evidence(subject.pages[0], words.start(), words.end()))
            return
