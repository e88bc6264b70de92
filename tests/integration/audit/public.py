"""The audit service, a gateway beside it, and a witness in a process of its own: a log that others can follow."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from allmanning.audit.__main__ import service
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import Note
from allmanning.audit.log.origin import origin_of
from allmanning.audit.settings import AuditSettings
from allmanning.audit.witness.keys import make_keys, read_keys
from allmanning.audit.witness.state import State
from allmanning.gateway.app import create_app
from allmanning.gateway.keys import create_key, put_authority, writing
from allmanning.gateway.settings import GatewaySettings
from allmanning.runtime.record import Recorder, now
from tests.conftest import Nats, free_port
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.serving import Serving
from tests.unit.audit.follower import Follower

# Whatever half-year it is when the tests run.
PERIOD = f"{now()[:4]}h{1 if now()[5:7] <= '06' else 2}"


ORIGIN = origin_of(AUTHORITY, PERIOD)


async def until(condition: Callable[[], Awaitable[bool]], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.05)


@dataclass
class Neighbour:
    """`python -m allmanning.audit.witness`."""

    folder: Path
    url: str
    vkeys: list[str]
    process: asyncio.subprocess.Process

    @property
    def state(self) -> State:
        return State(self.folder / "witness" / "witness.db")

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


async def start_neighbour(folder: Path, port: int | None = None) -> Neighbour:
    path = folder / "witness" / "witness.key"
    if not path.exists():
        make_keys(path, "vittne.grannby.example")
    port = port or free_port()
    environment = os.environ | {"ALLMANNING_DATA_DIR": str(folder), "ALLMANNING_WITNESS_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "allmanning.audit.witness", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    vkeys = [str(key.verifier) for key in read_keys(path)]
    neighbour = Neighbour(folder, f"http://127.0.0.1:{port}", vkeys, process)
    deadline = time.monotonic() + 20
    async with httpx.AsyncClient() as client:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                await client.get(neighbour.url)
                return neighbour
            await asyncio.sleep(0.05)
    await neighbour.stop()
    raise TimeoutError("the witness did not start")


@dataclass
class Gate:
    """The gateway over HTTP."""

    url: str
    keys: Mapping[str, str]
    """By role."""

    def client(self, role: str = "") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.keys[role]}"} if role else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20)

    async def logs(self) -> list[dict[str, object]]:
        async with self.client("auditor") as client:
            answer = await client.get("/v1/log")
            assert answer.status_code == 200, answer.text
            logs: list[dict[str, object]] = answer.json()["logs"]
            return logs

    def follower(self, vkey: str, period: str = PERIOD) -> Follower:
        """A client that follows a log over HTTP, without a key."""

        def fetch(name: str) -> bytes | None:
            answer = httpx.get(f"{self.url}/log/{AUTHORITY}/{period}/{name}")
            return answer.content if answer.status_code == 200 else None

        return Follower(vkey, fetch)


@contextlib.asynccontextmanager
async def gateway(nats: Nats, data: Path) -> AsyncIterator[Gate]:
    settings = GatewaySettings.model_validate(
        {
            "nats_url": f"nats://127.0.0.1:{nats.port}",
            "nats_user": "gateway",
            "nats_password": nats.password,
            "data_dir": data,
        }
    )
    put_authority(data, AUTHORITY, "Exempelby kommun", "0123-45 67 89")
    keys = {role: create_key(data, AUTHORITY, role) for role in ("auditor", "admin")}
    with writing(data) as database:
        # The records of a log are counted; that these keys were made is not among them.
        database.execute("DELETE FROM untold")
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_config=None, lifespan="on"))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(15):
        while not server.started:
            await asyncio.sleep(0.01)
            if serving.done():
                serving.result()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Gate(f"http://127.0.0.1:{port}", keys)
    finally:
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def running(bus, tmp_path, **values) -> AsyncIterator[Asker]:
    settings = AuditSettings(data_dir=tmp_path / "data", publish_every_s=0.05, **values)
    async with service(bus, settings) as built, Serving(bus, "audit", built):
        yield Asker(bus, Recorder(bus, "generate"))


async def leave(asker: Asker, count: int) -> None:
    await asyncio.gather(*(asker.record("answer.released", f"d{n}", {"answer": "Nej."}) for n in range(count)))


async def caught_up(gate: Gate, size: int, period: str = PERIOD) -> None:
    async def shown() -> bool:
        async with gate.client() as client:
            answer = await client.get(f"/log/{AUTHORITY}/{period}/checkpoint")
        return answer.status_code == 200 and Checkpoint.parse(Note.parse(answer.text).text).size >= size

    await until(shown)


async def witnessed(gate: Gate) -> None:
    async def all_seen() -> bool:
        [log] = await gate.logs()
        return log["size"] == log["witnessed_size"] and log["lag_s"] == 0

    await until(all_seen)
