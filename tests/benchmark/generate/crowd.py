"""Five hundred streams at once from one authority, and what another one notices of them."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2

from tests.benchmark import footprint
from tests.benchmark.generate.asking import Busy, Heard, Unanswered, ask
from tests.benchmark.generate.bench import Bench

STREAMS = 500
TURNED_AWAY = "told to come back later"
_LIGHT_CLIENTS = 2
_SETTLED = 100


@dataclass
class Crowd:
    """What both authorities got."""

    alone: list[Heard] = field(default_factory=list)
    """The light one, with the platform to itself."""
    beside: list[Heard] = field(default_factory=list)
    """The light one, beside the flood."""
    flood: list[Heard] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0
    """Told to come back later, in time."""
    most_mebibytes: dict[str, float] = field(default_factory=dict)
    """Of each process, when all together had most."""


def _client(bench: Bench, authority: str, connections: int) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    headers = {"Authorization": f"Bearer {bench.keys[authority]}"}
    return httpx2.AsyncClient(base_url=bench.platform.url, headers=headers, timeout=300, limits=limits)


async def _asked(client: httpx2.AsyncClient, question: str, errors: Counter[str]) -> list[Heard]:
    try:
        return [await ask(client, question)]
    except Busy:
        errors[TURNED_AWAY] += 1
        # As long as such a client would wait at least.
        await asyncio.sleep(5)
        return []
    except (Unanswered, httpx2.HTTPError) as error:
        errors[f"{type(error).__name__} {error}"[:160]] += 1
        return []


async def _light(bench: Bench, rounds: int, tag: str, errors: Counter[str]) -> list[Heard]:
    async with _client(bench, "grannby", _LIGHT_CLIENTS) as client:

        async def work(number: int) -> list[Heard]:
            heard = []
            for n, each in zip(range(rounds), itertools.cycle(bench.questions), strict=False):
                heard += await _asked(client, f"{each} ({tag}{number}-{n})", errors)
            return heard

        return list(itertools.chain(*await asyncio.gather(*(work(n) for n in range(_LIGHT_CLIENTS)))))


async def flooded(bench: Bench, rounds: int) -> Crowd:
    """The light authority asks alone, then while the other holds 500 streams, which begin anew when they end."""
    crowd = Crowd()
    crowd.alone = await _light(bench, rounds, "ensam", crowd.errors)
    over = asyncio.Event()

    async def stream(client: httpx2.AsyncClient, number: int) -> None:
        for n in itertools.count():
            question = f"{bench.questions[(number + n) % len(bench.questions)]} ({number}-{n})"
            crowd.flood += await _asked(client, question, crowd.errors)
            if over.is_set():
                return

    async def weigh() -> None:
        while True:
            memory = await asyncio.to_thread(footprint.by_process, bench.platform)
            crowd.most_mebibytes = max(crowd.most_mebibytes, memory, key=lambda each: sum(each.values()))
            await asyncio.sleep(2)

    weighing = asyncio.create_task(weigh())
    async with _client(bench, "exempelby", STREAMS) as client:
        streams = [asyncio.create_task(stream(client, number)) for number in range(STREAMS)]
        # The first streams began, and so end, all at once; a flood that lasts does not.
        while len(crowd.flood) + crowd.errors.total() < _SETTLED:
            await asyncio.sleep(0.2)
        crowd.beside = await _light(bench, rounds, "trängsel", crowd.errors)
        over.set()
        await asyncio.gather(*streams)
    weighing.cancel()
    crowd.turned_away = crowd.errors.pop(TURNED_AWAY, 0)
    return crowd


def seconds(heard: Sequence[Heard]) -> list[float]:
    return [each.end_s for each in heard]
