"""Pushing events: at least once, whatever dies."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import signal
import ssl
import time
from pathlib import Path

import pytest

from allmanning.audit.export.siem.cef import cef
from allmanning.audit.export.siem.push import Cursor, Push
from allmanning.audit.export.siem.sink import FileSink, SyslogSink, sink_of
from allmanning.audit.log.store import Store
from allmanning.runtime.errors import InvalidInput, Unavailable
from tests.unit.audit.producer import AUTHORITY, Producer, put


def read_by(producer: Producer, number: int) -> None:
    for _ in range(number):
        producer.record("question.received", "d", channel="citizen")
        producer.record("access.read", "d", role="auditor")


def ids(producer: Producer) -> list[str]:
    return [leaf.id for leaf in producer.leaves if leaf.kind() == "access.read"]


def said(text: str) -> list[str]:
    return re.findall(r"externalId=(\S+)", text)


async def pushed(push: Push) -> None:
    while await push.once():
        pass


class Receiver:
    """A syslog receiver over TCP that reads frames by their length."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def start(self, context: ssl.SSLContext | None = None, port: int = 0) -> int:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", port, ssl=context)
        return self._server.sockets[0].getsockname()[1]

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            while True:
                length = int(await reader.readuntil(b" "))
                self.messages.append((await reader.readexactly(length)).decode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def stop(self) -> None:
        self._server.close()
        for each in self._writers:
            each.close()
        await asyncio.sleep(0.05)

    async def has(self, number: int) -> None:
        async with asyncio.timeout(5):
            while len(self.messages) < number:
                await asyncio.sleep(0.01)


@pytest.fixture
def filled_events(store: Store, producer: Producer) -> Store:
    read_by(producer, 5)
    put(store, producer.leaves, len(producer.leaves))
    return store


async def test_a_file_gets_every_event_once_and_those_that_come_later(
    filled_events: Store, producer: Producer, tmp_path: Path
) -> None:
    out, cursor = tmp_path / "siem.log", tmp_path / "cursor.json"
    await pushed(Push(filled_events, FileSink(out), cef, Cursor(cursor)))
    assert said(out.read_text()) == ids(producer)
    assert out.stat().st_mode & 0o777 == 0o600
    read_by(producer, 2)
    put(filled_events, producer.leaves[-4:], len(producer.leaves))
    await pushed(Push(filled_events, FileSink(out), cef, Cursor(cursor)))
    assert said(out.read_text()) == ids(producer)


async def test_half_a_line_of_a_killed_process_is_dropped_and_its_event_comes_again(
    filled_events: Store, producer: Producer, tmp_path: Path
) -> None:
    out = tmp_path / "siem.log"
    out.write_text("whole line\nCEF:0|half")
    await pushed(Push(filled_events, FileSink(out), cef, Cursor(tmp_path / "cursor.json")))
    lines = out.read_text().splitlines()
    assert lines[0] == "whole line"
    assert all(line.startswith("CEF:0|Allmanning|") for line in lines[1:])
    assert said(out.read_text()) == ids(producer)


def _push_slowly(folder: Path, out: Path, cursor: Path) -> None:
    class Slow(FileSink):
        async def send(self, events) -> None:
            for each in events:
                await super().send([each])
                time.sleep(0.02)

    store = Store(folder)
    store.open()
    push = Push(store, Slow(out), cef, Cursor(cursor))
    while True:
        asyncio.run(push.once())


def test_a_kill_9_in_the_middle_loses_no_event(store: Store, producer: Producer, tmp_path: Path) -> None:
    read_by(producer, 60)
    put(store, producer.leaves, len(producer.leaves))
    out, cursor = tmp_path / "siem.log", tmp_path / "cursor.json"
    context = multiprocessing.get_context("fork")
    for _ in range(2):
        process = context.Process(target=_push_slowly, args=(tmp_path / "audit", out, cursor))
        process.start()
        before = out.stat().st_size if out.exists() else 0
        deadline = time.monotonic() + 30
        while (out.stat().st_size if out.exists() else 0) < before + 3000 and time.monotonic() < deadline:
            time.sleep(0.01)
        # It was in the middle of it.
        assert out.stat().st_size >= before + 3000
        assert process.is_alive()
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    asyncio.run(pushed(Push(store, FileSink(out), cef, Cursor(cursor))))
    assert set(said(out.read_text())) == set(ids(producer))


async def test_syslog_messages_are_framed_and_say_who_they_are_of(
    filled_events: Store, producer: Producer, tmp_path: Path
) -> None:
    receiver = Receiver()
    sink = SyslogSink("127.0.0.1", await receiver.start(), None)
    await pushed(Push(filled_events, sink, cef, Cursor(tmp_path / "cursor.json")))
    await receiver.has(5)
    assert said("\n".join(receiver.messages)) == ids(producer)
    # RFC 5424: facility 13, notice; version 1; the time of the record; app name; MSGID; no structured data.
    pattern = r"<109>1 2026-11-22T10:00:00\.000Z \S+ allmanning-audit - access\.read - CEF:0\|"
    assert all(re.match(pattern, each) for each in receiver.messages)
    await sink.close()
    await receiver.stop()


async def test_a_receiver_that_was_away_gets_what_came_meanwhile(
    filled_events: Store, producer: Producer, tmp_path: Path
) -> None:
    receiver = Receiver()
    port = await receiver.start()
    push = Push(filled_events, SyslogSink("127.0.0.1", port, None), cef, Cursor(tmp_path / "cursor.json"))
    await pushed(push)
    await receiver.has(5)
    await receiver.stop()
    read_by(producer, 3)
    put(filled_events, producer.leaves[-6:], len(producer.leaves))
    with pytest.raises(Unavailable, match=r"siem\.unavailable"):
        await push.once()
    again = Receiver()
    await again.start(port=port)
    await pushed(push)
    await again.has(3)
    assert said("\n".join(again.messages)) == ids(producer)[5:]
    await again.stop()


async def test_the_cursor_moves_only_after_the_events_are_there(filled_events: Store, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor.json"
    with pytest.raises(Unavailable):
        await Push(filled_events, SyslogSink("127.0.0.1", 1, None), cef, Cursor(cursor)).once()
    assert Cursor(cursor).place(AUTHORITY) == 0


async def test_a_tls_receiver_whose_certificate_is_not_trusted_gets_nothing(
    filled_events: Store, tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    chain, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    receiver = Receiver()
    port = await receiver.start(context)
    untrusting = sink_of(f"tls://localhost:{port}")
    with pytest.raises(Unavailable):
        await Push(filled_events, untrusting, cef, Cursor(tmp_path / "a.json")).once()
    assert receiver.messages == []
    trusting = sink_of(f"tls://localhost:{port}", chain)
    await pushed(Push(filled_events, trusting, cef, Cursor(tmp_path / "b.json")))
    await receiver.has(5)
    await trusting.close()
    await receiver.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, private


@pytest.mark.parametrize("target", ["", "syslog", "udp://host:514", "tcp://", "file://host/path", "tcp://host:x"])
def test_an_address_that_is_none_is_said_to_be_none(target: str) -> None:
    with pytest.raises(InvalidInput, match=r"siem\.target"):
        sink_of(target)
