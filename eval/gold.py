"""The gold questions on the sample corpus: is the right page found, is each quote exact, is silence kept where due?

`python -m eval.gold` ingests corpus/files into a memory of its own and prints the figures as JSON; `--set unseen` and
`--set fresh` ask a hundred questions each that were written without a look at the product, of which the fresh ones
chose nothing; `--pages` fills in `page` of each question instead, and lists the answers that stand nowhere.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from eval.datasets import GOLD_KINDS, Gold, load_gold
from eval.evaluate import Abstention, abstention
from eval.places import Place, Places, loose
from ingest.pipeline import ingest
from memory import catalogue
from memory.access import Scope, Selection
from memory.embed import load
from memory.memory import Memory
from memory.records import Answer, Citation, Hit
from memory.settings import Settings
from service.answer import answer
from service.support import support
from service.users import grant_from

HERE = Path(__file__).parent
QUESTIONS = HERE / "gold"
_SETS = {"seen": QUESTIONS, "unseen": QUESTIONS / "unseen", "fresh": QUESTIONS / "fresh"}
CORPUS = HERE.parent / "corpus"
# Holds no label but `public`.
_ANYBODY = "clerk"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's outcome. `rank`: of the first hit on a right page, None when not among ten.

    `holds`: for each sentence of the answer, whether it holds the words that answer; `leaks`: what somebody without the
    label was shown of the document, hits and citations counted.
    """

    gold: Gold
    rank: int | None
    support: float
    supported: bool
    holds: tuple[bool, ...]
    quotes: int
    exact: int
    leaks: int


@dataclass(frozen=True, slots=True)
class Found:
    """Of one type of question: how many, and the share with a right page first and among the first three."""

    questions: int
    right_page_1: float
    right_page_3: float


@dataclass(frozen=True, slots=True)
class Said:
    """Of the questions with an answer: the share whose first sentence holds the words that answer, the share of which
    any does; sentences of an answer, and the share of all sentences that hold these words."""

    first: float
    among: float
    sentences: float
    holding: float


@dataclass(frozen=True, slots=True)
class GoldEvaluation:
    """All figures. `refused`: share of the questions with an answer that were refused; `answered`: share of the
    unanswerable ones that were not; `quotes` and `exact`: citations shown, and those equal to their slice."""

    found: dict[str, Found]
    said: Said
    abstention: Abstention | None
    refused: float
    answered: float
    quotes: int
    exact: int
    leaks: int

    def to_json(self) -> dict[str, Any]:
        """Plain values, shares rounded to four digits."""
        return dict(json.loads(json.dumps(asdict(self)), parse_float=lambda x: round(float(x), 4)))


def evaluate_gold(memory: Memory, questions: Sequence[Gold], folder: Path = CORPUS / "files") -> GoldEvaluation:
    """Ask every question of a memory that holds the files below `folder` and the users of the corpus."""
    places = Places(memory, folder.resolve())
    return _figures([_ask(memory, places, gold) for gold in questions])


def _ask(memory: Memory, places: Places, gold: Gold) -> Asked:
    selection = _selection(memory, gold, gold.as_user or _ANYBODY)
    hits = memory.search(gold.question, selection, k=10).hits
    given = answer(memory, gold.question, selection)
    shown = (*given.citations, *given.closest)
    answers = [loose(words) for words in (gold.answer, *(words for _, words in gold.also)) if words]
    return Asked(
        gold=gold,
        rank=_rank(hits, places.right(gold)),
        support=support(hits),
        supported=given.supported,
        holds=tuple(any(words in loose(c.quote) for words in answers) for c in given.citations),
        quotes=len(shown),
        exact=sum(_exact(memory, citation) for citation in shown),
        leaks=_leaks(memory, places, gold) if gold.type == "restricted" else 0,
    )


def _selection(memory: Memory, gold: Gold, user: str) -> Selection:
    return Selection.on(memory.scope_of(user), date.fromisoformat(gold.as_of) if gold.as_of else None)


