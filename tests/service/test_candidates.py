"""Which sentences of a passage can be an answer, and where they begin."""

from __future__ import annotations

import pytest

from memory.records import Document, Hit, Passage, Scores, Span, Version
from service.candidates import candidates


def told(text: str, *heading: str) -> list[str]:
    passage = Passage(1, 1, 0, (Span(1, 10, 10 + len(text)),), text, "", heading, ocr=False)
    version = Version(1, 1, 1, "", "rules.txt", "text/plain", 0, "current", "Rules")
    hit = Hit(passage, version, Document(1, "Rules", "rules", "public"), Scores(fused=1.0))
    found = [one for one in candidates(hit) if one.tells]
    assert all(text[one.span.start - 10 : one.span.end - 10] == one.text for one in found)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("text", "heading", "sentences"),
    [
        ("23. Dumping\n(1) Nobody may dump waste here.", "23. Dumping", ["(1) Nobody may dump waste here."]),
        (
            "Goods that are\nnot claimed\n(1) Goods may be sold by auction.",
            "Goods that are not claimed",
            ["(1) Goods may be sold by auction."],
        ),
        (
            "(Report 4/3/1 of the Director dated 4 March 2013)\nEleven congregations use the hall.",
            "",
            ["Eleven congregations use the hall."],
        ),
        ("(Report 4/3/1 of the Director dated 4 March 2013)", "", []),
        ("(Council voted 19 to 5 to go ahead.)", "", ["(Council voted 19 to 5 to go ahead.)"]),
        ("3. What we build and buy ........ 7", "", []),
        ("3. What we build and buy .", "", []),
        ("3.4 Reversals of interest.", "", []),
        ("In this By-law, unless the context shows otherwise—", "", []),
        ("Interviewer: People ask why Council sits on a Thursday.", "", []),
        (
            '"cart" means a cart;\n"wagon" means a wagon with four wheels;',
            "",
            ['"cart" means a cart;', '"wagon" means a wagon with four wheels;'],
        ),
    ],
)
def test_sentences_are_whole_and_nothing_else(text: str, heading: str, sentences: list[str]) -> None:
    assert told(text, heading) == sentences
