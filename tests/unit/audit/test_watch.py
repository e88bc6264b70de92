"""What the log shows by itself is written once, over restarts and outages."""

from __future__ import annotations

import pytest

from allmanning.audit.log.store import Store
from allmanning.audit.registers.book import BOOK
from allmanning.audit.registers.card import months_before
from allmanning.audit.registers.watch import Watch
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.record import Json, now
from tests.unit.audit.producer import AUTHORITY, Producer, put
from tests.unit.audit.story import PINS, tell

OTHER = PINS | {"prompt": "sha256:" + "0" * 64}


class Recording:
    """A recorder that leaves its records in the store, or fails."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.producer = Producer(name="audit-1")
        self.written: list[tuple[str, dict[str, Json]]] = []
        self.fails = False
        self.shows = True

    async def record(self, type: str, *, authority: str, decision_id: str, fields: dict[str, Json]) -> str:
        if self.fails:
            raise Unavailable("audit.unavailable", "x")
        assert (authority, decision_id) == (AUTHORITY, BOOK)
        self.written.append((type, fields))
        leaf = self.producer.record(type, decision_id, time=now(), **fields)
        if self.shows:
            put(self.store, [leaf], self.store.sequence + 1)
        return leaf.id


@pytest.fixture
def recording(store: Store) -> Recording:
    return Recording(store)


def watch(recording: Recording, last: int = 0) -> Watch:
    async def last_sequence() -> int:
        return last

    return Watch(recording.store, recording, last_sequence)  # type: ignore[arg-type]


def changed(store: Store, producer: Producer) -> None:
    tell(producer)
    tell(producer, pins=OTHER, rules="sha256:" + "1" * 64)
    put(store, producer.leaves, len(producer.leaves))


async def test_a_change_is_written_with_what_changed_and_then_never_again(
    recording: Recording, producer: Producer
) -> None:
    changed(recording.store, producer)
    own = watch(recording)
    await own.once()
    await own.once()
    await watch(recording).once()
    kinds = [fields["changes"] for _, fields in recording.written]
    assert [[each["kind"] for each in changes] for changes in kinds] == [["prompt"], ["rules"]]
    assert kinds[0] == [{"kind": "prompt", "from": PINS["prompt"], "to": OTHER["prompt"]}]


async def test_what_is_written_and_not_yet_in_the_log_is_not_written_again(
    recording: Recording, producer: Producer
) -> None:
    changed(recording.store, producer)
    recording.shows = False
    own = watch(recording)
    await own.once()
    await own.once()
    assert len(recording.written) == 2


async def test_what_could_not_be_written_is_written_later(recording: Recording, producer: Producer) -> None:
    changed(recording.store, producer)
    own = watch(recording)
    recording.fails = True
    with pytest.raises(Unavailable):
        await own.once()
    recording.fails = False
    await own.once()
    assert len(recording.written) == 2


async def test_after_a_start_it_waits_for_what_was_in_the_stream(recording: Recording, producer: Producer) -> None:
    changed(recording.store, producer)
    size = len(producer.leaves)
    assert await watch(recording, size)._caught_up()
    assert not await watch(recording, size + 1)._caught_up()


async def test_use_outside_the_band_is_one_alarm_a_month_however_much_it_grows(
    recording: Recording, producer: Producer
) -> None:
    store = recording.store
    declared = producer.record("use.declared", BOOK, time=now(), declared={"most_a_month": 1, "groups": ["admin"]})
    for number in range(3):
        producer.record("question.received", f"d{number}", time=now(), role="citizen")
        put(store, producer.leaves[-1 if number else -2 :], store.sequence + (1 if number else 2))
        await watch(recording).once()
    said = [(fields["band"], fields["outside"]["measure"]) for _, fields in recording.written]
    assert said == [(declared.id, "groups"), (declared.id, "most_a_month")]


async def test_too_few_are_an_alarm_only_for_a_month_in_which_the_band_stood_throughout(
    recording: Recording, producer: Producer
) -> None:
    last = months_before(now()[:7], 1)
    for declared_in, alarms in ((last, 0), (months_before(last, 1), 1)):
        producer.record("use.declared", BOOK, time=f"{declared_in}-01T10:00:00.000Z", declared={"least_a_month": 5})
        put(recording.store, producer.leaves[-1:], recording.store.sequence + 1)
        recording.written.clear()
        await watch(recording).once()
        assert [fields["outside"]["month"] for _, fields in recording.written] == [last] * alarms


async def test_without_a_band_nothing_is_watched(recording: Recording, producer: Producer) -> None:
    tell(producer, time=now())
    put(recording.store, producer.leaves, len(producer.leaves))
    await watch(recording).once()
    assert recording.written == []
