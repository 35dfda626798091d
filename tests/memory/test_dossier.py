from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.extraction import extract
from memory import catalogue
from memory.access import Scope
from memory.dossier import Dossier, dossier
from memory.memory import Memory

Remember = Callable[..., int]
POLICY = "Adopted by Council resolution C45/2019 on 30 May 2019. In force from 1 July 2019."
MINUTES = "C45/2019 RESOLVED: THAT the Credit Control Policy be adopted."
PUBLIC = Scope.of(["public"])


def known(memory: Memory, version_id: int, scope: Scope = PUBLIC) -> Dossier:
    with memory.store.reading() as connection:
        version = catalogue.get_version_by_id(connection, version_id)
        assert version is not None
        return dossier(connection, version, scope)


@pytest.fixture
def held(memory: Memory, remember: Remember) -> tuple[int, int]:
    """A policy, and the closed minutes that adopted it."""
    policy = remember(memory, [POLICY], title="Credit Control Policy")
    minutes = remember(memory, [MINUTES], title="Minutes of the Council, 30 May 2019", label="closed")
    with memory.store.writing():
        extract(memory)
    return policy, minutes


def test_facts_are_shown_with_what_proves_them(memory: Memory, held: tuple[int, int]) -> None:
    facts = {fact.name: fact for fact in known(memory, held[0]).facts}
    proof = facts["commencement"].proof
    assert (facts["commencement"].value, proof and proof.quote) == ("2019-07-01", "In force from 1 July 2019")
    assert proof is not None
    assert POLICY[proof.start : proof.end] == proof.quote


def test_what_a_policy_does_not_say_is_named(memory: Memory, held: tuple[int, int]) -> None:
    assert known(memory, held[0]).missing == ("review",)


def test_link_is_followed_both_ways_by_who_sees_both_ends(memory: Memory, held: tuple[int, int]) -> None:
    policy, minutes = held
    every = Scope.of(["public", "closed"])
    (link,) = known(memory, policy, every).links
    assert (link.relation, link.number, link.title) == ("rests_on", "C45/2019", "Minutes of the Council, 30 May 2019")
    assert [back.relation for back in known(memory, minutes, every).linked_from] == ["basis_of"]


def test_link_to_a_document_that_is_hidden_is_an_open_reference(memory: Memory, held: tuple[int, int]) -> None:
    found = known(memory, held[0])
    assert [(link.words, link.title, link.document_id) for link in found.open] == [("C45/2019", None, None)]
    assert found.linked_from == ()
