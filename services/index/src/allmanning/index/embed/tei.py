"""The embedder of a cluster: text-embeddings-inference, reached by URL."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence

import numpy as np

from allmanning.index.batches import batches
from allmanning.index.embed.protocol import PASSAGE_PREFIX, QUERY_PREFIX, Vectors
from allmanning.index.embed.tei_server import TeiServer
from allmanning.runtime.errors import PlatformError, Unavailable

REQUESTS_AT_ONCE = 4
"""Of passages. The server computes one batch while it reads and answers others; more would only queue there, before
the questions."""
BATCH_CHARACTERS = 64_000
"""About the 16,384 tokens that the server computes at once by default."""
_QUESTION_TIMEOUT_S = 5.0
_LONGEST_WAIT_S = 8.0
_SPECIAL_PIECE = re.compile(r"<(?=/?(?:s|pad|unk|mask)>)")


class TeiEmbedder:
    """Any e5 model behind text-embeddings-inference; the prefixes are added here.

    Passages wait while the server has too much to do or is restarted. A question does not: it is sent once more, at
    once, when the connection broke or the server is restarted. Leaving an `embed_passages` call drops what it has not
    begun.
    """

    def __init__(self, url: str, *, timeout_s: float = 30.0, patience_s: float = 60.0) -> None:
        """A request may take `timeout_s`; passages that the server has not taken for `patience_s` are given up."""
        self._server = TeiServer(url)
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._slots = asyncio.Semaphore(REQUESTS_AT_ONCE)
        self._batch = 1
        self._dimension = 0
        self._model = ""

    @property
    def dimension(self) -> int:
        """Known after `warm_up`."""
        return self._dimension

    @property
    def model(self) -> str:
        """Known after `warm_up`."""
        return self._model

    async def warm_up(self) -> None:
        """Asks the server which model it serves. Raises `Unavailable` or `TimedOut` when it does not answer."""
        served = await self._server.model(self._timeout_s)
        self._batch = served.batch
        self._dimension = (await self._server.embed(["dimension"], self._timeout_s)).shape[1]
        self._model = served.name

    async def close(self) -> None:
        await self._server.close()

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        prepared = [QUERY_PREFIX + _harmless(text) for text in texts]
        return self._joined([await self._question(batch) for batch in self._batches(prepared)])

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if not self._dimension:
            # Who starts before the server asks it now: else each text would be a request of its own.
            await self.warm_up()
        prepared = [PASSAGE_PREFIX + _harmless(text) for text in texts]
        # Texts of about the same length go together, so that the server pads little.
        order = sorted(range(len(prepared)), key=lambda place: len(prepared[place]))
        parts = self._batches([prepared[place] for place in order])
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._passages(part)) for part in parts]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        vectors = np.empty((len(prepared), self._dimension), np.float32)
        vectors[order] = self._joined([task.result() for task in tasks])
        return vectors

    def _batches(self, texts: Sequence[str]) -> list[list[str]]:
        return list(batches(texts, len, BATCH_CHARACTERS, self._batch))

    def _joined(self, rows: list[Vectors]) -> Vectors:
        return np.concatenate(rows) if rows else np.empty((0, self._dimension), np.float32)

    async def _question(self, texts: list[str]) -> Vectors:
        timeout_s = min(self._timeout_s, _QUESTION_TIMEOUT_S)
        try:
            return await self._embed(texts, timeout_s)
        except Unavailable as error:
            if error.retry_after_s is None:
                raise
        return await self._embed(texts, timeout_s)

    async def _passages(self, texts: list[str]) -> Vectors:
        # Who waits for the server keeps the slot: the fewer are free, the less it is asked.
        async with self._slots:
            clock = asyncio.get_running_loop().time
            deadline = clock() + self._patience_s
            refused = 0
            while True:
                try:
                    return await self._embed(texts, self._timeout_s)
                except PlatformError as error:
                    if error.retry_after_s is None:
                        raise
                    wait_s = error.retry_after_s + _spread_s(refused)
                    if clock() + wait_s > deadline:
                        raise
                refused += 1
                await asyncio.sleep(wait_s)

    async def _embed(self, texts: list[str], timeout_s: float) -> Vectors:
        vectors = await self._server.embed(texts, timeout_s)
        if self._dimension not in (0, vectors.shape[1]):
            raise Unavailable(
                "embedder.changed",
                "Tjänsten som tolkar text har bytt modell. (The embedder serves another model than at the start.)",
            )
        return vectors


def _spread_s(refused: int) -> float:
    """A wait that doubles with each refusal, by chance up to half shorter so that many do not come back at once."""
    return random.uniform(0.5, 1.0) * min(_LONGEST_WAIT_S, 0.25 * 2.0**refused)  # noqa: S311 (not a secret)


def _harmless(text: str) -> str:
    """Keeps text that spells a special piece from becoming one, and leaves only what UTF-8 can carry."""
    return _SPECIAL_PIECE.sub("< ", text.encode("utf-8", "replace").decode("utf-8"))
