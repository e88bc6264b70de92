"""Traces, figures, and logs as one JSON object a line that carry the trace they belong to.

Never put personal data in a span, a log line or a metric: they leave the authority's control.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import metrics, propagate, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from allmanning.runtime.errors import PlatformError
from allmanning.runtime.settings import Settings

tracer = trace.get_tracer("allmanning")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, service, logger, message, trace, and the exception if there is one."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, str] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            entry["trace_id"] = format(context.trace_id, "032x")
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def set_up(service: str, settings: Settings) -> TracerProvider:
    """Send logs to stderr as JSON and, when an endpoint is set, spans and figures to a collector.

    Returns:
        The provider, whose `shutdown` sends the last spans.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    # Its pipelines tell of every component they run.
    logging.getLogger("haystack").setLevel(logging.WARNING)
    # It tells of every request that it makes, and health is asked for all the time.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    resource = Resource.create({"service.name": f"allmanning-{service}"})
    # Without a collector a span has an identity, for logs and for who is called, and nothing more: recording one takes
    # three times as long as that.
    provider = TracerProvider(resource=resource, sampler=None if settings.otlp_endpoint else ALWAYS_OFF)
    if settings.otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        figures = OTLPMetricExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/metrics")
        metrics.set_meter_provider(MeterProvider([PeriodicExportingMetricReader(figures)], resource))
        exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    # Nothing sends baggage.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    return provider


def trace_headers() -> dict[str, str]:
    """Headers that carry the current trace to the receiver (W3C Trace Context)."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


@contextmanager
def span_of(name: str, kind: SpanKind, headers: Mapping[str, str] | None = None) -> Iterator[Span]:
    """A span named after its subject; with `headers`, its parent is the sender's span.

    An exception marks the span with its type only: messages may quote what a person wrote.
    """
    around = trace.get_current_span()
    known = around.get_span_context()
    if headers is None and known.is_valid and not known.trace_flags.sampled:
        # Part of what is not recorded: the identity of what it is part of will do.
        yield around
        return
    context = propagate.extract(dict(headers)) if headers is not None else None
    with tracer.start_as_current_span(
        name, context=context, kind=kind, record_exception=False, set_status_on_exception=False
    ) as span:
        span.set_attributes({"messaging.system": "nats", "messaging.destination.name": name})
        try:
            yield span
        except Exception as error:
            span.set_status(Status(StatusCode.ERROR))
            span.set_attribute("error.type", error.code if isinstance(error, PlatformError) else type(error).__name__)
            raise
