"""Which documents are meant: what versions say of other documents, resolved to versions that the memory holds.

Every version that may be meant is kept with a score that depends on the two alone. A reader gets the best one that
he may see: so what is hidden from him changes nothing of what he is shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from memory import schema
from memory.likeness import likeness, title_terms

_LEAST = 0.6
# "Repeal of By-laws Adopted by Former Municipalities": what it names without a year is none of ours.
_FORMER = re.compile(r"\bformer\s+municipalit", re.I)
_ENDING = frozenset({"repeals", "replaces"})


@dataclass(slots=True)
class _Known:
    """A version as others may name it."""

    id: int
    document_id: int
    number: int
    kind: str
    municipality: str
    terms: frozenset[str]
    identity: str
    former: bool
    begins: str
    years: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    adopted_by: set[str] = field(default_factory=set)


def resolve_links(connection: Connection) -> None:
    """Set `link_targets` of all links, and remove namings of oneself."""
    known = {version.id: version for version in _known(connection)}
    index = _Index(known.values())
    links = schema.links
    connection.execute(delete(schema.link_targets))
    rows, own = [], []
    for link in connection.execute(select(links).order_by(links.c.id)):
        source = known.get(link.version_id)
        if source is None:
            continue
        if _names_itself(link, source):
            own.append(link.id)
        else:
            rows += [{"link_id": link.id, "version_id": v, "score": s} for v, s in index.meant(link, source)]
    if own:
        connection.execute(delete(links).where(links.c.id.in_(own)))
    if rows:
        connection.execute(insert(schema.link_targets), rows)


def _known(connection: Connection) -> Iterator[_Known]:
    v, s, f = schema.versions, schema.standings, schema.facts
    facts: dict[int, list[Any]] = defaultdict(list)
    wanted = ("title", "year", "number", "adopted_by", "resolution", "publication", "adoption", "commencement")
    for fact in connection.execute(select(f.c.version_id, f.c.name, f.c.value).where(f.c.name.in_(wanted))):
        facts[fact.version_id].append(fact)
    columns = (v.c.id, v.c.document_id, v.c.number, v.c.title, v.c.identity, v.c.valid_from, s.c.kind, s.c.municipality)
    query = select(*columns).select_from(v.join(s, s.c.version_id == v.c.id)).where(v.c.status != "withdrawn")
    for row in connection.execute(query.order_by(v.c.id)):
        said = facts[row.id]
        title = next((fact.value for fact in said if fact.name == "title"), row.title)
        yield _Known(
            id=row.id,
            document_id=row.document_id,
            number=row.number,
            kind=row.kind or "",
            municipality=row.municipality or "",
            terms=title_terms(title, _words_of(row.municipality or "", title)),
            identity=_work(row.identity or ""),
            former=bool(_FORMER.search(title)),
            begins=row.valid_from or "",
            years=_years(said, row),
            numbers={fact.value for fact in said if fact.name in {"number", "resolution"}},
            adopted_by={fact.value for fact in said if fact.name == "adopted_by"},
        )


def _years(said: Iterable[Any], row: Any) -> set[str]:
    dated = {"year", "publication", "adoption", "commencement"}
    return {fact.value[:4] for fact in said if fact.name in dated and fact.value} | (
        {row.valid_from[:4]} if row.valid_from else set()
    )


def _words_of(municipality: str, title: str) -> set[str]:
    """The words of a title that make up the municipality's name ("capetown": Cape, Town)."""
    words = re.findall(r"\w+", title)
    for size in (1, 2, 3):
        for at in range(len(words) - size + 1):
            if "".join(words[at : at + size]).lower() in {municipality, f"{municipality}municipality"}:
                return set(words[at : at + size])
    return set()


def _work(identity: str) -> str:
    return identity.removeprefix("/akn") if identity.startswith("/") else ""


def _names_itself(link: Any, source: _Known) -> bool:
    """A text that says its own title or number does not refer to another."""
    if link.relation in {"replaces", "amended_by", "repealed_by", "amends"}:
        return False
    if link.identity:
        return _work(link.identity) == source.identity
    if link.number:
        return link.kind == "resolution" and source.kind == "minutes" and link.number in source.numbers
    named = title_terms(link.title, _words_of(source.municipality, link.title))
    fits = likeness(named, source.terms) >= 0.95 and link.kind in {source.kind, ""}
    return bool(named) and fits and (not link.year or not source.years or link.year in source.years)


