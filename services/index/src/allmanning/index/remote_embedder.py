"""The embedder of the index process, over the bus."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse, TextKind
from allmanning.index.batches import batches
from allmanning.index.embed.protocol import Vectors
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import TimedOut, Unavailable

_MAX_BATCH_BYTES = 700_000
# 64 passages of 300 tokens take about 5 s; questions come between the batches.
_MAX_BATCH_TEXTS = 64
_QUERY_TIMEOUT_S = 10.0
_PASSAGES_TIMEOUT_S = 120.0
# The index process unpacks its model the first time it runs.
_START_TIMEOUT_S = 60.0


class RemoteEmbedder:
    """An `Embedder` that asks the index process."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._model = ""
        self._dimension = 0

    @property
    def model(self) -> str:
        """Known after `warm_up`."""
        return self._model

    @property
    def dimension(self) -> int:
        return self._dimension

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
        return await self._embed(texts, TextKind.QUERY, _QUERY_TIMEOUT_S)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self._embed(texts, TextKind.PASSAGE, _PASSAGES_TIMEOUT_S)

    async def _embed(self, texts: Sequence[str], kind: TextKind, timeout_s: float) -> Vectors:
        rows: list[bytes] = []
        for batch in batches(texts, lambda text: len(text.encode()), _MAX_BATCH_BYTES, _MAX_BATCH_TEXTS):
            request = EmbedRequest(texts=batch, kind=kind)
            answer = await self._bus.call(subjects.INDEX_EMBED, request, EmbedResponse, timeout_s=timeout_s)
            if self._model and answer.model != self._model:
                # Vectors of two models in one index would be compared without anybody noticing.
                raise Unavailable("embedder.changed", "Indexprocessen har bytt modell. Starta om tjänsten.")
            self._model, self._dimension = answer.model, answer.dimension
            rows += answer.vectors
        return np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(rows), self._dimension).astype(np.float32)
