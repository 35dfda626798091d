"""`python -m eval.fuzz --data DIR [--cases 20000]`: Schemathesis over every route, as every kind of caller.

Requests are made from the OpenAPI description, half of them valid, half not. No answer may be a 500, none may have a
status, a media type, a header or a body that the description does not declare.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from eval.guarded import Guarded, Headers, guarded
from memory.embed import load
from memory.people import Role
from memory.settings import Settings

# What exists: random ids alone would seldom get past "there is none".
_KNOWN: dict[str, list[Any]] = {
    "document_id": [1, 2, 3],
    "number": [1],
    "page": [1, 2],
    "name": ["fuzzed"],
    "feedback_id": [1],
}
_FRESH_EVERY = 25
# Seconds; a machine that is busy is no failure.
_TIMEOUT = 300
_TOLD = 3


@dataclass(slots=True)
class Report:
    """What came of it. `failures`: by operation, the first few in words."""

    cases: int = 0
    operations: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    callers: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[str]] = field(default_factory=dict)
    failed: int = 0
    seconds: float = 0.0


def callers(service: Guarded) -> Iterator[tuple[str, Headers]]:
    """One caller after another, of every kind; sessions are made anew, because a case may end one."""
    made: dict[str, Headers] = {}
    for number in itertools.count():
        if number % _FRESH_EVERY == 0:
            made = {role: service.session(role) for role in Role} | {"nobody": {}, "widget": service.widget("reader")}
            made["token"] = service.token("ask", "widget", "upload", "metrics")[1]
        # The administrator is let through everywhere but the audit: he comes as often as all others.
        kinds = [kind for kind in made if kind != Role.ADMINISTRATOR]
        kind = Role.ADMINISTRATOR if number % 2 else kinds[number // 2 % len(kinds)]
        yield kind, made[kind]


def fuzz(service: Guarded, cases: int, say: Callable[[str], None] = lambda _: None) -> Report:
    """Send `cases` requests at least, evenly over the operations."""
    import schemathesis

    service.add("fuzzed")
    schema = schemathesis.openapi.from_dict(httpx.get(f"{service.url}/api/openapi.json", timeout=_TIMEOUT).json())
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    report, started, asking = Report(operations=len(operations)), time.monotonic(), callers(service)
    each = -(-cases // len(operations))
    for operation in operations:
        while _sent(report, operation) < each:
            _fuzz_one(service, operation, each - _sent(report, operation), asking, report)
        say(f"{report.cases} cases, {report.failed} failures: {operation.label}")
    report.seconds = round(time.monotonic() - started, 1)
    return report


def _sent(report: Report, operation: Any) -> int:
    return sum(count for name, count in report.statuses.items() if name.startswith(f"{operation.label} "))


def _fuzz_one(
    service: Guarded, operation: Any, count: int, asking: Iterator[tuple[str, Headers]], report: Report
) -> None:
    """`count` cases of one operation at most: Hypothesis ends sooner where there are few different ones."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.reporting import with_reporter
    from schemathesis import GenerationMode

    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    strategies = [operation.as_strategy(generation_mode=mode) for mode in modes]
    before = report.cases
    for strategy in strategies:

        @settings(
            max_examples=max(1, count // 2),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def send(case: Any) -> None:
            _send(service, case, asking, report)

        try:
            # What it says of itself would stand in the report.
            with with_reporter(lambda _: None):
                send()
        except Exception as error:
            if type(error).__name__ not in {"Unsatisfiable", "SkipTest"}:
                raise
    if report.cases == before:
        raise RuntimeError(f"{operation.label}: no case can be made")


def _send(service: Guarded, case: Any, asking: Iterator[tuple[str, Headers]], report: Report) -> None:
    from schemathesis import checks
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi import checks as openapi

    kind, headers = next(asking)
    for name in case.path_parameters or {}:
        if report.cases % 2 and name in _KNOWN:
            case.path_parameters[name] = _KNOWN[name][report.cases // 2 % len(_KNOWN[name])]
    given = {k: v for k, v in (case.headers or {}).items() if k.lower() not in {"authorization", "cookie"}}
    case.headers, case.cookies = type(case.headers)(given), {}
    response = case.call(base_url=service.url, headers=headers, allow_redirects=False, timeout=_TIMEOUT)
    report.cases += 1
    report.callers[kind] += 1
    report.statuses[f"{case.operation.label} {response.status_code}"] += 1
    try:
        case.validate_response(
            response,
            checks=[
                checks.not_a_server_error,
                openapi.status_code_conformance,
                openapi.content_type_conformance,
                openapi.response_headers_conformance,
                openapi.response_schema_conformance,
            ],
        )
    except FailureGroup as group:
        report.failed += 1
        told = report.failures.setdefault(case.operation.label, [])
        if len(told) < _TOLD:
            told.append(f"as {kind}: {'; '.join(str(e) for e in group.exceptions)}"[:1500])


def main() -> int:
    """Print the report as JSON; 1 when anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a memory; a copy of it is served")
    parser.add_argument("--cases", type=int, default=20_000)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    settings = Settings()
    with guarded(chosen.data, load(settings.model, settings.model_cache)) as service:
        found = fuzz(service, chosen.cases, lambda line: print(line, file=sys.stderr))
    by_status: Counter[str] = Counter()
    for name, count in found.statuses.items():
        by_status[name.rpartition(" ")[2]] += count
    facts = {name: getattr(found, name) for name in Report.__slots__}
    print(json.dumps(facts | {"statuses": dict(sorted(by_status.items()))}, indent=1))
    return 1 if found.failed else 0


if __name__ == "__main__":
    sys.exit(main())
