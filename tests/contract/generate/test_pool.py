"""Several servers of one model, asked as if they were one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from haystack.dataclasses import ChatMessage, StreamingChunk
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from allmanning.generate.model import figures
from allmanning.generate.model.openai import OpenAIConnection
from allmanning.generate.model.pool.attempts import AttemptsFailed, attempts_of
from allmanning.generate.model.pool.pool import Pool
from allmanning.generate.model.server import ModelServer
from allmanning.runtime.errors import Busy, PlatformError, Unavailable
from tests.contract.generate.scripted_model import Script, ScriptedModel

QUESTION = [ChatMessage.from_user("Vad kostar bygglov?")]
NEVER = Script(first_after_s=120)


@pytest.fixture
async def models() -> AsyncIterator[list[ScriptedModel]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(ScriptedModel(Script(pieces=("Hej.",), pause_s=0))) for _ in range(2)]


@asynccontextmanager
async def pooled(models: list[ScriptedModel], **settings: Any) -> AsyncIterator[Pool]:
    first, *more = (f"{each.url}/v1" for each in models)
    server = ModelServer(first, "m", more_urls=tuple(more), timeout_s=60.0, **{"probe_every_s": 60.0, **settings})
    pool = Pool(server, lambda url: OpenAIConnection(server, url))
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


@pytest.fixture
async def pool(models: list[ScriptedModel]) -> AsyncIterator[Pool]:
    async with pooled(models) as made:
        yield made


async def asked(pool: Pool) -> list[dict[str, Any]]:
    """The attempts that the record would tell of."""
    told: list[dict[str, Any]] = []

    async def heard(chunk: StreamingChunk) -> None:
        told.extend(chunk.meta.get("attempts", ()))

    async with asyncio.timeout(60):
        reply = (await pool.chat(QUESTION, heard, {}))["replies"][0]
    assert reply.text == "Hej."
    return told


async def failure(pool: Pool) -> tuple[PlatformError, list[dict[str, Any]]]:
    async def heard(_: StreamingChunk) -> None: ...

    with pytest.raises(AttemptsFailed) as caught:
        await pool.chat(QUESTION, heard, {})
    assert isinstance(caught.value.__cause__, PlatformError)
    return caught.value.__cause__, [dict(each) for each in attempts_of(caught.value)]


def asking(pool: Pool) -> asyncio.Task[Any]:
    async def heard(_: StreamingChunk) -> None: ...

    return asyncio.create_task(pool.chat(QUESTION, heard, {}))


async def arrived(models: list[ScriptedModel], count: int) -> None:
    """Wait until so many requests have reached the servers."""
    async with asyncio.timeout(60):
        while sum(len(each.requests) for each in models) < count:
            for each in models:
                each.asked.clear()
            waits = [asyncio.create_task(each.asked.wait()) for each in models]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=0.1)
            for wait in waits:
                wait.cancel()


async def left(*models: ScriptedModel) -> None:
    async with asyncio.timeout(60):
        for each in models:
            await each.left.wait()


async def stopped(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_requests_go_where_fewest_are_under_way(pool: Pool, models: list[ScriptedModel]) -> None:
    for each in models:
        each.script = NEVER
    tasks = [asking(pool) for _ in range(6)]
    await arrived(models, 6)

    assert [len(each.requests) for each in models] == [3, 3]
    assert pool.outstanding == 6
    await stopped(tasks)
    assert pool.outstanding == 0


async def test_a_pool_with_no_place_left_says_so_and_asks_nobody(models: list[ScriptedModel]) -> None:
    for each in models:
        each.script = NEVER
    async with pooled(models, capacity=1) as pool:
        tasks = [asking(pool) for _ in range(2)]
        await arrived(models, 2)

        error, attempts = await failure(pool)

        assert (type(error), error.code, attempts) == (Busy, "model.busy", [])
        assert sum(len(each.requests) for each in models) == 2
        await stopped(tasks)
        for each in models:
            each.script = Script(pieces=("Hej.",))
        await asked(pool)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (Script(status=500), "model.unavailable"),
        (Script(status=429), "model.busy"),
        (Script(drop_after=0), "model.interrupted"),
        (Script(raw=(b"data: nonsense\n\n",)), "model.interrupted"),
    ],
)
async def test_another_replica_is_asked_before_the_first_words(
    pool: Pool, models: list[ScriptedModel], script: Script, code: str
) -> None:
    failing = models[0]
    failing.script = script

    told = [await asked(pool) for _ in range(2)]

    assert [{"replica": 1, "left": code}, {"replica": 2}] in told
    assert [{"replica": 2}] in told


async def test_a_server_that_is_gone_costs_nobody_an_answer(models: list[ScriptedModel]) -> None:
    gone = ScriptedModel()
    async with gone:
        pass
    async with pooled([gone, *models]) as pool:
        told = [await asked(pool) for _ in range(3)]

    assert {"replica": 1, "left": "model.unavailable"} in [attempts[0] for attempts in told]


async def test_after_the_first_words_nobody_else_is_asked(pool: Pool, models: list[ScriptedModel]) -> None:
    for each in models:
        each.script = Script(pieces=("Hej ", "på"), drop_after=1)

    error, attempts = await failure(pool)

    assert error.code == "model.interrupted"
    assert len(attempts) == sum(len(each.requests) for each in models) == 1


async def test_what_every_replica_would_refuse_is_asked_of_one(pool: Pool, models: list[ScriptedModel]) -> None:
    for each in models:
        each.script = Script(status=422)

    error, attempts = await failure(pool)

    assert error.code == "model.rejected"
    assert len(attempts) == 1


async def test_when_all_fail_the_last_failure_is_told(pool: Pool, models: list[ScriptedModel]) -> None:
    for each in models:
        each.script = Script(status=500)

    error, attempts = await failure(pool)

    assert error.code == "model.unavailable"
    assert sorted(each["replica"] for each in attempts) == [1, 2]


async def test_a_replica_that_wants_rest_is_passed_over(pool: Pool, models: list[ScriptedModel]) -> None:
    models[0].script = Script(status=503, headers={"Retry-After": "60"})

    for _ in range(6):
        await asked(pool)

    assert len(models[0].requests) == 1
    assert pool.capacity == 8


async def test_a_replica_that_fails_again_and_again_is_left_alone(pool: Pool, models: list[ScriptedModel]) -> None:
    models[0].script = Script(status=500)

    for _ in range(12):
        await asked(pool)

    assert len(models[0].requests) == 3


async def test_with_everyone_left_alone_the_asker_is_told_at_once(pool: Pool, models: list[ScriptedModel]) -> None:
    for each in models:
        each.script = Script(status=500)
    for _ in range(3):
        await failure(pool)

    error, attempts = await failure(pool)

    assert (type(error), attempts) == (Unavailable, [])
    assert 0 < (error.retry_after_s or 0) <= 2
    assert pool.capacity == 0


async def test_a_probe_finds_out_who_is_dead_and_who_is_well_again(models: list[ScriptedModel]) -> None:
    async with pooled(models[:1], probe_every_s=0.01) as pool:
        [replica] = pool.replicas
        models[0].health = 503
        async with asyncio.timeout(60):
            while replica.breaker.closed:
                models[0].probed.clear()
                await models[0].probed.wait()
        error, attempts = await failure(pool)
        assert (error.code, attempts, models[0].requests) == ("model.unavailable", [], [])

        models[0].health = 200
        async with asyncio.timeout(60):
            while not replica.breaker.closed:
                models[0].probed.clear()
                await models[0].probed.wait()
        await asked(pool)


@pytest.mark.parametrize("status", [404, 401])
async def test_a_server_without_a_word_on_its_health_is_taken_for_well(
    models: list[ScriptedModel], status: int
) -> None:
    models[0].health = status
    async with pooled(models[:1]) as pool:
        assert await pool.replicas[0].connection.is_well()


class TestHedging:
    @pytest.fixture
    async def pool(self, models: list[ScriptedModel]) -> AsyncIterator[Pool]:
        async with pooled(models, capacity=4) as made:
            for _ in range(20):
                await asked(made)
            yield made

    async def test_a_late_replica_is_overtaken_and_told_to_stop(self, pool: Pool, models: list[ScriptedModel]) -> None:
        models[0].script = NEVER

        told = [await asked(pool) for _ in range(2)]

        assert [{"replica": 1, "left": "slower"}, {"replica": 2}] in told
        await left(models[0])
        assert pool.outstanding == 0

    async def test_the_late_one_is_stopped_while_the_other_still_writes(
        self, pool: Pool, models: list[ScriptedModel]
    ) -> None:
        models[0].script = NEVER
        models[1].script = Script(pieces=("Hej ", "på"), hang_after=1)
        tasks = [asking(pool) for _ in range(2)]

        await left(models[0])

        assert not any(task.done() for task in tasks)
        await stopped(tasks)

    async def test_who_leaves_stops_both(self, pool: Pool, models: list[ScriptedModel]) -> None:
        for each in models:
            each.script = NEVER
        before = sum(len(each.requests) for each in models)
        task = asking(pool)
        await arrived(models, before + 2)

        await stopped([task])

        await left(*models)
        assert pool.outstanding == 0

    async def test_a_late_failure_leaves_the_other_running(self, pool: Pool, models: list[ScriptedModel]) -> None:
        models[0].script = Script(status=500)
        models[1].script = Script(pieces=("Hej.",), first_after_s=0.5)

        for _ in range(2):
            assert sorted((await asked(pool)), key=str) == [
                {"replica": 1, "left": "model.unavailable"}, {"replica": 2}]  # fmt: skip

    async def test_when_most_places_are_taken_nobody_is_asked_twice(
        self, pool: Pool, models: list[ScriptedModel]
    ) -> None:
        for each in models:
            each.script = NEVER
        before = sum(len(each.requests) for each in models)
        pool._hedge = False
        tasks = [asking(pool) for _ in range(5)]
        await arrived(models, before + 5)
        pool._hedge = True

        assert pool.hedge_after_s() is None
        await stopped(tasks)
        assert pool.hedge_after_s() is not None

    async def test_who_wants_no_hedging_gets_none(self, models: list[ScriptedModel]) -> None:
        async with pooled(models, hedge=False) as pool:
            for _ in range(20):
                await asked(pool)
            assert pool.hedge_after_s() is None


async def test_figures_tell_of_servers_and_never_of_what_was_asked(
    pool: Pool, models: list[ScriptedModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader]).get_meter("test")
    monkeypatch.setattr(figures, "_attempts", meter.create_counter("attempts"))
    monkeypatch.setattr(figures, "_first_words", meter.create_histogram("first_words"))
    models[0].script = Script(status=500)

    for _ in range(2):
        await asked(pool)

    told = reader.get_metrics_data()
    assert told is not None
    points = [
        (metric.name, dict(point.attributes or {}))
        for resource in told.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    ]
    assert ("attempts", {"model": "m", "replica": 1, "left": "model.unavailable"}) in points
    assert ("attempts", {"model": "m", "replica": 2, "left": "answered"}) in points
    assert ("first_words", {"model": "m", "replica": 2}) in points
    assert {name for _, attributes in points for name in attributes} == {"model", "replica", "left"}


async def test_before_anything_is_known_nobody_is_asked_twice(pool: Pool) -> None:
    assert pool.hedge_after_s() is None
