"""What a question is after: the rule that holds, or what was said, decided and done.

The rule stands in by-laws, policies and tariffs; minutes and reports speak of the same matter, often in the words of
the question, but a proposal that was voted down is no rule.
"""

from __future__ import annotations

import re

# Words that ask for an event or for somebody's account of it, in English and Afrikaans.
_EVENTS = re.compile(
    r"\b(council|councill?ors?|committee|meeting|resol\w+|decid\w+|decisions?|vot(?:e|ed|es)|minutes|motion|mover|moved"
    r"|second(?:ed|er)|agreed|why|reports?|reported|said|told|admit\w*|happen\w*|was|were|did|had|history|tried"
    r"|lessons?|learnt|case study|project|who|raad|raadslede|komitee|vergadering|besluit\w*|notule|hoekom|wie|was"
    r"|het)\b",
    re.IGNORECASE,
)


def asks_for_the_rule(question: str) -> bool:
    """Whether the question is after what holds, and not after what happened."""
    return _EVENTS.search(question) is None
