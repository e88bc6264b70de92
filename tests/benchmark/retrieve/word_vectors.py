"""An embedder that costs nothing: the sum of a fixed random vector for each word.

Embedding 100,000 passages takes an hour. Texts that share words are near here too, so that the engine works as it
would; what it finds means nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from allmanning.index.embed.projection import CODES
from allmanning.index.embed.protocol import Embedded, Tokens, Vectors


class WordVectors:
    """A `TokenEmbedder` under the name of another, whose index it fills."""

    def __init__(self, model: str, dimension: int) -> None:
        self.model = model
        self.dimension = dimension
        self._word = lru_cache(maxsize=50_000)(self._drawn)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.vector(text) for text in texts])

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self.embed_queries(texts)

    async def embed_query_tokens(self, texts: Sequence[str]) -> Embedded:
        return Embedded(await self.embed_queries(texts), [self._tokens(text) for text in texts])

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Embedded:
        return await self.embed_query_tokens(texts)

    def vector(self, text: str) -> NDArray[np.float32]:
        """(dimension,), of unit length."""
        # Summed in one order, so that every process gives the same vector.
        total = np.sum([self._word(word) for word in sorted({"", *text.lower().split()})], axis=0)
        unit: NDArray[np.float32] = (total / np.linalg.norm(total)).astype(np.float32)
        return unit

    def _tokens(self, text: str) -> Tokens:
        """A token a word, in place of the model's 1.4."""
        words = text.lower().split()
        rows = np.stack([self._word(word)[:CODES] for word in words]) if words else np.zeros((0, CODES), np.float32)
        codes = np.rint(127 * rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.int8)
        return Tokens(codes, np.arange(len(words), dtype=np.int32), np.ones(len(words), np.float32))

    def _drawn(self, word: str) -> NDArray[np.float32]:
        return np.random.default_rng(zlib.crc32(word.encode())).standard_normal(self.dimension, dtype=np.float32)
