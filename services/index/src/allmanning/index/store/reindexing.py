"""Re-indexing: an index of this release is built beside the one that answers, and takes its place in one step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from aiorwlock import RWLock

from allmanning.contracts.index.v1.index_pb import (
    DigestsResponse,
    IndexedPassage,
    NeighboursRequest,
    NeighboursResponse,
    SearchRequest,
    SearchResponse,
    StoredResponse,
)
from allmanning.index.condition import Equals, Every
from allmanning.index.embed.protocol import Embedder
from allmanning.index.encode import encode_passages
from allmanning.index.previous_embedder import PreviousEmbedder
from allmanning.index.store.about import About
from allmanning.index.store.edge import EdgeEngine
from allmanning.index.store.optimiser import optimise
from allmanning.index.store.passages import EnginePassageStore
from allmanning.index.store.point import Version, version_of
from allmanning.index.store.root import IndexRoot
from allmanning.index.wire import query_tokens, wire_tokens, wire_vectors
from allmanning.runtime.errors import Unavailable

# Begins the cursor of a page of the next index.
_OF_NEXT = "next/"

log = logging.getLogger(__name__)


class Index(EnginePassageStore):
    """One index of a root."""

    def __init__(self, root: IndexRoot, about: About) -> None:
        self.edge = EdgeEngine(root, about)
        self.about = about
        super().__init__(self.edge, about.index_version)

    async def has(self, version: Version) -> bool:
        """Whether this version is published."""
        document = (Equals("authority", version.authority), Equals("document", version.document))
        published = (Equals("version", version.version), Equals("active", 1))
        return await self.edge.count(Every((*document, *published))) > 0


class ReindexingStore:
    """A `PassageStore` of the live index and, while there is one, the next.

    The live index answers. Whoever compares is told what the next one has, and so builds it; what is written meanwhile
    goes to both, to the live one first: what the next index has, the live one has too. `switch` ends it.

    Args:
        root: Open; it belongs to the caller.
        wanted: The index that fits this release. The live one is another until it has been switched.
        embedder: Makes the vectors of the wanted index.
        previous: Made those of the live one; None when it is of the same model.
    """

    def __init__(
        self, root: IndexRoot, wanted: About, embedder: Embedder, previous: PreviousEmbedder | None = None
    ) -> None:
        self._root = root
        self._wanted = wanted
        self._embedder = embedder
        self._previous = previous
        self._index: Index | None = None
        self._next: Index | None = None
        # Writers share it, that their commits may be one; optimising and switching have it alone.
        self._writing = RWLock()

    async def warm_up(self) -> None:
        """Open the live index, and the next one when the live one is not what is wanted; make what is missing."""
        live = self._root.live
        other = self._root.next
        if other and other.about.index_version != self._wanted.index_version:
            self._root.abandon()
        if live is None or live.about.index_version == self._wanted.index_version:
            self._root.abandon()
            self._index = await self._opened(self._wanted)
            return
        self._index = await self._opened(live.about)
        self._next = await self._opened(self._wanted)
        log.info("index %s answers while %s is built", live.about.index_version, self._wanted.index_version)

    async def close(self) -> None:
        for each in (self._index, self._next):
            if each:
                await each.close()

    async def stage(self, passages: Sequence[IndexedPassage]) -> None:
        lacking = await self._lacking(passages)
        async with self._writing.reader:
            if self._next is None:
                await self._live.stage(passages)
            else:
                await self._live.stage(lacking)
                await self._next.stage(passages)

    async def publish(self, authority: str, document_id: str, version: str) -> None:
        async with self._writing.reader:
            if self._next is None:
                await self._live.publish(authority, document_id, version)
                return
            if not await self._live.has(Version(authority, document_id, version)):
                await self._live.publish(authority, document_id, version)
            await self._next.publish(authority, document_id, version)

    async def retire(self, authority: str, document_id: str) -> None:
        async with self._writing.reader:
            await self._live.retire(authority, document_id)
            if self._next:
                await self._next.retire(authority, document_id)

    async def stored(self, authority: str, document_id: str, first: int = 0) -> StoredResponse:
        # What is staged goes to the next index too, which is of another model or another release.
        return StoredResponse() if self._next else await self._live.stored(authority, document_id, first)

    async def search(self, request: SearchRequest) -> SearchResponse:
        if request.dense and self._next is None and self._previous:
            question = self._previous.question(request.dense)
            if question is not None:
                embedded = await query_tokens(self._embedder, [question])
                [request.dense] = wire_vectors(embedded.vectors)
                request.tokens = wire_tokens(embedded.tokens[0]) if embedded.tokens else None
        if request.dense and len(request.dense) != 4 * self._live.about.dimension:
            raise Unavailable("index.switched", "Indexet byttes medan sökningen pågick. Försök igen.", retry_after_s=0)
        live = self._live
        answer = await live.search(request)
        answer.index_version = live.about.index_version
        return answer

    async def neighbours(self, request: NeighboursRequest) -> NeighboursResponse:
        return await self._live.neighbours(request)

    async def digests(self, after: str = "") -> DigestsResponse:
        if self._next is None:
            return await self._live.digests(after.removeprefix(_OF_NEXT))
        if after.startswith(_OF_NEXT):
            page = await self._next.digests(after.removeprefix(_OF_NEXT))
            return DigestsResponse(digests=page.digests, next=_OF_NEXT + page.next if page.next else "")
        # The live index comes first: what the next one has of a document is told later and stands.
        page = await self._live.digests(after)
        for each in page.digests:
            each.passages = 0
        return DigestsResponse(digests=page.digests, next=page.next or _OF_NEXT)

    async def switch(self) -> str:
        """Let the next index answer; the one before it is deleted. Returns the version of the index that answers."""
        async with self._writing.writer:
            if self._next is None:
                return self._live.about.index_version
            stale = self._root.live
            self._root.switch()
            before, self._index, self._next = self._live, self._next, None
            if self._previous:
                self._previous.retire()
        log.info("index %s answers, in place of %s", self._live.about.index_version, before.about.index_version)
        await before.close()
        if stale:
            await asyncio.to_thread(self._root.drop, stale)
        if self._previous:
            await self._previous.close()
        return self._live.about.index_version

    def unoptimised(self) -> int:
        """Passages of the live index that its last optimisation did not see."""
        return self._live.edge.unoptimised()

    async def optimise(self) -> None:
        """Make the live index faster. Raises `OptimiseError`, and then it is as it was."""
        await optimise(self._root, self._live.edge, self._writing)

    @property
    def _live(self) -> Index:
        if self._index is None:
            raise Unavailable("index.closed", "Indexet är inte öppet.")
        return self._index

    async def _opened(self, about: About) -> Index:
        index = Index(self._root, about)
        await index.warm_up()
        return index

    async def _lacking(self, passages: Sequence[IndexedPassage]) -> list[IndexedPassage]:
        """What is to be staged in the live index too: of versions that are not published there already."""
        if self._next is None:
            return []
        live = self._live
        known = {version: await live.has(version) for version in {version_of(each) for each in passages}}
        lacking = [each for each in passages if not known[version_of(each)]]
        if self._previous:
            return await encode_passages([each.passage for each in lacking if each.passage], self._previous)
        return lacking
