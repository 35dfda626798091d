"""Whether a text is a draft, by its title or its own first words."""

from __future__ import annotations

import re

from ingest.extract.subject import Subject
from memory.law import Fact

_TITLE = re.compile(r"^\W*(?:draft|konsep|uhlaka)\b|\(draft\b|\bdraft\s+\d+\b", re.I)
_WORDS = re.compile(
    r"^\W*DRAFT\b(?:\s+\d+\b)?(?:\s+(?:of|for)\b[^\n.]{0,60})?"
    r"|\b(?:it|this\s+(?:draft|text|document))\s+has\s+no\s+(?:force|legal\s+force)\b"
    r"|\bdraft\s+for\s+(?:public\s+)?comment\b|\bnot\s+yet\s+adopted\b|\bhas\s+no\s+force\s+until\b",
    re.M,
)
_HEAD = 1500


def drafts(subject: Subject) -> list[Fact]:
    """One fact `draft` at most."""
    # A notice that a draft may be read is no draft.
    for page in subject.pages[:2]:
        if words := _WORDS.search(page.text[:_HEAD]):
            return [Fact("draft", "draft", "text", 0.9, subject.evidence(page, words.start(), words.end()))]
    if _TITLE.search(subject.version.title):
        return [Fact("draft", "draft", "title", 0.85)]
    return []
