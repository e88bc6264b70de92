"""What ingest and retrieve need of a passage store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from allmanning.contracts.index.v1.index_pb import (
    DigestsResponse,
    IndexedPassage,
    NeighboursRequest,
    NeighboursResponse,
    SearchRequest,
    SearchResponse,
    StoredResponse,
)


class PassageStore(Protocol):
    """Passages with their vectors; a search sees only published versions that the asker may read.

    What is published or retired is durable when the call returns; what is staged, when it is published. Every write may
    be repeated. Vectors are little-endian float32 of unit
    length; scores are comparable within one answer only.
    """

    async def warm_up(self) -> None:
        """Open the store. Raises `Unavailable` when it cannot be reached or another process owns it."""
        ...

    async def close(self) -> None:
        """Release everything. Safe to call twice."""
        ...

    async def stage(self, passages: Sequence[IndexedPassage]) -> None:
        """Store passages that no search sees yet.

        A version comes in order of position, in one call or several. The passage at position 0 starts the version
        anew: what an interrupted run left of it is dropped. Raises `InvalidInput` for a passage without authority,
        document, version or text, with a vector of another size, or with a date that is not ISO.
        """
        ...

    async def publish(self, authority: str, document_id: str, version: str) -> None:
        """Make the staged version the only one of its document, in one step.

        Does nothing when it already is. Raises `NotFound` when nothing is staged and `Conflict` when positions are
        missing, so that half a version never replaces a whole one.
        """
        ...

    async def retire(self, authority: str, document_id: str) -> None:
        """Remove every version of a document. Does nothing when there is none."""
        ...

    async def stored(self, authority: str, document_id: str, first: int = 0) -> StoredResponse:
        """Published passages of a document with their vectors, in order from position `first` on.

        As many as fit in one message; `next` is 0 at the end. None while another index is built beside the one that
        answers: its vectors would not fit the new one.
        """
        ...

    async def search(self, request: SearchRequest) -> SearchResponse:
        """Rank the passages the principal may read, best first, by words, by embedding and by tokens.

        A passage that says the same as a better one is left out. Pages that pass on `shown` never repeat a passage.
        Raises `InvalidInput` for a missing principal, a bad date, a limit outside 1..100, a vector of another size or a
        `shown` that is none, and `NotFound` when `like` is not a passage that the principal may read.
        """
        ...

    async def neighbours(self, request: NeighboursRequest) -> NeighboursResponse:
        """A passage with up to `each_side` passages before and after it in its document, in order.

        Raises `NotFound` for a passage that the principal may not read or that is not there.
        """
        ...

    async def digests(self, after: str = "") -> DigestsResponse:
        """One page of published documents; `next` is the cursor for the next page, empty at the end.

        While an index is built beside the one that answers, they are those of the new one; a document that only the old
        one has comes without passages.
        """
        ...

    async def switch(self) -> str:
        """Answer from the index that is being built, if there is one. Returns the version of the one that answers."""
        ...
