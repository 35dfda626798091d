"""Administration of what comes in: files and their failures, uploads, the queue, collections and labels."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import asdict
from pathlib import Path as File
from typing import Annotated, BinaryIO

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from ingest.report import BAD
from memory import holdings
from memory.access import PUBLIC
from memory.errors import Misuse
from memory.people import Role
from service.caller import Caller
from service.door import CallerOf, Door, DoorState
from service.jobs import Job
from service.problems import responses
from service.shapes import LARGEST_ID, Shape, Words

router = APIRouter(prefix="/api/admin", tags=["administration"])

# What a folder of the uploads, and a file in it, may be called: nothing that leads out, hides or has two readings.
_PLAIN = re.compile(r"[\w(][\w .,&()+@'-]{0,149}")

CollectionName = Annotated[Words, Query(min_length=1, max_length=150, examples=["policies"])]
LabelName = Annotated[Words, Query(min_length=1, max_length=150, examples=["public"])]


class FileShape(Shape):
    """A file, what became of it and why."""

    path: str
    outcome: str = Field(examples=["new", "damaged"])
    reason: str
    size: int = Field(description="bytes; -1: it is to be read again")
    at: str
    document_id: int | None


class FileList(BaseModel):
    """Files, newest first, and how many came to which outcome."""

    total: int
    outcomes: dict[str, int]
    files: list[FileShape]


class Retry(BaseModel):
    """Which failed files are to be read again; null: all of them."""

    paths: list[Words] | None = Field(None, max_length=1000)


class JobShape(Shape):
    """One piece of work of the queue."""

    id: int
    what: str
    by: str
    at: str
    state: str = Field(examples=["waiting", "running", "done", "failed"])
    stage: str
    done: int
    total: int
    message: str
    outcomes: dict[str, int]
    ended_at: str | None


class JobList(BaseModel):
    """The queue, newest first."""

    jobs: list[JobShape]


class ShelfShape(Shape):
    """How much stands in a collection under one label."""

    collection: str
    label: str
    documents: int
    versions: int


class LabelShape(Shape):
    """An access label, and who holds it; everybody holds `public`."""

    label: str
    documents: int
    users: list[str]


class Collections(BaseModel):
    """Collections and labels."""

    collections: list[ShelfShape]
    labels: list[LabelShape]


class NewLabel(BaseModel):
    """Who may see a document from now on."""

    label: Words = Field(min_length=1, max_length=150, examples=["finance"])


@router.get("/files", responses=responses(422, 503))
def list_files(
    door: Door,
    failed: Annotated[bool, Query(description="those that failed alone")] = False,
    q: Annotated[Words, Query(max_length=200, description="what the path or the reason holds")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> FileList:
    """What was ingested, what failed and why."""
    with door.memory.store.reading() as connection:
        total, found = holdings.list_files(connection, BAD if failed else None, q, limit=limit, offset=offset)
        outcomes = holdings.outcomes(connection)
    return FileList(total=total, outcomes=outcomes, files=[FileShape.model_validate(file) for file in found])


@router.post("/files/retry", status_code=202, responses=responses(413, 422, 503))
def retry(wanted: Retry, door: Door, caller: CallerOf) -> JobList:
    """Read failed files again: what they were ingested with is ingested anew, where it changed."""
    with door.memory.store.noting() as connection:
        paths = holdings.forget_failures(connection, BAD, wanted.paths)
        roots = holdings.list_roots(connection)
        door.trail.note(connection, caller, "files.retry", files=len(paths))
    again = [root for root in roots if File(root.path).exists() and any(_below(path, root.path) for path in paths)]
    if paths and not again:
        raise Misuse("the folders that these files came from are not there; khumbula ingest FOLDER brings them in")
    jobs = [
        door.jobs.ingest(
            File(root.path), collection=root.collection, label=root.label, by=caller.name, what=f"retry {root.path}"
        )
        for root in again
    ]
    return JobList(jobs=[JobShape.model_validate(job) for job in jobs])


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


@router.put(
    "/uploads",
    status_code=202,
    responses=responses(403, 413, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(
    request: Request,
    door: Door,
    caller: CallerOf,
    name: Annotated[Words, Query(min_length=1, max_length=150, description="the file's name")],
    collection: CollectionName,
    label: LabelName = PUBLIC,
) -> JobShape:
    """Take a file in: its bytes are the body. The job tells how its ingest goes; the same name again, a new version."""
    if not caller.scope.sees(label):
        raise HTTPException(403, f"{label}: you may file documents under labels that you hold")
    for part in (name, collection, label):
        if not _PLAIN.fullmatch(part) or part.endswith((".", " ")):
            raise Misuse(f"{part!r}: cannot be a name here; use letters, digits, spaces and . , & ( ) + @ ' - _")
    folder = door.jobs.uploads / collection / label
    with await run_in_threadpool(_part, folder) as part_file:
        try:
            size = 0
            async for block in request.stream():
                size += len(block)
                await run_in_threadpool(part_file.write, block)
            if not size:
                raise Misuse(f"{name}: the file is empty; send its bytes as the request's body")
            return await run_in_threadpool(_take, door, caller, part_file, folder / name, collection, label)
        except BaseException:
            File(part_file.name).unlink(missing_ok=True)
            raise


def _part(folder: File) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False)  # type: ignore[return-value]


def _take(door: DoorState, caller: Caller, part: BinaryIO, target: File, collection: str, label: str) -> JobShape:
    """The whole file is there: put it in place and queue it."""
    size = part.tell()
    part.flush()
    os.fsync(part.fileno())
    os.replace(part.name, target)
    door.trail.noted(caller, "upload", name=target.name, size=size, collection=collection, label=label)
    job = door.jobs.ingest(target, collection=collection, label=label, by=caller.name, what=f"upload {target.name}")
    return JobShape.model_validate(job)


@router.get("/queue", responses=responses(503))
def list_jobs(door: Door, caller: CallerOf) -> JobList:
    """What is being ingested and what was, newest first; who is no administrator sees what he sent."""
    mine = None if Role.ADMINISTRATOR in caller.roles else caller.name
    return JobList(jobs=[_shape(job) for job in door.jobs.listed(mine)])


def _shape(job: Job) -> JobShape:
    return JobShape(**asdict(job))


@router.get("/collections", responses=responses(503))
def list_collections(door: Door) -> Collections:
    """Collections, access labels and who holds them."""
    with door.memory.store.reading() as connection:
        shelves, labels = holdings.shelves(connection), holdings.label_holders(connection)
    return Collections(
        collections=[ShelfShape.model_validate(shelf) for shelf in shelves],
        labels=[LabelShape(label=one.label, documents=one.documents, users=list(one.users)) for one in labels],
    )


@router.post("/documents/{document_id}/label", status_code=202, responses=responses(404, 413, 422, 503))
def set_label(
    document_id: Annotated[int, Path(ge=1, le=LARGEST_ID)], new: NewLabel, door: Door, caller: CallerOf
) -> JobShape:
    """Put a document under another label: nobody else sees it from this moment on; search follows when the job ends."""
    with door.memory.store.transaction() as connection:
        before = holdings.set_label(connection, document_id, new.label)
        door.trail.note(connection, caller, "document.label", document=document_id, before=before, now=new.label)
    return _shape(door.jobs.rewrite(document_id, by=caller.name))