def _rank(hits: Sequence[Hit], right: set[Place]) -> int | None:
    for rank, hit in enumerate(hits, start=1):
        if any(Place(hit.version.id, span.page) in right for span in hit.passage.spans):
            return rank
    return None


def _exact(memory: Memory, citation: Citation) -> bool:
    """Whether the quote is the slice of the page that it names, read again from the catalogue."""
    with memory.store.reading() as connection:
        found = catalogue.get_version(connection, citation.document_id, citation.version, Scope.operator())
        page = found and catalogue.get_page(connection, found[1].id, citation.page)
    return page is not None and page.text[citation.start : citation.end] == citation.quote != ""


def _leaks(memory: Memory, places: Places, gold: Gold) -> int:
    """What somebody without the label sees of the restricted document."""
    selection = _selection(memory, gold, _ANYBODY)
    hits = memory.search(gold.question, selection, k=50).hits
    given: Answer = answer(memory, gold.question, selection)
    hidden = places.version(gold.file) if gold.file else None
    cited = {citation.file_name for citation in (*given.citations, *given.closest)}
    name = Path(gold.file).name if gold.file else ""
    return sum(hit.version.id == hidden for hit in hits) + (name in cited)


def _figures(asked: Sequence[Asked]) -> GoldEvaluation:
    holds = [one for one in asked if one.gold.type != "unanswerable"]
    not_held = [one for one in asked if one.gold.type == "unanswerable"]
    return GoldEvaluation(
        found={
            kind: _found([one for one in holds if one.gold.type == kind])
            for kind in GOLD_KINDS
            if kind != "unanswerable"
        }
        | {"all": _found(holds)},
        said=_said([one.holds for one in holds]),
        abstention=abstention([one.support for one in holds], [one.support for one in not_held]),
        refused=_share([not one.supported for one in holds]),
        answered=_share([one.supported for one in not_held]),
        quotes=sum(one.quotes for one in asked),
        exact=sum(one.exact for one in asked),
        leaks=sum(one.leaks for one in asked),
    )


def _found(asked: Sequence[Asked]) -> Found:
    return Found(
        questions=len(asked),
        right_page_1=_share([one.rank == 1 for one in asked]),
        right_page_3=_share([one.rank is not None and one.rank <= 3 for one in asked]),
    )


def _said(asked: Sequence[tuple[bool, ...]]) -> Said:
    sentences = [holds for one in asked for holds in one]
    return Said(
        first=_share([one[:1] == (True,) for one in asked]),
        among=_share([any(one) for one in asked]),
        sentences=len(sentences) / max(sum(bool(one) for one in asked), 1),
        holding=_share(sentences),
    )


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def fill_pages(places: Places, folder: Path) -> list[str]:
    """Write `page` of every question whose answer is found; the ids of those that are found nowhere."""
    missing = []
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        for row in rows:
            if row["file"] is None:
                continue
            place = places.find(row["file"], row["answer"])
            row["page"] = place.page if place else None
            if place is None:
                missing.append(f"{row['id']}: {row['file']}: {row['answer']}")
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return missing


def remembered(data: Path) -> Memory:
    """The sample corpus with its users, in a memory in `data`; brought up to date when it is there already."""
    settings = Settings()
    memory = Memory(data, load(settings.model, settings.model_cache), create=True)
    ingest(memory, [CORPUS / "files"])
    grant_from(memory.store, CORPUS / "users.csv")
    return memory


def main(arguments: Sequence[str]) -> None:
    """The command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m eval.gold", description="Evaluate the gold questions.")
    parser.add_argument("--pages", action="store_true", help="fill in the page of each question")
    parser.add_argument("--set", choices=_SETS, default="seen", help="which questions (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="keep the memory there for the next run")
    given = parser.parse_args(arguments)
    folder = _SETS[given.set]
    with tempfile.TemporaryDirectory(prefix="khumbula-gold-") as aside:
        memory = remembered(given.data or Path(aside) / "memory")
        if given.pages:
            print("\n".join(fill_pages(Places(memory, (CORPUS / "files").resolve()), folder)))
        else:
            print(json.dumps(evaluate_gold(memory, load_gold(folder)).to_json(), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
