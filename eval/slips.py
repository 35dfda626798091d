"""Slips of the pen: the gold questions of the sample corpus misspelt, against the same questions clean.

`python -m eval.slips --data MEMORY` prints nDCG@10 over pages, clean and misspelt, with and without correction.
The slips are always the same; questions at even positions are those that the correction was tuned on.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.datasets import Gold, load_gold
from eval.gold import CORPUS, QUESTIONS, remembered
from eval.measures import NDCG_10, mean
from eval.places import Place, Places
from memory import catalogue
from memory.access import Selection
from memory.memory import Memory
from memory.question import Steps
from memory.records import Passage

COUNT = 500
_WORD = re.compile(r"[A-Za-z]{4,}")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A gold question with its misspelt form."""

    gold: Gold
    question: str


def misspelt(questions: Sequence[Gold], count: int = COUNT) -> list[Misspelt]:
    """`count` misspelt questions, the questions in turn, each with one slip or two; always the same."""
    chance = random.Random(2016)
    found = []
    for number in range(count):
        gold = questions[number % len(questions)]
        text = gold.question
        for _ in range(chance.choice((1, 2))):
            text = _with_slip(text, chance)
        found.append(Misspelt(gold, text))
    return found


def _with_slip(text: str, chance: random.Random) -> str:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    return text[: word.start()] + slip(word.group(), chance) + text[word.end() :]


def slip(word: str, chance: random.Random) -> str:
    """A letter left out, put in, mistaken for its neighbour on the keyboard, or swapped with the next."""
    at = chance.randrange(1, len(word))
    kind = chance.choice(("left out", "put in", "mistaken", "swapped"))
    if kind == "left out":
        return word[:at] + word[at + 1 :]
    if kind == "swapped" and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    near = _neighbours(word[at])
    return word[:at] + chance.choice(near) + word[at + (kind == "mistaken") :]


def _neighbours(letter: str) -> str:
    row = next(keys for keys in _KEYS if letter.lower() in keys)
    at = row.index(letter.lower())
    return row[max(0, at - 1) : at] + row[at + 1 : at + 2]


class Pages:
    """Asks for pages, best first."""

    def __init__(self, memory: Memory, places: Places) -> None:
        self._memory = memory
        self._places = places

    def right(self, gold: Gold) -> dict[str, int]:
        """The pages on which a gold answer stands."""
        return {_name(place): 1 for place in self._places.right(gold)}

    def ranked(self, question: str, gold: Gold, steps: Steps) -> tuple[str, ...]:
        """The pages of the first passages, each once."""
        selection = Selection.on(self._memory.scope_of(gold.as_user or "clerk"), _day(gold))
        ranking, generation = self._memory.rank(question, selection, steps=steps)
        ids = [int(i) for i in generation.ids[ranking.rows[:20]]]
        with self._memory.store.reading() as connection:
            held = catalogue.get_passages(connection, ids, selection.scope)
        passages: list[Passage] = [held[i][0] for i in ids if i in held]
        return tuple(dict.fromkeys(_name(Place(p.version_id, s.page)) for p in passages for s in p.spans))


def _day(gold: Gold) -> date | None:
    return date.fromisoformat(gold.as_of) if gold.as_of else None


def _name(place: Place) -> str:
    return f"{place.version_id}:{place.page}"


def main(arguments: Sequence[str]) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.slips", description="Evaluate misspelt questions.")
    parser.add_argument("--data", type=Path, required=True)
    memory = remembered(parser.parse_args(arguments).data)
    pages = Pages(memory, Places(memory, (CORPUS / "files").resolve()))
    questions = [gold for gold in load_gold(QUESTIONS) if gold.type != "unanswerable"]
    asked = misspelt(questions)
    right = {str(i): pages.right(one.gold) for i, one in enumerate(asked)}
    kept = {gold.id: pages.ranked(gold.question, gold, Steps()) for gold in questions}
    runs = {
        "clean": {str(i): kept[one.gold.id] for i, one in enumerate(asked)},
        "misspelt": _run(pages, asked, Steps()),
        "misspelt, not corrected": _run(pages, asked, Steps(spelling=False)),
    }
    odd = {key: right[key] for key in list(right)[1::2]}
    figures = {
        name: {"nDCG@10": round(mean(NDCG_10, right, run), 4), "odd half": round(mean(NDCG_10, odd, run), 4)}
        for name, run in runs.items()
    }
    print(json.dumps({"questions": len(asked)} | figures, indent=1))


def _run(pages: Pages, asked: Sequence[Misspelt], steps: Steps) -> dict[str, tuple[str, ...]]:
    return {str(i): pages.ranked(one.question, one.gold, steps) for i, one in enumerate(asked)}


if __name__ == "__main__":
    main(sys.argv[1:])
