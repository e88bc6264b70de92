from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.note import SigningKey
from allmanning.audit.log.origin import origin_of
from allmanning.audit.log.reading import Reading
from allmanning.audit.log.store import Arrival, Store
from allmanning.audit.log.succession import (
    KEY_COMPROMISED,
    PERIOD_OVER,
    Sealed,
    Segment,
    check_succession,
    opened_by,
)
from tests.unit.audit.producer import AUTHORITY, Producer, put

OLD, NEW = "2026-12-31T23:00:00.000Z", "2027-01-01T01:00:00.000Z"
FIRST, SECOND, THIRD = (origin_of(AUTHORITY, period) for period in ("2026h2", "2027h1", "2027h1b"))


@pytest.fixture
def sealer() -> Producer:
    return Producer(name="audit-1")


def seal(sealer: Producer, key: SigningKey, of: str = FIRST, reason: str = PERIOD_OVER) -> Leaf:
    sealed = Sealed(of, reason, key.name, (str(key.verifier),))
    return sealer.record("log.sealed", "log", time=NEW, **sealed.fields())


def leaves_by_log(store: Store) -> dict[str, list[Leaf]]:
    with store.reading(AUTHORITY) as reading:
        return {log.origin: list(reading.leaves(log, log.size)) for log in reading.logs()}


def segments(reading: Reading, store: Store) -> list[Segment]:
    made = []
    for log in reading.logs():
        key = store.keys.of(log.origin).verifier
        leaves = list(reading.leaves(log, log.size))
        opened = [told for leaf in leaves if (told := opened_by(leaf))]
        late = any(leaf.origin < log.origin for leaf in leaves[:-1])
        made.append(Segment(Checkpoint.open(log.note, key), [str(key)], leaves[-1], opened, late))
    return made


def test_a_sealed_log_ends_and_the_next_begins_with_how_it_ended(store, producer, sealer):
    old = [producer.record("answer.released", f"d{n}", time=OLD) for n in range(3)]
    sealing = seal(sealer, store.keys.ensure(SECOND))
    put(store, [*old, sealing], 4)
    found = leaves_by_log(store)
    assert [leaf.id for leaf in found[FIRST]] == [leaf.id for leaf in [*old, sealing]]
    [opening] = found[SECOND]
    told = opened_by(opening)
    with store.reading(AUTHORITY) as reading:
        first, second = reading.logs()
        final = Checkpoint.open(first.note, store.keys.of(FIRST).verifier)
        assert (told.origin, told.previous) == (SECOND, final)
        assert (first.next, second.next) == (SECOND, "")
        assert check_succession(segments(reading, store)) == []


def test_a_record_that_comes_too_late_goes_unchanged_to_the_next_log(store, producer, sealer):
    early = producer.record("answer.released", "d1", time=OLD)
    put(store, [early, seal(sealer, store.keys.ensure(SECOND))], 2)
    late = producer.record("answer.released", "d2", time=OLD)
    put(store, [late], 3)
    found = leaves_by_log(store)
    assert late.data in [leaf.data for leaf in found[SECOND]]
    assert late.origin == FIRST
    with store.reading(AUTHORITY) as reading:
        assert reading.records("d2")[0].log.origin == SECOND
        assert check_succession(segments(reading, store)) == []


def test_the_new_half_year_may_begin_before_the_old_one_is_sealed(store, producer, sealer):
    put(store, [producer.record("answer.released", "d", time=each) for each in (OLD, NEW, OLD)], 3)
    put(store, [seal(sealer, store.keys.ensure(SECOND))], 4)
    found = leaves_by_log(store)
    assert [len(found[FIRST]), len(found[SECOND])] == [3, 2]
    with store.reading(AUTHORITY) as reading:
        assert check_succession(segments(reading, store)) == []


def test_a_log_is_sealed_once(store, producer, sealer):
    key = store.keys.ensure(SECOND)
    put(store, [producer.record("answer.released", "d", time=OLD), seal(sealer, key), seal(sealer, key)], 3)
    found = leaves_by_log(store)
    assert [leaf.kind() for leaf in found[FIRST]] == ["answer.released", "log.sealed"]
    assert [leaf.kind() for leaf in found[SECOND]] == ["log.opened", "log.sealed"]
    assert {log for log, leaves in found.items() if leaves} == {FIRST, SECOND}


