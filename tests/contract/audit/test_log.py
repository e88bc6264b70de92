"""What every database that holds the log must do."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from allmanning.audit.log import projection
from allmanning.audit.log.arrivals import Arrival
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.schema import decisions, logs, projected
from allmanning.audit.log.store import Store
from allmanning.audit.log.tree import leaf_hash, root_of, verify_consistency
from allmanning.audit.review.schema import reviews
from allmanning.runtime.errors import Conflict, Unavailable
from tests.unit.audit.bundles import failures, packed
from tests.unit.audit.producer import AUTHORITY, Producer, put


@pytest.fixture
def filled(store, producer, gate):
    """A log of three decisions over two half-years, with content and the rules."""
    for time in ("2026-05-01T10:00:00.000Z", "2026-11-21T10:00:00.000Z", "2026-11-22T10:00:00.000Z"):
        producer.decide(gate, time=time)
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [StoredPin(AUTHORITY, gate.baseline.hash, "rules", gate.baseline.pinned)])
    return store


def newest(store: Store, authority: str = AUTHORITY):
    with store.reading(authority) as log:
        return log.logs()[-1]


def signed(store: Store) -> Checkpoint:
    state = newest(store)
    return Checkpoint.open(state.note, store.keys.of(state.origin).verifier)


def test_each_batch_ends_in_a_checkpoint_over_all_leaves(store, producer, gate):
    earlier = None
    for batch in range(1, 4):
        producer.decide(gate)
        put(store, producer.leaves[-5:], batch)
        checkpoint = signed(store)
        assert checkpoint.size == 5 * batch
        assert checkpoint.root == root_of(leaf_hash(leaf.data) for leaf in producer.leaves)
        if earlier:
            with store.reading(AUTHORITY) as log:
                proof = log.tree(newest(store)).consistency(earlier.size, checkpoint.size)
            assert verify_consistency(earlier.size, checkpoint.size, earlier.root, checkpoint.root, proof)
        earlier = checkpoint


def test_a_leaf_that_comes_again_is_not_added_again(store, producer, gate):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    put(store, producer.leaves[2:], 5)
    put(store, [producer.leaves[0], producer.leaves[0]], 5)
    assert signed(store).size == 5
    assert store.sequence == 5


def test_two_leaves_with_one_id_are_refused_and_nothing_of_the_batch_is_added(store, producer, gate):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    twin = type(producer)(name="other").record("answer.released", "d", outcome="answered")
    forged = type(twin)(**{**twin.__dict__, "id": producer.leaves[0].id})
    fresh = producer.record("access.read", "d")
    with pytest.raises(Conflict, match=r"leaf\.id_reused"):
        put(store, [fresh, forged], 7)
    assert signed(store).size == 5
    assert store.sequence == 5


def test_each_authority_and_half_year_has_its_own_log_and_key(store, producer, gate):
    other = type(producer)(authority="annanby")
    producer.decide(gate, time="2026-06-30T23:59:59.999Z")
    producer.decide(gate, time="2026-07-01T00:00:00.000Z")
    other.decide(gate)
    put(store, [*producer.leaves, *other.leaves], 15)
    with store.reading(AUTHORITY) as log:
        first, second = log.logs()
    assert (first.origin, first.size) == ("audit.exempelby.allmanning/2026h1", 5)
    assert (second.origin, second.size) == ("audit.exempelby.allmanning/2026h2", 5)
    assert newest(store, "annanby").origin == "audit.annanby.allmanning/2026h2"
    keys = {store.keys.of(log.origin).verifier.public for log in (first, second, newest(store, "annanby"))}
    assert len(keys) == 3


def test_the_same_key_signs_after_a_restart(make, producer, gate):
    store = make()
    producer.decide(gate)
    put(store, producer.leaves, 5)
    before = newest(store)
    again = make()
    assert newest(again) == before
    assert str(again.keys.of(before.origin).verifier) == str(store.keys.of(before.origin).verifier)


def test_leaves_that_a_crash_left_unsigned_are_signed_at_start(make, producer, gate):
    store = make()
    producer.decide(gate)
    put(store, producer.leaves, 5)
    # As after a crash between the lock and the second commit.
    with store.database.transaction() as connection:
        connection.execute(update(logs).values(signed=0, note=""))
    assert signed(make()).size == 5


def test_content_that_no_leaf_committed_to_is_never_shown(filled, producer):
    leaf = producer.leaves[0]
    [real] = [part for part in producer.parts if part.record == leaf.id]
    forged = real._replace(content=b'"annat"', commitment="A" * 43 + "=")
    filled.keep([forged, forged._replace(name="extra"), real._replace(content=b'"annat"')], [])
    with filled.reading(AUTHORITY) as log:
        assert log.parts(leaf) == {"question": real}
    with filled.reading("annanby") as log:
        assert log.parts(leaf) == {}
        assert log.records(leaf.decision) == []


def test_decisions_are_listed_newest_first_and_paged_without_repeats(filled, producer):
    ids = list(dict.fromkeys(leaf.decision for leaf in producer.leaves))[::-1]
    seen, before = [], 0
    with filled.reading(AUTHORITY) as log:
        while True:
            page, total = log.decisions("", 2, before)
            assert total == 3
            if not page:
                break
            seen += [each.decision for each in page]
            before = page[-1].place
        assert seen == ids
        assert log.decisions("refused", 10, 0) == ([], 0)
        [first, *_], total = log.decisions("answered", 1, 0)
    assert (first.outcome, first.channel, first.rule_id, total) == ("answered", "citizen", "S6", 3)


def test_reading_the_log_does_not_open_a_decision(store, producer):
    put(store, [producer.record("access.read", "ingen"), producer.record("export.made", "export")], 2)
    with store.reading(AUTHORITY) as log:
        assert log.decisions("", 10, 0) == ([], 0)


def test_the_first_closing_of_a_review_counts(store, producer):
    put(
        store,
        [
            producer.record("question.received", "d"),
            producer.record("review.opened", "d", outcome="review", gate={"rule_id": "S4"}),
            producer.record("review.closed", "d", outcome="answered", review={"state": "approved"}),
            producer.record("review.closed", "d", outcome="refused", review={"state": "rejected"}),
        ],
        4,
    )
    with store.reading(AUTHORITY) as log:
        review = log.connection.execute(select(reviews)).one()
        [decision], _ = log.decisions("", 10, 0)
    assert (review.state, review.rule_id, review.closed_by) == ("approved", "S4", producer.leaves[2].id)
    assert decision.outcome == "answered"


def test_what_waits_is_kept_over_a_restart(make, producer, gate):
    store = make()
    producer.decide(gate)
    put(store, producer.leaves[2:], 5)
    assert (store.sequence, store.waiting) == (0, 3)
    again = make()
    put(again, producer.leaves[:2], 2)
    assert signed(again).size == 5


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_whatever_order_messages_come_the_log_is_in_the_order_of_the_stream(data, empty):
    producer = Producer()
    leaves = [producer.record("access.read", f"d{number}") for number in range(8)]
    # Number 4 holds no leaf, number 6 is number 2 again, and number 8 holds two.
    messages = [*([each] for each in leaves[:3]), [], [leaves[3]], [leaves[1]], [leaves[4]], leaves[5:7], [leaves[7]]]
    stream = [Arrival(number, held) for number, held in enumerate(messages, 1)]
    store = empty()
    coming = data.draw(st.permutations([*stream, *data.draw(st.lists(st.sampled_from(stream), max_size=5))]))
    while coming:
        size = data.draw(st.integers(1, len(coming)))
        store.append(coming[:size])
        coming = coming[size:]
    assert signed(store).root == root_of(leaf_hash(leaf.data) for leaf in leaves)
    assert (store.sequence, store.waiting) == (9, 0)


def listed(store: Store) -> tuple[list[tuple[object, ...]], ...]:
    with store.database.snapshot() as connection:
        return tuple(
            sorted(tuple(row) for row in connection.execute(select(table)).all()) for table in (decisions, reviews)
        )


def test_projections_of_an_earlier_version_are_made_again_from_the_leaves(make, producer, gate):
    store = make()
    producer.decide(gate)
    producer.record("review.opened", "d", time="2026-05-01T10:00:00.000Z", outcome="review", rule_id="S4")
    producer.record("review.closed", "d", outcome="answered", review={"state": "edited"})
    put(store, producer.leaves, len(producer.leaves))
    before = listed(store)
    assert all(before)
    with store.database.transaction() as connection:
        connection.execute(delete(reviews))
        connection.execute(update(decisions).values(outcome="other", place=0))
    store = make()
    assert listed(store) != before
    with store.database.transaction() as connection:
        connection.execute(update(projected).values(versions="decisions=0"))
    assert listed(make()) == before


def test_a_batch_that_fails_leaves_nothing_behind(store, producer, gate, monkeypatch):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    more = [producer.record("access.read", "d") for _ in range(3)]

    def broken(*_: object) -> None:
        raise Unavailable("broken", "Trasigt.")

    with monkeypatch.context() as patched:
        patched.setattr(projection, "apply", broken)
        with pytest.raises(Unavailable):
            put(store, more, 8)
    assert (store.sequence, signed(store).size) == (5, 5)
    put(store, more, 8)
    assert signed(store).root == root_of(leaf_hash(leaf.data) for leaf in producer.leaves)


def test_a_reader_sees_one_moment_while_the_writer_goes_on(store, producer, gate):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    with store.reading(AUTHORITY) as log:
        assert [each.size for each in log.logs()] == [5]
        producer.decide(gate)
        put(store, producer.leaves[5:], 10)
        assert [each.size for each in log.logs()] == [5]
        assert len(log.decisions("", 10, 0)[0]) == 1
    assert newest(store).size == 10


def test_before_it_is_opened_it_is_unavailable(tmp_path):
    with pytest.raises(Unavailable, match=r"audit\.unavailable"), Store(tmp_path).reading(AUTHORITY):
        pass


def test_a_clock_that_jumps_puts_each_record_in_its_own_half_year_and_loses_none(store, producer, gate):
    times = (
        "2026-11-22T10:00:00.000Z",
        "2026-05-01T10:00:00.000Z",
        "2027-01-01T00:00:00.000Z",
        "2026-11-21T09:00:00.000Z",
    )
    for time in times:
        producer.decide(gate, time=time)
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [StoredPin(AUTHORITY, gate.baseline.hash, "rules", gate.baseline.pinned)])
    with store.reading(AUTHORITY) as log:
        assert [(each.period, each.signed) for each in log.logs()] == [("2026h1", 5), ("2026h2", 10), ("2027h1", 5)]
        listed, _ = log.decisions("", 10, 0)
    # The list is in the order in which they came, whatever their clocks said.
    assert [each.opened_at for each in listed] == list(times[::-1])
    assert failures(packed(store)) == set()
