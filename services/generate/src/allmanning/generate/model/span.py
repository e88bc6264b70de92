"""The model call as a part of the question's trace (OpenTelemetry's GenAI conventions, without any text)."""

from __future__ import annotations

from contextlib import AbstractContextManager

from opentelemetry.trace import Span, SpanKind

from allmanning.runtime.telemetry import tracer


def chat_span(provider: str, model: str) -> AbstractContextManager[Span]:
    """A client span around one call; within it, `trace_headers` name it as the parent of what the server does."""
    return tracer.start_as_current_span(
        f"chat {model}",
        kind=SpanKind.CLIENT,
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": provider,
            "gen_ai.request.model": model,
        },
        record_exception=False,
        set_status_on_exception=False,
    )
