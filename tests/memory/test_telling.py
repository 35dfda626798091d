"""How telling the pieces of a question are, with the weights that are shipped and the model that is used."""

from __future__ import annotations

import numpy as np

from memory.embed import OpenVinoEmbedder
from memory.telling import telling


def test_what_is_asked_for_tells_more_than_how_it_is_asked(embedder: OpenVinoEmbedder) -> None:
    question = "what is the deposit for the hall"
    (encoding,), spans = embedder.encode([question]), embedder.spans(question)
    tells = dict(zip((question[a:b] for a, b in spans), telling(encoding.codes, embedder.fingerprint), strict=True))
    assert min(tells["deposit"], tells["hall"]) > max(tells["what"], tells["is"], tells["the"], tells["for"])


def test_with_another_model_each_piece_tells_as_much(embedder: OpenVinoEmbedder) -> None:
    (encoding,) = embedder.encode(["what is the deposit for the hall"])
    np.testing.assert_array_equal(telling(encoding.codes, "another"), np.ones(len(encoding.codes)))


def test_question_without_pieces_has_none() -> None:
    assert telling(np.zeros((0, 48), np.uint8), "another").shape == (0,)
