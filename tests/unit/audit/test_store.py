from __future__ import annotations

import shutil
import sqlite3
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.reading import reading
from allmanning.audit.log.store import Arrival, Store
from allmanning.audit.log.tree import leaf_hash, root_of, verify_consistency
from allmanning.runtime.errors import Conflict
from tests.unit.audit.producer import AUTHORITY, Producer, put


def newest(store: Store, authority: str = AUTHORITY):
    with reading(store.path, authority) as log:
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
            with reading(store.path, AUTHORITY) as log:
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
    with reading(store.path, AUTHORITY) as log:
        first, second = log.logs()
    assert (first.origin, first.size) == ("audit.exempelby.allmanning/2026h1", 5)
    assert (second.origin, second.size) == ("audit.exempelby.allmanning/2026h2", 5)
    assert newest(store, "annanby").origin == "audit.annanby.allmanning/2026h2"
    keys = {store.keys.of(log.origin).verifier.public for log in (first, second, newest(store, "annanby"))}
    assert len(keys) == 3


def test_private_keys_and_databases_are_readable_by_the_owner_only(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    files = [path for path in (tmp_path / "audit").rglob("*") if path.is_file()]
    assert any(path.suffix == ".key" for path in files)
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def test_the_same_key_signs_after_a_restart(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    before = newest(store)
    store.close()
    again = Store(tmp_path / "audit")
    again.open()
    assert newest(again) == before
    assert str(again.keys.of(before.origin).verifier) == str(store.keys.of(before.origin).verifier)
    again.close()


def test_leaves_that_a_crash_left_unsigned_are_signed_at_start(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    store.close()
    # As after a crash between the lock and the second commit.
    with sqlite3.connect(tmp_path / "audit" / "log.db") as db:
        db.execute("UPDATE logs SET signed = 0, note = ''")
    again = Store(tmp_path / "audit")
    again.open()
    assert signed(again).size == 5
    again.close()


@pytest.fixture
def restored(store, producer, gate, tmp_path):
    """A log whose database was put back from a backup of five records, when it had signed ten."""
    folder = tmp_path / "audit"
    producer.decide(gate)
    put(store, producer.leaves, 5)
    store.close()
    shutil.copy(folder / "log.db", tmp_path / "backup.db")
    store.open()
    producer.decide(gate)
    put(store, producer.leaves[5:], 10)
    store.close()
    shutil.copy(tmp_path / "backup.db", folder / "log.db")
    again = Store(folder)
    again.open()
    yield again
    again.close()


def test_a_restored_backup_is_not_signed(restored, producer, gate):
    [refusal] = restored.refusals.values()
    assert refusal.code == "audit.log_behind_lock"
    assert "säkerhetskopia" in refusal.message
    producer.decide(gate)
    put(restored, producer.leaves[10:], 15)
    assert signed(restored).size == 5
    assert restored.refusals


def test_a_restored_backup_that_grew_differently_is_a_fork(restored, producer, gate):
    producer.decide(gate)
    producer.decide(gate)
    put(restored, producer.leaves[10:], 15)
    [refusal] = restored.refusals.values()
    assert refusal.code == "audit.log_forked"
    assert signed(restored).size == 5


def test_once_the_forgotten_records_are_back_it_signs_again(restored, producer):
    put(restored, producer.leaves, 10)
    assert not restored.refusals
    assert signed(restored).root == root_of(leaf_hash(leaf.data) for leaf in producer.leaves)


def test_a_lost_lock_is_noticed(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    store.close()
    for path in (tmp_path / "audit").glob("lock.db*"):
        path.unlink()
    again = Store(tmp_path / "audit")
    again.open()
    assert [each.code for each in again.refusals.values()] == ["audit.lock_behind_log"]
    again.close()


def test_content_that_no_leaf_committed_to_is_never_shown(filled, producer):
    leaf = producer.leaves[0]
    [real] = [part for part in producer.parts if part.record == leaf.id]
    forged = real._replace(content=b'"annat"', commitment="A" * 43 + "=")
    filled.keep([forged, forged._replace(name="extra"), real._replace(content=b'"annat"')], [])
    with reading(filled.path, AUTHORITY) as log:
        assert log.parts(leaf) == {"question": real}
    with reading(filled.path, "annanby") as log:
        assert log.parts(leaf) == {}
        assert log.records(leaf.decision) == []


def test_decisions_are_listed_newest_first_and_paged_without_repeats(filled, producer):
    ids = list(dict.fromkeys(leaf.decision for leaf in producer.leaves))[::-1]
    seen, before = [], 0
    with reading(filled.path, AUTHORITY) as log:
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
    with reading(store.path, AUTHORITY) as log:
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
    with reading(store.path, AUTHORITY) as log:
        assert log.reviews("", 10) == []
        [review] = log.reviews("all", 10)
        [decision], _ = log.decisions("", 10, 0)
    assert (review.state, review.rule_id, review.closed_by) == ("approved", "S4", producer.leaves[2].id)
    assert decision.outcome == "answered"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_whatever_order_messages_come_the_log_is_in_the_order_of_the_stream(data, tmp_path_factory):
    producer = Producer()
    leaves = [producer.record("access.read", f"d{number}") for number in range(8)]
    # Number 4 holds no leaf, and number 6 is number 2 again.
    stream = [
        Arrival(number, leaf) for number, leaf in enumerate([*leaves[:3], None, leaves[3], leaves[1], *leaves[4:]], 1)
    ]
    store = Store(tmp_path_factory.mktemp("audit"))
    store.open()
    coming = data.draw(st.permutations([*stream, *data.draw(st.lists(st.sampled_from(stream), max_size=5))]))
    while coming:
        size = data.draw(st.integers(1, len(coming)))
        store.append(coming[:size])
        coming = coming[size:]
    assert signed(store).root == root_of(leaf_hash(leaf.data) for leaf in leaves)
    assert (store.sequence, store.waiting) == (10, 0)
    store.close()


def test_what_waits_is_kept_over_a_restart(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves[2:], 5)
    assert (store.sequence, store.waiting) == (0, 3)
    store.close()
    again = Store(tmp_path / "audit")
    again.open()
    put(again, producer.leaves[:2], 2)
    assert signed(again).size == 5
    again.close()


def test_a_lost_key_is_not_replaced_by_a_new_one(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    store.close()
    [key] = (tmp_path / "audit" / "keys").iterdir()
    kept = key.read_bytes()
    for lost in (None, b"AAAA\n"):
        key.unlink()
        if lost:
            key.write_bytes(lost)
        again = Store(tmp_path / "audit")
        again.open()
        assert [each.code for each in again.refusals.values()] == ["audit.key_missing"]
        again.close()
        key.write_bytes(kept)
    again.open()
    assert not again.refusals
    again.close()
