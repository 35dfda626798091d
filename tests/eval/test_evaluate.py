import json
from pathlib import Path

import ir_measures
import pytest

from eval.ablation import ALONE, OFF, ablate, keep, pooled
from eval.evaluate import abstention, evaluate
from eval.kept import KeptEmbedder
from memory.embed import OpenVinoEmbedder
from memory.errors import Misuse

TEXTS = {
    "water": "Water is cut off fourteen days after a final demand has been delivered.",
    "hall": "The community hall is let for R 850 a day; a deposit is paid with the application.",
    "dogs": "A dog that barks at night may be impounded by the animal control officer.",
    "graves": "A grave is dug by the municipality only, six feet deep, before noon.",
    "empty": "",
}
QUERIES = {
    "q1": "when is the supply of water disconnected",
    "q2": "cost of hiring the hall",
    "q3": "my neighbour's dog keeps me awake",
    "q4": "speed of light in vacuum",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of five documents, three judged queries and one without a judgement."""
    found = tmp_path / "tiny"
    (found / "qrels").mkdir(parents=True)
    documents = [{"_id": name, "title": "By-law", "text": text} for name, text in TEXTS.items()]
    queries = [{"_id": name, "text": text} for name, text in QUERIES.items()]
    for name, rows in (("corpus", documents), ("queries", queries)):
        (found / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (found / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\twater\t1\nq2\thall\t1\nq3\tdogs\t1\n", "utf-8"
    )
    return found


def test_tiny_set_is_found_and_told_in_the_shape_of_the_contract(folder: Path, embedder: OpenVinoEmbedder) -> None:
    found = evaluate(folder, embedder).to_json()
    latency = found.pop("latency_ms")
    assert found == {
        "dataset": "tiny",
        "queries": 3,
        "ndcg@10": 1.0,
        "recall@10": 1.0,
        "recall@100": 1.0,
        "mrr@10": 1.0,
        "abstention": {"answerable": 3, "unanswerable": 1, "auroc": 1.0, "false_answers@5%_refused": 0.0},
    }
    assert set(latency) == {"p50", "p95"}


def test_run_holds_every_judged_query_and_scores_as_reported(
    folder: Path, tmp_path: Path, embedder: OpenVinoEmbedder
) -> None:
    found = evaluate(folder, embedder, run=tmp_path / "run.txt")
    rows = [line.split() for line in (tmp_path / "run.txt").read_text("utf-8").splitlines()]
    assert {(row[1], row[5]) for row in rows} == {("Q0", "khumbula")}
    assert next(row[2:4] for row in rows if row[0] == "q1") == ["water", "1"]
    assert sorted(row[2] for row in rows if row[0] == "q1") == ["dogs", "graves", "hall", "water"]
    run = ir_measures.read_trec_run(str(tmp_path / "run.txt"))
    qrels = {"q1": {"water": 1}, "q2": {"hall": 1}, "q3": {"dogs": 1}}
    measure = ir_measures.parse_measure("nDCG@10")
    assert ir_measures.calc_aggregate([measure], qrels, run)[measure] == pytest.approx(found.ndcg_10)


def test_set_without_judgements_is_refused(folder: Path, embedder: OpenVinoEmbedder) -> None:
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n", "utf-8")
    with pytest.raises(Misuse, match="no query has a judgement > 0"):
        evaluate(folder, embedder)


def test_stages_are_measured_apart_and_kept(folder: Path, tmp_path: Path, embedder: OpenVinoEmbedder) -> None:
    found = ablate(folder, embedder)
    keep("tiny", found.to_json(), tmp_path / "results")
    kept = json.loads((tmp_path / "results" / "tiny.json").read_text("utf-8"))
    assert set(kept["ndcg@10"]) == {"all", *ALONE, *(f"without {name}" for name in OFF)}
    assert (kept["queries"], kept["ndcg@10"]["all"], kept["even"]["all"]) == (3, 1.0, 1.0)
    assert kept["gain over"]["without spelling"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    together = pooled([found, found])
    assert (together["sets"], together["queries"]) == (["tiny", "tiny"], 6)
    assert together["gain over, sets alike"]["first stage"] == kept["gain over"]["first stage"]


def test_what_was_encoded_once_is_read_back(tmp_path: Path, embedder: OpenVinoEmbedder) -> None:
    texts = ["the clerk keeps the minutes", "", "the clerk keeps the minutes"]
    first = KeptEmbedder(embedder, tmp_path)
    second = KeptEmbedder(embedder, tmp_path)
    for ours, kept, theirs in zip(first.encode(texts), second.encode(texts), embedder.encode(texts), strict=True):
        assert (ours.vector == kept.vector).all()
        assert (ours.codes == kept.codes).all()
        assert ours.codes.shape == theirs.codes.shape
        assert ours.vector == pytest.approx(theirs.vector, abs=2e-2)
    first.close()
    second.close()


def test_abstention_needs_questions_of_both_kinds() -> None:
    assert abstention([0.4], []) is None
