"""`python -m eval.scopes --data DIR QUESTIONS.jsonl...`: random askers: does each get all that he may see, no more?

For every set of labels that occurs, a second memory is made that holds only what the set allows. A search within the
set must equal the same search there, passage by passage and score by score; and over HTTP nothing that is forbidden
may come out of ask, search, lists, counts, documents, pages, pictures or originals.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import httpx
from sqlalchemy import delete, select, update

from ingest.pool import Pool
from memory import catalogue, schema
from memory.access import Scope, Selection
from memory.backup import copy_catalogue
from memory.embed import Embedder, load
from memory.memory import Memory
from memory.settings import Settings
from service.app import create_app

_TOLERANCE = 1e-5
_DOCUMENTS_TRIED = 3


def only(source: Path, target: Path, labels: frozenset[str], embedder: Embedder) -> Memory:
    """A copy of a memory's catalogue in which documents under other labels never were."""
    target.mkdir()
    copy_catalogue(source, target)
    memory = Memory(target, embedder)
    with memory.store.transaction() as connection:
        allowed = select(schema.documents.c.id).where(schema.documents.c.label.in_(labels))
        kept = select(schema.versions.c.id).where(schema.versions.c.document_id.in_(allowed))
        for table in reversed(schema.metadata.sorted_tables):
            if "version_id" in table.c:
                connection.execute(delete(table).where(table.c.version_id.not_in(kept)))
        connection.execute(update(schema.versions).values(parent_id=None))
        connection.execute(delete(schema.versions).where(schema.versions.c.id.not_in(kept)))
        connection.execute(delete(schema.documents).where(schema.documents.c.label.not_in(labels)))
    return memory


def differ(left: Memory, right: Memory, question: str, labels: frozenset[str]) -> bool:
    """Whether the two memories answer otherwise within the same labels."""
    selection = Selection.on(Scope.of(labels))
    found = [
        [(hit.passage.id, hit.scores.fused) for hit in memory.search(question, selection, k=20).hits]
        for memory in (left, right)
    ]
    if [i for i, _ in found[0]] != [i for i, _ in found[1]]:
        return True
    return any(abs(a - b) > _TOLERANCE for (_, a), (_, b) in zip(*found, strict=True))


async def leaks(
    client: httpx.AsyncClient, questions: Sequence[str], forbidden: Sequence[int], allowed: int
) -> Counter[str]:
    """What the doors gave that they must not give, over `questions`."""
    found: Counter[str] = Counter()
    for question in questions:
        asked = (await client.post("/api/ask", json={"question": question})).json()
        searched = (await client.get("/api/search", params={"q": question, "k": 50})).json()
        shown = [*asked["citations"], *asked["closest"], *searched["results"]]
        found["shown"] += sum(item["document_id"] in set(forbidden) for item in shown)
        found["count"] += (await client.get("/api/status")).json()["documents"] != allowed
        for document_id in random.sample(list(forbidden), min(_DOCUMENTS_TRIED, len(forbidden))):
            version = f"/api/documents/{document_id}/versions/1"
            for path in (f"/api/documents/{document_id}", version):
                found["document or version"] += (await client.get(path)).status_code != 404
            for part in ("pages/1", "pages/1.png", "original"):
                found[part] += (await client.get(f"{version}/{part}")).status_code != 404
    return found


async def at_the_doors(
    memory: Memory, pool: Pool, scope: Scope, questions: Sequence[str], forbidden: Sequence[int], allowed: int
) -> Counter[str]:
    """`leaks` for an asker who holds `scope`."""
    app = create_app(memory, scope=lambda _: scope, pool=pool)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await leaks(client, questions, forbidden, allowed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign and print its counts; exit status 1 if anything leaked or was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--triples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    records = [json.loads(line) for file in given.files for line in file.read_text("utf-8").splitlines() if line]
    questions = [record.get("text") or record["question"] for record in records]
    settings = Settings()
    embedder = load(settings.model, settings.model_cache)
    memory = Memory(given.data, embedder)
    with memory.store.reading() as connection:
        rows = connection.execute(select(schema.documents.c.id, schema.documents.c.label)).all()
        labels = sorted(catalogue.labels(connection, Scope.operator()))
    subsets = [frozenset(c) for size in range(len(labels) + 1) for c in combinations(labels, size)]
    chance = random.Random(given.seed)
    different = 0
    leaked: Counter[str] = Counter()
    per_subset = -(-given.triples // len(subsets))
    with tempfile.TemporaryDirectory() as scratch, Pool() as pool:
        for number, subset in enumerate(subsets):
            second = only(given.data, Path(scratch) / str(number), subset, embedder)
            forbidden = [row.id for row in rows if row.label not in subset]
            asked = chance.choices(questions, k=per_subset)
            different += sum(differ(memory, second, question, subset) for question in asked)
            allowed = len(rows) - len(forbidden)
            leaked.update(asyncio.run(at_the_doors(memory, pool, Scope.of(subset), asked, forbidden, allowed)))
            shutil.rmtree(second.store.data)
            print(f"\r{number + 1} of {len(subsets)} sets of labels", end="", file=sys.stderr)
    print(file=sys.stderr)
    total = sum(leaked.values())
    print(json.dumps({"triples": per_subset * len(subsets), "different": different, "leaks": total, "by": leaked}))
    return 1 if different or total else 0


if __name__ == "__main__":
    sys.exit(main())
