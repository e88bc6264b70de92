"""How long `retrieve.v1.search` takes beyond the embedding, and how long the engine alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import qdrant_edge as edge

from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.index.condition import Equals, Every
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.index.store.edge_filter import edge_filter
from allmanning.index.store.point import DENSE
from allmanning.index.wire import query_tokens
from allmanning.node.folder import DataFolder
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.settings import Settings
from tests.benchmark.retrieve.corpus import CASEWORKER, FILTER, OWN
from tests.benchmark.retrieve.word_vectors import WordVectors

LIMIT = 10
WARM = 5


@dataclass(frozen=True)
class Milliseconds:
    """Of each question."""

    each: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.each)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.each, n=20)[18]


async def beyond_embedding(data: Path, asked: Sequence[str]) -> Milliseconds:
    """`retrieve.v1.search` over the bus of the platform that runs in `data`: hybrid, with a filter.

    From each question's time is taken that of embedding another of the same words right after, for the machine is not
    equally fast from one second to the next.
    """
    folder = DataFolder(data)
    password = folder.passwords()["node"]
    settings = Settings(nats_url=folder.running().nats_url, nats_user="node", nats_password=password)
    bus = await Bus.connect(settings, name="node")
    embedder = RemoteEmbedder(bus)

    async def search(question: str) -> None:
        request = SearchRequest(principal=CASEWORKER, query=question, limit=LIMIT, filter=FILTER)
        found = await bus.call(subjects.RETRIEVE_SEARCH, request, SearchResponse, timeout_s=30)
        assert found.passages

    async def embed(question: str) -> None:
        # The index process remembers a question that it has embedded.
        await query_tokens(embedder, [f"{question}?"])

    try:
        for question in asked[:WARM]:
            await search(f"{question} uppvärmning")
        return Milliseconds([await _took(search, question) - await _took(embed, question) for question in asked])
    finally:
        await bus.close()


async def _took(ask: Callable[[str], Awaitable[None]], question: str) -> float:
    started = time.perf_counter()
    await ask(question)
    return (time.perf_counter() - started) * 1000


async def engine_alone(data: Path, asked: Sequence[str], vectors: WordVectors) -> Milliseconds:
    """One nearest-neighbour query of the same shard, for the ten best of the asker's own. No platform may run."""
    [shard] = (data / "index").glob("*/shard")
    opened = edge.EdgeShard.load(str(shard))
    condition = edge_filter(Every((Equals("authority", OWN), Equals("active", 1))))

    async def nearest(question: str) -> None:
        query = edge.Query.Nearest(vectors.vector(question).tolist(), using=DENSE)
        found = opened.query(
            edge.QueryRequest(limit=LIMIT, query=query, filter=condition, with_payload=False, with_vector=False)
        )
        assert len(found) == LIMIT

    try:
        return Milliseconds([await _took(nearest, question) for question in asked])
    finally:
        opened.close()
