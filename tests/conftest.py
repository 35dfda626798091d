"""Real parts for every test: the model, fresh memories, the sample corpus once in a session."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import ingest
from ingest.split import embedded, text_hash
from memory import catalogue
from memory.embed import Encoding, OpenVinoEmbedder, load
from memory.memory import Memory
from memory.records import Document, Span, Version
from memory.settings import DEFAULT_MODEL, Settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def embedder() -> OpenVinoEmbedder:
    """The default model, loaded once."""
    return load(DEFAULT_MODEL, Settings().model_cache)


@pytest.fixture
def memory(tmp_path: Path, embedder: OpenVinoEmbedder) -> Memory:
    """A memory that holds nothing yet."""
    return Memory(tmp_path / "data", embedder, create=True)


@pytest.fixture(scope="session")
def sample_memory(tmp_path_factory: pytest.TempPathFactory, embedder: OpenVinoEmbedder) -> Memory:
    """A memory that holds the sample corpus, scans read too; tests don't write to it."""
    memory = Memory(tmp_path_factory.mktemp("sample") / "data", embedder, create=True)
    ingest(memory, [ROOT / "corpus" / "files"])
    return memory


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of outside documents beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent")
    return folder


@pytest.fixture(scope="session")
def remember(embedder: OpenVinoEmbedder) -> Callable[..., int]:
    """Put one version of plain texts, one passage each, into a memory's catalogue; returns the version's id.

    `remember(memory, ["text", ...], title=, collection=, label=, document=, number=, **version_fields)`; the
    caches are left as they are.
    """
    known: dict[str, Encoding] = {}

    def encoded(title: str, texts: Sequence[str]) -> list[catalogue.Vector]:
        hashes = [text_hash(title, text) for text in texts]
        new = [(h, embedded(title, text)) for h, text in zip(hashes, texts, strict=True) if h not in known]
        known.update(zip((h for h, _ in new), embedder.encode([text for _, text in new]), strict=True))
        return [
            catalogue.Vector(h, known[h].vector.astype("float16").tobytes(), known[h].codes.tobytes()) for h in hashes
        ]

    def put(memory: Memory, texts: Sequence[str], **facts: Any) -> int:
        title = facts.setdefault("title", "A document")
        vectors = encoded(title, texts)
        with memory.store.transaction() as connection:
            document = facts.pop("document", None) or catalogue.add_document(
                connection,
                Document(0, title, facts.pop("collection", "main"), facts.pop("label", "public"), key=title),
            )
            version = catalogue.add_version(connection, _version(document, texts, facts))
            catalogue.add_pages(connection, [_page(version, "\n".join(texts))])
            catalogue.add_passages(connection, version, list(_passages(title, texts, vectors)))
            catalogue.add_vectors(connection, vectors)
        return version

    return put


def _version(document: int, texts: Sequence[str], facts: dict[str, Any]) -> Version:
    values: dict[str, Any] = {
        "number": 1,
        "sha256": hashlib.sha256("\n".join(texts).encode()).hexdigest(),
        "file_name": "text.txt",
        "media_type": "text/plain",
        "size": sum(map(len, texts)),
        "status": "current",
        "ingested_at": "2024-03-01T08:00:00Z",
    }
    return Version(0, document, **values | facts)


def _page(version: int, text: str) -> dict[str, Any]:
    return {
        "version_id": version,
        "number": 1,
        "label": "",
        "anchor": "page-1",
        "text": text,
        "width": 0.0,
        "height": 0.0,
        "picture": False,
        "needs_ocr": False,
        "ocr": False,
        "confidence": None,
        "layout": catalogue.pack_layout([], []),
    }


def _passages(title: str, texts: Sequence[str], vectors: Sequence[catalogue.Vector]) -> list[catalogue.NewPassage]:
    found, at = [], 0
    for text, vector in zip(texts, vectors, strict=True):
        span = Span(1, at, at + len(text))
        found.append(catalogue.NewPassage((span,), text, title, (title,), False, vector.text_hash))
        at += len(text) + 1
    return found


@pytest.fixture(scope="session")
def publish() -> Callable[[Memory], None]:
    """Bring a memory's caches up to its catalogue."""

    def bring_up(memory: Memory) -> None:
        with memory.store.writing():
            memory.publish()

    return bring_up
