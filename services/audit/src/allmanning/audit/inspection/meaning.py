"""Questions as vectors, from the index process's embedder over the bus."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import numpy as np

from allmanning.index.embed.protocol import Vectors
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.runtime.errors import Busy, TimedOut, Unavailable

# The index process answers people's questions first; this many keep it for a second or so.
BATCH: Final = 32

log = logging.getLogger(__name__)


class Meanings:
    """The vectors of one comparison, all by the same model; each wording is embedded once."""

    def __init__(self, embedder: RemoteEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self._model = ""
        self.failed = ""

    @property
    def model(self) -> str:
        """Name and hash of the weights; empty before the first, and when there are none."""
        return "" if self.failed else self._model

    async def learn(self, questions: Sequence[str]) -> None:
        """Embed what is not known. When the embedder does not answer, `failed` says why and nothing more is asked."""
        new = [each for each in dict.fromkeys(questions) if each not in self._known]
        for start in range(0, len(new), BATCH):
            if self.failed:
                return
            batch = new[start : start + BATCH]
            try:
                vectors = await self._embedder.embed_queries(batch)
            except (Unavailable, TimedOut, Busy) as error:
                self._fail(error.code)
                return
            if self._model not in ("", self._embedder.model):
                self._fail("embedder.changed")
                return
            self._model = self._embedder.model
            self._known |= dict(zip(batch, vectors, strict=True))

    def of(self, questions: Sequence[str]) -> Vectors | None:
        """A row for each question; None when there is no vector for one of them."""
        if self.failed or not questions:
            return None
        return np.stack([self._known[each] for each in questions])

    def _fail(self, code: str) -> None:
        self.failed = code
        log.warning("questions are compared by their words: %s", code)
