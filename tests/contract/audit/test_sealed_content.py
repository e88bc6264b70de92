"""Content is kept sealed, and is gone when its keys are, in every database that holds the log."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update

from allmanning.audit.log import store as store_module
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.schema import parts
from allmanning.audit.log.store import Store
from allmanning.audit.sealing.doomed import doom
from allmanning.audit.sealing.schema import doomed, sealed_parts
from allmanning.runtime.errors import Unavailable
from tests.unit.audit.bundles import failures, packed
from tests.unit.audit.producer import AUTHORITY, put

# Every proof holds; a record of the erasure, which says why, is for whoever erases to leave.
UNEXPLAINED = "parts.unexplained"
SECRET = "den hemliga frågan om vårdnaden"


@pytest.fixture
def asked(store, producer, gate):
    """A log whose first decision holds a secret."""
    producer.decide(gate, question=SECRET)
    producer.decide(gate, question="En annan fråga", time="2026-10-01T10:00:00.000Z")
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [StoredPin(AUTHORITY, gate.baseline.hash, "rules", gate.baseline.pinned)])
    return store


def shown(store: Store, leaf: Leaf) -> dict[str, bytes]:
    with store.reading(AUTHORITY) as log:
        return {name: part.content for name, part in log.parts(leaf).items()}


def test_content_is_opened_for_whoever_reads_the_log_and_lies_sealed(asked, producer):
    assert SECRET.encode() in shown(asked, producer.leaves[0])["question"]
    with asked.database.snapshot() as connection:
        lying = b"".join(bytes(sealed) for sealed in connection.scalars(select(sealed_parts.c.sealed)))
    assert lying
    assert SECRET.encode() not in lying


def test_content_that_comes_again_is_kept_once_and_opens(asked, producer):
    before = shown(asked, producer.leaves[0])
    count = asked.keyring.count()
    asked.keep(producer.parts, [])
    assert (shown(asked, producer.leaves[0]), asked.keyring.count()) == (before, count)


def test_keys_are_there_after_a_restart(make, producer, gate):
    store = make()
    producer.decide(gate, question=SECRET)
    put(store, producer.leaves, 5)
    store.keep(producer.parts, [])
    before = shown(store, producer.leaves[0])
    assert before
    assert shown(make(), producer.leaves[0]) == before


def test_content_that_was_changed_where_it_lies_is_not_shown(asked, producer):
    leaf, other = producer.leaves[0], producer.leaves[2]
    with asked.database.transaction() as connection:
        foreign = connection.scalars(select(sealed_parts.c.sealed).where(sealed_parts.c.record == other.id)).first()
        connection.execute(update(sealed_parts).where(sealed_parts.c.record == leaf.id).values(sealed=foreign))
    assert shown(asked, leaf) == {}
    assert shown(asked, other)


def test_destroyed_content_is_gone_for_good_and_every_proof_holds(asked, producer):
    leaf, other = producer.leaves[0], producer.leaves[2]
    assert asked.destroy("annanby", [(leaf.id, "G1")]).parts == 0
    assert shown(asked, leaf)
    destroyed = asked.destroy(AUTHORITY, [(leaf.id, "G1"), ("aldrig", "G1")])
    assert destroyed == (1, 1)
    assert asked.destroy(AUTHORITY, [(leaf.id, "G1")]) == (0, 0)
    assert shown(asked, leaf) == {}
    assert shown(asked, other)
    asked.keep(producer.parts, [])
    assert shown(asked, leaf) == {}
    assert failures(packed(asked)) <= {UNEXPLAINED}


def test_a_month_is_destroyed_at_once_and_what_comes_late_is_not_kept(asked, producer, gate):
    old = [leaf for leaf in producer.leaves if leaf.time.startswith("2026-10") and leaf.parts]
    kept = [leaf for leaf in producer.leaves if leaf.time.startswith("2026-11") and leaf.parts]
    assert asked.destroy_month(AUTHORITY, "B", "2026-10") == (0, 0)
    destroyed = asked.destroy_month(AUTHORITY, "G1", "2026-10")
    assert destroyed.keys == len(old)
    assert not any(shown(asked, leaf) for leaf in old)
    assert all(shown(asked, leaf) for leaf in kept)
    producer.decide(gate, time="2026-10-02T10:00:00.000Z")
    asked.keep(producer.parts, [])
    put(asked, producer.leaves, len(producer.leaves))
    assert not any(shown(asked, leaf) for leaf in producer.leaves[-5:])
    assert failures(packed(asked)) <= {UNEXPLAINED}


def test_content_of_an_earlier_release_is_sealed_when_the_log_is_opened(make, producer, gate):
    store = make()
    producer.decide(gate, question=SECRET)
    put(store, producer.leaves, 5)
    with store.database.transaction() as connection:
        for part in producer.parts:
            connection.execute(parts.insert().values(**{k: v for k, v in part._asdict().items() if k != "month"}))
    store = make()
    assert SECRET.encode() in shown(store, producer.leaves[0])["question"]
    with store.database.snapshot() as connection:
        assert connection.execute(text("SELECT count(*) FROM parts")).scalar() == 0


def test_without_the_right_root_key_the_log_does_not_open(make, producer, gate, tmp_path):
    store = make()
    [root] = tmp_path.glob("*/keys/root.key")
    kept = root.read_bytes()
    producer.decide(gate)
    store.keep(producer.parts, [])
    root.unlink()
    with pytest.raises(Unavailable, match=r"audit\.root_key_missing"):
        make()
    assert not root.exists()
    root.write_bytes(b"A" * 43 + b"=\n")
    with pytest.raises(Unavailable, match=r"audit\.root_key_missing"):
        make()
    root.write_bytes(kept)
    make()


def test_what_the_log_erases_is_gone_with_the_record_and_its_keys_go_even_after_a_fault(asked, producer, monkeypatch):
    leaf, other = producer.leaves[0], producer.leaves[2]

    def kept_from_it(*_: object) -> None:
        raise Unavailable("audit.scrub_waits", "Någon läser.")

    keys = asked.keyring.count()
    with monkeypatch.context() as patched:
        patched.setattr(store_module, "carry_out", kept_from_it)
        with asked.database.transaction() as connection:
            doom(connection, AUTHORITY, [(leaf.id, "G1")])
        put(asked, [producer.record("access.read", "d")], len(producer.leaves))
    assert shown(asked, leaf) == {}
    assert asked.keyring.count() == keys
    put(asked, [producer.record("access.read", "d")], len(producer.leaves))
    assert asked.keyring.count() == keys - 1
    assert asked.keyring.of_records([leaf.id]) == {}
    assert shown(asked, other)
    with asked.database.snapshot() as connection:
        assert connection.execute(select(doomed)).all() == []
