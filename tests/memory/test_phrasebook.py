"""Questions in everyday words, with words beside them that documents use for the matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from safetensors import safe_open

from memory.access import Scope, Selection
from memory.embed import OpenVinoEmbedder
from memory.fuse import Weights
from memory.memory import Memory
from memory.model import LEARNED
from memory.phrasebook import Phrasebook, phrases
from memory.terms import analyze, analyze_all

PUBLIC = Selection.on(Scope.of({"public"}))
QUESTION = "the guy next door has forty chickens and they wake us at four"
POULTRY = "A permit is required to keep more than ten head of poultry on premises in a residential area."


def test_every_question_of_the_phrasebook_has_its_code() -> None:
    asked = [question for questions, _ in phrases() for question in questions]
    with safe_open(LEARNED, "numpy") as learned:
        assert learned.get_tensor("asked").shape == (len(asked), len(learned.get_tensor("centre")) // 8)
    assert len(phrases()) > 4000
    assert len(set(asked)) > 0.99 * len(asked)


def test_question_of_the_phrasebook_gives_the_words_of_its_sentence(embedder: OpenVinoEmbedder) -> None:
    book = Phrasebook(embedder.fingerprint)
    for questions, sentence in phrases()[::500]:
        words = book.written(embedder.encode_query(questions[0]).vector)
        heard = [weight for word, weight in words.items() if word in sentence.lower()]
        assert max(heard) == max(words.values()) > 0.8, questions[0]


def test_with_another_model_the_phrasebook_is_silent(embedder: OpenVinoEmbedder) -> None:
    assert Phrasebook("another").written(embedder.encode_query(QUESTION).vector) == {}


@pytest.fixture
def by_laws(memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]) -> Memory:
    remember(
        memory,
        [POULTRY, "A guy rope of a tent must not cross a path.", "The door of a stall stays shut until four o'clock."],
    )
    remember(memory, ["Cocks disturb the neighbourhood."], title="Shut", label="closed")
    publish(memory)
    return memory


def test_words_that_documents_use_are_looked_for_beside_those_asked(by_laws: Memory) -> None:
    found = by_laws.search(QUESTION, PUBLIC)
    without = by_laws.search(QUESTION, PUBLIC, weights=replace(Weights(), phrases=0))
    assert {"premises", "residential"} <= set(found.ranking.beside)
    assert without.ranking.beside == ()
    scored = [{hit.passage.text: hit.scores.terms or 0 for hit in one.hits} for one in (found, without)]
    gained = {text: scored[0][text] - scored[1][text] for text in scored[0]}
    assert found.hits[0].passage.text == POULTRY == max(gained, key=lambda text: gained[text])


def test_no_word_is_looked_for_that_the_askers_documents_do_not_hold(by_laws: Memory) -> None:
    everything = by_laws.search(QUESTION, Selection.on(Scope.of({"public", "closed"}))).ranking.beside
    beside = by_laws.search(QUESTION, PUBLIC).ranking.beside
    closed = set(everything) - set(beside)
    assert closed
    assert not closed & set(analyze(POULTRY, "exact"))
    held = analyze_all("A document " + " ".join(hit.passage.text for hit in by_laws.search("a", PUBLIC, k=50).hits))
    assert {stem for word in beside for stem in analyze(word)} <= {stem for word in held for stem in analyze(word)}


def test_question_in_another_language_is_left_as_it_is(by_laws: Memory) -> None:
    assert by_laws.search("Umakhelwane wami ufuye izinkukhu eziningi, ngingenzani?", PUBLIC).ranking.beside == ()
