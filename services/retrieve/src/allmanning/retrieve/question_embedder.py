"""The question as a vector, or the finding that nobody can make one."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Literal, TypeAlias, TypedDict

import numpy as np
from haystack import component
from numpy.typing import NDArray

from allmanning.contracts.index.v1.index_pb import TokenVectors
from allmanning.index.embed.protocol import Embedder
from allmanning.index.wire import query_tokens, wire_tokens
from allmanning.retrieve.circuit import OPEN_S, Circuit
from allmanning.retrieve.stage import stage
from allmanning.runtime.errors import Busy, TimedOut, Unavailable

# Haystack copies what passes between stages item by item: a list of 384 floats took 6 ms of a search, an array none.
Vector: TypeAlias = NDArray[np.float32]
NO_VECTOR: Final = np.empty(0, np.float32)
WithoutEmbedder: TypeAlias = Literal["refuse", "words"]

log = logging.getLogger(__name__)


class Embedding(TypedDict):
    """`embedding` is of unit length, or has no values when `words_only`; `tokens` is empty where there are none."""

    embedding: Vector
    tokens: TokenVectors
    words_only: bool


@component
class QuestionEmbedder:
    """Embeds the question with the platform's embedder, and waits `timeout_s` for it at most."""

    def __init__(self, timeout_s: float = 2.0) -> None:
        self.timeout_s = timeout_s
        self._embedder: Embedder | None = None
        self._circuit = Circuit()

    def bind_embedder(self, embedder: Embedder) -> None:
        """A running embedder cannot stand in YAML; it is given after loading."""
        self._embedder = embedder

    @component.output_types(embedding=Vector, tokens=TokenVectors, words_only=bool)
    def run(self, text: str, without_embedder: str = "refuse") -> Embedding:
        return asyncio.run(self.run_async(text, without_embedder))

    @component.output_types(embedding=Vector, tokens=TokenVectors, words_only=bool)
    async def run_async(self, text: str, without_embedder: str = "refuse") -> Embedding:
        """The question's embedding.

        Raises:
            Unavailable: `embedder.unavailable`, unless `without_embedder` is "words"; `embedder.changed` always.
            Busy: What the embedder raised, unless `without_embedder` is "words".
        """
        if self._embedder is None:
            raise RuntimeError("QuestionEmbedder has no embedder: call bind_embedder first")
        with stage("embed") as span:
            try:
                embedding, tokens = await self._embedded(self._embedder, text)
            except (Unavailable, Busy) as error:
                # Another model's vectors must not be compared with these: words alone would only hide it.
                if without_embedder != "words" or error.code == "embedder.changed":
                    raise
                span.set_attribute("error.type", error.code)
                log.warning("searching by words alone: %s", error.code)
                return {"embedding": NO_VECTOR, "tokens": TokenVectors(), "words_only": True}
        return {"embedding": embedding, "tokens": tokens, "words_only": False}

    async def _embedded(self, embedder: Embedder, text: str) -> tuple[Vector, TokenVectors]:
        if not (began := self._circuit.enter()):
            raise _unavailable()
        try:
            async with asyncio.timeout(self.timeout_s):
                embedded = await query_tokens(embedder, [text])
        except (TimedOut, TimeoutError) as error:
            self._circuit.timed_out(began)
            raise _unavailable() from error
        except Unavailable as error:
            self._circuit.answered()
            raise error if error.code == "embedder.changed" else _unavailable() from error
        self._circuit.answered()
        [vector] = embedded.vectors
        return vector, wire_tokens(embedded.tokens[0]) if embedded.tokens else TokenVectors()


def _unavailable() -> Unavailable:
    return Unavailable(
        "embedder.unavailable",
        "Sökningen kan inte tolka frågor just nu. Försök igen om en stund. (The embedder does not answer.)",
        retry_after_s=OPEN_S,
    )
