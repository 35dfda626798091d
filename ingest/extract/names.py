"""The names that a document goes by: title, own number, year, adopting resolution, municipality, resolutions taken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

from ingest.document import ReadPage
from ingest.extract.subject import Subject
from memory.law import Evidence, Fact

_PAGES = 12
_HEAD = 2600
_NO_TITLE = re.compile(r"^(?:table of contents|contents|license|thanks for downloading|page|\W*|[ivxlc\d\W]+)$", re.I)
_SHORT_TITLE = re.compile(
    r"\b(?:this|these)\s+(?:amended\s+|amendment\s+)?by-?\s?laws?\s+(?:(?:is|are|shall\s+be|may\s+be|will\s+be|must\s+be)\s*)?"
    r"(?:called|cited\s+as|known\s+as|referred\s+to\s+as)\s+(?:the\s+)?(?P<title>[A-Z][^.;]{5,160}?)"
    r"(?=[.;]|,?\s+and\s+(?:shall\s+|will\s+|it\s+)?(?:com|take|is\s|have)|,\s+which|$)",
    re.I | re.M,
)
# The line, or two, above a publisher's stamp.
_ABOVE_STAMP = re.compile(
    r"^(?P<title>[A-Z][^\n]{8,160}(?:\n[A-Z][^\n]{3,80})?)\n"
    r"(?:Published\s+in|Assented\s+to|Commences?\s+on|\[Amended\s+by)\s",
    re.M,
)
# A resolution's number: letters of the body (or none), number, year. "C45/2019", "R2025-063", "45/2019".
RESOLUTION = r"[A-Z]{1,4}\d{1,4}/(?:19|20)\d\d|R(?:19|20)\d\d-\d{1,4}"
_TAKEN = re.compile(rf"^\W*(?P<number>{RESOLUTION})(?=\W|$)", re.M)
_ADOPTED_BY = re.compile(
    rf"(?:adopted|approved|made|council\s+resolution|^resolution|\bresolution|raadsbesluit)\b[^.;\n]{{0,90}}?(?P<number>{RESOLUTION})",
    re.I | re.M,
)
_OWN_NUMBER = re.compile(
    r"\b(?:circular|notice|omsendbrief|kennisgewing)\s+(?:no\.?\s*)?(?P<a>\d{1,4})\s+(?:of|van)\s+(?P<ay>(?:19|20)\d\d)"
    r"|\bsop\s+(?P<b>[A-Z]{2,4}\s\d{1,3})\b|\((?P<c>\d{1,3}/(?:19|20)\d\d)\)",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NAME = r"[a-z]?[A-Z][\w'’-]+"
_MUNICIPALITY = re.compile(
    rf"(?:(?P<a>(?:{_NAME}\s){{1,3}}?)(?:Local|District|Metropolitan)\s+Municipality"
    rf"|(?P<b>(?:{_NAME}\s){{0,2}}{_NAME}?)\s?Municipality\b"
    rf"|Municipality\s+of\s+(?:the\s+)?(?:City\s+of\s+)?(?P<c>{_NAME}(?:\s{_NAME})?)"
    rf"|City\s+of\s+(?P<d>[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)|Plaaslike\s+Munisipaliteit\s+(?P<e>[A-Z]\w+))"
)
_MUNICIPAL_WORD = re.compile(r"Municipality|City\s+of|Munisipaliteit")
_LONGEST_NAME = 60
_NO_NAME = {
    "the",
    "this",
    "local",
    "district",
    "metropolitan",
    "a",
    "of",
    "former",
    "any",
    "each",
    "every",
    "another",
    "that",
    "said",
    "city",
    "our",
    "in",
    "council",
    "by-law",
    "rates",
}


def names(subject: Subject) -> list[Fact]:
    """Facts `title`, `number`, `year`, `adopted_by`, `resolution`, `municipality`."""
    titles = list(_titles(subject))
    found = [*titles, *_numbers(subject), *_resolutions(subject), *_municipality(subject)]
    title = titles[0].value if titles else subject.version.title
    year = _YEAR.findall(title) or re.findall(r"/((?:19|20)\d\d)/", subject.version.identity or "")
    if year:
        found.append(Fact("year", year[0], "title", 0.9))
    return found


def _titles(subject: Subject) -> Iterator[Fact]:
    """The title that was given, unless it is the file's name; then what runs over the pages, or names itself so."""
    if not named_after_file(subject.version.title, subject.version.file_name):
        yield Fact("title", subject.version.title, "metadata", 0.95, subject.title_place())
        return
    if running := _running(subject.pages):
        evidence = _place(subject, running)
        yield Fact("title", running, "text", 0.9, evidence)
    for page in subject.pages:
        if above := _ABOVE_STAMP.search(page.text):
            evidence = subject.evidence(page, above.start("title"), above.end("title"))
            yield Fact("title", " ".join(above["title"].split()), "text", 0.87, evidence)
            break
    for page in reversed(subject.pages):
        for words in _SHORT_TITLE.finditer(page.text):
            evidence = subject.evidence(page, words.start("title"), words.end("title"))
            yield Fact("title", " ".join(words["title"].split()), "text", 0.85, evidence)
            return


