"""The embedded engine: Qdrant Edge 0.9.0, alone in its process.

What it was measured to need is kept here: its log (WAL) stays on, every write is flushed before it returns, the live
folder is never optimised, filters hold no booleans. Every call of it holds the interpreter's lock, so threads would
gain nothing: calls run on the event loop, one after the other, and none of these methods yields in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import qdrant_edge as edge

from allmanning.index.condition import Condition, Equals, Every, Not
from allmanning.index.store.edge_filter import edge_filter
from allmanning.index.store.engine import Candidates, Lookup, Publication
from allmanning.index.store.folder import IndexFolder
from allmanning.index.store.passages import EnginePassageStore
from allmanning.index.store.point import (
    COMPARED_INTEGER_FIELDS,
    DENSE,
    KEYWORD_FIELDS,
    MATCHED_INTEGER_FIELDS,
    SPARSE,
    TENANT_FIELD,
    Payload,
    Point,
)
from allmanning.index.store.ranking import Hit
from allmanning.runtime.errors import Unavailable


class EdgeEngine:
    """One shard in a folder that this process alone has open."""

    def __init__(self, root: Path, index_version: str, dimension: int) -> None:
        self._folder = IndexFolder(root, index_version)
        self._dimension = dimension
        self._opened: edge.EdgeShard | None = None
        # Counting the readable costs as much as searching them, and few kinds of askers ask again and again.
        self._totals: dict[Condition, int] = {}

    @property
    def dimension(self) -> int:
        return self._dimension

    async def warm_up(self) -> None:
        if self._folder.open():
            self._opened = edge.EdgeShard.load(str(self._folder.shard))
        else:
            self._opened = self._created()
            self._folder.made()
        if unfinished := self._folder.unfinished():
            self._finish(unfinished)

    async def close(self) -> None:
        if self._opened:
            self._opened.flush()
            self._opened.close()
            self._opened = None
        self._folder.close()

    async def write(self, drop: Sequence[Condition], points: Sequence[Point]) -> None:
        for condition in drop:
            self._shard.update(edge.UpdateOperation.delete_points_by_filter(edge_filter(condition)))
        if points:
            self._shard.update(edge.UpdateOperation.upsert_points([_edge_point(point) for point in points]))
        self._flush()

    async def replace(self, publication: Publication, activate: Condition, drop: Condition) -> None:
        self._folder.begin(publication)
        self._replace(publication.passages, activate, drop)

    async def candidates(self, lookup: Lookup) -> Candidates:
        idf = edge.SearchParams(idf=edge.IdfParams(corpus=edge_filter(lookup.readable)))
        words = edge.SparseVector(lookup.indices, lookup.values)
        nearest = self._query(lookup.dense, DENSE, lookup.own, lookup.limit)
        return Candidates(
            dense=self._query(lookup.dense, DENSE, lookup.readable, lookup.depth),
            sparse=self._query(words, SPARSE, lookup.readable, lookup.depth, idf) if lookup.indices else [],
            nearest=[hit.point for hit in nearest],
            total=self._total(lookup.readable),
        )

    async def count(self, condition: Condition) -> int:
        return self._shard.count(edge.CountRequest(exact=True, filter=edge_filter(condition)))

    async def page(
        self, condition: Condition, limit: int, after: str, fields: Sequence[str]
    ) -> tuple[list[Payload], str]:
        records, following = self._shard.scroll(
            edge.ScrollRequest(
                offset=UUID(after) if after else None,
                limit=limit,
                filter=edge_filter(condition),
                with_payload=list(fields),
                with_vector=False,
            )
        )
        return [record.payload or {} for record in records], str(following or "")

    async def payloads(self, points: Sequence[str]) -> dict[str, Payload]:
        records = self._shard.retrieve([UUID(point) for point in points], ["passage"], False)
        return {str(record.id): record.payload or {} for record in records}

    @property
    def _shard(self) -> edge.EdgeShard:
        if self._opened is None:
            raise Unavailable("index.closed", "Indexet är inte öppet.")
        return self._opened

    def _created(self) -> edge.EdgeShard:
        shard = edge.EdgeShard.create(
            str(self._folder.shard),
            edge.EdgeConfig(
                vectors={DENSE: edge.EdgeVectorParams(size=self._dimension, distance=edge.Distance.Cosine)},
                sparse_vectors={SPARSE: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
            ),
        )
        indexes: dict[str, edge.KeywordIndexParams | edge.IntegerIndexParams] = {
            TENANT_FIELD: edge.KeywordIndexParams(is_tenant=True)
        }
        indexes |= {field: edge.KeywordIndexParams() for field in KEYWORD_FIELDS}
        indexes |= {field: edge.IntegerIndexParams(lookup=True, range=False) for field in MATCHED_INTEGER_FIELDS}
        indexes |= {field: edge.IntegerIndexParams(lookup=False, range=True) for field in COMPARED_INTEGER_FIELDS}
        for field, params in indexes.items():
            shard.update(edge.UpdateOperation.create_field_index(field, params))
        shard.flush()
        return shard

    def _finish(self, publication: Publication) -> None:
        """Complete a publication that a crash interrupted. Each step may have happened already."""
        document = (Equals("authority", publication.authority), Equals("document", publication.document))
        new = Every((Equals("version", publication.version), Equals("generation", publication.generation)))
        self._replace(publication.passages, Every((*document, new)), Every((*document, Not(new))))

    def _replace(self, passages: int, activate: Condition, drop: Condition) -> None:
        published: Payload = {"active": 1, "passages": passages}
        self._shard.update(edge.UpdateOperation.set_payload_by_filter(edge_filter(activate), published))
        self._shard.update(edge.UpdateOperation.delete_points_by_filter(edge_filter(drop)))
        self._flush()
        self._folder.end()

    def _flush(self) -> None:
        self._totals.clear()
        self._shard.flush()

    def _total(self, condition: Condition) -> int:
        if condition not in self._totals:
            self._totals[condition] = self._shard.count(edge.CountRequest(exact=True, filter=edge_filter(condition)))
        return self._totals[condition]

    def _query(
        self,
        vector: list[float] | edge.SparseVector,
        using: str,
        condition: Condition,
        limit: int,
        params: edge.SearchParams | None = None,
    ) -> list[Hit]:
        points = self._shard.query(
            edge.QueryRequest(
                limit=limit,
                query=edge.Query.Nearest(vector, using=using),
                filter=edge_filter(condition),
                params=params,
                with_payload=["twin"],
                with_vector=False,
            )
        )
        return [Hit(str(point.id), point.score, str((point.payload or {})["twin"])) for point in points]


class EdgeStore(EnginePassageStore):
    """A `PassageStore` in a folder of this machine, for one process.

    Args:
        root: Folder of the index; made when missing.
        index_version: See `allmanning.index.version`; another one starts an empty index.
        dimension: Values of a vector.
    """

    def __init__(self, root: Path, index_version: str, dimension: int) -> None:
        super().__init__(EdgeEngine(root, index_version, dimension))


def _edge_point(point: Point) -> edge.Point:
    vectors: dict[str, list[float] | edge.SparseVector | list[list[float]]] = {DENSE: point.dense}
    if point.indices:
        vectors[SPARSE] = edge.SparseVector(point.indices, point.values)
    return edge.Point(UUID(point.id), vectors, point.payload)
