"""Several servers of one model, asked as if they were one."""

from __future__ import annotations

import asyncio

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from allmanning.generate.model import figures
from allmanning.generate.model.pool.pool import Pool
from allmanning.runtime.errors import Busy, Unavailable
from tests.contract.generate.pooled import NEVER, arrived, asked, asking, failure, pooled, stopped
from tests.contract.generate.scripted_model import Script, ScriptedModel


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
