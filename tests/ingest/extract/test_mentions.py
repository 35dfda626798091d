from __future__ import annotations

import pytest

from ingest.extract.mentions import sense


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("This policy replaces the policy adopted by C7/2013.", "C7/2013", "ended"),
        ("Resolution C7/2013 was rescinded on 2 May 2014.", "C7/2013", "ended"),
        ("C48/2017 (advertising). The by-law was published on 15 September 2017.", "C48/2017", "done"),
        ("Resolution C20/2015 (records): 420 of about 700 metres of files have been moved.", "C20/2015", "reported"),
        ("C28/2017 (reservoir). Bids closed on 25 August 2017 and are under evaluation.", "C28/2017", "reported"),
        ("Resolution C67/2015 (tankers): the tanker was withdrawn for three weeks.", "C67/2015", "reported"),
        ("Adopted by Council resolution C7/2013 on 28 March 2013.", "C7/2013", "named"),
        ("The limit set by C7/2013 is hereby raised; it was amended by C9/2014.", "C7/2013", "amended"),
    ],
)
def test_sense_of_a_mention(text: str, number: str, expected: str) -> None:
    assert sense(text, text.index(number)) == expected
