"""Words that name another document, and what is done to it: amends, repeals, replaces, implements, rests on.

What the words say (kind, number, title, year, section) is kept as it is; which document is meant, if the memory
holds it, is found in `memory/links.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.document import ReadPage
from ingest.extract.acts import ShortNames
from ingest.extract.namings import namings
from ingest.extract.subject import Subject
from ingest.extract.titles import Named
from ingest.extract.written import days
from memory.law import Reference

# How near the words of an act must stand: within the sentence or the list item.
_REACH = 260
_HEREBY = r"(?:is|are|be|shall\s+be|word|is\s+hierby)\s+(?:hereby\s+|hierby\s+)?"
_RELATIONS_AFTER = (
    (
        "repeals",
        re.compile(
            rf"^(?:(?!\.\s+[A-Z]|;).){{0,200}}?{_HEREBY}repealed\b|^(?:(?!\.\s+[A-Z]|;).){{0,200}}?{_HEREBY}herroep\b",
            re.I | re.S,
        ),
    ),
    (
        "amends",
        re.compile(rf"^(?:(?!\.\s+[A-Z]|;).){{0,140}}?{_HEREBY}(?:further\s+)?(?:amended|gewysig)\b", re.I | re.S),
    ),
    (
        "replaces",
        re.compile(
            rf"^(?:(?!\.\s+[A-Z]|;).){{0,140}}?{_HEREBY}(?:replaced|superseded|substituted)\s+by\s+this\b", re.I | re.S
        ),
    ),
)
_RELATIONS_BEFORE = (
    ("repeals", r"\b(?:repeals?|to\s+repeal|herroep)\s+(?:of\s+)?(?:the\s+|die\s+|any\s+)?(?:following\s+)?"),
    (
        "replaces",
        r"\b(?:replaces?|supersedes?|takes?\s+the\s+place\s+of|in\s+the\s+place\s+of|vervang)\s+(?:the\s+|die\s+)?",
    ),
    ("amends", r"\b(?:amends?|to\s+amend|wysig)\s+(?:the\s+|die\s+)?"),
    ("amended_by", r"\[\s*amended\s+by\s+(?:the\s+)?"),
    ("repealed_by", r"\[\s*repealed\s+by\s+(?:the\s+)?"),
    (
        "implements",
        r"\b(?:gives?\s+effect\s+to|implements?|the\s+rules\s+(?:stand|are)\s+in|to\s+carry\s+out|gee\s+gevolg\s+aan)\s+(?:the\s+|die\s+)?",
    ),
    (
        "rests_on",
        r"\b(?:in\s+terms\s+of|under\s+the\s+powers|adopted\s+(?:by|under)|approved\s+by|on\s+the\s+(?:instruction|strength)\s+of|"
        r"legal\s+basis:|acting\s+under|read\s+with|ingevolge|kragtens|by\s+virtue\s+of|allowed\s+this\s+by|"
        r"made\s+under|by\s+(?:council\s+)?resolution|^(?:council\s+)?resolution)\s*(?:the\s+|die\s+|of\s+the\s+)?(?:council\s+|(?:council\s+)?resolution\s+|raadsbesluit\s+)?",
    ),
)
_BEFORE = tuple(
    (name, re.compile(rf"(?:{words})(?:(?:section|sections|item|clause|Council)\b[^.;]{{0,60}}?)?$", re.I))
    for name, words in _RELATIONS_BEFORE
)
_PARTLY = re.compile(
    r"\b(?:sections?|subsections?|chapters?|parts?|paragraphs?|schedules?|definitions?|items?)\b", re.I
)
# A column "extent of repeal" that names sections.
_EXTENT = re.compile(r"^[^A-Za-z]{0,12}(?:[Ii]n\s+)?[Ss]ections?\s+\d")
# The notice by which it was made, which dates it: "(P.N. 340/1973)", "published in Provincial Gazette 5988 of 28
# February 2003".
_GAZETTED = re.compile(
    r"^[\s,(|]*(?:as\s+)?(?:P\.?\s?[NK]|published|promulgated|[Pp]rovincial|[Mm]unicipal|[Nn]otice|[Ll]ocal)\b[^;]{0,110}?"
    r"(?:[/-]|\bof\s+|dated\s+|\b[A-Z][a-z]+,?\s+)(?P<year>(?:18|19|20)\d\d)\b",
    re.S,
)
# How far a notice stands before the title that it dates, and what shows that it belongs to another.
_COLUMN = 130
_TO_THE_NEXT = re.compile(r"^\s*\)|\bThe\s+whole\b|\n\n", re.I)
# Headings of a list of what is repealed.
_REPEALED_LIST = re.compile(
    r"\b(?:repealed\s+(?:by-?\s?laws?|laws|legislation)|laws?\s+repealed|repeal\s+of\s+(?:existing\s+)?(?:by-?\s?laws?|laws)|herroepe)",
    re.I,
)
_LIST_OPENS = re.compile(r"\bfollowing\b[^.]{0,80}\b(?:is|are)\s+(?:hereby\s+)?repealed\b[^.:]{0,60}[:—–-]", re.I)
# "Any by-law relating to X ... is repealed": what it repeals is named by its subject.
_ANY = re.compile(
    r"\b(?:any|all)\s+(?:provisions?\s+in\s+any\s+|other\s+|previous\s+)?by-?\s?laws?\b(?P<body>(?:(?!\.\s+\d|\.\s+[A-Z]).){0,330}?)\b(?:is|are|area)\s+hereby\s+repealed",
    re.I | re.S,
)


def references(subject: Subject, kind: str) -> list[Reference]:
    """Every naming of another document; one naming gives one reference."""
    found = list(_stated(subject))
    known = ShortNames(page.text for page in subject.pages)
    repealed = False
    for page in subject.pages:
        named = namings(page, known)
        repealing = _repealing(page, repealed, subject.version.title) if kind in {"by-law", "act"} else []
        repealed = bool(repealing) and repealing[-1][1] == len(page.text)
        for before, item in zip([None, *named], named, strict=False):
            related = _related(subject, page, item, repealing, kind)
            found.append(_dated(related, before, page.text, item))
        if kind == "by-law":
            found += _any_such(subject, page)
    return found + _own_title(subject, kind)


def _stated(subject: Subject) -> Iterator[Reference]:
    """The amending and repealing works that Akoma Ntoso's lifecycle names, and the references that it marks."""
    for name in ("amended_by", "repealed_by"):
        for line in filter(None, subject.version.extra.get(name, "").split("\n")):
            day, *rest = line.split("; ", 2)
            uri, title = [*rest, "", ""][:2]
            yield Reference(name, title or uri, "metadata", 0.99, identity=uri, title=title, day=day)


