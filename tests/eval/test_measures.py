import random
from math import log2

import ir_measures
import pytest

from eval.measures import MRR_10, NDCG_10, RECALL_10, RECALL_100, Measure, auroc, false_answers, mean

JUDGED = {"a": 2, "b": 1, "c": 0}


@pytest.mark.parametrize(
    ("ranking", "ndcg", "recall", "reciprocal"),
    [
        (["a", "b", "c"], 1.0, 1.0, 1.0),
        (["c", "b"], (1 / log2(3)) / (2 + 1 / log2(3)), 0.5, 0.5),
        (["x", "y", "a"], (2 / log2(4)) / (2 + 1 / log2(3)), 0.5, 1 / 3),
        (["x"] * 10 + ["a"], 0.0, 0.0, 0.0),
        ([], 0.0, 0.0, 0.0),
    ],
)
def test_measures_give_the_values_of_the_hand_worked_table(
    ranking: list[str], ndcg: float, recall: float, reciprocal: float
) -> None:
    found = (NDCG_10(JUDGED, ranking), RECALL_10(JUDGED, ranking), MRR_10(JUDGED, ranking))
    assert found == pytest.approx((ndcg, recall, reciprocal))


def test_measures_are_named_by_their_cutoff() -> None:
    assert [str(m) for m in (NDCG_10, RECALL_10, RECALL_100, MRR_10)] == ["nDCG@10", "R@10", "R@100", "RR@10"]


def test_query_without_results_scores_0_and_query_without_relevant_documents_does_not_count() -> None:
    qrels = {"found": {"a": 1}, "missed": {"a": 1}, "unjudged": {"a": 0}}
    assert mean(NDCG_10, qrels, {"found": ["a"], "unjudged": ["a"]}) == 0.5


@pytest.mark.parametrize("measure", [NDCG_10, RECALL_10, RECALL_100, MRR_10], ids=str)
def test_measures_equal_those_of_ir_measures(measure: Measure) -> None:
    draw = random.Random(7)
    names = [f"d{i}" for i in range(300)]
    qrels = {f"q{i}": {name: draw.choice((0, 1, 1, 3)) for name in draw.sample(names, 12)} for i in range(40)}
    run = {query: draw.sample(names, 150) for query in list(qrels)[:35]}
    scored = {query: {name: 1000.0 - rank for rank, name in enumerate(found)} for query, found in run.items()}
    theirs = ir_measures.calc_aggregate([ir_measures.parse_measure(str(measure))], qrels, scored)
    assert mean(measure, qrels, run) == pytest.approx(next(iter(theirs.values())))


def test_auroc_counts_pairs_in_order_and_half_of_the_ties() -> None:
    # Pairs: 0.9 beats all three, 0.4 beats 0.1, ties with 0.4, loses to 0.8.
    assert auroc([0.9, 0.4], [0.1, 0.4, 0.8]) == pytest.approx((3 + 1.5) / 6)


def test_auroc_equals_a_count_of_all_pairs() -> None:
    draw = random.Random(3)
    good, bad = ([draw.randrange(20) / 20 for _ in range(60)] for _ in range(2))
    pairs = [1.0 if g > b else 0.5 if g == b else 0.0 for g in good for b in bad]
    assert auroc(good, bad) == pytest.approx(sum(pairs) / len(pairs))


def test_auroc_of_one_kind_alone_is_an_error() -> None:
    with pytest.raises(ValueError, match="both kinds"):
        auroc([0.5], [])


def test_false_answers_are_counted_at_the_threshold_that_refuses_one_in_twenty() -> None:
    answerable = [i / 20 for i in range(1, 21)]
    assert false_answers(answerable, [0.0, 0.05, 0.1, 0.5]) == 0.5
