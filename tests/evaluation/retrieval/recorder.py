"""The product's embedder, remembering what it made of each passage, so that a baseline need not embed them again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.embed.protocol import Embedded


class Recorder(LocalEmbedder):
    """`passages` holds the vector of each text embedded since `forget`, as the model gives it."""

    def __init__(self) -> None:
        super().__init__(threads=2, remembered_queries=0)
        self.passages: dict[str, NDArray[np.float32]] = {}

    def forget(self) -> None:
        self.passages.clear()

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Embedded:
        embedded = await super().embed_passage_tokens(texts)
        self.passages.update(zip(texts, embedded.vectors, strict=True))
        return embedded

    async def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimension), from memory where it can."""
        if missing := [text for text in texts if text not in self.passages]:
            await self.embed_passages(missing)
        return np.stack([self.passages[text] for text in texts])
