from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from allmanning.audit.log.origin import end_of, origin_of
from allmanning.audit.log.reading import LogState
from allmanning.audit.log.succession import KEY_ROTATION, PERIOD_OVER, sealed_by
from allmanning.audit.publication.clock import Clock
from allmanning.audit.publication.sealer import Sealer
from allmanning.runtime.errors import Conflict, NotFound
from tests.unit.audit.producer import AUTHORITY, Producer, put

FIRST, SECOND = origin_of(AUTHORITY, "2026h2"), origin_of(AUTHORITY, "2027h1")
GRACE_S = 3600.0


class Records:
    """Takes records to the log at once."""

    def __init__(self, store, producer: Producer) -> None:
        self.store = store
        self.producer = producer
        self.sealer = Producer(name="audit-1")
        self.left = 0

    async def record(self, type, *, authority, decision_id, fields, parts):
        assert authority == AUTHORITY
        contents = {name: part.value for name, part in parts.items()}
        leaf = self.sealer.record(type, decision_id, time="2027-01-01T02:00:00.000Z", parts=contents, **fields)
        self.left += 1
        put(self.store, [leaf], len(self.producer.leaves) + self.left)


@pytest.fixture
def records(store, producer) -> Records:
    put(store, [producer.record("answer.released", "d1", time="2026-12-31T10:00:00.000Z")], 1)
    return Records(store, producer)


@pytest.fixture
def sealer(store, records) -> Sealer:
    return Sealer(store, records, grace_s=GRACE_S, most_gap=timedelta(days=30))


def nexts(store) -> dict[str, str]:
    with store.reading(AUTHORITY) as reading:
        return {log.origin: log.next for log in reading.logs()}


def test_half_years_end_when_the_next_begins():
    assert end_of("2026h1") == datetime(2026, 7, 1, tzinfo=UTC)
    assert end_of("2026h2b") == datetime(2027, 1, 1, tzinfo=UTC)


async def test_a_log_is_sealed_once_its_half_year_and_its_grace_are_over(store, records, sealer):
    await sealer.round(datetime(2027, 1, 1, 0, 59, 59, tzinfo=UTC))
    assert records.left == 0
    await sealer.round(datetime(2027, 1, 1, 1, 0, 0, tzinfo=UTC))
    assert nexts(store) == {FIRST: SECOND, SECOND: ""}
    await sealer.round(datetime(2027, 1, 2, tzinfo=UTC))
    assert records.left == 1


async def test_the_seal_names_the_key_that_the_next_log_signs_with(store, records, sealer):
    await sealer.round(datetime(2027, 1, 2, tzinfo=UTC))
    told = sealed_by(records.sealer.leaves[0])
    assert (told.origin, told.reason, told.next_origin) == (FIRST, PERIOD_OVER, SECOND)
    assert list(told.next_vkeys) == store.keys.vkeys(SECOND)


async def test_a_log_can_be_ended_by_hand_again_and_again(store, records, sealer):
    for letter in "bc":
        sealed = await sealer.seal(AUTHORITY, "", KEY_ROTATION, {})
        assert sealed.next_origin == f"{FIRST}{letter}"
    await sealer.round(datetime(2027, 1, 2, tzinfo=UTC))
    assert nexts(store) == {FIRST: f"{FIRST}b", f"{FIRST}b": f"{FIRST}c", f"{FIRST}c": SECOND, SECOND: ""}
    assert records.left == 3


async def test_a_half_year_that_has_no_more_names_is_told_so_and_goes_on(store, producer, sealer):
    put(store, [producer.record("answer.released", "d2", time="2026-12-31T10:00:00.000Z")], 2)
    newest = origin_of(AUTHORITY, "2026h2z")
    state = LogState(1, newest, "2026h2z", 1, 1, "")
    with pytest.raises(Conflict, match=r"log\.parted_out"):
        await sealer._seal(state, KEY_ROTATION, {})


@pytest.mark.usefixtures("records")
async def test_an_old_log_hands_over_to_one_that_is_open(store, producer, sealer):
    put(store, [producer.record("answer.released", "d2", time="2027-01-01T10:00:00.000Z")], 2)
    await sealer.seal(AUTHORITY, "2027h1", KEY_ROTATION, {})
    await sealer.round(datetime(2027, 1, 2, tzinfo=UTC))
    assert nexts(store) == {FIRST: f"{SECOND}b", SECOND: f"{SECOND}b", f"{SECOND}b": ""}


@pytest.mark.parametrize(("authority", "period"), [(AUTHORITY, "2025h1"), ("annanby", "")])
async def test_a_log_that_is_not_there_can_not_be_ended(records, sealer, authority, period):
    with pytest.raises(NotFound, match=r"log\.not_open"):
        await sealer.seal(authority, period, KEY_ROTATION, {})
    assert records.left == 0


class Counting:
    """The clock that only counts."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


START = datetime(2026, 11, 27, 10, tzinfo=UTC)
GAP = timedelta(days=30)


@pytest.mark.parametrize("passed", [timedelta(0), timedelta(hours=9), timedelta(days=200)])
def test_a_clock_is_believed_as_long_as_the_time_has_passed(passed):
    counting = Counting()
    clock = Clock(START - timedelta(days=29), GAP, started=START, counted=counting)
    counting.seconds = passed.total_seconds()
    assert clock.doubt(START + passed) == ""
    assert "hoppat fram" in clock.doubt(START + passed + timedelta(hours=1))
    # A clock that is set back seals nothing early.
    assert clock.doubt(START + passed - timedelta(days=1)) == ""


def test_a_clock_that_jumped_while_the_service_was_down_is_not_believed():
    assert "40 dagar gammal" in Clock(START - timedelta(days=40), GAP, started=START, counted=Counting()).doubt(START)
    assert Clock(None, GAP, started=START, counted=Counting()).doubt(START) == ""


async def test_no_log_is_sealed_by_itself_while_the_clock_is_in_doubt(store, records, monkeypatch, caplog):
    class Jumped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2027, 6, 1, tzinfo=tz)

    monkeypatch.setattr("allmanning.audit.publication.sealer.datetime", Jumped)
    running = asyncio.create_task(Sealer(store, records, grace_s=GRACE_S, most_gap=timedelta(days=9_999)).run())
    async with asyncio.timeout(10):
        while "no log is sealed by itself" not in caplog.text:
            await asyncio.sleep(0.01)
    running.cancel()
    assert (records.left, nexts(store)) == (0, {FIRST: ""})
