"""Words that name a document: what the format marks, acts, by-laws and policies, notices and resolutions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.document import ReadPage
from ingest.extract.acts import ShortNames, acts
from ingest.extract.names import RESOLUTION
from ingest.extract.titles import Named, placed, section_before, telling, title_after, title_before
from memory.law import Reference

_YEAR = r"(?:19|20)\d\d"
_BY_LAW = re.compile(
    r"\b(?P<word>[Bb]y-?\s?[Ll]aws?(?!\s+(?:of|to|and)\s+(?:the\s+)?(?:Council|Municipality)\b)|[Pp]olic(?:y|ies)|Verordeninge?|Beleid)\b"
    r"(?P<about>\s?(?:[Rr]elating\s*[Tt]o|[Oo]n|[Rr]egarding|[Ff]or)\s*(?:the\s+)?(?=[^\s\d]))?"
)
# "Credit Control By-law and Policy": two documents of one name.
_PAIRED = re.compile(r"\b(?P<word>By-?[Ll]aws?|Policy)\s+and\s+$")
_NEAR = 30
_TAIL = re.compile(
    rf"(?:,?\s*(?:of\s+|van\s+)?(?P<year>{_YEAR})(?!\d))?(?:\s*\((?P<number>{RESOLUTION}|\d{{1,3}}/{_YEAR})\))?"
)
_ADOPTED = re.compile(
    rf"(?P<word>policy|by-law|beleid|procedure|tariffs|delegations)\s+(?:which\s+was\s+|that\s+was\s+)?(?:adopted|approved|aangeneem|made)\s+"
    rf"(?:by|under|in|deur)\s+(?:(?:Council\s+)?resolution\s+)?(?P<number>{RESOLUTION})",
    re.I,
)
_RESOLUTION = re.compile(rf"(?<![\w/])(?P<number>{RESOLUTION}|(?<=resolution )\d{{1,4}}/{_YEAR})(?![\w/])")
_NUMBERED = re.compile(
    r"\b(?P<word>(?:[Hh][Rr]\s+)?[Cc]ircular|[Oo]msendbrief|(?:Municipal|Government|General|Provincial|Local\s+Authority|Administrator’s|Administrator's)\s+Notice|"
    r"Provincial\s+Notice|Proclamation|Kennisgewing)\s+(?:[Nn]o\.?\s*)?(?P<number>\d{1,5})"
    r"(?:\s+(?:of|van)\s+|/|\s+dated\s+(?:\d{1,2}\s+[A-Z][a-z]+,?\s+)?)(?P<year>(?:19|20)\d\d)"
    r"|\bP\.?\s?[NK]\.?\s?(?:N[Oo]\.?\s*)?(?P<pn>\d{1,5}(?:/|-|\s+of\s+)(?:18|19|20)\d\d)"
    r"|\b(?P<sop>SOP\s+[A-Z]{2,4}\s\d{1,3}|(?<=of\s)[A-Z]{2,3}\s\d{2}(?=\sof\s20\d\d))(?:\s+of\s+(?P<sopyear>(?:19|20)\d\d))?"
)


def namings(page: ReadPage, known: ShortNames) -> list[Named]:
    """What the format marks, then what is written, longest first where they overlap."""
    found = [
        Named(p.start, p.end, _pointed(page.text[p.start : p.end], p.target))
        for p in page.pointers
        if p.target.startswith("/")
    ]
    written = [*acts(page.text), *known.acts(page.text), *_by_laws(page.text), *_numbered(page.text)]
    # Running titles and tables of contents name the document itself: only what is in a block, and no heading, counts.
    whole = [] if page.blocks else [(0, len(page.text))]
    blocks = whole + [(b.start, b.end) for b in page.blocks if b.kind != "heading"]
    written = [item for item in written if any(start <= item.start < end for start, end in blocks)]
    for item in sorted(written, key=lambda item: (item.start - item.end, item.start)):
        overlapping = [i for i, other in enumerate(found) if item.start < other.end and other.start < item.end]
        if not overlapping:
            found.append(item)
        for i in overlapping:
            found[i] = _merged(found[i], item)
    return sorted(found, key=lambda item: item.start)


def _merged(marked: Named, written: Named) -> Named:
    """What the format marks keeps its target, and takes the title and section that the words around it give."""
    if not marked.reference.identity or not written.reference.title:
        return marked
    r, w = marked.reference, written.reference
    merged = replace(r, title=r.title or w.title, section=r.section or w.section, words=w.words)
    return Named(min(marked.start, written.start), max(marked.end, written.end), merged)


def _pointed(words: str, target: str) -> Reference:
    work = re.match(r"(?P<work>/.*?/(?P<year>(?:19|20)\d\d)/(?P<number>[^/#~]+))", target)
    if work is None:
        return Reference("refers_to", words, "metadata", 0.95, identity=target)
    kind = "by-law" if "/by-law/" in target else "act"
    number = work["number"] if work["number"].isdigit() else ""
    return Reference(
        "refers_to", words, "metadata", 0.97, identity=work["work"], kind=kind, number=number, year=work["year"]
    )


def _by_laws(text: str) -> Iterator[Named]:
    for words in _BY_LAW.finditer(text):
        about = title_after(text, words.end()) if words["about"] else words.end("word")
        start, title = title_before(text, words.end("word"))
        title = " ".join(f"{title} {text[words.end('word') : about]}".split())
        tail = _TAIL.match(text, about)
        year, number = (tail["year"] or "", tail["number"] or "") if tail else ("", "")
        if not telling(title) and (pair := _PAIRED.search(text, max(0, start - _NEAR), start)):
            title = f"{title_before(text, pair.start('word'))[1]} {words['word']}"
        if not number and (not telling(title) or (words["word"].islower() and title.islower())):
            continue
        kind = "policy" if re.match("polic|beleid", words["word"], re.I) else "by-law"
        start, section = section_before(text, start)
        yield placed(text, start, tail.end() if tail else about, Reference(
            "refers_to", "", "text", 0.9 if year or number else 0.75, kind=kind, number=re.sub(r"\s", "", number),
            title=title, year=year, section=section,
        ))  # fmt: skip
    for words in _ADOPTED.finditer(text):
        number = re.sub(r"\s", "", words["number"]).upper()
        kind = "policy" if words["word"].lower() in {"policy", "beleid"} else words["word"].lower()
        yield placed(
            text, words.start(), words.end(), Reference("refers_to", "", "text", 0.92, kind=kind, number=number)
        )


def _numbered(text: str) -> Iterator[Named]:
    for words in _RESOLUTION.finditer(text):
        number = re.sub(r"\s", "", words["number"]).upper()
        if re.match(r"(?:PN|PK|GN|LAN|MN|AN|PG|LA)\d", number):
            continue
        yield placed(
            text, words.start(), words.end(), Reference("refers_to", "", "text", 0.95, kind="resolution", number=number)
        )
    for words in _NUMBERED.finditer(text):
        if words["pn"]:
            number = re.sub(r"-|\s+of\s+", "/", words["pn"])
            year, kind = number[-4:], "notice"
        elif words["sop"]:
            number, year, kind = words["sop"].upper().removeprefix("SOP").strip(), words["sopyear"] or "", "sop"
        else:
            number, year = f"{words['number']}/{words['year']}", words["year"]
            kind = "circular" if re.search("circular|omsendbrief", words["word"], re.I) else "notice"
        yield placed(
            text,
            words.start(),
            words.end(),
            Reference("refers_to", "", "text", 0.9, kind=kind, number=number, year=year),
        )
