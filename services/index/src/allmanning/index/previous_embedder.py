"""The embedder of the live index, while an index of another model is built beside it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from allmanning.index.embed.protocol import Embedded, OpenedEmbedder, Vectors
from allmanning.index.wire import passage_tokens, query_tokens, wire_vectors

# Of searches that are on their way when the indexes switch; each lasts some milliseconds.
_REMEMBERED = 1_024


class PreviousEmbedder:
    """Embeds questions until `retire`, and knows afterwards which question each of its vectors was made of.

    A search that was on its way at the switch brings such a vector, and two models of one dimension look the same.
    """

    def __init__(self, embedder: OpenedEmbedder) -> None:
        """`embedder` is warm; `close` closes it."""
        self._embedder = embedder
        self._questions: OrderedDict[bytes, str] = OrderedDict()
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.retired = False

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def model(self) -> str:
        return self._embedder.model

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return (await self.embed_query_tokens(texts)).vectors

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return (await self.embed_passage_tokens(texts)).vectors

    async def embed_query_tokens(self, texts: Sequence[str]) -> Embedded:
        self._running += 1
        self._idle.clear()
        try:
            embedded = await query_tokens(self._embedder, texts)
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
        for text, vector in zip(texts, wire_vectors(embedded.vectors), strict=True):
            self._questions[vector] = text
        while len(self._questions) > _REMEMBERED:
            self._questions.popitem(last=False)
        return embedded

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Embedded:
        return await passage_tokens(self._embedder, texts)

    def question(self, vector: bytes) -> str | None:
        """The question that this vector was made of, if it is one of the last thousand."""
        return self._questions.get(vector)

    def retire(self) -> None:
        """The index of the other model answers from now on."""
        self.retired = True

    async def close(self) -> None:
        """Release the model when what it has begun is done. Safe to call twice."""
        await self._idle.wait()
        await self._embedder.close()
