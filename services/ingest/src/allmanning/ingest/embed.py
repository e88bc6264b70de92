"""The pipeline's fourth stage: passages get their vectors."""

from __future__ import annotations

import logging
from functools import partial
from typing import TypedDict

from haystack import component

from allmanning.contracts.index.v1.index_pb import IndexedPassage
from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.embed.protocol import Embedder
from allmanning.index.encode import encode_passages
from allmanning.index.repeated import repeated
from allmanning.index.store.protocol import PassageStore
from allmanning.index.text import said
from allmanning.ingest.progress import Stage, tell

log = logging.getLogger(__name__)


class Embedded(TypedDict):
    passages: list[IndexedPassage]


@component
class PassageEmbedder:
    """Embeds passages with the index's own embedder and analyser, save those that the published version has too."""

    def __init__(self) -> None:
        self._embedder: Embedder | None = None
        self._store: PassageStore | None = None

    def bind(self, embedder: Embedder, store: PassageStore) -> None:
        """Give it the embedder, and the store that has the published version; both belong to the caller."""
        self._embedder, self._store = embedder, store

    @component.output_types(passages=list[IndexedPassage])
    def run(self, passages: list[Passage]) -> Embedded:
        """Only `run_async` embeds: the embedder belongs to an event loop."""
        raise NotImplementedError("PassageEmbedder runs in an asynchronous pipeline")

    @component.output_types(passages=list[IndexedPassage])
    async def run_async(self, passages: list[Passage]) -> Embedded:
        """Embed what a version does not repeat. Raises `Unavailable`, `TimedOut` or `Busy`."""
        if self._embedder is None or self._store is None:
            raise RuntimeError("bind an embedder and a store before running")
        tell(Stage.EMBEDDING, 0, len(passages))
        known = await repeated(passages, self._store, self._embedder)
        if known:
            taken_over = sum(said(passage) in known for passage in passages)
            log.info("passages taken over: %d, embedded: %d", taken_over, len(passages) - taken_over)
        told = partial(tell, Stage.EMBEDDING)
        return {"passages": await encode_passages(passages, self._embedder, known, told=told)}
