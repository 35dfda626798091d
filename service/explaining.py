"""An explanation of a search in shapes and in words: how the question was read, and what each stage said."""

from __future__ import annotations

from collections.abc import Sequence

from memory.access import Selection
from memory.explain import explain
from memory.memory import Found
from service.shapes import ReadingShape, ResultShape, StageShape


def reading_of(found: Found, selection: Selection) -> ReadingShape:
    """How the question was understood, and what was searched."""
    read = found.question
    return ReadingShape(
        text=read.text,
        words=read.words,
        language=read.language,
        corrections=list(read.corrections),
        expansions=list(read.expansions),
        beside=list(found.ranking.beside),
        references=[reference.text for reference in read.references],
        periods=[period.text for period in read.periods],
        as_of=selection.as_of.isoformat(),
        collection=selection.collection,
        versions=found.versions,
        candidates=len(found.ranking.rows),
    )


def with_stages(results: Sequence[ResultShape], found: Found) -> list[ResultShape]:
    """The results, in the order of the hits, each with what every stage said of its passage."""
    return [
        result.model_copy(
            update={"stages": [StageShape.model_validate(stage) for stage in explain(found.ranking, place)]}
        )
        for result, place in zip(results, found.places, strict=True)
    ]


def told(stages: list[StageShape]) -> str:
    """Stages on one line: "dense 0.612 (rank 2) adds +0.367"."""
    return "; ".join(
        f"{stage.name} {stage.score:.3f} (rank {stage.rank}) adds {stage.adds:+.3f}"
        for stage in stages
        if stage.score is not None and (stage.adds or stage.name in {"dense", "terms", "late"})
    )
