"""The pipeline's last stage: a version's passages go to the index, where no search sees them until it is published."""

from __future__ import annotations

from typing import TypedDict

from haystack import component

from allmanning.contracts.index.v1.index_pb import IndexedPassage
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.progress import Stage, tell


class Written(TypedDict):
    written: int


@component
class PassageWriter:
    """Stages passages. Publishing is not a stage: it is the moment a version replaces another."""

    def __init__(self) -> None:
        self._store: PassageStore | None = None

    def bind(self, store: PassageStore) -> None:
        """Give it the store, which belongs to the caller."""
        self._store = store

    @component.output_types(written=int)
    def run(self, passages: list[IndexedPassage]) -> Written:
        """Only `run_async` writes: the store belongs to an event loop."""
        raise NotImplementedError("PassageWriter runs in an asynchronous pipeline")

    @component.output_types(written=int)
    async def run_async(self, passages: list[IndexedPassage]) -> Written:
        """Stage all passages of a version. Raises what `PassageStore.stage` raises."""
        if self._store is None:
            raise RuntimeError("bind a store before running")
        tell(Stage.WRITING, 0, len(passages))
        await self._store.stage(passages)
        return {"written": len(passages)}
