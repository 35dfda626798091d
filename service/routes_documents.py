"""Documents, versions, pages, their pictures and originals. What is not in the asker's scope is not there."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, Response
from sqlalchemy import Connection

from memory import catalogue
from memory.access import Scope, Selection
from memory.dossier import Dossier, dossier
from memory.effects import as_ended, effects
from memory.errors import MemoryUnusable, NotFound
from memory.records import Document, Line, Page, Passage, Version
from service.contradictions import all_contradictions
from service.door import Asker, CallerOf, Door
from service.problems import responses
from service.release import release_document
from service.shapes import (
    LARGEST_ID,
    Box,
    ContradictionShape,
    DocumentList,
    DocumentShape,
    DocumentWithVersions,
    DossierShape,
    PageMark,
    PageShape,
    Slice,
    VersionWithDossier,
    VersionWithPages,
    section,
)

router = APIRouter(prefix="/api/documents", tags=["documents"])
contradictory = APIRouter(tags=["documents"])

DocumentId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="the document's id")]
VersionNumber = Annotated[int, Path(ge=1, le=LARGEST_ID, description="counts from 1")]
PageNumber = Annotated[int, Path(ge=1, le=LARGEST_ID, description="counts from 1")]
PassageId = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="mark this passage")]
Start = Annotated[int | None, Query(ge=0, le=LARGEST_ID, description="mark the page's text from here")]
End = Annotated[int | None, Query(ge=0, le=LARGEST_ID, description="to here")]


@router.get("", responses=responses(422, 503))
def list_documents(
    door: Door,
    scope: Asker,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> DocumentList:
    """Documents that you may see, by title."""
    with door.memory.store.reading() as connection:
        found = catalogue.list_documents(connection, scope, limit=limit, offset=offset)
        total = catalogue.counts(connection, scope)["documents"]
    shown = [DocumentShape.model_validate(document) for document in found]
    return DocumentList(total=total, limit=limit, offset=offset, documents=shown)


@contradictory.get("/api/contradictions", responses=responses(422, 503))
def list_contradictions(
    door: Door,
    scope: Asker,
    as_of: Annotated[date | None, Query(description="the day whose rules count")] = None,
    collection: Annotated[str | None, Query(description="among this collection alone")] = None,
) -> list[ContradictionShape]:
    """Texts in force that give one thing different values, surest first."""
    with door.memory.store.reading() as connection:
        found = all_contradictions(connection, Selection.on(scope, as_of, collection))
    return [ContradictionShape.model_validate(one) for one in found]


@router.get("/{document_id}", responses=responses(404, 422, 503))
def get_document(document_id: DocumentId, door: Door, scope: Asker) -> DocumentWithVersions:
    """A document and its versions, oldest first, with what is extracted of each: kind, dates, links both ways."""
    with door.memory.store.reading() as connection:
        document = catalogue.get_document(connection, document_id, scope)
        if document is None:
            raise NotFound(f"document {document_id}: there is none for you")
        versions = catalogue.list_versions(connection, document_id)
        known = [dossier(connection, version, scope) for version in versions]
        ended = effects(connection, scope)
    shown = [
        VersionWithDossier(**asdict(as_ended(version, ended.get(version.id))), dossier=_dossier_shape(found))
        for version, found in zip(versions, known, strict=True)
    ]
    return DocumentWithVersions(**asdict(document), versions=shown)


@router.get("/{document_id}/versions/{number}", responses=responses(404, 422, 503))
def get_version(document_id: DocumentId, number: VersionNumber, door: Door, scope: Asker) -> VersionWithPages:
    """One file of a document, with its pages."""
    with door.memory.store.reading() as connection:
        _, version = _version(connection, document_id, number, scope)
        pages = catalogue.page_marks(connection, version.id)
    return VersionWithPages(**asdict(version), pages=[_page_mark(page) for page in pages])


# Stands before the page's own route, which would take "3.png" for a number.
@router.get(
    "/{document_id}/versions/{number}/pages/{page}.png",
    response_class=Response,
    responses=responses(404, 422, 500, 503)
    | {200: {"content": {"image/png": {}}, "description": "the page's picture"}},
)
def get_picture(
    document_id: DocumentId,
    number: VersionNumber,
    page: PageNumber,
    request: Request,
    door: Door,
    caller: CallerOf,
    passage: PassageId = None,
    start: Start = None,
    end: End = None,
    scale: Annotated[float, Query(ge=0.2, le=4, description="pixels a point")] = 1.5,
) -> Response:
    """A page as a picture, with the printed lines of what is asked for marked."""
    with door.memory.store.reading() as connection:
        document, version = _version(connection, document_id, number, caller.scope)
        found = _page(connection, version, page)
        asked = _passage(connection, version, passage, caller.scope)
    if not found.picture:
        raise NotFound(f"{version.file_name}: this format has no pictures of its pages; read the page's text instead")
    boxes = [(line.x0, line.y0, line.x1, line.y1) for line in _lines(found, _slices(found, asked, start, end))]
    original = door.memory.store.original(version.sha256)
    with door.pictures.entered():
        png = door.pool.picture(original, page, scale, boxes, name=version.file_name)
    release_document(request, door, caller, "picture", document, version=number, page=page)
    return Response(png, media_type="image/png")


@router.get("/{document_id}/versions/{number}/pages/{page}", responses=responses(404, 422, 503))
def get_page(
    document_id: DocumentId,
    number: VersionNumber,
    page: PageNumber,
    request: Request,
    door: Door,
    caller: CallerOf,
    passage: PassageId = None,
    start: Start = None,
    end: End = None,
) -> PageShape:
    """A page's text; with `passage`, or `start` and `end`, what of it is asked for."""
    with door.memory.store.reading() as connection:
        document, version = _version(connection, document_id, number, caller.scope)
        found = _page(connection, version, page)
        asked = _passage(connection, version, passage, caller.scope)
        pages = catalogue.count_pages(connection, version.id)
    release_document(request, door, caller, "page", document, version=number, page=page)
    slices = _slices(found, asked, start, end)
    return _page_shape(document, version, found, asked, slices, pages)


