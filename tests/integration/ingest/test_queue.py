"""The queue is shared, fair, and loses nothing, in SQLite and in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from allmanning.contracts.ingest.v1.ingest_pb import Priority, State
from allmanning.ingest.dispatcher import RETRY_AFTER_S
from allmanning.ingest.registry import queue as queue_module
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.queue import Queue, Taken
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.reruns import Reruns
from allmanning.ingest.registry.row import Reading, Upload
from allmanning.ingest.registry.schema import documents, queues, versions, work
from allmanning.ingest.registry.turns import Turns
from tests.integration.ingest.test_registry import version

UPLOAD = Upload("a.txt", "ab" * 32, 7)


@dataclass
class Queued:
    """A registry with its queue."""

    database: Database
    registry: Registry
    queue: Queue
    reruns: Reruns

    async def add(self, document_id: str, authority: str, priority: Priority = Priority.UNSPECIFIED) -> None:
        await self.registry.receive(version(1, document_id, authority), replace(UPLOAD, priority=priority, batch="b"))

    async def take(self, worker: str, most: int, turns: Turns | None = None) -> list[Taken]:
        return await self.queue.take(worker, most, turns or Turns())

    async def state(self, document_id: str, authority: str = "uddby") -> State:
        return (await self.registry.get(authority, document_id)).state


@pytest.fixture(params=["sqlite", "postgres"])
async def queued(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Queued]:
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/registry.sqlite3"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )
    database = Database(url)
    await database.warm_up()
    async with database.transaction() as connection:
        for table in (work, queues, versions, documents):
            await connection.execute(delete(table))
    yield Queued(database, Registry(database), Queue(database), Reruns(database))
    await database.close()


async def test_authorities_take_turns_however_much_one_of_them_has(queued: Queued) -> None:
    for number in range(20):
        await queued.add(f"a{number}", "a")
    await queued.add("b0", "b")
    await queued.add("c0", "c")
    turns = Turns()
    first = [(await queued.take("w", 1, turns))[0].authority for _ in range(5)]
    assert first == ["a", "b", "c", "a", "a"]


async def test_urgent_goes_first_and_the_others_are_not_starved(queued: Queued) -> None:
    for number in range(24):
        await queued.add(f"u{number}", "a", Priority.URGENT)
        await queued.add(f"n{number}", "a")
        await queued.add(f"k{number}", "b", Priority.BULK)
    taken = await queued.take("w", 16)
    assert Counter(each.document_id[0] for each in taken) == {"u": 12, "n": 2, "k": 2}
    assert [each.document_id[0] for each in taken[:3]] == ["u", "u", "u"]


async def test_the_oldest_of_an_authority_goes_first(queued: Queued) -> None:
    for name in ("z", "m", "a"):
        await queued.add(name, "uddby")
        await asyncio.sleep(0.002)
    assert [each.document_id for each in await queued.take("w", 3)] == ["z", "m", "a"]


async def test_two_who_take_at_once_never_get_the_same(queued: Queued) -> None:
    for number in range(30):
        await queued.add(f"d{number}", "ab"[number % 2])
    taken = await asyncio.gather(*(queued.take(f"w{number}", 5) for number in range(6)))
    names = [each.document_id for some in taken for each in some]
    assert len(names) == len(set(names))
    rest = await queued.take("w", 30)
    assert len(names) + len(rest) == 30


async def test_what_a_dead_worker_had_is_due_again_and_what_a_living_one_keeps_is_not(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "LEASE_S", 0.2)
    await queued.add("dead", "a")
    await queued.add("alive", "b")
    [dead] = await queued.take("w1", 1)
    [alive] = await queued.take("w2", 1)
    assert (dead.document_id, alive.document_id) == ("dead", "alive")
    monkeypatch.setattr(queue_module, "LEASE_S", 30)
    await queued.queue.keep("w2", [alive])
    await asyncio.sleep(0.25)
    [again] = await queued.take("w3", 2)
    assert (again.document_id, again.tries) == ("dead", 2)
    assert await queued.queue.held("w1") == set()


async def test_a_document_that_ends_its_process_is_given_up_and_those_beside_it_are_not(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "LEASE_S", 0)
    for number in range(6):
        await queued.add(f"d{number}", "a")
    done, tries = set[str](), Counter[str]()
    for life in range(12):
        # A process that takes what it gets, finishes what does not end it, and ends where "d3" is among it, unless that
        # has been tried too often.
        while taken := await queued.take(f"w{life}", 4):
            tries.update(each.document_id for each in taken)
            if any(each.document_id == "d3" and each.tries <= len(RETRY_AFTER_S) + 1 for each in taken):
                break
            await queued.queue.take(f"w{life}", 0, Turns(), taken)
            done |= {each.document_id for each in taken}
    assert done == {f"d{number}" for number in range(6)}
    assert tries.pop("d3") == len(RETRY_AFTER_S) + 2
    assert max(tries.values()) == 2


async def test_an_interrupted_document_waits_for_a_worker_with_nothing_else_to_do(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "LEASE_S", 0)
    await queued.add("left", "a")
    [left] = await queued.take("w1", 1)
    monkeypatch.setattr(queue_module, "LEASE_S", 30)
    await queued.add("other", "b")
    await queued.add("another", "b")
    busy = replace(left, document_id="busy", version="v")
    assert await queued.queue.take("w2", 5, Turns(), (), [busy]) == []
    [taken] = await queued.take("w2", 5)
    assert (taken.document_id, taken.interrupted, taken.tries) == ("left", True, 2)
    assert {each.document_id for each in await queued.take("w3", 5)} == {"other", "another"}


async def test_what_a_worker_that_still_works_on_it_has_kept_too_late_is_not_given_out_by_itself(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "LEASE_S", 0)
    await queued.add("slow", "a")
    [slow] = await queued.take("w1", 1)
    assert await queued.queue.take("w1", 5, Turns(), (), [slow]) == []


async def test_what_is_put_back_waits_without_stopping_others(queued: Queued) -> None:
    await queued.add("first", "a")
    await queued.add("second", "a")
    [first] = await queued.take("w", 1)
    await queued.queue.put_back("w", first, after_s=60, counted=True)
    assert [each.document_id for each in await queued.take("w", 5)] == ["second"]
    assert (await queued.registry.get("a", "first")).attempts == 1


async def test_a_paused_authority_gets_no_turn_until_it_goes_on(queued: Queued) -> None:
    await queued.add("a1", "a")
    await queued.add("b1", "b")
    await queued.queue.pause("a", paused=True)
    assert await queued.queue.paused("a")
    assert [each.document_id for each in await queued.take("w", 5)] == ["b1"]
    await queued.queue.pause("a", paused=False)
    assert [each.document_id for each in await queued.take("w", 5)] == ["a1"]


async def test_cancelled_is_out_of_the_queue_at_once_and_may_be_cancelled_again(queued: Queued) -> None:
    await queued.add("d1", "uddby")
    await queued.add("d2", "uddby")
    [taken] = await queued.take("w", 1)
    assert await queued.registry.cancel("uddby", document_id=taken.document_id) == 1
    assert await queued.queue.held("w") == set()
    assert await queued.registry.cancel("uddby", batch="b") == 1
    assert await queued.registry.cancel("uddby", batch="b") == 0
    assert await queued.take("w", 5) == []
    assert {await queued.state("d1"), await queued.state("d2")} == {State.CANCELLED}


async def test_a_batch_of_another_authority_is_not_cancelled(queued: Queued) -> None:
    await queued.add("d1", "granne")
    assert await queued.registry.cancel("uddby", batch="b") == 0
    assert await queued.state("d1", "granne") is State.RECEIVED


async def test_retried_is_received_with_another_attempt_and_queued(queued: Queued) -> None:
    for name, state in (("f", State.FAILED), ("r", State.REJECTED), ("c", State.CANCELLED)):
        await queued.add(name, "uddby")
        await queued.registry.set_aside(name, version(1).version, state, "a.b", "c", tries=5)
    # Whoever settled them has not let go of them yet.
    assert await queued.reruns.retry("uddby", [State.FAILED, State.REJECTED]) == 2
    assert await queued.reruns.retry("uddby", [State.FAILED, State.REJECTED]) == 0
    assert sorted(each.document_id for each in await queued.take("w", 9)) == ["c", "f", "r"]
    job = await queued.registry.job("f", version(1).version)
    assert job
    assert (job.state, job.attempt, job.code) == (State.RECEIVED, 2, "")
    assert await queued.state("c") is State.CANCELLED


async def test_what_is_scheduled_is_taken_by_nobody_before_its_moment(queued: Queued) -> None:
    await queued.add("d1", "uddby")
    [taken] = await queued.take("w", 1)
    assert await queued.registry.index(version(1, "d1", "uddby"), Reading(1))
    later = version(2, "d1", "uddby")
    await queued.registry.receive(later, UPLOAD)
    await queued.queue.take("w", 0, Turns(), [taken])
    [taken] = await queued.take("w", 1)
    assert await queued.registry.schedule(later, Reading(2), datetime.now(UTC) + timedelta(hours=1))
    # The worker lets go of what it has done.
    assert await queued.queue.take("w", 1, Turns(), [taken]) == []
    assert await queued.state("d1") is State.SCHEDULED
    async with queued.database.transaction() as connection:
        await connection.execute(update(work).values(due=0))
    [taken] = await queued.take("w", 1)
    assert (taken.version, taken.tries) == (later.version, 1)
    job = await queued.registry.job("d1", later.version)
    assert job
    begun = await queued.registry.begin(job)
    assert (begun.state, begun.attempt, begun.code) == (State.RECEIVED, 2, "")


async def test_nothing_is_scheduled_where_no_other_version_is_searched(queued: Queued) -> None:
    await queued.add("d1", "uddby")
    assert not await queued.registry.schedule(version(1, "d1", "uddby"), Reading(2), datetime.now(UTC))
    assert await queued.state("d1") is State.RECEIVED


async def test_letting_go_of_what_is_done_does_not_take_away_what_came_since(queued: Queued) -> None:
    await queued.add("d1", "uddby")
    [taken] = await queued.take("w", 1)
    await queued.registry.set_aside("d1", version(1).version, State.FAILED, "a.b", "c")
    await queued.reruns.retry("uddby", [State.FAILED])
    again = await queued.queue.take("w", 1, Turns(), [taken])
    assert [each.document_id for each in again] == ["d1"]


async def test_taking_costs_the_same_however_much_waits(queued: Queued) -> None:
    """The plan of the statements uses the index by turn alone: no scan, no sort."""
    if queued.database.dialect != "sqlite":
        pytest.skip("the plan is SQLite's")
    async with queued.database.reading() as connection:
        statement = f"EXPLAIN QUERY PLAN {queue_module.AUTHORITIES.text}"
        rows = await connection.exec_driver_sql(
            statement.replace(":urgency", "1").replace(":now", "1"),
        )
        plan = [row[3] for row in rows]
    reads = [line for line in plan if "work" in line]
    assert reads
    assert all(line.startswith("SEARCH work USING COVERING INDEX work_by_turn") for line in reads)


async def test_many_authorities_with_much_waiting_are_served_in_turn(queued: Queued) -> None:
    async with queued.database.transaction() as connection:
        row = {"version": "v", "urgency": 1, "due": 0, "tries": 0, "worker": "", "trace": ""}
        rows = [
            {"document_id": f"{authority:03}-{number}", "authority": f"{authority:03}", **row}
            for authority in range(311)
            for number in range(20)
        ]
        await connection.execute(work.insert(), rows)
    turns = Turns()
    taken = [each for _ in range(4) for each in await queued.take("w", 100, turns)]
    assert Counter(each.authority for each in taken).most_common(1)[0][1] == 2
    assert len({each.authority for each in taken}) == 311
