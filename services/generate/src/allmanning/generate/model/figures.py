"""How the model servers do, as metrics: by model and replica number, never by who asks or what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opentelemetry import metrics

from allmanning.generate.model.pool.attempts import Attempt

_meter: Final = metrics.get_meter("allmanning")
_attempts: Final = _meter.create_counter(
    "allmanning.model.attempts", unit="{request}", description="Requests to model servers, by how they ended"
)
_first_words: Final = _meter.create_histogram(
    "allmanning.model.first_words", unit="s", description="Time from a request to a model server to its first words"
)
_fallbacks: Final = _meter.create_counter(
    "allmanning.model.fallbacks", unit="{answer}", description="Answers that a model left to the next, by why"
)


def asked(model: str, attempts: Sequence[Attempt]) -> None:
    for each in attempts:
        _attempts.add(1, {"model": model, "replica": each.replica, "left": each.left or "answered"})


def began(model: str, replica: int, seconds: float) -> None:
    _first_words.record(seconds, {"model": model, "replica": replica})


def fell_back(model: str, why: str) -> None:
    _fallbacks.add(1, {"model": model, "left": why})
