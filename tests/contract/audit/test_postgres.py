"""What only PostgreSQL has to do: keep a second process from writing too."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from allmanning.audit.log.database import Database
from allmanning.audit.log.schema import metadata
from allmanning.audit.log.store import Store
from allmanning.runtime.errors import Unavailable
from tests.unit.audit.producer import put


def second(postgres: str) -> Database:
    return Database("log", make_url(postgres), metadata, wait_s=0.1)


def test_a_second_process_does_not_write_until_the_first_has_ended(postgres, tmp_path):
    first = Store(tmp_path, url=postgres)
    first.open()
    with pytest.raises(Unavailable, match=r"audit\.sequencer_taken"):
        second(postgres).open()
    first.close()
    later = second(postgres)
    later.open()
    later.close()


def test_a_writer_whose_connection_was_cut_goes_on(postgres, tmp_path, producer, gate):
    store = Store(tmp_path, url=postgres)
    store.open()
    producer.decide(gate)
    put(store, producer.leaves, 5)
    with store.database.snapshot() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"))
    producer.decide(gate)
    put(store, producer.leaves[5:], 10)
    assert store.sequence == 10
    store.close()