def test_what_would_seal_a_log_that_is_not_there_seals_nothing(store, producer, sealer):
    put(store, [seal(sealer, store.keys.ensure(SECOND)), producer.record("answer.released", "d", time=OLD)], 2)
    found = leaves_by_log(store)
    assert [leaf.kind() for leaf in found[FIRST]] == ["answer.released"]
    assert [leaf.kind() for leaf in found[SECOND]] == ["log.sealed"]


def test_a_compromised_key_hands_over_within_the_half_year(store, producer, sealer):
    rest = origin_of(AUTHORITY, "2026h2b")
    leaves = [producer.record("answer.released", "d1", time=OLD)]
    leaves.append(seal(sealer, store.keys.ensure(rest), reason=KEY_COMPROMISED))
    leaves.append(producer.record("answer.released", "d2", time=OLD))
    put(store, leaves, 3)
    found = leaves_by_log(store)
    assert [leaf.kind() for leaf in found[rest]] == ["log.opened", "answer.released"]
    assert str(store.keys.of(rest).verifier) != str(store.keys.of(FIRST).verifier)


def test_two_logs_may_end_in_the_same_one(store, producer, sealer):
    put(store, [producer.record("answer.released", "d", time=each) for each in (OLD, NEW)], 2)
    third = store.keys.ensure(THIRD)
    put(store, [seal(sealer, third, of=SECOND, reason=KEY_COMPROMISED), seal(sealer, third)], 4)
    with store.reading(AUTHORITY) as reading:
        assert [log.next for log in reading.logs()] == [THIRD, THIRD, ""]
        assert check_succession(segments(reading, store)) == []


def test_a_log_whose_key_was_named_and_is_gone_is_not_signed_with_another(store, producer, sealer):
    key = SigningKey.generate(SECOND)
    put(store, [producer.record("answer.released", "d", time=OLD), seal(sealer, key)], 2)
    assert store.refusals[SECOND].code == "audit.key_missing"


@given(cuts=st.sets(st.integers(1, 7)), order=st.permutations(range(8)))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_stream_gives_the_same_logs_however_it_comes(tmp_path_factory, cuts, order):
    producer, sealer = Producer(), Producer(name="audit-1")
    stores = [Store(tmp_path_factory.mktemp("log")) for _ in range(3)]
    key = SigningKey.generate(SECOND)
    leaves = [producer.record("answer.released", f"d{n}", time=(OLD, NEW)[n % 2]) for n in range(3)]
    leaves += [seal(sealer, key), *(producer.record("answer.released", f"d{n}", time=OLD) for n in range(3, 7))]
    arrivals = [Arrival(number, [leaf]) for number, leaf in enumerate(leaves, 1)]
    ways: list[Sequence[Sequence[Arrival]]] = [[arrivals], _parted(arrivals, cuts), [[arrivals[n]] for n in order]]
    roots = []
    for store, batches in zip(stores, ways, strict=True):
        store.open()
        for batch in batches:
            store.append(batch)
        with store.reading(AUTHORITY) as reading:
            roots.append([(log.origin, log.size, log.next, reading.tree(log).root()) for log in reading.logs()])
        store.close()
    assert roots[0] == roots[1] == roots[2]
    assert len(roots[0]) == 2


def _parted(arrivals: list[Arrival], cuts: set[int]) -> list[list[Arrival]]:
    edges = [0, *sorted(cuts), len(arrivals)]
    return [arrivals[start:end] for start, end in itertools.pairwise(edges)]


def test_what_was_sealed_is_sealed_after_a_restart(tmp_path: Path, producer, sealer):
    store = Store(tmp_path / "audit")
    store.open()
    put(store, [producer.record("answer.released", "d1", time=OLD), seal(sealer, store.keys.ensure(SECOND))], 2)
    store.close()
    store = Store(tmp_path / "audit")
    store.open()
    put(store, [producer.record("answer.released", "d2", time=OLD)], 3)
    assert [leaf.kind() for leaf in leaves_by_log(store)[SECOND]] == ["log.opened", "answer.released"]
    store.close()
