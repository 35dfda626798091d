"""How likely it is that the passages found answer the question, from the best hits' cosine and late interaction.

No single score tells answerable from unanswerable well, and scores cannot tell a passage that speaks of the matter
from one that answers; what this one reaches stands in `eval/README.md`. A trained reader will take this place.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from memory.records import Hit

# The sum of both scores below which 5 % of the sample corpus's answerable gold questions fall, and the steepness
# of the logistic curve through it.
_MIDDLE = 0.82
_STEEPNESS = 10.0
# Below it the asker is told that the memory does not know.
THRESHOLD = 0.5
_READ = 3


def support(hits: Sequence[Hit]) -> float:
    """The probability, 0..1, that the passages (best first) answer."""
    if not hits:
        return 0.0
    dense = max(hit.scores.dense or 0.0 for hit in hits[:_READ])
    late = max(hit.scores.late or 0.0 for hit in hits[:_READ])
    return 1 / (1 + exp(-_STEEPNESS * (dense + late - _MIDDLE)))