def _dated(reference: Reference, before: Named | None, text: str, item: Named) -> Reference:
    """In a list of what is repealed, the notice in the column before a title dates it."""
    if before is None or reference.relation != "repeals" or reference.year or not reference.title:
        return reference
    between = text[before.end : item.start]
    if before.reference.kind != "notice" or len(between) > _COLUMN or _TO_THE_NEXT.search(between):
        return reference
    return replace(reference, year=before.reference.year)


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).lower()


def _repealing(page: ReadPage, before: bool, title: str) -> list[tuple[int, int]]:
    """Slices of a page that list what is repealed: below such a heading, or after "the following are repealed:".

    `before`: the list of the page before goes on. A heading that is the `title` of the text runs over its pages.
    """
    text, found = page.text, []
    own = _plain(title)
    heading = [b for b in page.blocks if b.kind == "heading" and _plain(text[b.start : b.end]) != own]
    if before:
        stop = heading[0].start if heading and heading[0].start < 200 and not _REPEALED_LIST.search(
            text[heading[0].start : heading[0].end]) else len(text)  # fmt: skip
        found.append((0, stop))
    for opened in [*_LIST_OPENS.finditer(text), *re.finditer(r"^.*$", text, re.M)]:
        words = opened[0]
        if opened.re is _LIST_OPENS or (
            len(words) < 90 and _REPEALED_LIST.search(words) and not re.match(r"^\s*\d+\.?\s", words)
        ):
            later = [
                b.start
                for b in heading
                if b.start > opened.end() + 5 and not _REPEALED_LIST.search(text[b.start : b.end])
            ]
            numbered = re.search(r"\n\s*\d+\.\s+[A-Z][a-z]+[^\n]{0,60}\n", text[opened.end() :])
            stop = min([*later, opened.end() + numbered.start() if numbered else len(text), len(text)])
            found.append((opened.start(), stop))
    return found


