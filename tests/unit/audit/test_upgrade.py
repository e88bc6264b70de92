"""A log of an earlier release goes on in today's tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from allmanning.audit.log.store import Store
from allmanning.audit.log.tree import leaf_hash, root_of
from tests.unit.audit.producer import AUTHORITY, put


@pytest.fixture
def earlier(store, producer, gate, tmp_path):
    """A database as the first release left it: no places, nothing that says which projections it has."""
    for time in ("2026-11-21T10:00:00.000Z", "2026-05-01T10:00:00.000Z"):
        producer.decide(gate, time=time)
    put(store, producer.leaves, 10)
    store.close()
    with closing(sqlite3.connect(tmp_path / "audit" / "log.db")) as db:
        db.executescript(
            "DROP INDEX leaves_by_place; ALTER TABLE leaves DROP COLUMN place; DROP TABLE projected; "
            "DELETE FROM decisions;"
        )
    return tmp_path / "audit"


def test_its_leaves_get_their_places_and_its_lists_are_made_again(earlier, producer, gate):
    store = Store(earlier)
    store.open()
    producer.decide(gate)
    put(store, producer.leaves[10:], 15)
    with store.reading(AUTHORITY) as log:
        listed, _ = log.decisions("", 10, 0)
        newest = log.logs()[-1]
        assert log.tree(newest).root() == root_of(leaf_hash(leaf.data) for leaf in log.leaves(newest, newest.size))
    store.close()
    decisions = list(dict.fromkeys(leaf.decision for leaf in producer.leaves))
    assert [(each.decision, each.place) for each in listed] == list(zip(decisions[::-1], (11, 6, 1), strict=True))


def test_what_waited_for_a_message_joins_the_log_when_that_comes(store, producer, gate, tmp_path):
    producer.decide(gate)
    put(store, producer.leaves[:1], 1)
    store.close()
    with closing(sqlite3.connect(tmp_path / "audit" / "log.db")) as db, db:
        rows = [(number, leaf.id, leaf.data) for number, leaf in enumerate(producer.leaves[2:], 3)]
        db.executemany("INSERT INTO waiting (sequence, id, data) VALUES (?, ?, ?)", rows)
    again = Store(tmp_path / "audit")
    again.open()
    assert (again.sequence, again.waiting) == (1, 3)
    put(again, producer.leaves[1:2], 2)
    with again.reading(AUTHORITY) as log:
        [newest] = log.logs()
        assert [leaf.data for leaf in log.leaves(newest, newest.size)] == [leaf.data for leaf in producer.leaves]
    again.close()
