"""Do a sentence and what it cites lie close in meaning? Asked of the index process's embedder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from allmanning.runtime.errors import PlatformError

LEAST_COSINE: Final = 0.87
"""Of multilingual-e5-small, whose cosines are high: of the entailed pairs of swenli that the words let through, one in
twenty lies below. It parts sentences about different things, not contradictions from what is so."""

log = logging.getLogger(__name__)


class QueryEmbedder(Protocol):
    """The part of `index.embed.protocol.Embedder` that is needed."""

    async def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Semantics:
    """Compares texts by their vectors."""

    def __init__(self, embedder: QueryEmbedder, *, timeout_s: float) -> None:
        self._embedder = embedder
        self._timeout_s = timeout_s

    async def cosines(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float] | None:
        """One value, -1..1, a pair; None when the embedder does not answer in time."""
        if not pairs:
            return []
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        try:
            async with asyncio.timeout(self._timeout_s):
                # Both as questions: e5's authors ask for that where two texts are compared and neither is searched.
                vectors = dict(zip(texts, await self._embedder.embed_queries(texts), strict=True))
        except (PlatformError, TimeoutError) as error:
            log.warning("sentences are checked without the embedder: %s", getattr(error, "code", "timeout"))
            return None
        return [float(vectors[one] @ vectors[other]) for one, other in pairs]
