"""`python -m eval.citations --data DIR QUESTIONS.jsonl...`: is every citation what it claims to be?

For each question every citation of the answer and of what came closest: the quote equals its slice of the page's
text, the page exists, and where the source can be drawn its picture has at least one highlighted line.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ingest.pool import Pool
from memory import catalogue
from memory.access import Scope, Selection
from memory.embed import load
from memory.memory import Memory
from memory.records import Citation
from memory.settings import Settings
from service.answer import answer

_SCALE = 0.5


def check(memory: Memory, pool: Pool, citation: Citation) -> Counter[str]:
    """Counts of what holds and of what does not."""
    found = Counter({"citations": 1})
    with memory.store.reading() as connection:
        owner = catalogue.get_version(connection, citation.document_id, citation.version, Scope.operator())
        page = catalogue.get_page(connection, owner[1].id, citation.page) if owner else None
    if page is None or owner is None:
        return found + Counter({"page missing": 1})
    if page.text[citation.start : citation.end] != citation.quote or not citation.quote.strip():
        found["quote differs"] += 1
    if page.picture:
        boxes = [
            (line.x0, line.y0, line.x1, line.y1)
            for line in page.lines
            if line.start < citation.end and line.end > citation.start
        ]
        original = memory.store.original(owner[1].sha256)
        with_marks = pool.picture(original, page.number, _SCALE, boxes, name=citation.file_name)
        without = pool.picture(original, page.number, _SCALE, (), name=citation.file_name)
        found["pictures"] += 1
        found["picture without highlight"] += not boxes or with_marks == without
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the citations of the questions in BEIR query files or gold files; exit status 1 if one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most", type=int, default=1000, help="questions, spread evenly over the files")
    given = parser.parse_args(arguments)
    records = [json.loads(line) for file in given.files for line in file.read_text("utf-8").splitlines() if line]
    questions = [record.get("text") or record["question"] for record in records]
    settings = Settings()
    memory = Memory(given.data, load(settings.model, settings.model_cache))
    total: Counter[str] = Counter()
    step = max(1, len(questions) // given.most)
    with Pool() as pool:
        for question in questions[::step][: given.most]:
            found = answer(memory, question, Selection.on(Scope.operator()))
            total["questions"] += 1
            for citation in (*found.citations, *found.closest):
                total.update(check(memory, pool, citation))
    print(json.dumps(total))
    return 1 if total["page missing"] or total["quote differs"] or total["picture without highlight"] else 0


if __name__ == "__main__":
    sys.exit(main())
