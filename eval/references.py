"""`python -m eval.references --data DIR`: references of by-laws resolved, against those that were read by hand.

DIR: a memory of the by-laws' PDFs (`eval.law --data` makes it as `pdf`). Each annotation
(`annotations/references*.jsonl`) names a file, a page and the words; what they mean (kind, number, year), and the file
that is meant where the set holds it. `kind` null: the words name no document, and nothing may be found there.
The first sample is of 100 references that had been found; the second of all that 50 sentences name, found or not.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from memory import schema
from memory.embed import load
from memory.memory import Memory
from memory.settings import Settings

ANNOTATIONS = Path(__file__).parent / "annotations"


@dataclass(slots=True)
class Judged:
    """How many were resolved rightly, and those that were not."""

    references: int = 0
    right: int = 0
    listed: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of those annotated."""
        return round(self.right / self.references, 4) if self.references else 0.0


def judge(memory: Memory, annotated: Sequence[dict[str, Any]]) -> Judged:
    """Every annotation whose file the memory holds."""
    judged = Judged()
    with memory.store.reading() as connection:
        held = set(connection.scalars(select(schema.versions.c.file_name)))
        for one in annotated:
            if one["file"] not in held:
                continue
            judged.references += 1
            found = _found(connection, one)
            if _right(found, one):
                judged.right += 1
            else:
                judged.listed.append(f"{one['file']}, page {one['page']}: {one['words']}: found {found}")
    return judged


def _found(connection: Connection, one: dict[str, Any]) -> list[dict[str, Any]]:
    """The links whose words are the annotated ones, or hold them."""
    k, v, t = schema.links, schema.versions, schema.link_targets
    query = (
        select(k.c.id, k.c.words, k.c.kind, k.c.number, k.c.year)
        .join(v, v.c.id == k.c.version_id)
        .where(v.c.file_name == one["file"], k.c.page == one["page"])
    )
    links = [row for row in connection.execute(query) if _same(row.words, one["words"])]
    targets = {}
    for row in links:
        best = select(v.c.file_name).join(t, t.c.version_id == v.c.id).where(t.c.link_id == row.id)
        targets[row.id] = connection.scalar(best.order_by(t.c.score.desc()))
    return [
        {"kind": row.kind, "number": row.number, "year": row.year, "target": targets[row.id], "words": row.words}
        for row in links
    ]


def _same(left: str, right: str) -> bool:
    a, b = ("".join(words.lower().split()) for words in (left, right))
    return a in b or b in a


def _right(found: list[dict[str, Any]], one: dict[str, Any]) -> bool:
    if one["kind"] is None:
        return not found
    names = ("kind", "number", "year", "target")
    return any(all(link[name] == one[name] for name in names) for link in found)


def open_resolutions(memory: Memory) -> tuple[int, list[str]]:
    """How often a memory's documents name a resolution, and those that resolve to no minutes."""
    k, v, t = schema.links, schema.versions, schema.link_targets
    query = select(k.c.id, k.c.words, v.c.file_name).join(v, v.c.id == k.c.version_id).where(k.c.kind == "resolution")
    with memory.store.reading() as connection:
        resolved = set(connection.scalars(select(t.c.link_id)))
        rows = connection.execute(query).all()
    return len(rows), sorted({f"{row.file_name}: {row.words}" for row in rows if row.id not in resolved})


def annotated_references() -> dict[str, list[dict[str, Any]]]:
    """All that were read by hand, by sample."""
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
        for path in sorted(ANNOTATIONS.glob("references*.jsonl"))
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.references", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args(arguments)
    settings = Settings()
    memory = Memory(given.data, load(settings.model, settings.model_cache))
    judged = {name: judge(memory, sample) for name, sample in annotated_references().items()}
    named, unresolved = open_resolutions(memory)
    samples = {name: {"share": sample.share, **asdict(sample)} for name, sample in judged.items()}
    print(json.dumps({"samples": samples, "resolutions": named, "open": unresolved}, indent=1))


if __name__ == "__main__":
    main()
