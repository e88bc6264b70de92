"""How much later words come through the platform than from the model server that it asks."""

from __future__ import annotations

import asyncio
import itertools
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx2

from tests.benchmark.generate.asking import Heard, ask
from tests.benchmark.generate.bench import Bench

READING_PACE = 50
"""Tokens a second of each stream."""
FEWEST: Final = 2


@dataclass(frozen=True)
class Pair:
    """The same questions asked through the platform and of the server."""

    platform: Sequence[Heard]
    direct: Sequence[Heard]


def p50(values: Sequence[float]) -> float:
    return statistics.median(values) if values else math.nan


def p95(values: Sequence[float]) -> float:
    """Not a number of too few, as when nobody was answered."""
    if len(values) < FEWEST:
        return math.nan
    return statistics.quantiles(values, n=20, method="inclusive")[18]


def clients(bench: Bench, count: int) -> tuple[httpx2.AsyncClient, httpx2.AsyncClient]:
    """One for the platform, one for the server behind it."""
    limits = httpx2.Limits(max_connections=count, max_keepalive_connections=count)
    headers = {"Authorization": f"Bearer {bench.keys['exempelby']}"}
    return (
        httpx2.AsyncClient(base_url=bench.platform.url, headers=headers, timeout=120, limits=limits),
        httpx2.AsyncClient(base_url=bench.model_url, timeout=120, limits=limits),
    )


def new(bench: Bench, count: int, tag: str) -> list[str]:
    """Questions that no cache has seen."""
    return [f"{each} ({tag}{n})" for n, each in zip(range(count), itertools.cycle(bench.questions), strict=False)]


async def one_by_one(bench: Bench, count: int, tag: str) -> Pair:
    """Turn about, so that both meet the same noise."""
    through, direct = clients(bench, 1)
    async with through, direct:
        await ask(through, f"{bench.questions[0]} (värm upp {tag})")
        pairs = [(await ask(through, each), await ask(direct, each)) for each in new(bench, count, tag)]
    return Pair([each for each, _ in pairs], [each for _, each in pairs])


async def at_once(bench: Bench, count: int, tag: str) -> Pair:
    """So many streams at the same time; first of the server, then through the platform."""
    through, direct = clients(bench, count)
    questions = new(bench, count, tag)
    async with through, direct:
        alone = await asyncio.gather(*(ask(direct, each) for each in questions))
        return Pair(await asyncio.gather(*(ask(through, each) for each in questions)), alone)


async def chats_per_s(bench: Bench, *, clients_count: int, count: int, tag: str) -> float:
    """Whole answers a second, each with a search of its own."""
    through, direct = clients(bench, clients_count)
    questions = iter(new(bench, count, tag))

    async def work() -> None:
        for each in questions:
            await ask(through, each)

    async with through, direct:
        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(clients_count)))
        return count / (time.perf_counter() - started)
