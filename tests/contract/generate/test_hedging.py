"""A second server is asked when the first is late, and the loser is told to stop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from allmanning.generate.model.pool.pool import Pool
from tests.contract.generate.pooled import NEVER, arrived, asked, asking, left, pooled, stopped
from tests.contract.generate.scripted_model import Script, ScriptedModel


@pytest.fixture
async def pool(models: list[ScriptedModel]) -> AsyncIterator[Pool]:
    async with pooled(models, capacity=4) as made:
        for _ in range(20):
            await asked(made)
        yield made


async def test_a_late_replica_is_overtaken_and_told_to_stop(pool: Pool, models: list[ScriptedModel]) -> None:
    models[0].script = NEVER

    told = [await asked(pool) for _ in range(2)]

    assert [{"replica": 1, "left": "slower"}, {"replica": 2}] in told
    await left(models[0])
    assert pool.outstanding == 0


async def test_the_late_one_is_stopped_while_the_other_still_writes(pool: Pool, models: list[ScriptedModel]) -> None:
    models[0].script = NEVER
    models[1].script = Script(pieces=("Hej ", "på"), hang_after=1)
    tasks = [asking(pool) for _ in range(2)]

    await left(models[0])

    assert not any(task.done() for task in tasks)
    await stopped(tasks)


async def test_who_leaves_stops_both(pool: Pool, models: list[ScriptedModel]) -> None:
    for each in models:
        each.script = NEVER
    before = sum(len(each.requests) for each in models)
    task = asking(pool)
    await arrived(models, before + 2)

    await stopped([task])

    await left(*models)
    assert pool.outstanding == 0


async def test_a_late_failure_leaves_the_other_running(pool: Pool, models: list[ScriptedModel]) -> None:
    models[0].script = Script(status=500)
    models[1].script = Script(pieces=("Hej.",), first_after_s=0.5)

    for _ in range(2):
        assert sorted((await asked(pool)), key=str) == [
            {"replica": 1, "left": "model.unavailable"}, {"replica": 2}]  # fmt: skip


async def test_when_most_places_are_taken_nobody_is_asked_twice(pool: Pool, models: list[ScriptedModel]) -> None:
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


async def test_who_wants_no_hedging_gets_none(models: list[ScriptedModel]) -> None:
    async with pooled(models, hedge=False) as pool:
        for _ in range(20):
            await asked(pool)
        assert pool.hedge_after_s() is None


async def test_before_anything_is_known_nobody_is_asked_twice(models: list[ScriptedModel]) -> None:
    async with pooled(models) as new:
        assert new.hedge_after_s() is None
