"""The question as a vector."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

import numpy as np
from haystack import component
from numpy.typing import NDArray

from allmanning.index.embed.protocol import Embedder
from allmanning.index.everyday import worded_officially
from allmanning.retrieve.stage import stage

# Haystack copies what passes between stages item by item: a list of 384 floats took 6 ms of a search, an array none.
Vector: TypeAlias = NDArray[np.float32]


@component
class QuestionEmbedder:
    """Embeds the question with the platform's embedder."""

    def __init__(self) -> None:
        self._embedder: Embedder | None = None

    def bind_embedder(self, embedder: Embedder) -> None:
        """A running embedder cannot stand in YAML; it is given after loading."""
        self._embedder = embedder

    @component.output_types(embedding=Vector)
    def run(self, text: str) -> dict[str, Vector]:
        return asyncio.run(self.run_async(text))

    @component.output_types(embedding=Vector)
    async def run_async(self, text: str) -> dict[str, Vector]:
        """Returns `embedding`: unit length, as many values as the model has. Raises what the embedder raises."""
        if self._embedder is None:
            raise RuntimeError("QuestionEmbedder has no embedder: call bind_embedder first")
        with stage("embed"):
            [vector] = await self._embedder.embed_queries([worded_officially(text)])
        return {"embedding": vector}
