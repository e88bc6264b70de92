"""The embedder of the index process, over the bus."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

import numpy as np

from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse, TextKind
from allmanning.index.batches import batches
from allmanning.index.embed.protocol import Embedded, Tokens, Vectors
from allmanning.index.embed.tokenizer import WINDOW
from allmanning.index.wire import ANSWER_BYTES, tokens_of
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import TimedOut, Unavailable

# A token of the answer has 64 codes and the number of its word; a token of Swedish has three letters or more.
_TOKEN_BYTES = 69
_LETTERS_A_TOKEN = 3
_VECTOR_BYTES = 1_600
# 64 passages of 300 tokens take about 5 s; questions come between the batches.
_MAX_BATCH_TEXTS = 64
_QUERY_TIMEOUT_S = 10.0
_PASSAGES_TIMEOUT_S = 120.0
# The index process unpacks its model the first time it runs.
_START_TIMEOUT_S = 60.0


class RemoteEmbedder:
    """An `Embedder` that asks the index process.

    The process embeds for the index it has, and while it re-indexes, questions and passages for two. Its model may
    therefore change, but not within a call, nor after `pin`.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._model = ""
        self._dimension = 0
        self._pinned = False

    @property
    def model(self) -> str:
        """Of the last answer; known after `warm_up`."""
        return self._model

    @property
    def dimension(self) -> int:
        return self._dimension

    def pin(self) -> None:
        """Refuse every other model from now on: the vectors go to an index that is not the process's own."""
        self._pinned = True

    async def warm_up(self) -> None:
        """Learn which model the index process has, waiting for one that is still starting.

        Raises `Unavailable` or `TimedOut` when it does not answer within a minute.
        """
        deadline = asyncio.get_running_loop().time() + _START_TIMEOUT_S
        while not self._model:
            try:
                await self._embed(["."], TextKind.QUERY, _QUERY_TIMEOUT_S)
            except (Unavailable, TimedOut):
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.2)

    async def close(self) -> None:
        """The bus belongs to whoever opened it."""

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return (await self.embed_query_tokens(texts)).vectors

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return (await self.embed_passage_tokens(texts)).vectors

    async def embed_query_tokens(self, texts: Sequence[str]) -> Embedded:
        return await self._embed(texts, TextKind.QUERY, _QUERY_TIMEOUT_S)

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Embedded:
        return await self._embed(texts, TextKind.PASSAGE, _PASSAGES_TIMEOUT_S)

    async def _embed(self, texts: Sequence[str], kind: TextKind, timeout_s: float) -> Embedded:
        rows: list[bytes] = []
        tokens: list[Tokens] = []
        expected = self._model if self._pinned else ""
        waiting = deque(batches(texts, _bytes_of, ANSWER_BYTES, _MAX_BATCH_TEXTS))
        while waiting:
            batch = waiting.popleft()
            request = EmbedRequest(texts=batch, kind=kind)
            answer = await self._bus.call(subjects.INDEX_EMBED, request, EmbedResponse, timeout_s=timeout_s)
            if len(answer.vectors) < len(batch):
                # More tokens than text usually has: the rest did not fit in the answer.
                waiting.appendleft(batch[len(answer.vectors) :])
            if expected and answer.model != expected:
                # Vectors of two models in one index would be compared without anybody noticing.
                raise Unavailable("embedder.changed", "Indexprocessen har bytt modell. Försök igen.")
            expected = self._model = answer.model
            self._dimension = answer.dimension
            rows += answer.vectors
            tokens += map(tokens_of, answer.tokens)
        vectors = np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(rows), self._dimension)
        return Embedded(vectors.astype(np.float32), tokens)


def _bytes_of(text: str) -> int:
    """What a text takes of the question, or about what it takes of the answer."""
    answered = _VECTOR_BYTES + _TOKEN_BYTES * min(WINDOW, len(text) // _LETTERS_A_TOKEN + 8)
    return max(len(text.encode()), answered)
