"""Errors as problem details (RFC 9457): every one names the status, the thing and the remedy."""

from __future__ import annotations

from concurrent.futures import CancelledError
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from memory.errors import KhumbulaError, MemoryUnusable, Misuse, NotFound, SignInRefused
from service.gate import GateFull
from service.limits import TooOften

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="the field", examples=["body.as_of"])
    message: str = Field(examples=["Input should be a valid date"])


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "document 7: there is none for you",
                    "instance": "/api/documents/7",
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """A route's declaration of its errors, for OpenAPI."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The response that tells of a problem."""
    told = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, instance=request.url.path, errors=errors
    )
    return JSONResponse(told.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Turn every exception that a route may raise into problem details."""
    app.add_exception_handler(KhumbulaError, _khumbula)
    app.add_exception_handler(GateFull, _full)
    app.add_exception_handler(TooOften, _too_often)
    app.add_exception_handler(CancelledError, _ending)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _khumbula(request: Request, error: Exception) -> Response:
    statuses = ((Misuse, 422), (NotFound, 404), (MemoryUnusable, 503), (SignInRefused, 401))
    status = next((status for kind, status in statuses if isinstance(error, kind)), 500)
    return problem(request, status, str(error))


def _full(request: Request, error: Exception) -> Response:
    assert isinstance(error, GateFull)
    return problem(request, 503, str(error), headers={"Retry-After": str(error.retry_after)})


def _too_often(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooOften)
    return problem(request, 429, str(error), headers={"Retry-After": str(error.retry_after)})


def _ending(request: Request, _error: Exception) -> Response:
    return problem(request, 503, "the service is ending; try again in a minute", headers={"Retry-After": "60"})


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # What was sent is not repeated: it may be long, or not even text.
    errors = [FieldError(where=".".join(map(str, e["loc"])), message=str(e["msg"])) for e in error.errors()]
    detail = "; ".join(f"{e.where}: {e.message}" for e in errors)
    return problem(request, 422, detail, errors=errors)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 401 and "text/html" in request.headers.get("accept", ""):
        # Somebody has opened a page: he signs in and comes back to it.
        wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", 303)
    detail = f"{request.url.path}: no such address" if error.status_code == 404 else str(error.detail)
    return problem(request, error.status_code, detail, headers=dict(error.headers or {}))


def _unexpected(request: Request, _error: Exception) -> Response:
    return problem(request, 500, "the service failed; its log says why")
