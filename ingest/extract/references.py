"""Words that name another document, and what is done to it: amends, repeals, replaces, implements, rests on.

What the words say (kind, number, title, year, section) is kept as it is; which document is meant, if the memory
holds it, is found in `memory/links.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.document import ReadPage
from ingest.extract.names import RESOLUTION
from ingest.extract.subject import Subject
from ingest.extract.written import days
from memory.law import Reference

_YEAR = r"(?:19|20)\d\d"
# What names the kind of a document; its title is read backwards from there.
_ACT = re.compile(
    rf"\b(?P<word>Act|Ordinance|Wet)\b,?\s*(?:"
    rf"(?P<y1>{_YEAR})?,?\s*\(\s*(?:Act|Wet|Ordinance)?,?\s*(?:No\.?\s*)?(?P<n1>\d{{1,3}})\s+(?:of|van)\s+(?P<yy1>{_YEAR})\s*\)"
    rf"|(?:No\.?\s*)?(?P<n2>\d{{1,3}})\s+(?:of|van)\s+(?P<y2>{_YEAR})"
    rf"|(?P<y3>{_YEAR})(?!\d))"
)
_BY_LAW = re.compile(
    r"\b(?P<word>[Bb]y-?\s?[Ll]aws?(?!\s+(?:of|to|and)\s+(?:the\s+)?(?:Council|Municipality)\b)|[Pp]olic(?:y|ies)|Verordeninge?|Beleid)\b"
    r"(?P<about>\s?(?:[Rr]elating\s*[Tt]o|[Oo]n|[Rr]egarding|[Ff]or)\s*(?:the\s+)?(?=\S))?"
)
_TAIL = re.compile(
    rf"(?:,?\s*(?:of\s+|van\s+)?(?P<year>{_YEAR})(?!\d))?(?:\s*\((?P<number>{RESOLUTION}|\d{{1,3}}/{_YEAR})\))?"
)
_SECTION = re.compile(
    r"(?:(?:sub-?)?sections?|items?|clauses?|paragraphs?|artikels?|klousules?|chapters?|annexures?|schedules?)\s+"
    r"(?P<where>\d+[A-Z]?(?:\.\d+)*(?:\s?\(\w{1,4}\))*)[^.;]{0,40}?\s(?:of|to|van|in)\s+(?:the\s+|die\s+)?$",
    re.I,
)
_TOKEN = re.compile(r"\S+")
_CAPITAL = re.compile(r"[(“\"'‘]?(?:[A-Z]|[a-z][A-Z]|(?:the|of|in|and|die)[A-Z])")
_JOINS = frozenset("and or of for the to in on van en die vir by at from their over with using between &".split())
_LONGEST_TITLE = 220
# "By-law and Policy": two documents.
_ENDS_A_TITLE = frozenset(
    "is are was were as which that promulgated published adopted made may must shall soos".split()
)
_KIND_WORD = re.compile(r"(?:By-?[Ll]aws?|Policy|Policies|Act)\b[,.]?$")
# "theMunicipal Systems Act": blanks that a PDF lost.
_GLUED = re.compile(r"^(?:the|of|in|and|die)(?=[A-Z])")
_ADOPTED = re.compile(
    rf"(?P<word>policy|by-law|beleid|procedure|tariffs|delegations)\s+(?:which\s+was\s+|that\s+was\s+)?(?:adopted|approved|aangeneem|made)\s+"
    rf"(?:by|under|in|deur)\s+(?:(?:Council\s+)?resolution\s+)?(?P<number>{RESOLUTION})",
    re.I,
)
_RESOLUTION = re.compile(rf"(?<![\w/])(?P<number>{RESOLUTION}|(?<=resolution )\d{{1,4}}/{_YEAR})(?![\w/])")
_NUMBERED = re.compile(
    r"\b(?P<word>(?:[Hh][Rr]\s+)?[Cc]ircular|[Oo]msendbrief|(?:Municipal|Government|General|Provincial|Local\s+Authority|Administrator’s|Administrator's)\s+Notice|"
    r"Provincial\s+Notice|Proclamation|Kennisgewing)\s+(?:[Nn]o\.?\s*)?(?P<number>\d{1,5})(?:\s+(?:of|van)\s+|/)(?P<year>(?:19|20)\d\d)"
    r"|\bP\.?\s?[NK]\.?\s?(?P<pn>\d{1,5}/(?:18|19|20)\d\d)"
    r"|\b(?P<sop>SOP\s+[A-Z]{2,4}\s\d{1,3}|(?<=of\s)[A-Z]{2,3}\s\d{2}(?=\sof\s20\d\d))(?:\s+of\s+(?P<sopyear>(?:19|20)\d\d))?"
)

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
    r"^[\s,(]*(?:as\s+)?(?:P\.?\s?[NK]|published|promulgated|[Pp]rovincial|[Mm]unicipal|[Nn]otice|[Ll]ocal)\b[^;]{0,110}?"
    r"(?:/|\bof\s+|dated\s+|\b[A-Z][a-z]+,?\s+)(?P<year>(?:18|19|20)\d\d)\b",
    re.S,
)
# How far a notice stands before the title that it dates, and what shows that it belongs to another.
_COLUMN = 130
_TO_THE_NEXT = re.compile(r"\bThe\s+whole\b|\n\n", re.I)
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


@dataclass(frozen=True, slots=True)
class _Named:
    """Words that name a document on a page, before it is known what is done to it."""

    start: int
    end: int
    reference: Reference


def references(subject: Subject, kind: str) -> list[Reference]:
    """Every naming of another document; one naming gives one reference."""
    found = list(_stated(subject))
    repealed = False
    for page in subject.pages:
        named = _named(page)
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


def _named(page: ReadPage) -> list[_Named]:
    """What the format marks, then what is written, longest first where they overlap."""
    found = [
        _Named(p.start, p.end, _pointed(page.text[p.start : p.end], p.target))
        for p in page.pointers
        if p.target.startswith("/")
    ]
    written = [*_acts(page.text), *_by_laws(page.text), *_numbered(page.text)]
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


def _merged(marked: _Named, written: _Named) -> _Named:
    """What the format marks keeps its target, and takes the title and section that the words around it give."""
    if not marked.reference.identity or not written.reference.title:
        return marked
    r, w = marked.reference, written.reference
    merged = replace(r, title=r.title or w.title, section=r.section or w.section, words=w.words)
    return _Named(min(marked.start, written.start), max(marked.end, written.end), merged)


def _pointed(words: str, target: str) -> Reference:
    work = re.match(r"(?P<work>/.*?/(?P<year>(?:19|20)\d\d)/(?P<number>[^/#~]+))", target)
    if work is None:
        return Reference("refers_to", words, "metadata", 0.95, identity=target)
    kind = "by-law" if "/by-law/" in target else "act"
    number = work["number"] if work["number"].isdigit() else ""
    return Reference(
        "refers_to", words, "metadata", 0.97, identity=work["work"], kind=kind, number=number, year=work["year"]
    )


def _acts(text: str) -> Iterator[_Named]:
    for words in _ACT.finditer(text):
        number, year = words["n1"] or words["n2"] or "", words["yy1"] or words["y2"] or words["y3"] or ""
        start, title = _title_before(text, words.end("word"))
        if title in {"Act", "Wet", "Ordinance"}:
            if not number:
                continue
            title = ""
        identity = f"/za/act/{year}/{number}" if number and words["word"] != "Ordinance" else ""
        start, section = _section_before(text, start)
        sure = 0.92 if number else 0.8
        yield _at(text, start, words.end(), Reference(
            "refers_to", "", "text", sure, kind="act", number=number, title=title, year=year, section=section,
            identity=identity,
        ))  # fmt: skip


def _by_laws(text: str) -> Iterator[_Named]:
    for words in _BY_LAW.finditer(text):
        about = _title_after(text, words.end()) if words["about"] else words.end("word")
        start, title = _title_before(text, words.end("word"))
        title = " ".join(f"{title} {text[words.end('word') : about]}".split())
        tail = _TAIL.match(text, about)
        year, number = (tail["year"] or "", tail["number"] or "") if tail else ("", "")
        if not number and (not _telling(title) or (words["word"].islower() and title.islower())):
            continue
        kind = "policy" if re.match("polic|beleid", words["word"], re.I) else "by-law"
        start, section = _section_before(text, start)
        yield _at(text, start, tail.end() if tail else about, Reference(
            "refers_to", "", "text", 0.9 if year or number else 0.75, kind=kind, number=re.sub(r"\s", "", number),
            title=title, year=year, section=section,
        ))  # fmt: skip
    for words in _ADOPTED.finditer(text):
        number = re.sub(r"\s", "", words["number"]).upper()
        kind = "policy" if words["word"].lower() in {"policy", "beleid"} else words["word"].lower()
        yield _at(text, words.start(), words.end(), Reference("refers_to", "", "text", 0.92, kind=kind, number=number))


_SAYS_NOTHING = frozenset(
    """
    bylaw bylaws by law laws by-law by-laws policy policies beleid verordening verordeninge or and of
    the any this these such application no following a an other new old existing council council’s
    council's municipality municipality’s municipality's africa’s africa's south draft repealed former
    standard additional previous relevant enacted amended name principles purpose effective
    administration matters repeal objects interpretation title short commencement delegation city’s
    city's authority’s authority's service national policy/by-law by- provincial applicable its their
    """.split()
)


def _telling(title: str) -> bool:
    """Whether a title says more than that it is a by-law or a policy."""
    words = [word.strip(".,;:()“”\"'").lower() for word in title.split()]
    return any(word not in _SAYS_NOTHING and len(word) > 1 for word in words)


def _title_before(text: str, end: int) -> tuple[int, str]:
    """Where the capitalised words that end at `end` begin, joined by words such as "and", and what they say."""
    floor = max(0, end - _LONGEST_TITLE)
    tokens = list(_TOKEN.finditer(text, floor, end))
    start, pending = tokens[-1].start() if tokens else end, False
    following = start
    for token in reversed(tokens[:-1]):
        word = token[0]
        # No title goes on over a paragraph's end.
        if "\n\n" in text[token.end() : following]:
            break
        following = token.start()
        if _KIND_WORD.match(word) or "/" in word:
            break
        if word[-1] in ".;”" or (pending := word.lower() in _JOINS and word[0].islower()):
            if not pending:
                break
            continue
        if (
            not _CAPITAL.match(word)
            or token.start() == floor > 0
            or (word[-1] in ",)" and not _listed(text, token.end()))
        ):
            break
        start = token.start()
    title = " ".join(text[start:end].split())
    trimmed = _trimmed(title)
    return end - len(text[start:end]) + _offset(text[start:end], trimmed), trimmed


def _listed(text: str, at: int) -> bool:
    """Whether a comma or bracket stands inside a title: "Cemeteries, Crematoria and Undertakers By-law"."""
    return bool(re.match(r"\s+(?:and\s+)?[A-Z]", text[at : at + 8]))


def _offset(written: str, trimmed: str) -> int:
    """Where the words of `trimmed` begin in `written`."""
    count = len(trimmed.split())
    tokens = list(_TOKEN.finditer(written))
    return tokens[-count].start() if 0 < count <= len(tokens) else 0


def _title_after(text: str, at: int) -> int:
    """Where the words that say what a by-law is about end: with the capitalised ones, or at the first mark."""
    end = at
    for token in _TOKEN.finditer(text, at, min(len(text), at + _LONGEST_TITLE)):
        word = token[0]
        if word in {"|", "*", "•"} or word[0] in "([":
            break
        if _CAPITAL.match(word) or word.lower() not in _JOINS:
            end = token.start() + len(word.rstrip('.,;:)”’"'))
        if word[-1] in ".;:)”|,":
            break
        if word.lower() in _ENDS_A_TITLE:
            return min(end, token.start() - 1)
    return end


def _section_before(text: str, start: int) -> tuple[int, str]:
    """A section named before a title: where it begins, and its number."""
    found = _SECTION.search(text, max(0, start - 90), start)
    return (found.start(), re.sub(r"\s", "", found["where"])) if found else (start, "")


def _numbered(text: str) -> Iterator[_Named]:
    for words in _RESOLUTION.finditer(text):
        number = re.sub(r"\s", "", words["number"]).upper()
        if re.match(r"(?:PN|PK|GN|LAN|MN|AN|PG|LA)\d", number):
            continue
        yield _at(
            text, words.start(), words.end(), Reference("refers_to", "", "text", 0.95, kind="resolution", number=number)
        )
    for words in _NUMBERED.finditer(text):
        if words["pn"]:
            number, year, kind = words["pn"], words["pn"].rpartition("/")[2], "notice"
        elif words["sop"]:
            number, year, kind = words["sop"].upper().removeprefix("SOP").strip(), words["sopyear"] or "", "sop"
        else:
            number, year = f"{words['number']}/{words['year']}", words["year"]
            kind = "circular" if re.search("circular|omsendbrief", words["word"], re.I) else "notice"
        yield _at(
            text,
            words.start(),
            words.end(),
            Reference("refers_to", "", "text", 0.9, kind=kind, number=number, year=year),
        )


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).lower()


def _at(text: str, start: int, end: int, reference: Reference) -> _Named:
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:"):
        end -= 1
    return _Named(start, end, replace(reference, words=" ".join(text[start:end].split())))


_NOT_OF_A_TITLE = re.compile(
    r"^(?:\W*\b(?:the|this|these|in|any|of|under|see|and|to|a|an|die|hierdie|section|regulations|provisions|that|resolved"
    r"|with|by|for|on|if|when|where|read)\b(?!-))+\s+(?=\S)|^\W+",
    re.I,
)


def _trimmed(title: str) -> str:
    """Without words that the sentence, and not the title, begins with."""
    title = _GLUED.sub("", _NOT_OF_A_TITLE.sub("", title))
    return title.strip(" ,:“”\"'")


def _dated(reference: Reference, before: _Named | None, text: str, item: _Named) -> Reference:
    """In a list of what is repealed, the notice in the column before a title dates it."""
    if before is None or reference.relation != "repeals" or reference.year or not reference.title:
        return reference
    between = text[before.end : item.start]
    if before.reference.kind != "notice" or len(between) > _COLUMN or _TO_THE_NEXT.search(between):
        return reference
    return replace(reference, year=before.reference.year)


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


def _related(subject: Subject, page: ReadPage, item: _Named, repealing: list[tuple[int, int]], kind: str) -> Reference:
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
