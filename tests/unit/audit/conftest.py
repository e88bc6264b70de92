"""Logs to look into."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.audit.gate.gate import Gate
from allmanning.audit.log.note import SigningKey
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.store import Store
from tests.unit.audit.bundles import ORIGIN, packed
from tests.unit.audit.producer import AUTHORITY, Producer, put


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate.from_file(None)


@pytest.fixture
def producer() -> Producer:
    return Producer()


@pytest.fixture
def store(tmp_path: Path):
    store = Store(tmp_path / "audit")
    store.open()
    yield store
    store.close()


@pytest.fixture
def filled(store: Store, producer: Producer, gate: Gate) -> Store:
    """A log of three decisions over two half-years, with content and the rules."""
    for time in ("2026-05-01T10:00:00.000Z", "2026-11-21T10:00:00.000Z", "2026-11-22T10:00:00.000Z"):
        producer.decide(gate, time=time)
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [StoredPin(AUTHORITY, gate.baseline.hash, "rules", gate.baseline.pinned)])
    return store


@pytest.fixture
def bundle(filled) -> bytes:
    return packed(filled)


@pytest.fixture
def key(filled) -> SigningKey:
    return filled.keys.of(ORIGIN)
