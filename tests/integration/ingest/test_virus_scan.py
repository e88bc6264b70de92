"""A file is asked about before it is read, of a daemon that speaks clamd's INSTREAM."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.ingest.virus_scan import VirusScan
from allmanning.runtime.errors import Unavailable, Unprocessable
from allmanning.runtime.objects import Objects
from tests.integration.ingest.running import Ingest

# In two parts, or a scanner would take this file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 200_000


async def clamd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
    data, answer = b"", b""
    while length := struct.unpack(">I", await reader.readexactly(4))[0]:
        data += await reader.readexactly(length)
        if len(data) > MOST:
            answer = b"INSTREAM size limit exceeded. ERROR\0"
            break
    writer.write(answer or (b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"))
    await writer.drain()
    writer.close()


@pytest.fixture(params=["tcp", "unix"])
async def scan(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VirusScan]:
    if request.param == "unix":
        server = await asyncio.start_unix_server(clamd, tmp_path / "clamd")
        url = f"unix:{tmp_path / 'clamd'}"
    else:
        server = await asyncio.start_server(clamd, "127.0.0.1", 0)
        url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield VirusScan(url)
    server.close()


async def test_a_clean_file_passes(scan: VirusScan, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"Gatorna plogas. " * 10_000)
    await scan.check(tmp_path / "a")


async def test_an_infected_file_does_not(scan: VirusScan, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 65_500 + EICAR)
    with pytest.raises(Unprocessable, match=r"file\.infected"):
        await scan.check(tmp_path / "a")


async def test_a_file_that_the_daemon_does_not_take_is_not_let_through(scan: VirusScan, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(MOST + 1))
    with pytest.raises(Unavailable, match=r"scanner\.unavailable"):
        await scan.check(tmp_path / "a")


async def test_no_daemon_lets_nothing_through(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    with pytest.raises(Unavailable, match=r"scanner\.unavailable"):
        await VirusScan(f"unix:{tmp_path / 'none'}").check(tmp_path / "a")


async def test_without_an_address_nothing_is_scanned(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(EICAR)
    await VirusScan("").check(tmp_path / "a")


async def test_an_infected_document_is_rejected_and_its_original_removed(stopped: Ingest, tmp_path: Path) -> None:
    server = await asyncio.start_unix_server(clamd, tmp_path / "clamd")
    stopped.settings.clamav_url = f"unix:{tmp_path / 'clamd'}"
    async with stopped.running():
        bad = await stopped.ingest("a.txt", b"Gatorna plogas. " + EICAR)
        good = await stopped.ingest("b.txt", b"Gatorna plogas.")
    assert (bad.state, bad.code, good.state) == (State.REJECTED, "file.infected", State.INDEXED)
    assert not await Objects(stopped.bus, "originals").exists(bad.object)
    server.close()
