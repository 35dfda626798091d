"""Questions in everyday words, with words beside them that documents use for the matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from memory.access import Scope, Selection
from memory.embed import OpenVinoEmbedder
from memory.fuse import Weights
from memory.memory import Memory
from memory.model import LEARNED
from memory.phrasebook import Phrasebook, phrases

PUBLIC = Selection.on(Scope.of({"public"}))
QUESTION = "the guy next door has forty chickens and they wake us at four"
POULTRY = "A permit is required to keep more than ten head of poultry on premises in a residential area."


def test_every_question_of_the_phrasebook_has_its_code() -> None:
    asked = [question for questions, _ in phrases() for question in questions]
    with np.load(LEARNED, allow_pickle=False) as learned:
        assert learned["asked"].shape == (len(asked), learned["centre"].shape[0] // 8)
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
    remember(memory, ["Secretly, the rooster of the mayor causes a nuisance."], title="Kept shut", label="closed")
    publish(memory)
    return memory


def test_words_that_documents_use_are_looked_for_beside_those_asked(by_laws: Memory) -> None:
    found = by_laws.search(QUESTION, PUBLIC)
    assert found.hits[0].passage.text == POULTRY
    assert "poultry" in found.ranking.beside
    terms = {hit.passage.text: hit.scores.terms for hit in found.hits}
    without = by_laws.search(QUESTION, PUBLIC, weights=replace(Weights(), phrases=0))
    assert without.ranking.beside == ()
    assert terms[POULTRY] is not None
    assert POULTRY not in {hit.passage.text for hit in without.hits if hit.scores.terms is not None}


def test_no_word_is_looked_for_that_the_askers_documents_do_not_hold(by_laws: Memory) -> None:
    everything = Selection.on(Scope.of({"public", "closed"}))
    assert "nuisance" in by_laws.search(QUESTION, everything).ranking.beside
    beside = by_laws.search(QUESTION, PUBLIC).ranking.beside
    assert "nuisance" not in beside
    held = " ".join(hit.passage.text.lower() for hit in by_laws.search("premises", PUBLIC, k=50).hits)
    assert all(word[:4] in held for word in beside), beside


def test_question_in_another_language_is_left_as_it_is(by_laws: Memory) -> None:
    assert by_laws.search("Umakhelwane wami ufuye izinkukhu eziningi, ngingenzani?", PUBLIC).ranking.beside == ()