def _related(subject: Subject, page: ReadPage, item: Named, repealing: list[tuple[int, int]], kind: str) -> Reference:
    text, evidence = page.text, None
    after = text[item.end : item.end + _REACH]
    floor = max(0, item.start - _REACH)
    begin = max(floor, *(text.rfind(end, floor, item.start) + len(end) - 1 for end in (". ", "\n\n")))
    before = text[begin : item.start]
    relation, confidence, first, last = "refers_to", item.reference.confidence, item.start, item.end
    for name, words in _RELATIONS_AFTER:
        if found := words.search(after):
            relation, last = name, item.end + found.end()
            break
    else:
        for name, words in _BEFORE:
            if found := words.search(before):
                relation, first = name, begin + found.start()
                break
    if relation == "refers_to" and any(start <= item.start < stop for start, stop in repealing):
        relation, confidence = "repeals", min(confidence, 0.85)
    reference = item.reference
    if relation == "repeals":
        relation = "amends" if reference.section or _PARTLY.search(before[-60:]) or _EXTENT.match(after) else relation
        cited = None if reference.year else _GAZETTED.match(after)
        if cited:
            reference = replace(reference, year=cited["year"])
    if relation in {"repeals", "amends"} and kind not in {"by-law", "act", "policy", "notice"}:
        relation = "refers_to"
    if relation == "repeals" and reference.kind == "resolution":
        relation = "refers_to"
    evidence = subject.evidence(page, first, last)
    day = next(
        (
            d.day
            for d in days(text[item.end : last + 60])
            if relation.endswith("_by") or "effect" in text[item.end : last + 60]
        ),
        "",
    )
    return replace(reference, relation=relation, confidence=confidence, evidence=evidence, day=day)


def _any_such(subject: Subject, page: ReadPage) -> Iterator[Reference]:
    for words in _ANY.finditer(page.text):
        body = " ".join(words["body"].split())
        about = re.search(r"relat\w*\s*to\s*(?P<about>[^,;]{4,90}?)(?:\s+in\s+so\s+far|\s+in\s+[A-Z]|,|$)", body)
        number = re.search(r"\((\d{1,3}/\d{4})\)", body)
        own = re.search(r"relat\w*\s+to\s+(?:any\s+aspect|matters?)|as\s+they\s+relate", body)
        if not (about or number or own):
            continue
        title = about["about"] if about and not own else ""
        if about and own:
            title = about["about"] if not re.match(r"(?:any\s+aspect|matters?)", about["about"]) else ""
        evidence = subject.evidence(page, words.start(), words.end())
        yield Reference(
            "repeals", " ".join(words[0].split())[:300], "text", 0.6, evidence, kind="by-law", title=title or "*",
            number=number[1] if number else "",
        )  # fmt: skip


def _own_title(subject: Subject, kind: str) -> list[Reference]:
    """ "Street Trading Amendment By-law, 2018" amends the Street Trading By-law."""
    found = re.search(
        r"^(?P<base>.*?)[,:]?\s+(?:(?:First|Second|Third|Fourth|Further)\s+)?Amendment\s+(?P<word>By-?\s?law|Policy)",
        subject.version.title,
        re.I,
    )
    if kind not in {"by-law", "policy"} or found is None or re.match(r"draft\b", subject.version.title, re.I):
        return []
    title = f"{found['base']} {found['word']}"
    return [Reference("amends", subject.version.title, "title", 0.85, subject.title_place(), kind=kind, title=title)]
