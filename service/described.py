"""OpenAPI: what every route shares is put in once, from its policy: who may call it, and how it refuses."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from service.caller import COOKIE
from service.policies import POLICIES, Policy
from service.problems import Problem, responses

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "with X-CSRF-Token from /api/me"},
    "token": {"type": "http", "scheme": "bearer", "description": "a service token or a widget's token"},
}


def describe(app: FastAPI) -> None:
    """Complete the description that FastAPI makes."""
    made = app.openapi

    def described() -> dict[str, Any]:
        schema = made()
        shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(shape.pop("$defs", {}))
        schemas["Problem"] = shape
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schema["components"]["securitySchemes"] = _SCHEMES
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                _complete(operation, method.upper(), POLICIES[method.upper(), path])
        return schema

    app.openapi = described  # type: ignore[method-assign]


def _complete(operation: dict[str, Any], method: str, policy: Policy) -> None:
    """The refusals that a policy makes, and what a caller must show."""
    # 421: the service is not known under the name that was asked for.
    statuses = [421]
    if not policy.anyone:
        statuses += [401, 403, 503]
        bearer = policy.ability is not None or policy.widget
        operation["security"] = [{"session": []}, *([{"token": []}] if bearer else [])]
    elif method in _UNSAFE:
        statuses.append(403)
    if policy.asks:
        statuses.append(429)
    if "requestBody" in operation:
        # The body cannot be taken for JSON at all.
        statuses.append(400)
    for status, told in responses(*statuses).items():
        operation["responses"].setdefault(str(status), told)
