"""The splitter against exact spans: of what a search returns, how much is the answer, and how much of the answer is
returned (Smith and Troynikov 2024, Evaluating Chunking Strategies for Retrieval), beside a recursive splitter.

`python -m eval.chunking FOLDER` takes their layout: corpora/*.md and questions_df.csv with character spans.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from eval.ablation import RESULTS
from eval.datasets import Text
from eval.ingest_set import Cut, store
from eval.kept import kept_embedder
from ingest import record
from ingest.document import Reading, ReadPage
from ingest.readers import markdown
from ingest.split import LONGEST, text_hash
from memory.access import Scope, Selection
from memory.catalogue import NewPassage
from memory.embed import Embedder
from memory.errors import Misuse
from memory.memory import Memory
from memory.records import Span

# Passages returned for each question.
TOP = 5
# Borders that a recursive splitter prefers, in this order; the last is any character.
_SEPARATORS = ("\n\n", "\n", ". ", " ", "")


@dataclass(frozen=True, slots=True)
class Question:
    """`spans`: the answer, as (start, end) in the corpus's text."""

    text: str
    corpus: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Means over the questions, by characters. `size`: word pieces of a passage, on average."""

    passages: int
    size: float
    recall: float
    precision: float


def load_questions(folder: Path) -> tuple[dict[str, str], list[Question]]:
    """The corpora by name, and the questions.

    Raises:
        Misuse: the folder lacks one of them.
    """
    texts = {path.stem: path.read_text("utf-8") for path in sorted((folder / "corpora").glob("*.md"))}
    try:
        with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise Misuse(f"{folder}: {error.strerror}: questions_df.csv") from error
    return texts, [Question(row["question"], row["corpus_id"], _spans(row["references"])) for row in rows]


def _spans(references: str) -> tuple[tuple[int, int], ...]:
    return tuple((one["start_index"], one["end_index"]) for one in json.loads(references))


def ours(name: str, text: str, folder: Path, embedder: Embedder) -> Cut:
    """A corpus read as Markdown and cut by structure."""
    path = folder / f"{name}.md"
    path.write_text(text, "utf-8")
    reading = markdown.read(path)
    return Cut(Text(name, name, text), name, reading, record.cut(reading, name, embedder))


@dataclass(frozen=True, slots=True)
class Sized:
    """A corpus whose slices can be counted in word pieces. `starts`: where each piece of `text` begins, ascending."""

    name: str
    text: str
    starts: Sequence[int]

    def pieces(self, start: int, end: int) -> int:
        """Word pieces that begin in text[start:end]."""
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)


def sized(name: str, text: str, embedder: Embedder) -> Sized:
    """A corpus with its word pieces."""
    return Sized(name, text, tuple(start for start, _ in embedder.spans(text)))


def recursive(corpus: Sized, size: int) -> Cut:
    """A corpus as one page, cut into passages of at most `size` word pieces without a look at its structure."""
    text, name = corpus.text, corpus.name
    page = ReadPage(number=1, text=text, anchor="page-1")
    passages = tuple(
        NewPassage((Span(1, start, end),), text[start:end], name, (), False, text_hash(name, text[start:end]))
        for start, end in recursive_split(text, size, corpus.starts)
    )
    return Cut(Text(name, name, text), name, Reading(pages=(page,)), passages)


def recursive_split(text: str, size: int, starts: Sequence[int] | None = None) -> list[tuple[int, int]]:
    """(start, end) of parts of at most `size` word pieces (of characters without `starts`), none blank: cut at the
    first separator, each part that is still too long at the next one, short neighbours put together."""
    whole = Sized("", text, range(len(text)) if starts is None else starts)
    found = []
    for start, end in _split(whole, size, 0, len(text), _SEPARATORS):
        words = text[start:end].strip()
        if words:
            start = text.index(words, start)
            found.append((start, start + len(words)))
    return found


def _split(corpus: Sized, size: int, start: int, end: int, separators: Sequence[str]) -> Iterator[tuple[int, int]]:
    begun = at = start
    for after in _borders(corpus.text, start, end, separators[0]):
        if corpus.pieces(begun, after) > size and at > begun:
            yield begun, at
            begun = at
        if corpus.pieces(at, after) > size and len(separators) > 1:
            yield from _split(corpus, size, at, after, separators[1:])
            begun = after
        at = after
    if at > begun:
        yield begun, at


def _borders(text: str, start: int, end: int, separator: str) -> Iterator[int]:
    """Where the parts of text[start:end] end: after each separator, after each character without one."""
    if not separator:
        yield from range(start + 1, end + 1)
        return
    at = start
    while (found := text.find(separator, at, end)) >= 0:
        at = found + len(separator)
        yield at
    if at < end:
        yield end


def size_for(corpora: Sequence[Sized], mean: float) -> int:
    """The longest size whose passages hold on average at most `mean` word pieces (bisection)."""
    low, high = int(mean), int(mean * 4)
    while low < high:
        middle = (low + high + 1) // 2
        counts = [c.pieces(start, end) for c in corpora for start, end in recursive_split(c.text, middle, c.starts)]
        low, high = (middle, high) if float(np.mean(counts)) <= mean else (low, middle - 1)
    return low


def mean_pieces(cuts: Sequence[Cut], embedder: Embedder) -> float:
    """Word pieces of a passage's text, on average."""
    texts = [passage.text for cut in cuts for passage in cut.passages]
    return float(np.mean(embedder.lengths(texts)))


