"""Questions that are not plain English ones by themselves: isiZulu, Afrikaans, and follow-ups, on the sample corpus.

`python -m eval.phrasings --data MEMORY` asks eval/gold/asked/languages.jsonl with and without words of the same kind,
and follow-ups.jsonl with and without the question before, and prints how often the right page is among the first three.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.datasets import Gold
from eval.gold import CORPUS, QUESTIONS, remembered
from eval.places import Places
from eval.slips import Pages
from memory.question import Steps
from service.follow_up import standalone

FOLDER = QUESTIONS / "asked"


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def found(pages: Pages, question: str, row: dict[str, Any], steps: Steps = Steps()) -> bool:
    """Whether the right page is among the first three."""
    gold = Gold(row["id"], "answerable", question, row["file"], answer=row["answer"], as_of=row.get("as_of"))
    return bool(pages.right(gold).keys() & set(pages.ranked(question, gold, steps)[:3]))


def main(arguments: Sequence[str]) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.phrasings", description="Evaluate other phrasings.")
    parser.add_argument("--data", type=Path, required=True)
    memory = remembered(parser.parse_args(arguments).data)
    pages = Pages(memory, Places(memory, (CORPUS / "files").resolve()))
    figures: dict[str, dict[str, int]] = {}
    for language in ("af", "zu"):
        rows = [row for row in _rows("languages.jsonl") if row["language"] == language]
        figures[language] = {
            "questions": len(rows),
            "found": sum(found(pages, row["question"], row) for row in rows),
            "found without words of the same kind": sum(
                found(pages, row["question"], row, Steps(kin=False)) for row in rows
            ),
        }
    rows = _rows("follow-ups.jsonl")
    figures["follow-ups"] = {
        "questions": len(rows),
        "found": sum(found(pages, standalone(row["question"], row["before"]), row) for row in rows),
        "found alone": sum(found(pages, row["question"], row) for row in rows),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
