"""The attacks of `eval.fuzz`, `eval.races` and `eval.injections`, few of each; the evaluations send many."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eval.fuzz import fuzz
from eval.guarded import Guarded, guarded
from eval.injections import CHROMIUM
from eval.injections import run as inject
from eval.payloads import payloads
from eval.races import run
from memory.embed import OpenVinoEmbedder
from memory.memory import Memory


@pytest.fixture
def service(
    memory: Memory,
    tmp_path: Path,
    embedder: OpenVinoEmbedder,
    remember: Callable[..., int],
    publish: Callable[[Memory], None],
) -> Iterator[Guarded]:
    public = ["The library opens at nine on weekdays.", "A burst pipe is repaired within eight hours."]
    secret = ["The reserve price of the stadium's land is forty-two million rand, and bidders are not to be told."]
    for texts, title, label in ((public, "Notes", "public"), (secret, "Reserve prices", "finance")):
        remember(memory, texts, title=title, label=label)
        original = tmp_path / "original"
        original.write_text("\n".join(texts))
        memory.store.keep_original(original)
    publish(memory)
    with guarded(Path(memory.store.data), embedder) as made:
        yield made


def test_no_route_answers_with_a_500_or_what_it_does_not_declare(service: Guarded) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fuzz(service, 300)
    assert (found.failures, found.failed) == ({}, 0)
    assert found.cases >= 300
    assert len(found.callers) == 8


def test_nothing_comes_out_after_its_right_was_revoked(service: Guarded) -> None:
    found = run(service, 40)
    assert (found.races, found.after_revocation, found.out_of_order, found.audit_faults) == (40, 0, 0, 0)
    assert found.unexpected == {}
    assert found.answered_before + found.refused_in_flight > 0


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here")
def test_no_payload_runs_wherever_it_is_shown(tmp_path: Path, embedder: OpenVinoEmbedder) -> None:
    found = inject(tmp_path, embedder, 20)
    assert (found.payloads, found.ran) == (20, [])
    # They are live, and they were really shown: as text, everywhere.
    assert found.live >= 8
    assert len(found.shown) == 13
    assert {where: count for where, count in found.shown.items() if count < 18} == {}


def test_payloads_differ() -> None:
    assert len(set(payloads(1000))) == 1000
