"""Time to first words over three replicas of which one is slow: by turns, balanced, and balanced with hedging.

    python -m tests.benchmark.generate.replicas

The servers are scripted, so that the slow one is slow by just so much; every way of asking is measured in the same run,
round by round. By turns is what a load balancer without knowledge of the replicas does: the baseline.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.openai import OpenAIConnection
from allmanning.generate.model.pool.pool import Pool
from allmanning.generate.model.server import ModelServer
from tests.contract.generate.scripted_model import Script, ScriptedModel

QUESTION = [ChatMessage.from_user("Vad kostar bygglov?")]
USUAL_S, SLOW_S = 0.05, 0.6
ROUNDS, REQUESTS, AT_ONCE = 4, 60, 4
Ask = Callable[[Callable[[StreamingChunk], Awaitable[None]]], Awaitable[object]]


async def first_words_ms(ask: Ask) -> float:
    started, heard = time.perf_counter(), 0.0

    async def listen(chunk: StreamingChunk) -> None:
        nonlocal heard
        if chunk.content and not heard:
            heard = time.perf_counter()

    await ask(listen)
    return (heard - started) * 1000


async def times_ms(ask: Ask) -> list[float]:
    """Of so many requests, so many at once."""
    found: list[float] = []
    left = itertools.repeat(None, REQUESTS)

    async def client() -> None:
        for _ in left:
            found.append(await first_words_ms(ask))

    async with asyncio.TaskGroup() as clients:
        for _ in range(AT_ONCE):
            clients.create_task(client())
    return found


def pool_of(models: Sequence[ScriptedModel], *, hedge: bool) -> Pool:
    first, *more = (f"{each.url}/v1" for each in models)
    server = ModelServer(first, "m", more_urls=tuple(more), capacity=16, hedge=hedge, probe_every_s=60)
    return Pool(server, lambda url: OpenAIConnection(server, url))


async def measure() -> None:
    async with AsyncExitStack() as stack:
        scripts = [Script(pieces=("Hej.",), pause_s=0, first_after_s=each) for each in (USUAL_S, USUAL_S, SLOW_S)]
        models = [await stack.enter_async_context(ScriptedModel(script)) for script in scripts]
        plain, hedged = pool_of(models, hedge=False), pool_of(models, hedge=True)
        for pool in (plain, hedged):
            await pool.open()
            stack.push_async_callback(pool.close)
        turns = itertools.cycle(plain.replicas)
        ways: dict[str, Ask] = {
            "by turns": lambda listen: next(turns).connection.chat(QUESTION, listen, {}),
            "balanced": lambda listen: plain.chat(QUESTION, listen, {}),
            "balanced, hedged": lambda listen: hedged.chat(QUESTION, listen, {}),
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        sent = dict.fromkeys(ways, 0)
        for _ in range(ROUNDS):
            for name, ask in ways.items():
                before = sum(len(each.requests) for each in models)
                found[name] += await times_ms(ask)
                sent[name] += sum(len(each.requests) for each in models) - before
        heads = f"{'p50, ms':>10} {'p95, ms':>10} {'against turns':>14} {'requests':>10}"
        print(f"{'3 replicas, one slow (50, 50, 600 ms)':<44} {heads}")
        base = statistics.quantiles(found["by turns"], n=20)[18]
        for name, times in found.items():
            p95 = statistics.quantiles(times, n=20)[18]
            extra = sent[name] / (ROUNDS * REQUESTS)
            print(f"{name:<44} {statistics.median(times):>10.0f} {p95:>10.0f} {p95 / base:>13.2f}x {extra:>9.2f}x")


if __name__ == "__main__":
    asyncio.run(measure())
