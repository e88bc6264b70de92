"""The passage store over any engine: versions, access and ranking."""

from __future__ import annotations

import time
from collections.abc import Sequence

from allmanning.contracts.index.v1.index_pb import (
    DigestsResponse,
    IndexedPassage,
    NeighboursRequest,
    NeighboursResponse,
    SearchRequest,
    SearchResponse,
    StoredResponse,
)
from allmanning.index.condition import AtMost, Condition, Equals, Every
from allmanning.index.store.engine import VectorEngine
from allmanning.index.store.point import Version, point_of, version_of
from allmanning.index.store.publication import Publication, incomplete
from allmanning.index.store.search import neighbours, search
from allmanning.index.store.stored import stored
from allmanning.runtime.errors import NotFound

DIGESTS_PAGE = 1_000
_STAGED_PAGE = 10_000
# What a run staged and never published is swept when the store opens, a day later.
_STAGED_LIFETIME_S = 86_400


class EnginePassageStore:
    """A `PassageStore` over an engine.

    `index_version`: see `allmanning.index.version`.
    """

    def __init__(self, engine: VectorEngine, index_version: str) -> None:
        self._engine = engine
        self._index_version = index_version

    async def warm_up(self) -> None:
        await self._engine.warm_up()
        forgotten = Every((Equals("active", 0), AtMost("staged_at", int(time.time()) - _STAGED_LIFETIME_S)))
        await self._engine.delete(forgotten)

    async def close(self) -> None:
        await self._engine.close()

    async def stage(self, passages: Sequence[IndexedPassage]) -> None:
        generations: dict[Version, int] = {}
        anew: list[Condition] = []
        points = []
        for indexed in passages:
            version = version_of(indexed)
            if version not in generations:
                generations[version] = await self._next_generation(version)
            if indexed.passage and indexed.passage.position == 0:
                anew.append(_staged(version))
            points.append(point_of(indexed, generations[version], self._engine.dimension))
        if points:
            await self._engine.stage(anew, points)

    async def publish(self, authority: str, document_id: str, version: str) -> None:
        wanted = Version(authority, document_id, version)
        generation, positions = await self._staged_positions(wanted)
        if not positions:
            published = Every((_document(wanted), Equals("version", version), Equals("active", 1)))
            if await self._engine.count(published):
                return
            raise NotFound("index.version_not_staged", "Versionen finns inte i indexet.")
        if positions != set(range(len(positions))):
            raise incomplete()
        await self._engine.replace(Publication(authority, document_id, version, generation, len(positions)))

    async def retire(self, authority: str, document_id: str) -> None:
        await self._engine.delete(_document(Version(authority, document_id, "")))

    async def stored(self, authority: str, document_id: str, first: int = 0) -> StoredResponse:
        page = await stored(self._engine, authority, document_id, first)
        page.index_version = self._index_version
        return page

    async def search(self, request: SearchRequest) -> SearchResponse:
        return await search(self._engine, request)

    async def neighbours(self, request: NeighboursRequest) -> NeighboursResponse:
        return NeighboursResponse(passages=await neighbours(self._engine, request))

    async def digests(self, after: str = "") -> DigestsResponse:
        first = Every((Equals("active", 1), Equals("position", 0)))
        fields = ("authority", "document", "version", "passages")
        rows, following = await self._engine.page(first, DIGESTS_PAGE, after, fields)
        return DigestsResponse(
            digests=[
                DigestsResponse.Digest(
                    authority=str(row["authority"]),
                    document_id=str(row["document"]),
                    version=str(row["version"]),
                    passages=int(str(row["passages"])),
                )
                for row in rows
            ],
            next=following,
        )

    async def _next_generation(self, version: Version) -> int:
        published = Every((_document(version), Equals("active", 1)))
        rows, _ = await self._engine.page(published, 1, "", ("generation",))
        return int(str(rows[0]["generation"])) + 1 if rows else 1

    async def _staged_positions(self, version: Version) -> tuple[int, set[int]]:
        """The newest staged generation of a version and its positions."""
        generations: dict[int, set[int]] = {}
        after = ""
        while True:
            rows, after = await self._engine.page(_staged(version), _STAGED_PAGE, after, ("generation", "position"))
            for row in rows:
                generations.setdefault(int(str(row["generation"])), set()).add(int(str(row["position"])))
            if not after:
                break
        newest = max(generations, default=0)
        return newest, generations.get(newest, set())


def _document(version: Version) -> Condition:
    return Every((Equals("authority", version.authority), Equals("document", version.document)))


def _staged(version: Version) -> Condition:
    return Every((_document(version), Equals("version", version.version), Equals("active", 0)))
