"""The memory of one folder: what the doors and the pipeline hold.

It opens the catalogue, keeps the newest verified generation at hand, and answers searches within a scope.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from memory import catalogue
from memory.absent import NUMBERS, Absent, Lapsed, absent, lapsed
from memory.access import Scope, Selection
from memory.effects import Effect, as_ended, first_effects
from memory.embed import Embedder, Encoding
from memory.errors import MemoryUnusable, Misuse
from memory.fuse import Weights
from memory.generations import CodesDamaged, Generation, Generations, reflects
from memory.lexicon import municipalities
from memory.lookup import look_up
from memory.municipalities import named
from memory.parlance import Parlance
from memory.phrasebook import Phrasebook
from memory.question import Question, Steps, understand
from memory.records import Hit, Passage, Scores
from memory.retrieve import NO_VERSIONS, Ranking, Reach, rank
from memory.ruling import asks_for_the_rule
from memory.standing import ruling_versions
from memory.store import Store, get_meta, set_meta
from memory.telling import telling
from memory.text import searchable
from memory.titles import Called, Meant, Titles, words
from memory.vocabulary import Vocabulary

LONGEST_QUESTION = 2_000
_KEPT_SELECTIONS = 64
_KEPT_TITLES = 8
# How much of its say an English model keeps on a question in another language.
_FOREIGN = 0.25
# How much a word piece of what documents write counts beside one of what was said, in late interaction: with more the
# glosses that do not fit cost more than those that fit give.
_GLOSS = 0.2


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives: hits, best first, the question as it was understood and as the model saw it (`encoding`),
    how telling each of its word pieces is (`tells`), and the generation's number; `absent`: what the question is exact
    about and the asker's documents do not hold; `ranking`: all candidates, of which the hits have the `places` (from
    0); `versions`: how many were searched; `former`: ids of versions no longer in force that the question calls by
    their number."""

    hits: tuple[Hit, ...]
    encoding: Encoding
    tells: NDArray[np.float32]
    generation: int
    question: Question
    absent: Absent | None
    ranking: Ranking
    places: tuple[int, ...]
    versions: int
    former: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with what it is answered from: the reader's labels, the versions selected, what
    the labels' passages are written in, what their documents are called, those that the question names, and the
    versions that hold rules (ids, ascending; none where it asks for no rule)."""

    read: Question
    seen: frozenset[str]
    reach: Reach
    vocabulary: Vocabulary
    titles: Titles
    meant: Meant
    ruling: NDArray[np.int64]


class Memory:
    """One memory folder, opened. Safe between threads; `embedder` is loaded by the caller, once a process."""

    def __init__(self, data: Path, embedder: Embedder, *, create: bool = False) -> None:
        self.store = Store(data, create=create)
        self.embedder = embedder
        self.generations = Generations(data / "caches")
        self._opened: Generation | None = None
        self._opened_name: str | None = None
        self._ended: dict[tuple[Scope, int], dict[int, list[Effect]]] = {}
        self._swap = threading.Lock()
        self._reaches: dict[tuple[Selection, int, int], Reach] = {}
        self._titles: dict[tuple[frozenset[str], int, int], Titles] = {}
        self._rules = (-1, NO_VERSIONS)
        self._parlance = Parlance(data)
        self._phrasebook = Phrasebook(embedder.fingerprint)
        self._check_model(create=create)

    def _check_model(self, *, create: bool) -> None:
        with self.store.reading() as connection:
            made_with = get_meta(connection, "model")
        if made_with and made_with != self.embedder.fingerprint:
            raise MemoryUnusable(
                f"{self.store.data}: made with another model ({made_with}, now {self.embedder.fingerprint}); "
                "set KHUMBULA_MODEL back, or ingest into a new folder"
            )
        if create and not made_with:
            with self.store.transaction() as connection:
                set_meta(connection, "model", self.embedder.fingerprint)

    # The generation

    def generation(self) -> Generation:
        """The newest generation; caught up or rebuilt first when it is behind, damaged or missing."""
        with self._swap:
            name = self.generations.current_name()
            if self._opened is None:
                self._opened, self._opened_name = self._verified_or_rebuilt(), self.generations.current_name()
            elif name != self._opened_name and (newer := self.generations.open()) is not None:
                self._opened, self._opened_name = newer, name
            return self._opened

    def _verified_or_rebuilt(self) -> Generation:
        opened = self.generations.open()
        with self.store.reading() as connection:
            if opened is not None and reflects(connection, opened.facts, self.embedder.fingerprint):
                return opened
        with self.store.writing_if_free() as held:
            if held:
                return self._publish(afresh=opened is None)
        if opened is None:
            raise self._cannot_rebuild()
        return opened

    def _cannot_rebuild(self) -> MemoryUnusable:
        return MemoryUnusable(
            f"{self.store.data}: the search caches are missing or damaged and cannot be rebuilt here; "
            "wait for the running ingest, or make the folder writable"
        )

    def _mended(self, work: Callable[[Generation], Result]) -> Result:
        """What `work` gives; where it comes upon damage, once more over caches that have been written again."""
        generation = self.generation()
        try:
            return work(generation)
        except CodesDamaged as damage:
            # Another thread may have come upon it first.
            if self.generation() is generation:
                with self.store.writing_if_free() as held:
                    if not held:
                        raise self._cannot_rebuild() from damage
                    self.publish(afresh=True)
        return work(self.generation())

    def _publish(self, *, afresh: bool) -> Generation:
        with self.store.reading() as connection:
            return self.generations.publish(connection, self.embedder.fingerprint, self.embedder.dim, afresh=afresh)

    def publish(self, *, afresh: bool = False) -> Generation:
        """Bring the caches up to the catalogue. The caller holds the write lock."""
        with self._swap:
            self._opened = self._publish(afresh=afresh)
            self._opened_name = self.generations.current_name()
            return self._opened

    # Asking

    def scope_of(self, user: str) -> Scope:
        """What a user may see, looked up now."""
        with self.store.reading() as connection:
            return Scope.of(catalogue.granted(connection, user))

    def search(self, question: str, selection: Selection, *, k: int = 10, weights: Weights = Weights()) -> Found:
        """The k passages that answer best.

        Raises:
            Misuse: the question is empty or longer than LONGEST_QUESTION characters.
        """
        checked_question(question)
        return self._mended(lambda generation: self._search(generation, question, selection, k, weights))

    def _search(self, generation: Generation, question: str, selection: Selection, k: int, weights: Weights) -> Found:
        with self.store.reading() as connection:
            sequence = _sequence(connection)
            asked = self._understood(connection, generation, question, selection, Steps(), sequence)
            encoding, tells, ranking = self._rank(generation, asked, weights, Steps())
            ended = self._first_effects(connection, selection.scope, sequence)
            hits = _hits(connection, generation, ranking, selection.scope, k, ended)
            was = self._lapsed(connection, generation, asked, selection, sequence)
        places = tuple(
            int(at) for at in np.flatnonzero(np.isin(generation.ids[ranking.rows[:k]], [h.passage.id for h in hits]))
        )
        among = asked.reach.versions
        missing = absent(asked.read, asked.vocabulary, asked.titles, generation.versions, among, asked.meant, was)
        number, versions = generation.facts.number, len(among)
        return Found(hits, encoding, tells, number, asked.read, missing, ranking, places, versions, was.called)

    def _lapsed(
        self, connection: Connection, generation: Generation, asked: _Asked, selection: Selection, sequence: int
    ) -> Lapsed:
        """What versions that are no longer in force hold of the numbers in a question."""
        references = asked.read.references
        if not any(reference.kind in NUMBERS for reference in references):
            return Lapsed()
        once = self._reach(connection, generation, replace(selection, superseded=True), sequence).versions
        former = np.setdiff1d(once, asked.reach.versions)
        return lapsed(references, asked.vocabulary, asked.titles, generation.versions, former)

    def rank(
        self, question: str, selection: Selection, *, weights: Weights = Weights(), steps: Steps = Steps()
    ) -> tuple[Ranking, Generation]:
        """All candidates of a question as rows of a generation, best first."""

        def ranked(generation: Generation) -> tuple[Ranking, Generation]:
            with self.store.reading() as connection:
                asked = self._understood(connection, generation, question, selection, steps, _sequence(connection))
            return self._rank(generation, asked, weights, steps)[-1], generation

        return self._mended(ranked)

    def _understood(
        self,
        connection: Connection,
        generation: Generation,
        question: str,
        selection: Selection,
        steps: Steps,
        sequence: int,
    ) -> _Asked:
        seen = frozenset(label for label in generation.terms if selection.scope.sees(label))
        reach = self._reach(connection, generation, selection, sequence)
        vocabulary = generation.vocabulary(seen)
        titles = self._called(connection, generation, seen, sequence)
        read = understand(question, vocabulary, self._parlance, self._is_whole, steps)
        meant = titles.weigh(read.text, read.periods, reach.versions)
        ruling = self._ruling(connection, sequence) if asks_for_the_rule(read.text) else NO_VERSIONS
        return _Asked(read, seen, reach, vocabulary, titles, meant, ruling)

    def _rank(
        self, generation: Generation, asked: _Asked, weights: Weights, steps: Steps
    ) -> tuple[Encoding, NDArray[np.float32], Ranking]:
        text = searchable(asked.read.whole)
        encoding = self.embedder.encode_query(text) if steps.asking else self.embedder.encode([text])[0]
        tells = self._tells(asked.read, encoding)
        if asked.read.language != "en":
            weights = replace(weights, dense=weights.dense * _FOREIGN, late=weights.late * _FOREIGN, phrases=0)
        written = self._phrasebook.written(encoding.vector) if weights.phrases else {}
        exact = look_up(asked.read.references, asked.vocabulary, generation.versions, asked.meant, asked.titles.agendas)
        ranking = rank(
            generation,
            asked.read.words,
            encoding,
            tells,
            asked.reach,
            asked.seen,
            beside={word: weights.phrases * like for word, like in written.items()},
            exact=exact,
            meant=asked.meant,
            ruling=asked.ruling,
            weights=weights,
            broad=asked.read.broad,
        )
        return encoding, tells, ranking

    def _tells(self, read: Question, encoding: Encoding) -> NDArray[np.float32]:
        """How telling each word piece of a question is; those of the gloss stand for words that are there already."""
        tells = telling(encoding.codes, self.embedder.fingerprint)
        if read.gloss:
            (own,) = self.embedder.lengths([searchable(read.matter)])
            tells[own:] *= _GLOSS
        return tells

    def _is_whole(self, word: str) -> bool:
        """Whether the model knows a word as one piece."""
        return self.embedder.lengths([word]) == [1]

    def _called(self, connection: Connection, generation: Generation, seen: frozenset[str], sequence: int) -> Titles:
        """What the documents of these labels are called; kept until the catalogue changes."""
        key = (seen, sequence, generation.facts.number)
        titles = self._titles.get(key)
        if titles is None:
            if len(self._titles) >= _KEPT_TITLES:
                self._titles.clear()
            vocabulary = generation.vocabulary(seen)
            rows = catalogue.list_called(connection, Scope.of(seen))
            held, counts = np.unique(generation.versions, return_counts=True)
            passages = dict(zip(held.tolist(), counts.tolist(), strict=True))
            called = []
            # What the generation does not hold yet would change what the words of a title weigh.
            for version, title, name in (row for row in rows if row[0] in passages):
                opening = vocabulary.opening(version)
                owner = _owner(title, vocabulary.municipality(version), opening)
                called.append(Called(version, title, name, opening, passages[version], owner))
            titles = self._titles[key] = Titles(called, vocabulary.naming)
        return titles

    def _reach(self, connection: Connection, generation: Generation, selection: Selection, sequence: int) -> Reach:
        """What of a generation the selection lets be found; kept until the catalogue changes."""
        key = (selection, sequence, generation.facts.number)
        # Read once: another thread may clear the kept ones at any time.
        reach = self._reaches.get(key)
        if reach is None:
            if len(self._reaches) >= _KEPT_SELECTIONS:
                self._reaches.clear()
            reach = Reach.of(generation, catalogue.selected_versions(connection, selection))
            self._reaches[key] = reach
        return reach

    def _ruling(self, connection: Connection, sequence: int) -> NDArray[np.int64]:
        """The versions that hold rules; kept until the catalogue changes."""
        rules = self._rules
        if rules[0] != sequence:
            rules = self._rules = (sequence, ruling_versions(connection))
        return rules[1]

    def first_effects(self, connection: Connection, scope: Scope) -> dict[int, list[Effect]]:
        """What other documents do to versions first, by version id; kept until the catalogue changes."""
        return self._first_effects(connection, scope, _sequence(connection))

    def _first_effects(self, connection: Connection, scope: Scope, sequence: int) -> dict[int, list[Effect]]:
        key = (scope, sequence)
        ended = self._ended.get(key)
        if ended is None:
            if len(self._ended) >= _KEPT_SELECTIONS:
                self._ended.clear()
            ended = self._ended[key] = first_effects(connection, scope)
        return ended

    def passage_codes(self, passages: Sequence[Passage]) -> list[NDArray[np.uint8]]:
        """Token codes of passages; empty for one that is not in the generation at hand."""

        def codes(generation: Generation) -> list[NDArray[np.uint8]]:
            rows = np.searchsorted(generation.ids, [p.id for p in passages])
            none = np.zeros((0, generation.facts.dim // 8), np.uint8)
            return [
                generation.codes(int(row)) if row < len(generation.ids) and generation.ids[row] == p.id else none
                for p, row in zip(passages, rows, strict=True)
            ]

        return self._mended(codes)


def _owner(title: str, named_most: str | None, opening: str) -> str | None:
    """The municipality that a document is of: in its title, else the one that its text names most, else its opening."""
    own = next(iter(municipalities(title)), named_most) or next(iter(named(opening)), None)
    return None if own is None else " ".join(words(own))


def _sequence(connection: Connection) -> int:
    """What the catalogue counts its changes with: whatever is kept of it holds until this moves."""
    return int(get_meta(connection, "sequence", "0"))


def checked_question(question: str) -> None:
    """Raise `Misuse` for a question that is no question."""
    if not question.strip():
        raise Misuse("the question is empty; type what you want to know")
    if any("\ud800" <= letter <= "\udfff" for letter in question):
        raise Misuse("the question is not valid text; type it again")
    if len(question) > LONGEST_QUESTION:
        raise Misuse(f"the question has {len(question):,} characters; ask in at most {LONGEST_QUESTION:,} characters")


def _hits(
    connection: Connection,
    generation: Generation,
    ranking: Ranking,
    scope: Scope,
    k: int,
    ended: dict[int, list[Effect]],
) -> tuple[Hit, ...]:
    """The first k rows as hits; what left the catalogue or the scope since is passed over."""
    ids = [int(i) for i in generation.ids[ranking.rows[:k]]]
    found = catalogue.get_passages(connection, ids, scope)
    hits = []
    for at, passage_id in enumerate(ids):
        if passage_id in found:
            passage, version, document = found[passage_id]
            effect = next(iter(ended.get(version.id, ())), None)
            hits.append(Hit(passage, as_ended(version, effect), document, _scores(ranking, at)))
    return tuple(hits)


def _scores(ranking: Ranking, at: int) -> Scores:
    terms, late = float(ranking.terms[at]), float(ranking.late[at])
    return Scores(
        fused=float(ranking.fused[at]),
        dense=float(ranking.dense[at]),
        terms=None if np.isnan(terms) else terms,
        late=None if np.isnan(late) else late,
        exact=float(ranking.exact[at]) or None,
        document=float(ranking.document[at]) or None,
        rule=float(ranking.rule[at]) or None,
        coverage=float(ranking.coverage[at]),
    )