def named_after_file(title: str, file_name: str) -> bool:
    """Whether a title is nothing but the file's name made readable."""
    return re.sub(r"[\W_]+", " ", PurePath(file_name).stem).strip() == re.sub(r"[\W_]+", " ", title).strip()


def _running(pages: tuple[ReadPage, ...]) -> str:
    """The line, or two, that stand at the foot or head of more than half of the pages."""
    if len(pages) < 3:
        return ""
    ends = [[line.strip() for line in page.text.splitlines() if line.strip()] for page in pages]
    pairs: Counter[str] = Counter()
    for lines in ends:
        edge = {*lines[:1], *lines[-3:]}
        edge |= {f"{a} {b}" for a, b in zip(lines[-3:], lines[-2:], strict=False)}
        pairs.update(line for line in edge if len(line) > 6 and not _NO_TITLE.match(line) and not _numbered(line))
    often = [(count, len(line), line) for line, count in pairs.items() if count > len(pages) / 2 - 1 and count > 1]
    return max(often)[2] if often else ""


def _numbered(line: str) -> bool:
    return bool(re.search(r"\b\d+\s+of\s+\d+$|^\d+\s*$|\bpage\s+\d+", line, re.I))


def _place(subject: Subject, words: str) -> Evidence | None:
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
    for page in subject.pages:
        if found := pattern.search(page.text):
            return subject.evidence(page, found.start(), found.end())
    return None


def _numbers(subject: Subject) -> Iterator[Fact]:
    head = subject.pages[0].text[:_HEAD] if subject.pages else ""
    for source, text in (("title", subject.version.title), ("text", head[:400])):
        if found := _OWN_NUMBER.search(text):
            number = found["b"] or found["c"] or f"{found['a']}/{found['ay']}"
            where = subject.evidence(subject.pages[0], found.start(), found.end()) if source == "text" else None
            yield Fact("number", number.upper(), source, 0.9, where)
            return


def _resolutions(subject: Subject) -> Iterator[Fact]:
    """The resolution that adopted the text, by its front; and, of minutes, each resolution that they record."""
    if subject.pages and "minutes" not in subject.version.title.lower():
        page = subject.pages[0]
        for page in subject.pages[:2]:
            if found := _ADOPTED_BY.search(page.text[:_HEAD]):
                evidence = subject.evidence(page, found.start(), found.end())
                yield Fact("adopted_by", _compact(found["number"]), "text", 0.9, evidence)
                break
    taken: set[str] = set()
    for page in subject.pages:
        for words in _TAKEN.finditer(page.text):
            number = _compact(words["number"])
            if number not in taken and re.search(
                r"RESOLVED|THAT\b|NOTED|Carried|BESLUIT", page.text[words.end() :][:300]
            ):
                taken.add(number)
                evidence = subject.evidence(page, words.start("number"), words.end("number"))
                yield Fact("resolution", number, "text", 0.9, evidence)


def _compact(number: str) -> str:
    return re.sub(r"\s+", "", number).upper()


def _municipality(subject: Subject) -> Iterator[Fact]:
    """The name that most often stands before "Municipality", or after "City of"."""
    counts: Counter[str] = Counter()
    spelt: dict[str, Fact] = {}
    for page in subject.pages[:_PAGES]:
        for words in _municipal(page.text):
            name = next(filter(None, words.groups()), "").strip()
            parts = [part for part in name.split() if part.lower() not in _NO_NAME]
            key = municipality_key(" ".join(parts))
            if not key:
                continue
            counts[key] += 1
            evidence = subject.evidence(page, words.start(), words.end())
            spelt.setdefault(key, Fact("municipality", key, "text", 0.8, evidence, note=" ".join(parts)))
    if counts:
        yield spelt[counts.most_common(1)[0][0]]


def _municipal(text: str) -> Iterator[re.Match[str]]:
    """Namings of a municipality, found from the one word that they all have."""
    at = 0
    for word in _MUNICIPAL_WORD.finditer(text):
        words = _MUNICIPALITY.search(
            text, max(at, word.start() - _LONGEST_NAME), min(len(text), word.end() + _LONGEST_NAME)
        )
        if words and words.start() <= word.start():
            at = words.end()
            yield words


def municipality_key(name: str) -> str:
    """A name without case and blanks: "capetown", "ethekwini"."""
    return re.sub(r"[^a-z]", "", name.lower())
