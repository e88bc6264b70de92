"""Figures for Prometheus: counts and times only, with labels from closed sets, so no personal data can enter."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

SECONDS: Final = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """One registry for one application."""

    content_type: Final = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "allmanning_http_requests",
            "HTTP requests by route and status",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._latency = Histogram(
            "allmanning_http_request_seconds",
            "Time until the response was complete",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._answers = Counter("allmanning_answers", "Answers by outcome", ("outcome",), registry=self._registry)
        self._tokens = Counter("allmanning_tokens", "Tokens used by models", ("kind",), registry=self._registry)
        self._first_words = Histogram(
            "allmanning_answer_first_words_seconds",
            "Time from question to first released sentence",
            buckets=SECONDS,
            registry=self._registry,
        )

    def request_done(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one finished HTTP request; `route` is the template, never the path itself."""
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def first_words(self, seconds: float) -> None:
        """The first sentence of an answer left after `seconds`."""
        self._first_words.observe(seconds)

    def answer_done(self, outcome: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Count one finished answer."""
        self._answers.labels(outcome).inc()
        self._tokens.labels("prompt").inc(prompt_tokens)
        self._tokens.labels("completion").inc(completion_tokens)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)
