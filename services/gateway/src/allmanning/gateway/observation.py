"""Each request is seen once: as the root span of its trace, as a figure and as a log line.

None of them holds a path, a query or a body: those may quote a person. The route's template says enough.
"""

from __future__ import annotations

import logging
import time

from fastapi import Request
from opentelemetry import propagate
from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allmanning.gateway.metrics import Metrics
from allmanning.gateway.problems import INTERNAL, response_to
from allmanning.runtime.telemetry import trace_headers, tracer

log = logging.getLogger(__name__)

_QUIET = frozenset({"/health", "/metrics"})


class Observation:
    """Span, figures and log line of each request; what nobody caught becomes a 500 without details."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update(trace_headers())
            await send(message)

        parent = propagate.extract(Headers(scope=scope))
        with tracer.start_as_current_span(
            scope["method"], context=parent, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                await self._app(scope, receive, noting)
            except ClientDisconnect:
                status = status or 499
            except Exception:
                log.exception("a request failed")
                if status:
                    # Half a response has left; only a broken connection tells the client so.
                    raise
                await response_to(Request(scope), INTERNAL)(scope, receive, noting)
            finally:
                route = _route(scope)
                seconds = time.perf_counter() - started
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes(
                    {"http.request.method": scope["method"], "http.route": route, "http.response.status_code": status}
                )
                if status >= 500:
                    span.set_status(Status(StatusCode.ERROR))
                self._metrics.request_done(scope["method"], route, status, seconds)
                level = logging.DEBUG if route in _QUIET else logging.INFO
                log.log(level, "%s %s %d %.0f ms", scope["method"], route, status, seconds * 1000)


def _route(scope: Scope) -> str:
    # A mounted application, such as the static files, leaves its own root instead of a route.
    return getattr(scope.get("route"), "path", "") or scope.get("root_path", "") or "unmatched"
