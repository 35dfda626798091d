"""Figures for Prometheus: requests by route, answers, gates. Nothing in them depends on what documents say."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.gate import Gate

MEDIA_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one app, in a registry of its own."""

    def __init__(self, gates: Iterable[Gate]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "khumbula_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "khumbula_request_seconds", "Seconds to answer", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.answers = Counter("khumbula_answers", "Questions asked", ["supported", "state"], registry=self.registry)
        self.sign_ins = Counter("khumbula_sign_ins", "Sign-ins tried", ["outcome"], registry=self.registry)
        self.jobs = Gauge("khumbula_jobs_open", "Jobs that wait or run", registry=self.registry)
        inside = Gauge("khumbula_gate_inside", "Calls under way", ["gate"], registry=self.registry)
        refused = Gauge("khumbula_gate_refused", "Calls refused since the start", ["gate"], registry=self.registry)
        for gate in gates:
            inside.labels(gate.name).set_function(partial(getattr, gate, "inside"))
            refused.labels(gate.name).set_function(partial(getattr, gate, "refused"))

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)


class Measured:
    """Middleware that counts and times each request under its route's template."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; note what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)
