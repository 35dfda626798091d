"""Certain refusals on the sample corpus: is what is not there refused, and for the right reason; is the rest not?

`python -m eval.refusals --data MEMORY` asks eval/gold/asked/refusals.jsonl of a memory of the sample corpus
(`eval.gold --data` makes it), and every gold question with an answer, none of which may be refused so.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.datasets import load_gold
from eval.gold import QUESTIONS, remembered
from memory.access import Selection
from memory.memory import Memory
from service.answer import answer

FILE = QUESTIONS / "asked" / "refusals.jsonl"
_ANYBODY = "clerk"


@dataclass(frozen=True, slots=True)
class Asked:
    """`expected`: (kind, what is named), None where the memory holds it; `given`: what it refused, None where not;
    `told`: whether the answer is the reason and cites nothing."""

    question: str
    expected: tuple[str, str] | None
    given: tuple[str, str] | None
    told: bool

    @property
    def right(self) -> bool:
        """Refused with the right reason, or rightly not."""
        if self.expected is None or self.given is None:
            return self.given == self.expected
        (kind, named), (given_kind, given) = self.expected, self.given
        return self.told and kind == given_kind and (named in given or given in named)


def ask_all(memory: Memory, file: Path = FILE) -> list[Asked]:
    """Every question of the file."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [
        _ask(
            memory,
            row["question"],
            row["as_user"] or _ANYBODY,
            (row["absent"], row["named"]) if row["absent"] else None,
        )
        for row in rows
    ]


def ask_gold(memory: Memory) -> list[Asked]:
    """The gold questions that have an answer: none may be refused for a certain reason."""
    return [
        _ask(memory, gold.question, gold.as_user or _ANYBODY, None, gold.as_of)
        for gold in load_gold(QUESTIONS)
        if gold.type != "unanswerable"
    ]


def _ask(memory: Memory, question: str, user: str, expected: tuple[str, str] | None, as_of: str | None = None) -> Asked:
    selection = Selection.on(memory.scope_of(user), date.fromisoformat(as_of) if as_of else None)
    absent = memory.search(question, selection).absent
    shown = answer(memory, question, selection)
    told = absent is not None and absent.reason in shown.answer and not shown.supported and not shown.citations
    return Asked(question, expected, (absent.kind, absent.named) if absent else None, told)


def main(arguments: Sequence[str]) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.refusals", description="Evaluate certain refusals.")
    parser.add_argument("--data", type=Path, required=True)
    memory = remembered(parser.parse_args(arguments).data)
    asked, gold = ask_all(memory), ask_gold(memory)
    for one in [one for one in (*asked, *gold) if not one.right]:
        print(f"{one.question}\n  expected {one.expected}, given {one.given}", file=sys.stderr)
    missing, held = [one for one in asked if one.expected], [one for one in asked if not one.expected]
    figures = {
        "absent": len(missing),
        "refused for the right reason": sum(one.right for one in missing),
        "held": len(held),
        "not refused": sum(one.right for one in held),
        "gold questions with an answer": len(gold),
        "of these not refused so": sum(one.right for one in gold),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
