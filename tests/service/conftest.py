"""A real server on loopback over a small real memory: a few documents of the sample corpus, one of them restricted."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request

from ingest.pipeline import Options, ingest
from ingest.pool import Pool
from memory.access import Scope
from memory.embed import OpenVinoEmbedder
from memory.memory import Memory
from service.app import create_app

FILES = Path(__file__).resolve().parents[2] / "corpus" / "files"
PUBLIC = (
    "policies/credit-control-policy-2023.pdf",
    "policies/records-management-policy-2021.docx",
    "by-laws/street-trading-by-law-2014-as-amended-2018.pdf",
)
RESTRICTED = "policies/credit-control-policy-2019.pdf"


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs. `client` asks as somebody who sees what is public."""

    url: str
    app: FastAPI
    memory: Memory
    client: httpx.Client

    def document(self, file_name: str) -> int:
        """The id of the document with that file, whoever may see it."""
        everything = self.client.get("/api/documents", params={"limit": 100}, headers={"X-Labels": "public,finance"})
        for document in everything.json()["documents"]:
            whole = self.client.get(f"/api/documents/{document['id']}", headers={"X-Labels": "public,finance"}).json()
            if whole["versions"][0]["file_name"] == file_name:
                return int(document["id"])
        raise AssertionError(f"{file_name}: not ingested")


def _asker(request: Request) -> Scope:
    return Scope.of(request.headers.get("X-Labels", "public").split(","))


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The app behind a real server; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def small_memory(tmp_path_factory: pytest.TempPathFactory, embedder: OpenVinoEmbedder) -> Memory:
    folder = tmp_path_factory.mktemp("files")
    for name, label in [*((name, "public") for name in PUBLIC), (RESTRICTED, "finance")]:
        (folder / label).mkdir(exist_ok=True)
        shutil.copy(FILES / name, folder / label)
    memory = Memory(tmp_path_factory.mktemp("memory") / "data", embedder, create=True)
    for label in ("public", "finance"):
        assert ingest(memory, [folder / label], Options(label=label, collection="policies")).failures == []
    return memory


@pytest.fixture(scope="session")
def served(small_memory: Memory) -> Iterator[Served]:
    with Pool(1) as pool:
        app = create_app(small_memory, scope=_asker, pool=pool, gate=4)
        with running(app) as url, httpx.Client(base_url=url, timeout=60) as client:
            yield Served(url, app, small_memory, client)
