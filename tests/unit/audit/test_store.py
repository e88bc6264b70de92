from __future__ import annotations

import shutil
import stat

import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.store import Store
from allmanning.audit.log.tree import leaf_hash, root_of
from tests.unit.audit.producer import AUTHORITY, put


def newest(store: Store, authority: str = AUTHORITY):
    with store.reading(authority) as log:
        return log.logs()[-1]


def signed(store: Store) -> Checkpoint:
    state = newest(store)
    return Checkpoint.open(state.note, store.keys.of(state.origin).verifier)


def test_private_keys_and_databases_are_readable_by_the_owner_only(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    files = [path for path in (tmp_path / "audit").rglob("*") if path.is_file()]
    assert any(path.suffix == ".key" for path in files)
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


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


def test_a_lost_key_is_not_replaced_by_a_new_one(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves, 5)
    store.close()
    [key] = (tmp_path / "audit" / "keys").glob("audit.*.key")
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
