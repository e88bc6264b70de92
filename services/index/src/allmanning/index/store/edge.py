"""The embedded engine: Qdrant Edge 0.9.0, alone in its process.

What it was measured to need is kept here: its log (WAL) stays on, whatever is answered for is flushed before, the live
folder is never optimised, filters hold no booleans. Every call of it holds the interpreter's lock, so threads would
gain nothing: calls run on the event loop, one after the other. A flush holds it for 30 ms on a disk, and so writers
share them; what is written and not flushed survives the process (kill -9) but not a power cut.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import qdrant_edge as edge

from allmanning.index.condition import Condition, PointIn
from allmanning.index.store import edge_schema
from allmanning.index.store.about import About
from allmanning.index.store.edge_filter import edge_filter
from allmanning.index.store.engine import Candidates, Lookup, Vectors, sampled
from allmanning.index.store.folder import IndexFolder
from allmanning.index.store.group_commit import GroupCommit
from allmanning.index.store.hit import Hit
from allmanning.index.store.journal import Journal
from allmanning.index.store.mapped_files import let_go
from allmanning.index.store.passages import EnginePassageStore
from allmanning.index.store.point import DENSE, SPARSE, Payload, Point
from allmanning.index.store.publication import Publication, incomplete
from allmanning.index.store.root import IndexRoot
from allmanning.runtime import heap
from allmanning.runtime.errors import Conflict, Unavailable

# About 10 MB of payloads.
_REMEMBERED = 512


class EdgeEngine:
    """One index of a root that this process alone has open.

    `warm_up` makes the index when the root has none that is like `about`.
    """

    def __init__(self, root: IndexRoot, about: About) -> None:
        self._root = root
        self._about = about
        self._in: IndexFolder | None = None
        self._opened: edge.EdgeShard | None = None
        self.journal = Journal()
        self._commits = GroupCommit(self._commit)
        # Counting the readable costs as much as searching them, and few kinds of askers ask again and again.
        self._totals: dict[Condition, int] = {}
        # By fields and point. Some passages are found again and again, and to read them costs a fifth of a search.
        self._payloads: dict[tuple[str, ...], dict[str, Payload]] = {}

    @property
    def dimension(self) -> int:
        return self._about.dimension

    async def warm_up(self) -> None:
        self._in = self._root.find(self._about.index_version) or self._made()
        self._opened = edge.EdgeShard.load(str(self.folder.shard))
        # An index of an earlier release has fewer fields; it answers until the new one is built.
        edge_schema.declare(self._opened)
        if unfinished := self.folder.unfinished():
            # Each step may have happened already. What a power cut took of the points is staged and published again by
            # whoever had no answer.
            self._commit(unfinished)
        heap.give_back()
        let_go(self.folder.shard)

    async def close(self) -> None:
        if self._opened:
            self._opened.flush()
            self._opened.close()
            self._opened = None

    async def stage(self, drop: Sequence[Condition], points: Sequence[Point]) -> None:
        for condition in drop:
            self._delete(condition)
        self._update(edge.UpdateOperation.upsert_points([_edge_point(point) for point in points]), len(points))

    async def delete(self, condition: Condition) -> None:
        self._delete(condition)
        await self._commits.join(None)

    async def replace(self, publication: Publication) -> None:
        await self._commits.join(publication)

    async def candidates(self, lookup: Lookup) -> Candidates:
        hidden = self._total(lookup.hidden) if lookup.dense else 0
        near = self._nearest(lookup.dense, _kept_filter(lookup.hidden), lookup.limit) if hidden else []
        readable = _kept_filter(lookup.readable)
        return Candidates(
            dense=self._nearest(lookup.dense, readable, lookup.depth),
            sparse=self._worded(lookup, readable, lookup.depth),
            hidden=[hit.score for hit in near],
            total=self._total(lookup.readable),
        )

    async def cosines(self, lookup: Lookup, points: Sequence[str]) -> list[Hit]:
        return self._nearest(lookup.dense, edge_filter(PointIn(tuple(points))), len(points))

    async def count(self, condition: Condition) -> int:
        return self._shard.count(edge.CountRequest(exact=True, filter=edge_filter(condition)))

    async def page(
        self, condition: Condition, limit: int, after: str, fields: Sequence[str]
    ) -> tuple[list[Payload], str]:
        records, following = self._shard.scroll(
            edge.ScrollRequest(
                offset=after or None,
                limit=limit,
                filter=edge_filter(condition),
                with_payload=list(fields),
                with_vector=False,
            )
        )
        return [record.payload or {} for record in records], str(following or "")

    async def payloads(self, points: Sequence[str], fields: Sequence[str]) -> dict[str, Payload]:
        known = self._payloads.setdefault(tuple(fields), {})
        if len(known) > _REMEMBERED:
            known.clear()
        if missing := [point for point in points if point not in known]:
            records = self._shard.retrieve([*missing], list(fields), False)
            known |= {str(record.id): record.payload or {} for record in records}
        return {point: known[point] for point in points if point in known}

    async def vectors(self, points: Sequence[str]) -> dict[str, Vectors]:
        records = self._shard.retrieve(list(points), False, True)
        return {str(record.id): _vectors(record.vector) for record in records}

    @property
    def folder(self) -> IndexFolder:
        """Where the index lies."""
        if self._in is None:
            raise Unavailable("index.closed", "Indexet är inte öppet.")
        return self._in

    def unoptimised(self) -> int:
        """Points that the last optimisation did not see."""
        return max(self._shard.info().points_count - self.folder.about.optimised, self.journal.points)

    def flush(self) -> None:
        """Have everything that was written in the folder's files."""
        self._shard.flush()

    async def move(self, folder: IndexFolder) -> None:
        """Go over to a copy of this index, when what the journal has is written there too.

        Raises `Unavailable` when the index is closed, `OverflowError` when the journal had to give up.
        """
        before = self._shard
        shard = edge.EdgeShard.load(str(folder.shard))
        for operation in self.journal.operations():
            shard.update(operation)
            # Searches may come in between.
            await asyncio.sleep(0)
        shard.flush()
        self._root.replace(self.folder, folder)
        self._opened, self._in = shard, folder
        before.close()
        heap.give_back()
        let_go(folder.shard)

    @property
    def _shard(self) -> edge.EdgeShard:
        if self._opened is None:
            raise Unavailable("index.closed", "Indexet är inte öppet.")
        return self._opened

    def _made(self) -> IndexFolder:
        folder = self._root.create(self._about)
        edge_schema.create(folder.shard, self._about.dimension)
        self._root.add(folder)
        return folder

    def _commit(self, steps: Sequence[Publication | None]) -> list[Conflict | None]:
        """Carry out publications, and have them on the disk with everything that was written before."""
        publications = [each for each in steps if each]
        if publications:
            self.folder.begin(publications)
        errors = [self._carried_out(each) if each else None for each in steps]
        self._shard.flush()
        if publications:
            self.folder.end()
        return errors

    def _carried_out(self, publication: Publication) -> Conflict | None:
        """Publish, or say why not. Publishing another version of the document may just have dropped these points."""
        new = edge_filter(publication.new)
        if self._shard.count(edge.CountRequest(exact=True, filter=new)) != publication.passages:
            return incomplete()
        published: Payload = {"active": 1, "passages": publication.passages}
        self._update(edge.UpdateOperation.set_payload_by_filter(new, published))
        self._delete(publication.old)
        return None

    def _delete(self, condition: Condition) -> None:
        self._update(edge.UpdateOperation.delete_points_by_filter(edge_filter(condition)))

    def _update(self, operation: edge.UpdateOperation, points: int = 0) -> None:
        self._totals.clear()
        self._payloads.clear()
        self._shard.update(operation)
        self.journal.note(operation, points)

    def _total(self, condition: Condition) -> int:
        if condition not in self._totals:
            self._totals[condition] = self._shard.count(edge.CountRequest(exact=True, filter=edge_filter(condition)))
        return self._totals[condition]

    def _nearest(self, vector: list[float], condition: edge.Filter, limit: int) -> list[Hit]:
        nearest = edge.Query.Nearest(vector, using=DENSE)
        return self._query(nearest, condition, limit, edge_schema.RESCORED) if vector else []

    def _worded(self, lookup: Lookup, condition: edge.Filter, limit: int) -> list[Hit]:
        if not lookup.indices:
            return []
        corpus = sampled(lookup.readable, self._total(lookup.readable))
        words = edge.SparseVector(lookup.indices, lookup.values)
        idf = edge.SearchParams(idf=edge.IdfParams(corpus=_kept_filter(corpus)))
        return self._query(edge.Query.Nearest(words, using=SPARSE), condition, limit, idf)

    def _query(
        self, query: edge.Query, condition: edge.Filter, limit: int, params: edge.SearchParams | None = None
    ) -> list[Hit]:
        # Ids only: a hundred payloads cost as much as the search.
        found = self._shard.query(
            edge.QueryRequest(
                limit=limit,
                query=query,
                filter=condition,
                params=params,
                with_payload=False,
                with_vector=False,
            )
        )
        return [Hit(str(point.id), point.score) for point in found]


