"""An embedder for tests: a vector of the words a text has, so that texts with the same words are near."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from allmanning.index.analyse import terms
from allmanning.index.embed.protocol import Vectors


class WordEmbedder:
    model = "words@1"
    dimension = 64

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dimension), 0.01, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for term, _ in terms(text):
                row[zlib.crc32(term.encode()) % self.dimension] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self.embed_queries(texts)