def measure(cuts: Sequence[Cut], questions: Sequence[Question], folder: Path, embedder: Embedder) -> Overlap:
    """Ask every question of a memory of `cuts`, kept in `folder`."""
    memory = Memory(folder, embedder, create=True)
    with memory.store.writing():
        owners = store(memory, cuts)
        memory.publish()
    offsets = {cut.text.id: page_offsets(cut) for cut in cuts}
    selection = Selection.on(Scope.operator())
    scores = []
    for question in questions:
        hits = memory.search(question.text, selection, k=TOP).hits
        returned = [
            (owners[hit.version.id], base + span.start, base + span.end)
            for hit in hits
            for span in hit.passage.spans
            for base in (offsets[owners[hit.version.id]][span.page],)
        ]
        scores.append(overlap(question, returned))
    recall, precision = np.mean(scores, axis=0)
    passages = sum(len(cut.passages) for cut in cuts)
    return Overlap(passages, mean_pieces(cuts, embedder), float(recall), float(precision))


def page_offsets(cut: Cut) -> dict[int, int]:
    """Page number -> where the page begins in the corpus's text."""
    found, at = {}, 0
    for page in cut.reading.pages:
        at = cut.text.text.index(page.text, at)
        found[page.number] = at
        at += len(page.text)
    return found


def overlap(question: Question, returned: Sequence[tuple[str, int, int]]) -> tuple[float, float]:
    """(recall, precision) by characters: the answer that was returned over the answer, and over what was returned."""
    wanted = {at for start, end in question.spans for at in range(start, end)}
    got = {(corpus, at) for corpus, start, end in returned for at in range(start, end)}
    held = sum((question.corpus, at) in got for at in wanted)
    return held / len(wanted), held / len(got) if got else 0.0


def compare(folder: Path, embedder: Embedder) -> dict[str, Overlap]:
    """Our splitter and recursive ones whose longest or mean passage is as long, searched in the same way."""
    texts, questions = load_questions(folder)
    with tempfile.TemporaryDirectory(prefix="khumbula-chunking-") as name:
        aside = Path(name)
        own = [ours(name, text, aside, embedder) for name, text in texts.items()]
        corpora = [sized(name, text, embedder) for name, text in texts.items()]
        size = size_for(corpora, mean_pieces(own, embedder))
        same_mean = [recursive(corpus, size) for corpus in corpora]
        same_limit = [recursive(corpus, LONGEST) for corpus in corpora]
        return {
            "by structure": measure(own, questions, aside / "own", embedder),
            "recursive, same longest": measure(same_limit, questions, aside / "limit", embedder),
            "recursive, same mean": measure(same_mean, questions, aside / "mean", embedder),
        }


def main(folder: Path) -> None:
    """Compare on a folder; print the table and keep the figures as JSON."""
    embedder = kept_embedder()
    found = compare(folder, embedder)
    print("| splitter | passages | mean word pieces | recall | precision |\n|---|---|---|---|---|")
    for name, one in found.items():
        print(f"| {name} | {one.passages:,} | {one.size:.0f} | {one.recall:.3f} | {one.precision:.3f} |")
    values = {name: {k: round(v, 4) for k, v in asdict(one).items()} for name, one in found.items()}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{folder.resolve().name}.json").write_text(json.dumps(values, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
