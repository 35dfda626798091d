"""`python -m eval.comparison --data DIR`: by-laws of two municipalities side by side, against a pairing made by hand.

DIR: a memory of the by-laws' PDFs (`eval.law --data` makes it as `pdf`). `annotations/comparisons.jsonl` says for each
section of the left text which sections of the right one deal with the same matter, [] where none does. A pair is
right when it is one of these. A matter is shown when the left section stands beside one of its counterparts, or is
said to be dealt with there (`near`); a section without a counterpart is right when it stands alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from memory.access import Scope
from memory.compare import Pair
from memory.comparison import choose, compared
from memory.embed import load
from memory.memory import Memory
from memory.settings import Settings

ANNOTATED = Path(__file__).parent / "annotations" / "comparisons.jsonl"


@dataclass(slots=True)
class Judged:
    """`pairs`: of numbered sections, shown beside each other; `matters`: left sections that have counterparts;
    `alone`: left sections that have none."""

    pairs: int = 0
    pairs_right: int = 0
    matters: int = 0
    matters_shown: int = 0
    alone: int = 0
    alone_right: int = 0
    listed: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """With the shares of what is right."""
        return {
            "pairs_right_share": round(self.pairs_right / max(self.pairs, 1), 4),
            "matters_shown_share": round(self.matters_shown / max(self.matters, 1), 4),
        } | asdict(self)


def judge(pairs: Sequence[Pair], known: dict[str, list[str]]) -> Judged:
    """A comparison against what somebody read: `known`: left number -> right numbers."""
    judged = Judged()
    beside = {p.left.number: p.right.number for p in pairs if p.left and p.right and p.left.number in known}
    near = {p.left.number: p.near.number for p in pairs if p.left and not p.right and p.near}
    # A right section that has no counterpart of its own, and belongs to this left one.
    drawn = [(p.near.number, p.right.number) for p in pairs if p.right and not p.left and p.near]
    for number, counterparts in known.items():
        shown = beside.get(number)
        if shown:
            judged.pairs += 1
            judged.pairs_right += shown in counterparts
        if shown and shown not in counterparts:
            judged.listed.append(f"{number} stands beside {shown}, wanted {counterparts}")
        if counterparts:
            told = {shown, near.get(number), *(right for left, right in drawn if left == number)}
            judged.matters += 1
            judged.matters_shown += bool(told & set(counterparts))
            if not told & set(counterparts):
                judged.listed.append(f"{number}: no word of {counterparts}")
        else:
            judged.alone += 1
            judged.alone_right += shown is None
    return judged


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.comparison", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args(arguments)
    settings = Settings()
    memory = Memory(given.data, load(settings.model, settings.model_cache))
    found = {}
    for line in ANNOTATED.read_text("utf-8").splitlines():
        one = json.loads(line)
        with memory.store.reading() as connection:
            left, right = (choose(connection, one[side], Scope.operator()) for side in ("left", "right"))
            pairs = compared(connection, left, right).pairs
        found[f"{one['left']} {one['right']}"] = judge(pairs, one["sections"]).to_json()
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