class EdgeStore(EnginePassageStore):
    """A `PassageStore` in a folder of this machine, for one process.

    Args:
        root: Folder of the index; made when missing.
        index_version: See `allmanning.index.version`; another one is an index beside the one that is there.
        dimension: Values of a vector.
    """

    def __init__(self, root: Path, index_version: str, dimension: int) -> None:
        self.root = IndexRoot(root)
        self.edge = EdgeEngine(self.root, About(index_version, "", dimension))
        super().__init__(self.edge, index_version)

    async def warm_up(self) -> None:
        self.root.open()
        await super().warm_up()

    async def close(self) -> None:
        await super().close()
        self.root.close()

    async def switch(self) -> str:
        return self._index_version


@lru_cache(maxsize=256)
def _kept_filter(condition: Condition) -> edge.Filter:
    """Few kinds of askers ask again and again."""
    return edge_filter(condition)


def _edge_point(point: Point) -> edge.Point:
    vectors: dict[str, list[float] | edge.SparseVector | list[list[float]]] = {DENSE: point.dense}
    if point.indices:
        vectors[SPARSE] = edge.SparseVector(point.indices, point.values)
    return edge.Point(point.id, vectors, point.payload)


def _vectors(stored: object) -> Vectors:
    """The vectors as the engine gives them: by name, the sparse one an object of its own."""
    named = stored if isinstance(stored, dict) else {}
    words = named.get(SPARSE)
    indices, values = (words.indices, words.values) if isinstance(words, edge.SparseVector) else ((), ())
    return Vectors(list(named.get(DENSE, ())), list(indices), list(values))
