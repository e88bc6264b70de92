"""The embedder that needs no server: the model runs in this process."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np

from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.encoder import DIMENSION, Encoded, Encoder
from allmanning.index.embed.protocol import PASSAGE_PREFIX, QUERY_PREFIX, Embedded, Vectors

BULK_NICENESS = 5
"""Passages wait for everything else on a busy machine: nobody watches an import, somebody waits for an answer."""

log = logging.getLogger(__name__)


class LocalEmbedder:
    """multilingual-e5-small on the CPU.

    Queries have a thread of their own, so a bulk import never stands before a question. Leaving an `embed_passages`
    call drops what it has not begun.
    """

    def __init__(self, cache: Path | None = None, *, threads: int = 1, remembered_queries: int = 1024) -> None:
        """`cache` is the folder for the converted model, `threads` the processors that passages may use."""
        self._cache = cache
        self._remembered = remembered_queries
        self._threads = threads
        self._query_thread = ThreadPoolExecutor(1, thread_name_prefix="embed-query")
        self._passage_threads = ThreadPoolExecutor(threads, "embed-passage", initializer=_yield_to_others)
        self._query: Callable[[str], Encoded] | None = None
        self._passage: Callable[[str], Encoded] | None = None
        self._model = ""

    @property
    def dimension(self) -> int:
        return DIMENSION

    @property
    def model(self) -> str:
        """Known after `warm_up`."""
        return self._model

    async def warm_up(self) -> None:
        """Loads the model (0.5 s), converting it first if this machine never did (3 s).

        Raises `WeightsError` when the weights are not installed, `OSError` when the cache cannot be written.
        """
        await asyncio.get_running_loop().run_in_executor(self._query_thread, self._load)

    def _load(self) -> None:
        files = ensure_model(self._cache)
        log.info("embedding with %s", files.model)
        encoder = Encoder(files, self._threads + 1)
        self._query = lru_cache(self._remembered)(lambda text: encoder.encode(text, QUERY_PREFIX))
        self._passage = lambda text: encoder.encode(text, PASSAGE_PREFIX)
        self._model = files.model

    async def close(self) -> None:
        """Stops the threads; what has begun is finished, what waits is dropped."""
        for threads in (self._query_thread, self._passage_threads):
            await asyncio.to_thread(threads.shutdown, cancel_futures=True)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return (await self.embed_query_tokens(texts)).vectors

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return (await self.embed_passage_tokens(texts)).vectors

    async def embed_query_tokens(self, texts: Sequence[str]) -> Embedded:
        return await _each(self._query_thread, self._query, texts)

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Embedded:
        return await _each(self._passage_threads, self._passage, texts)


async def _each(threads: ThreadPoolExecutor, embed: Callable[[str], Encoded] | None, texts: Sequence[str]) -> Embedded:
    if embed is None:
        raise RuntimeError("the embedder is used before warm_up")
    loop = asyncio.get_running_loop()
    rows = await asyncio.gather(*(loop.run_in_executor(threads, embed, text) for text in texts))
    vectors = np.stack([row.vector for row in rows]) if rows else np.empty((0, DIMENSION), np.float32)
    return Embedded(vectors, [row.tokens for row in rows])


def _yield_to_others() -> None:
    """Lowers the priority of the calling thread, where the system keeps one for each thread (Linux)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BULK_NICENESS)
