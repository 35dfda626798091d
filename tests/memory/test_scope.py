"""Nothing forbidden comes out, nothing allowed is lost: a memory within a scope is a memory that holds no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory import catalogue
from memory.access import Scope, Selection
from memory.embed import OpenVinoEmbedder
from memory.memory import Memory

LABELS = ("public", "finance", "technical", "closed-session")
SENTENCES = (
    "The tariff for refuse removal is R 182.50 a month.",
    "Burst pipes are repaired by the water section within eight hours.",
    "The council resolved in closed session to settle the claim of the contractor.",
    "Overtime is approved by the director before it is worked.",
    "The hall is hired at a tariff of R 900 on a weekend.",
    "Izicelo zamanzi zifakwa emahhovisi kamasipala.",
    "Refuse bins are green and are emptied on Mondays.",
    "The contractor was appointed before the survey was complete.",
)
QUESTIONS = ("What is the refuse tariff?", "contractor claim", "Who approves overtime?", "amanzi", "zebra", "?")


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to be remembered; its title makes its bytes its own."""

    label: str
    collection: str
    texts: tuple[str, ...]


DRAFT = st.builds(
    Draft,
    st.sampled_from(LABELS),
    st.sampled_from(["north", "south"]),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(tuple),
)
Results = list[tuple[str, int, tuple[float, ...]]]


def fill(memory: Memory, drafts: list[tuple[int, Draft]], remember: Callable[..., int]) -> None:
    for number, draft in drafts:
        title = f"Document {number}"
        remember(
            memory, draft.texts, title=title, label=draft.label, collection=draft.collection, sha256=f"{number:064}"
        )
    with memory.store.writing():
        memory.publish()


def results(memory: Memory, question: str, selection: Selection) -> Results:
    """Every hit as (SHA-256, ordinal, scores): names that two memories share, in order of name.

    They come in the order of their scores; of a broad question, which spreads documents, at least the best comes first.
    """
    found = memory.search(question, selection, k=100)
    none = float("-inf")
    scored = [
        (
            hit.version.sha256,
            hit.passage.ordinal,
            tuple(
                none if score is None else score
                for score in (hit.scores.fused, hit.scores.dense, hit.scores.terms, hit.scores.late)
            ),
        )
        for hit in found.hits
    ]
    fused = [scores[0] for _, _, scores in scored]
    checked = 1 if found.question.broad else len(fused)
    assert fused[:checked] == sorted(fused, reverse=True)[:checked]
    return sorted(scored)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(DRAFT, min_size=1, max_size=12),
    st.frozensets(st.sampled_from((*LABELS, "unknown"))),
    st.sampled_from(QUESTIONS),
    st.sampled_from([None, "north", "nowhere"]),
)
def test_scope_gives_what_a_memory_of_the_allowed_documents_alone_gives(
    embedder: OpenVinoEmbedder,
    remember: Callable[..., int],
    drafts: list[Draft],
    held: frozenset[str],
    question: str,
    collection: str | None,
) -> None:
    numbered = list(enumerate(drafts))
    allowed = [(number, draft) for number, draft in numbered if draft.label in held]
    selection = Selection.on(Scope.of(held), collection=collection)
    with TemporaryDirectory() as folder:
        whole = Memory(Path(folder) / "whole", embedder, create=True)
        alone = Memory(Path(folder) / "alone", embedder, create=True)
        fill(whole, numbered, remember)
        fill(alone, allowed, remember)
        same(results(whole, question, selection), results(alone, question, selection))
        nothing_else(whole, selection.scope, allowed)


def same(found: Results, expected: Results) -> None:
    assert [name[:2] for name in found] == [name[:2] for name in expected]
    for (_, _, left), (_, _, right) in zip(found, expected, strict=True):
        assert left == pytest.approx(right, abs=1e-4)


def nothing_else(memory: Memory, scope: Scope, allowed: list[tuple[int, Draft]]) -> None:
    """Lists, counts, documents, versions and passages hold the allowed documents and no others."""
    titles = {f"Document {number}" for number, _ in allowed}
    with memory.store.reading() as connection:
        everything = catalogue.list_documents(connection, Scope.operator(), limit=1000)
        for document in everything:
            seen = document.title in titles
            assert (catalogue.get_document(connection, document.id, scope) is not None) == seen
            assert (catalogue.get_version(connection, document.id, 1, scope) is not None) == seen
        assert {d.title for d in catalogue.list_documents(connection, scope, limit=1000)} == titles
        passages = catalogue.get_passages(connection, range(1, 100), scope)
        assert {document.title for _, _, document in passages.values()} == titles
        counted = catalogue.counts(connection, scope)
        assert (counted["documents"], counted["versions"], counted["pages"]) == (len(titles),) * 3
        assert counted["passages"] == len(passages) == sum(len(draft.texts) for _, draft in allowed)
        assert catalogue.labels(connection, scope) == {draft.label for _, draft in allowed}


def test_documents_under_another_label_change_no_score(
    memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]
) -> None:
    selection = Selection.on(Scope.of({"public"}))
    remember(memory, SENTENCES[:5], title="Open")
    publish(memory)
    before = results(memory, "refuse tariff contractor", selection)
    remember(memory, ["refuse tariff " * 20, "contractor " * 30, *SENTENCES], title="Closed", label="closed-session")
    publish(memory)
    assert results(memory, "refuse tariff contractor", selection) == before


def test_empty_scope_sees_nothing(
    memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]
) -> None:
    remember(memory, SENTENCES)
    publish(memory)
    assert results(memory, "refuse tariff", Selection.on(Scope.of(()))) == []
    assert len(results(memory, "refuse tariff", Selection.on(Scope.operator()))) == len(SENTENCES)


def test_right_taken_away_counts_from_the_next_question(
    memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None]
) -> None:
    remember(memory, ["Overtime is approved by the director."], label="finance")
    publish(memory)
    found = []
    for held in (["finance"], []):
        with memory.store.transaction() as connection:
            catalogue.grant(connection, "clerk", held)
        found.append(len(memory.search("overtime", Selection.on(memory.scope_of("clerk"))).hits))
    assert found == [1, 0]


@pytest.mark.parametrize("held", [{"public", "finance"}, {"finance"}])
def test_hundreds_of_forbidden_passages_that_fit_better_crowd_out_nothing(
    memory: Memory, remember: Callable[..., int], publish: Callable[[Memory], None], held: set[str]
) -> None:
    for number in range(3):
        texts = [f"Refuse tariff {number} {n}" for n in range(100)]
        remember(memory, texts, title=f"Closed {number}", label="closed-session")
    remember(memory, ["Refuse is taken away on Mondays, and the tariff is that of last year."], label="finance")
    publish(memory)
    (hit,) = memory.search("refuse tariff", Selection.on(Scope.of(held))).hits
    assert hit.document.label == "finance"
