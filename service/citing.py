"""Citations from slices of pages: whatever the service says is shown with one."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import Connection, select

from memory import catalogue, schema
from memory.access import Scope
from memory.records import Citation, Document, Page, Passage, Span, Version
from memory.standing import Kinds, kinds_of


def citation(
    marker: int,
    document: Document,
    version: Version,
    page: Page,
    span: Span,
    *,
    passage: Passage | None,
    kinds: Kinds,
    score: float = 0.0,
) -> Citation:
    """The slice `span` of `page` as a citation. `passage`: the one that it stands in, None when in none."""
    kind, authority = kinds.get(version.id, (document.kind, None))
    return Citation(
        marker=marker,
        document_id=document.id,
        title=version.title,
        collection=document.collection,
        version=version.number,
        file_name=version.file_name,
        sha256=version.sha256,
        page=span.page,
        page_label=page.label or None,
        section=" › ".join(passage.heading) or None if passage else None,
        quote=page.text[span.start : span.end],
        start=span.start,
        end=span.end,
        ocr=page.ocr,
        in_force_from=version.in_force_from,
        in_force_to=version.in_force_to,
        status=version.status,
        url=page_url(document.id, version.number, span, passage.id if passage else None),
        score=round(score, 4),
        passage_id=passage.id if passage else None,
        custodian=document.custodian,
        kind=kind,
        authority=authority,
    )


def cite_slice(connection: Connection, marker: int, version_id: int, span: Span, scope: Scope) -> Citation | None:
    """A slice of a version that the scope sees, as a citation; None for what it does not see."""
    version = catalogue.get_version_by_id(connection, version_id)
    document = version and catalogue.get_document(connection, version.document_id, scope)
    page = catalogue.get_pages(connection, [(version_id, span.page)]).get((version_id, span.page))
    if not version or not document or not page or span.end > len(page.text):
        return None
    passage = _passage_at(connection, version_id, span)
    kinds = kinds_of(connection, [version_id])
    return citation(marker, document, version, page, span, passage=passage, kinds=kinds)


def _passage_at(connection: Connection, version_id: int, span: Span) -> Passage | None:
    """The passage of a version that holds a slice."""
    p = schema.passages
    begun = (p.c.version_id == version_id, p.c.spans[(0, 0)].as_integer() <= span.page)
    for row in connection.execute(select(p).where(*begun).order_by(p.c.ordinal.desc())):
        passage = catalogue.passage_from(row)
        if any(s.page == span.page and s.start <= span.start and span.end <= s.end for s in passage.spans):
            return passage
        if passage.last_page < span.page:
            return None
    return None


def page_url(document_id: int, version: int, span: Span, passage_id: int | None = None) -> str:
    """Where the page opens with the slice highlighted."""
    place: dict[str, int] = {"document": document_id, "version": version, "page": span.page}
    place |= {"passage": passage_id} if passage_id is not None else {}
    return "/?" + urlencode(place | {"start": span.start, "end": span.end})