@router.get(
    "/{document_id}/versions/{number}/original",
    response_class=FileResponse,
    responses=responses(404, 422, 503)
    | {200: {"content": {"application/octet-stream": {}}, "description": "the file as it came"}},
)
def get_original(
    document_id: DocumentId, number: VersionNumber, request: Request, door: Door, caller: CallerOf
) -> FileResponse:
    """The file as it came, to be kept, never shown by the browser itself."""
    with door.memory.store.reading() as connection:
        document, version = _version(connection, document_id, number, caller.scope)
    original = door.memory.store.original(version.sha256)
    if not original.is_file():
        raise MemoryUnusable(f"{version.file_name}: the original is missing from the memory's folder; restore a backup")
    release_document(request, door, caller, "original", document, version=number)
    return FileResponse(original, media_type="application/octet-stream", filename=version.file_name)


def _dossier_shape(found: Dossier) -> DossierShape:
    return DossierShape.model_validate(found)


def _version(connection: Connection, document_id: int, number: int, scope: Scope) -> tuple[Document, Version]:
    found = catalogue.get_version(connection, document_id, number, scope)
    if found is None:
        raise NotFound(f"document {document_id}, version {number}: there is none for you")
    return found


def _page(connection: Connection, version: Version, number: int) -> Page:
    page = catalogue.get_page(connection, version.id, number)
    if page is None:
        raise NotFound(f"{version.file_name}: has no page {number}")
    return page


def _passage(connection: Connection, version: Version, passage_id: int | None, scope: Scope) -> Passage | None:
    """The passage asked for; one of another version is as good as none."""
    if passage_id is None:
        return None
    found = catalogue.get_passage(connection, passage_id, scope)
    if found is None or found[1].id != version.id:
        raise NotFound(f"passage {passage_id}: there is none in this version for you")
    return found[0]


def _slices(page: Page, passage: Passage | None, start: int | None, end: int | None) -> list[Slice]:
    """What to mark on a page: from `start` to `end` where given, else the passage's part of it."""
    if start is not None and end is not None:
        return [Slice(start=start, end=min(end, len(page.text)))] if start < min(end, len(page.text)) else []
    spans = passage.spans if passage else ()
    return [Slice(start=span.start, end=span.end) for span in spans if span.page == page.number]


def _lines(page: Page, slices: list[Slice]) -> list[Line]:
    """The printed lines that the slices touch."""
    return [line for line in page.lines if any(line.start < s.end and s.start < line.end for s in slices)]


def _page_mark(page: Page) -> PageMark:
    return PageMark(
        number=page.number,
        label=page.label or None,
        anchor=page.anchor,
        picture=page.picture,
        ocr=page.ocr,
        confidence=page.confidence,
    )


def _page_shape(
    document: Document, version: Version, page: Page, passage: Passage | None, slices: list[Slice], pages: int
) -> PageShape:
    return PageShape(
        document_id=document.id,
        title=version.title or document.title,
        version=version.number,
        file_name=version.file_name,
        status=version.status,
        in_force_from=version.in_force_from,
        in_force_to=version.in_force_to,
        custodian=document.custodian,
        number=page.number,
        pages=pages,
        label=page.label or None,
        anchor=page.anchor,
        text=page.text,
        width=page.width,
        height=page.height,
        picture=page.picture,
        needs_ocr=page.needs_ocr,
        ocr=page.ocr,
        confidence=page.confidence,
        section=section(passage) if passage else None,
        slices=slices,
        highlights=[Box(x0=line.x0, y0=line.y0, x1=line.x1, y1=line.y1) for line in _lines(page, slices)],
    )
