"""After an erasure nothing of the content, and no key to it, is left in any file of ours or of NATS."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from allmanning.audit.__main__ import service
from allmanning.audit.log.store import Store
from allmanning.audit.sealing.schema import data_keys, month_keys, sealed_parts
from allmanning.audit.settings import AuditSettings
from allmanning.contracts.audit.v1.audit_pb import ContentStored
from allmanning.runtime.bus import Bus
from allmanning.runtime.record import Content, Recorder
from tests.integration.audit.asker import AUTHORITY
from tests.serving import Serving
from tests.unit.audit.bundles import failures, packed

# Every proof holds; a record of the erasure, which says why, is for whoever erases to leave.
UNEXPLAINED = "parts.unexplained"
SECRET = "Min son behöver placeras i ett familjehem i Hedemora."
KEPT = "När öppnar simhallen?"


@pytest.fixture
def drawn(monkeypatch) -> list[bytes]:
    """Every key and salt of 32 bytes that is drawn in this process."""
    values: list[bytes] = []
    real: Callable[[int], bytes] = os.urandom

    def noted(size: int) -> bytes:
        value = real(size)
        if size == 32:
            values.append(value)
        return value

    monkeypatch.setattr(os, "urandom", noted)
    return values


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    for path in (path for folder in folders for path in folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def found(needles: list[bytes], *folders: Path) -> set[str]:
    assert all(len(needle) >= 16 for needle in needles)
    return {name for name, data in files(*folders) for needle in needles if needle in data}


async def recorded(bus: Bus, data: Path) -> tuple[str, bytes]:
    """A secret among much else, taken in by the service: the record's id, and its event as it lay in NATS."""
    settings = AuditSettings(data_dir=data)
    async with service(bus, settings) as built, Serving(bus, "audit", built):
        recorder = Recorder(bus, "generate")
        for number in range(150):
            parts = {"question": Content(f"{KEPT} {number}"), "actor": Content(str(number), "B")}
            record = await recorder.record("question.received", authority=AUTHORITY, decision_id="d", parts=parts)
            if number == 75:
                info = await bus.js.stream_info("AUDIT_CONTENT")
                parts = {"question": Content(SECRET), "actor": Content("key-of-the-asker", "B")}
                secret = await recorder.record("question.received", authority=AUTHORITY, decision_id="h", parts=parts)
                message = await bus.js.get_msg("AUDIT_CONTENT", info.state.last_seq + 1)
        async with asyncio.timeout(20):
            # The content stream is emptied when all of it is stored.
            while (await bus.js.stream_info("AUDIT_CONTENT")).state.messages:
                await asyncio.sleep(0.05)
    assert record
    return secret, message.data or b""


def lying(store: Store, record: str) -> list[bytes]:
    """What an erasure must take: ciphertext, the wrapped key and the key itself."""
    with store.database.snapshot() as connection:
        query = select(sealed_parts.c.sealed).where(sealed_parts.c.record == record, sealed_parts.c.retention == "G1")
        sealed = [bytes(value) for value in connection.scalars(query)]
    with store.keyring.database.snapshot() as connection:
        wrapped = select(data_keys.c.wrapped).where(data_keys.c.record == record, data_keys.c.retention == "G1")
        keys = [bytes(value) for value in connection.scalars(wrapped)]
    assert len(sealed) == len(keys) == 1
    return [*sealed, *keys]


async def test_erased_content_and_its_keys_are_in_no_file(bus, tmp_path, drawn):
    data, nats = tmp_path / "data", tmp_path / "nats" / "store"
    record, event = await recorded(bus, data)
    secrets = [SECRET.encode(), KEPT.encode(), *drawn]
    assert found(secrets, data, nats) == set()
    # The event has left NATS, and with it what a stolen day's key could open.
    assert found([ContentStored.from_binary(event).parts[0].sealed], nats) == set()

    store = Store(data / "audit")
    store.open()
    gone = lying(store, record)
    key = store.keyring.of_records([record])[record, "G1"]
    # SQLite folds its write-ahead log into the file when it sees fit: before an erasure, either may hold the bytes.
    assert {name.removesuffix("-wal") for name in found(gone, data)} == {"log.db", "keys.db"}
    assert store.destroy(AUTHORITY, [(record, "G1")]) == (1, 1)
    assert found([*gone, key, *secrets], data, nats) == set()
    with store.reading(AUTHORITY) as log:
        [erased] = log.records("h")
        assert set(log.parts(erased.leaf)) == {"actor"}
        assert all("question" in log.parts(each.leaf) for each in log.records("d"))
    assert failures(packed(store)) <= {UNEXPLAINED}
    store.close()
    assert found([*gone, key, *secrets], data, nats) == set()


async def test_a_destroyed_month_is_in_no_file(bus, tmp_path, drawn):
    data, nats = tmp_path / "data", tmp_path / "nats" / "store"
    record, _ = await recorded(bus, data)
    store = Store(data / "audit")
    store.open()
    gone = lying(store, record)
    with store.keyring.database.snapshot() as connection:
        query = select(month_keys.c.month, month_keys.c.wrapped).where(month_keys.c.retention == "G1")
        rows = connection.execute(query).all()
    for row in rows:
        gone.append(bytes(row.wrapped))
        store.destroy_month(AUTHORITY, "G1", row.month)
    assert found([*gone, SECRET.encode(), KEPT.encode(), *drawn], data, nats) == set()
    with store.reading(AUTHORITY) as log:
        assert all(set(log.parts(each.leaf)) == {"actor"} for each in log.records("d"))
    assert failures(packed(store)) <= {UNEXPLAINED}
    store.close()
