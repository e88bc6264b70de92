"""The pipeline's third stage: passages get their vectors."""

from __future__ import annotations

from typing import TypedDict

from haystack import component

from allmanning.contracts.index.v1.index_pb import IndexedPassage
from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.embed.protocol import Embedder
from allmanning.index.encode import encode_passages


class Embedded(TypedDict):
    passages: list[IndexedPassage]


@component
class PassageEmbedder:
    """Embeds passages with the index's own embedder and analyser."""

    def __init__(self) -> None:
        self._embedder: Embedder | None = None

    def bind(self, embedder: Embedder) -> None:
        """Give it the embedder, which belongs to the caller."""
        self._embedder = embedder

    @component.output_types(passages=list[IndexedPassage])
    def run(self, passages: list[Passage]) -> Embedded:
        """Only `run_async` embeds: the embedder belongs to an event loop."""
        raise NotImplementedError("PassageEmbedder runs in an asynchronous pipeline")

    @component.output_types(passages=list[IndexedPassage])
    async def run_async(self, passages: list[Passage]) -> Embedded:
        """Embed all passages of a version. Raises `Unavailable`, `TimedOut` or `Busy`."""
        if self._embedder is None:
            raise RuntimeError("bind an embedder before running")
        return {"passages": await encode_passages(passages, self._embedder)}
