"""The Qdrant server as an engine, for a cluster. Every process that needs it connects to it directly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ApiException

from allmanning.index.condition import Condition, Equals, Every, PointIn
from allmanning.index.store.about import About, model_differs
from allmanning.index.store.engine import Candidates, Lookup, Vectors, sampled
from allmanning.index.store.hit import Hit
from allmanning.index.store.passages import EnginePassageStore
from allmanning.index.store.point import (
    COMPARED_INTEGER_FIELDS,
    DENSE,
    KEYWORD_FIELDS,
    MATCHED_INTEGER_FIELDS,
    SPARSE,
    TENANT_FIELD,
    TEXT_FIELD,
    Payload,
    Point,
)
from allmanning.index.store.publication import Publication
from allmanning.index.store.server_filter import server_filter
from allmanning.runtime.errors import Unavailable

_PREFIX = "passages-"
_POINTS_PER_WRITE = 256


@dataclass(frozen=True)
class Cluster:
    """How a collection is spread. Only read when the collection is first made."""

    shards: int = 1
    replicas: int = 1


class ServerEngine:
    """One collection for each index version, so that an old and a new release can run side by side."""

    def __init__(
        self, location: str, index_version: str, dimension: int, *, api_key: str = "", cluster: Cluster | None = None
    ) -> None:
        self._location = location
        self._collection = f"{_PREFIX}{index_version}"
        self._dimension = dimension
        self._api_key = api_key
        self._cluster = cluster or Cluster()
        self._opened: AsyncQdrantClient | None = None

    @property
    def dimension(self) -> int:
        return self._dimension

    async def warm_up(self) -> None:
        # The client's own check would ask the server from the constructor and only warn.
        self._opened = AsyncQdrantClient(
            location=self._location, api_key=self._api_key or None, check_compatibility=False, timeout=10
        )
        with _reachable():
            if await self._client.collection_exists(self._collection):
                await self._check_dimension()
            else:
                await self._create()
            if self._location != ":memory:":
                await self._index_fields()

    async def close(self) -> None:
        if self._opened:
            await self._opened.close()
            self._opened = None

    async def stage(self, drop: Sequence[Condition], points: Sequence[Point]) -> None:
        with _reachable():
            for condition in drop:
                await self._client.delete(self._collection, models.FilterSelector(filter=server_filter(condition)))
            for start in range(0, len(points), _POINTS_PER_WRITE):
                part = [_server_point(point) for point in points[start : start + _POINTS_PER_WRITE]]
                await self._client.upsert(self._collection, part)

    async def delete(self, condition: Condition) -> None:
        with _reachable():
            await self._client.delete(self._collection, models.FilterSelector(filter=server_filter(condition)))

    async def delete_everywhere(self, condition: Condition) -> None:
        """Delete the points of this condition, also from the collections of other index versions."""
        with _reachable():
            names = [each.name for each in (await self._client.get_collections()).collections]
            for name in names:
                if name.startswith(_PREFIX):
                    await self._client.delete(name, models.FilterSelector(filter=server_filter(condition)))

    async def replace(self, publication: Publication) -> None:
        # One request: the server carries out both, in this order, even when its caller dies.
        published: Payload = {"active": 1, "passages": publication.passages}
        operations = (
            models.SetPayloadOperation(
                set_payload=models.SetPayload(payload=published, filter=server_filter(publication.new)),
            ),
            models.DeleteOperation(delete=models.FilterSelector(filter=server_filter(publication.old))),
        )
        with _reachable():
            await self._client.batch_update_points(self._collection, operations)

    async def candidates(self, lookup: Lookup) -> Candidates:
        total = await self.count(lookup.readable)
        sides = {
            "dense": _nearest(lookup.dense, lookup.readable, lookup.depth),
            "hidden": _nearest(lookup.dense, lookup.hidden, lookup.limit),
            "sparse": _worded(lookup, lookup.readable, lookup.depth, total),
        }
        found = await self._queried(sides)
        return Candidates(found["dense"], found["sparse"], [hit.score for hit in found["hidden"]], total)

    async def cosines(self, lookup: Lookup, points: Sequence[str]) -> list[Hit]:
        # Another service may have written since they were found.
        still = Every((PointIn(tuple(points)), lookup.readable))
        return (await self._queried({"dense": _nearest(lookup.dense, still, len(points))}))["dense"]

    async def _queried(self, sides: Mapping[str, models.QueryRequest | None]) -> dict[str, list[Hit]]:
        asked = {name: query for name, query in sides.items() if query}
        if not asked:
            return {name: [] for name in sides}
        with _reachable():
            answers = await self._client.query_batch_points(self._collection, list(asked.values()))
        found = {
            name: [Hit(str(point.id), point.score) for point in answer.points]
            for name, answer in zip(asked, answers, strict=True)
        }
        return {name: found.get(name, []) for name in sides}

    async def count(self, condition: Condition) -> int:
        with _reachable():
            answer = await self._client.count(self._collection, count_filter=server_filter(condition), exact=True)
        return answer.count

    async def page(
        self, condition: Condition, limit: int, after: str, fields: Sequence[str]
    ) -> tuple[list[Payload], str]:
        with _reachable():
            records, following = await self._client.scroll(
                self._collection,
                scroll_filter=server_filter(condition),
                limit=limit,
                offset=after or None,
                with_payload=list(fields),
                with_vectors=False,
            )
        return [record.payload or {} for record in records], str(following or "")

    async def payloads(self, points: Sequence[str], fields: Sequence[str]) -> dict[str, Payload]:
        with _reachable():
            records = await self._client.retrieve(self._collection, list(points), with_payload=list(fields))
        return {str(record.id): record.payload or {} for record in records}

    async def vectors(self, points: Sequence[str]) -> dict[str, Vectors]:
        with _reachable():
            records = await self._client.retrieve(self._collection, list(points), with_payload=False, with_vectors=True)
        return {str(record.id): _vectors(record.vector) for record in records}

    @property
    def _client(self) -> AsyncQdrantClient:
        if self._opened is None:
            raise Unavailable("index.closed", "Indexet är inte öppet.")
        return self._opened

    async def _check_dimension(self) -> None:
        """Raises `Refused`: `index.model_differs`, for a collection whose vectors have another size."""
        vectors = (await self._client.get_collection(self._collection)).config.params.vectors
        size = vectors[DENSE].size if isinstance(vectors, dict) and DENSE in vectors else 0
        if size != self._dimension:
            raise model_differs(About(self._collection, "", size), About(self._collection, "", self._dimension))

    async def _create(self) -> None:
        try:
            await self._client.create_collection(
                self._collection,
                vectors_config={DENSE: models.VectorParams(size=self._dimension, distance=models.Distance.COSINE)},
                sparse_vectors_config={SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)},
                shard_number=self._cluster.shards,
                replication_factor=self._cluster.replicas,
                # A write stands when a majority of the replicas have it.
                write_consistency_factor=self._cluster.replicas // 2 + 1,
            )
        except ApiException:
            # Services that start together both find it missing; one of them makes it.
            if not await self._client.collection_exists(self._collection):
                raise

    async def _index_fields(self) -> None:
        indexes: dict[str, models.PayloadSchemaType | models.PayloadSchemaParams] = {
            TENANT_FIELD: models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True),
            TEXT_FIELD: models.TextIndexParams(
                type=models.TextIndexType.TEXT,
                tokenizer=models.TokenizerType.WORD,
                lowercase=True,
                phrase_matching=True,
            ),
        }
        indexes |= dict.fromkeys(KEYWORD_FIELDS, models.PayloadSchemaType.KEYWORD)
        integer = models.IntegerIndexType.INTEGER
        for field in MATCHED_INTEGER_FIELDS:
            indexes[field] = models.IntegerIndexParams(type=integer, lookup=True, range=False)
        for field in COMPARED_INTEGER_FIELDS:
            indexes[field] = models.IntegerIndexParams(type=integer, lookup=False, range=True)
        for field, params in indexes.items():
            await self._client.create_payload_index(self._collection, field, params)


class ServerStore(EnginePassageStore):
    """A `PassageStore` in a Qdrant server or cluster.

    Args:
        location: Address of the server; ":memory:" is a small stand-in within the process.
        index_version: See `allmanning.index.version`; part of the collection's name.
        dimension: Values of a vector.
        api_key: Of the server; empty when it needs none.
        cluster: How a new collection is spread.
    """

    def __init__(
        self, location: str, index_version: str, dimension: int, *, api_key: str = "", cluster: Cluster | None = None
    ) -> None:
        self._server = ServerEngine(location, index_version, dimension, api_key=api_key, cluster=cluster)
        super().__init__(self._server, index_version)

    async def retire(self, authority: str, document_id: str) -> None:
        # Services of another release may still answer from another collection.
        await self._server.delete_everywhere(Every((Equals("authority", authority), Equals("document", document_id))))

    async def switch(self) -> str:
        # Another release has a collection of its own, and services of its own that answer from it.
        return self._index_version


def _nearest(vector: list[float], condition: Condition, limit: int) -> models.QueryRequest | None:
    if not vector:
        return None
    query = models.NearestQuery(nearest=vector)
    return models.QueryRequest(query=query, using=DENSE, filter=server_filter(condition), limit=limit)


def _worded(lookup: Lookup, condition: Condition, limit: int, total: int) -> models.QueryRequest | None:
    if not lookup.indices:
        return None
    return models.QueryRequest(
        query=models.NearestQuery(nearest=models.SparseVector(indices=lookup.indices, values=lookup.values)),
        using=SPARSE,
        filter=server_filter(condition),
        limit=limit,
        params=models.SearchParams(idf=models.IdfCorpusParams(corpus=server_filter(sampled(lookup.readable, total)))),
    )


def _vectors(stored: object) -> Vectors:
    named = stored if isinstance(stored, dict) else {}
    words = named.get(SPARSE)
    indices, values = (words.indices, words.values) if isinstance(words, models.SparseVector) else ((), ())
    return Vectors([float(value) for value in named.get(DENSE, ())], list(indices), list(values))


def _server_point(point: Point) -> models.PointStruct:
    vectors: models.VectorStruct = {DENSE: point.dense}
    if point.indices:
        words = models.SparseVector(indices=point.indices, values=point.values)
        vectors = {DENSE: point.dense, SPARSE: words}
    return models.PointStruct(id=point.id, vector=vectors, payload=point.payload)


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except ApiException as error:
        raise Unavailable("index.unavailable", "Indexet svarar inte.") from error