class _Index:
    """The versions of a memory by what names them."""

    def __init__(self, known: Iterable[_Known]) -> None:
        self.by_identity: dict[str, list[_Known]] = defaultdict(list)
        self.by_number: dict[str, list[_Known]] = defaultdict(list)
        self.by_term: dict[str, list[_Known]] = defaultdict(list)
        for version in known:
            if version.identity:
                self.by_identity[version.identity].append(version)
            for number in version.numbers | version.adopted_by:
                self.by_number[number].append(version)
            for term in version.terms:
                self.by_term[term].append(version)

    def meant(self, link: Any, source: _Known) -> list[tuple[int, float]]:
        """Versions that a link may mean, with their scores."""
        found: dict[int, float] = {}
        for version, score in self._candidates(link, source):
            if version.document_id == source.document_id and not (link.number and version.id != source.id):
                continue
            if link.relation in _ENDING and version.begins and source.begins and version.begins > source.begins:
                continue
            near = 0.02 if not version.begins or not source.begins or version.begins <= source.begins else 0.0
            score = round(score + near + min(version.number, 50) * 1e-4, 4)
            found[version.id] = max(score, found.get(version.id, 0.0))
        return sorted(((v, s) for v, s in found.items() if s >= _LEAST), key=lambda pair: (-pair[1], pair[0]))

    def _candidates(self, link: Any, source: _Known) -> Iterator[tuple[_Known, float]]:
        for version in self.by_identity.get(_work(link.identity), ()):
            yield version, 1.2
        if link.number:
            yield from self._numbered(link, source)
        if link.title and not (link.identity and link.kind == "act" and link.number):
            yield from self._titled(link, source)

    def _numbered(self, link: Any, source: _Known) -> Iterator[tuple[_Known, float]]:
        """A resolution is meant where it was taken; a policy "adopted by" it is that policy."""
        for version in self.by_number.get(link.number, ()):
            if link.kind == "resolution":
                meant = link.number in version.numbers and version.kind not in {"circular", "notice", "sop"}
            else:
                meant = link.kind in {version.kind, ""} and not _elsewhere(version, source)
            if meant:
                yield version, 1.1
        if link.kind == "sop":
            for number, versions in self.by_number.items():
                if number.endswith(link.number):
                    yield from ((version, 1.0) for version in versions if version.kind == "sop")

    def _titled(self, link: Any, source: _Known) -> Iterator[tuple[_Known, float]]:
        if link.relation == "repeals" and source.former and not link.year:
            return
        named = source.terms if link.title == "*" else self._terms(link, source)
        near = {version.id: version for term in named for version in self.by_term.get(term, ())}
        for version in near.values():
            if link.kind and version.kind and link.kind != version.kind:
                continue
            if _elsewhere(version, source) and link.kind != "act":
                continue
            if link.relation in _ENDING and not (_same_place(version, source) or _of_that_year(version, link)):
                continue
            if link.year and version.years and link.year not in version.years:
                continue
            alike = likeness(named, version.terms)
            if alike:
                yield version, alike - (0.1 if link.year and not version.years else 0.0)

    def _terms(self, link: Any, source: _Known) -> frozenset[str]:
        """The telling words of a link's title; "ofliquor" counts as "liquor" where that is a word of some title."""
        terms = title_terms(link.title, _words_of(source.municipality, link.title))
        return frozenset(self._unglued(term) for term in terms)

    def _unglued(self, term: str) -> str:
        for joined in ("of", "on", "the", "for", "to"):
            if term.startswith(joined) and term.removeprefix(joined) in self.by_term:
                return term.removeprefix(joined)
        return term


def _same_place(version: _Known, source: _Known) -> bool:
    """Whether both are surely of one municipality, or of both nothing is known."""
    if version.identity and source.identity:
        return not _elsewhere(version, source)
    return version.municipality == source.municipality


def _of_that_year(version: _Known, link: Any) -> bool:
    """Whether a version names no municipality, and is of the very year in which the repealed text was made."""
    return not version.municipality and bool(link.year) and link.year in version.years


def _elsewhere(version: _Known, source: _Known) -> bool:
    """Whether two versions are of two municipalities: by the country and place of their works, else by name."""
    if version.identity and source.identity:
        return version.identity.split("/")[1] != source.identity.split("/")[1]
    return bool(version.municipality and source.municipality and version.municipality != source.municipality)
