"""Search over HTTP, and the same questions asked of the same index in this process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.settings import IndexSettings
from allmanning.index.store.edge import EdgeStore
from allmanning.index.version import index_version
from allmanning.retrieve.pipeline import Retrieval
from tests.platform_node import Platform

LIMIT = 10
CASEWORKER = Principal(
    authority="exempelby", role=Role.CASEWORKER, channel="internal", clearances=[Secrecy.OPEN, Secrecy.INTERNAL]
)


def _search(client: httpx2.Client, question: str) -> None:
    answer = client.post("/v1/search", json={"query": question, "limit": LIMIT})
    assert answer.json()["passages"], answer.text


def over_http(platform: Platform, key: str, questions: Sequence[str]) -> list[float]:
    """Milliseconds for each question, asked once, so that no cache has seen it."""
    times = []
    with platform.http(key) as client:
        _search(client, "uppvärmning")
        for question in questions:
            started = time.perf_counter()
            _search(client, question)
            times.append((time.perf_counter() - started) * 1000)
    return times


def requests_per_second(platform: Platform, key: str, questions: Sequence[str], *, clients: int) -> float:
    """Searches a second with this many clients; each question is new to the platform."""

    def work(number: int) -> None:
        with platform.http(key) as client:
            for question in questions:
                _search(client, f"{question} {number}")

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))
    return clients * len(questions) / (time.perf_counter() - started)


@dataclass(frozen=True)
class InProcess:
    """Milliseconds for each question: the whole search, and the embedding alone."""

    total_ms: list[float]
    embedding_ms: list[float]


async def in_process(data: Path, questions: Sequence[str]) -> InProcess:
    """The platform's own pipeline on the platform's own index, without a network. The platform must be stopped."""
    settings = IndexSettings(data_dir=data)
    embedder = LocalEmbedder(threads=settings.embedder_threads)
    await embedder.warm_up()
    version = index_version(embedder.model, embedder.dimension)
    store = EdgeStore(settings.index_dir, version, embedder.dimension)
    await store.warm_up()
    retrieval = Retrieval(embedder, store)
    await retrieval.warm_up()
    total, embedding = [], []
    try:
        await retrieval.search(SearchRequest(principal=CASEWORKER, query="uppvärmning", limit=LIMIT))
        for question in questions:
            started = time.perf_counter()
            found = await retrieval.search(SearchRequest(principal=CASEWORKER, query=question, limit=LIMIT))
            total.append((time.perf_counter() - started) * 1000)
            assert found.passages
        for question in questions:
            started = time.perf_counter()
            # Another text of the same length: the first one is remembered.
            await embedder.embed_queries([f"{question}?"])
            embedding.append((time.perf_counter() - started) * 1000)
    finally:
        await retrieval.close()
        await store.close()
        await embedder.close()
    return InProcess(total, embedding)
