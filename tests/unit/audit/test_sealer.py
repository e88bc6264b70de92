from __future__ import annotations

from datetime import UTC, datetime

import pytest

from allmanning.audit.log.origin import end_of, origin_of
from allmanning.audit.log.succession import KEY_ROTATION, PERIOD_OVER, sealed_by
from allmanning.audit.publication.sealer import Sealer
from allmanning.runtime.errors import NotFound
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
    return Sealer(store, records, grace_s=GRACE_S)


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
