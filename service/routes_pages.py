"""The staff application's addresses: every one gives the same page, whose scripts show what the address names."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

router = APIRouter(include_in_schema=False)

STATIC = Path(__file__).parent / "static"


@router.get("/", response_class=FileResponse)
@router.get("/search", response_class=FileResponse)
@router.get("/history", response_class=FileResponse)
@router.get("/conversations/{conversation_id:int}", response_class=FileResponse)
@router.get("/documents/{document_id:int}", response_class=FileResponse)
@router.get("/shared/{share}", response_class=FileResponse)
@router.get("/sign-in", response_class=FileResponse)
@router.get("/compare", response_class=FileResponse)
@router.get("/admin", response_class=FileResponse)
def get_application() -> FileResponse:
    """The page on which staff ask, search, compare and read, and on which the service is administered."""
    return FileResponse(STATIC / "index.html", media_type="text/html")
