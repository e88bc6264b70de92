"""One trace span for each stage of a search."""

from __future__ import annotations

from contextlib import AbstractContextManager

from opentelemetry.trace import Span

from allmanning.runtime.telemetry import tracer


def stage(name: str) -> AbstractContextManager[Span]:
    """A span named after the stage. Exceptions are left out: their messages may quote the question."""
    return tracer.start_as_current_span(f"retrieve.{name}", record_exception=False, set_status_on_exception=False)
