"""A data folder with many published passages, made without a platform: index and registry agree, so nothing is mended.

The words are analysed by the product, on every processor; the vectors are scripted. Publishing document by document
would flush the engine thousands of times: the points are written as published instead.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from allmanning.contracts.index.v1.index_pb import IndexedPassage
from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.encode import encode_passages
from allmanning.index.opening import opened
from allmanning.index.settings import IndexSettings
from allmanning.index.store.point import Point, point_of
from tests.benchmark.retrieve.corpus import documents
from tests.benchmark.retrieve.registered import register
from tests.benchmark.retrieve.word_vectors import WordVectors

ENCODED_AT_ONCE = 250
WRITTEN_AT_ONCE = 5_000
# Batches that are analysed ahead of the engine.
AHEAD = 6


@dataclass(frozen=True)
class Filled:
    documents: int
    passages: int
    seconds: float


async def fill(data: Path, passages: int) -> Filled:
    """Publish so many passages in an empty data folder, under the name of the product's own model."""
    started = time.perf_counter()
    texts = list(itertools.chain.from_iterable(documents(passages)))
    versions = {passage.document.id: passage.document for passage in texts if passage.document}
    counts = Counter(passage.document.id for passage in texts if passage.document)
    async with opened(IndexSettings(data_dir=data)) as index:
        engine, waiting = index.store._live._engine, list[Point]()
        async for encoded in _encoded(texts, index.embedder.model, index.embedder.dimension):
            waiting += [_published(each, counts, index.embedder.dimension) for each in encoded]
            if len(waiting) >= WRITTEN_AT_ONCE:
                await engine.stage([], waiting)
                waiting.clear()
        await engine.stage([], waiting)
        # As a platform has done some minutes after an import.
        await index.store.optimise()
    await register(data, counts, versions)
    return Filled(len(versions), len(texts), time.perf_counter() - started)


def _published(indexed: IndexedPassage, counts: Counter[str], dimension: int) -> Point:
    point = point_of(indexed, generation=1, dimension=dimension)
    point.payload.update({"active": 1, "passages": counts[str(point.payload["document"])]})
    return point


async def _encoded(passages: Sequence[Passage], model: str, dimension: int) -> AsyncIterator[Sequence[IndexedPassage]]:
    """The passages in order, with both vectors."""
    loop = asyncio.get_running_loop()
    given = (
        [passage.to_binary() for passage in passages[start : start + ENCODED_AT_ONCE]]
        for start in range(0, len(passages), ENCODED_AT_ONCE)
    )
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        waiting: list[asyncio.Future[list[bytes]]] = []
        while True:
            for batch in itertools.islice(given, AHEAD - len(waiting)):
                waiting.append(loop.run_in_executor(pool, _encode, batch, model, dimension))
            if not waiting:
                return
            yield [IndexedPassage.from_binary(each) for each in await waiting.pop(0)]


def _encode(given: Sequence[bytes], model: str, dimension: int) -> list[bytes]:
    passages = [Passage.from_binary(each) for each in given]
    encoded = asyncio.run(encode_passages(passages, WordVectors(model, dimension)))
    return [each.to_binary() for each in encoded]
