"""What kind of message it is, by its meaning.

Somebody in danger seldom uses the words that a list has: of 40 such messages that nobody had read before, the phrases
of `signals.yaml` know 6. A linear model on the question's vector, which the search needs anyway, knows the others;
`python -m tests.evaluation.generate.kinds` fits it and prints how many.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from allmanning.generate.signals import Doubt, Signals, crisis_of
from allmanning.index.embed.protocol import OpenedEmbedder
from allmanning.runtime.errors import PlatformError

log = logging.getLogger(__name__)


_REFUSED_AT_ONCE: Final = 2


class Kind(StrEnum):
    """What a message may want of an authority."""

    CRISIS = "crisis"
    OWN = "own"
    HUMAN = "human"
    GENERAL = "general"


class Kinds(BaseModel):
    """Softmax over the kinds, of vectors of one model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    """What the name of the embedder's model has in it."""
    middle: Sequence[float]
    weights: Mapping[Kind, Sequence[float]]
    """Of each kind: its bias, and what each number of the vector counts."""
    least: Mapping[Kind, float]
    """How likely a kind must be to be believed."""
    doubtful: Mapping[Kind, float]
    """How likely it must be not to be ruled out."""

    def of(self, vectors: NDArray[np.float32]) -> Sequence[Mapping[Kind, float]]:
        """How likely each kind is, for each row."""
        scores = (vectors - self._centre) @ self._weighed[:, 1:].T + self._weighed[:, 0]
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        return [dict(zip(Kind, map(float, row), strict=True)) for row in likely]

    @cached_property
    def _centre(self) -> NDArray[np.float64]:
        return np.array(self.middle)

    @cached_property
    def _weighed(self) -> NDArray[np.float64]:
        return np.array([self.weights[kind] for kind in Kind])


_DOUBTS: Final[Mapping[Kind, Doubt]] = {Kind.CRISIS: "acute", Kind.OWN: "individual_decision"}
KINDS: Final = files("allmanning.generate").joinpath("kinds.json").read_bytes()
"""The model as it was read, to be pinned by its hash."""


@cache
def kinds() -> Kinds:
    """The model of `kinds.json`."""
    return Kinds.model_validate_json(KINDS)


class Listener:
    """Adds to what a message shows what it means; without an embedder, nothing."""

    def __init__(self, embedder: OpenedEmbedder | None, *, timeout_s: float = 2.0) -> None:
        self._embedder = embedder
        self._timeout_s = timeout_s
        self._refused = asyncio.Semaphore(_REFUSED_AT_ONCE)

    async def overheard(self, signals: Signals) -> Signals:
        """The same for who gets no turn; few at a time, for the search of the others shares the embedder with them."""
        if signals.heard or self._refused.locked():
            return signals
        async with self._refused:
            return await self.heard(signals)

    async def heard(self, signals: Signals) -> Signals:
        """The signals by words or by meaning; by words alone when no embedder that the model knows answers in time."""
        if self._embedder is None or signals.acute or not any(sign.isalnum() for sign in signals.question):
            return signals
        try:
            async with asyncio.timeout(self._timeout_s):
                vectors = await self._embedder.embed_queries([signals.question])
                if not self._embedder.model:
                    await self._embedder.warm_up()
        except (PlatformError, TimeoutError) as error:
            log.warning("a message is read by its words alone: %s", getattr(error, "code", "timeout"))
            return signals
        known = kinds()
        if known.model not in self._embedder.model:
            return signals
        return believed(signals, known.of(vectors)[0], known)


def believed(signals: Signals, likely: Mapping[Kind, float], known: Kinds) -> Signals:
    """The signals with the kinds that are likely enough, and doubts of those that nearly are; none is taken away."""
    acute = likely[Kind.CRISIS] >= known.least[Kind.CRISIS]
    found = replace(
        signals,
        heard=True,
        acute=signals.acute or acute,
        crisis=crisis_of(signals.question) if acute else signals.crisis,
        individual_decision=signals.individual_decision or likely[Kind.OWN] >= known.least[Kind.OWN],
        wants_human=signals.wants_human or likely[Kind.HUMAN] >= known.least[Kind.HUMAN],
    )
    doubts = {
        doubt for kind, doubt in _DOUBTS.items() if likely[kind] >= known.doubtful[kind] and not getattr(found, doubt)
    }
    return replace(found, in_doubt=frozenset(doubts))
