"""The gateway on a real bus, with scripted services behind it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from allmanning.gateway.app import create_app
from allmanning.gateway.keys import create_key, put_authority
from allmanning.gateway.settings import GatewaySettings
from allmanning.runtime.bus import Bus
from allmanning.runtime.discovery import Discovery, EndpointStats
from allmanning.runtime.endpoint import Server
from allmanning.runtime.objects import Objects
from tests.integration.gateway.said import TEXT, version
from tests.integration.gateway.script import Script, services
from tests.sealed import sealing_endpoint


@dataclass
class Running:
    """A running gateway and what stands behind it."""

    url: str
    script: Script
    data_dir: Path
    bus: Bus
    audit: Server
    server: uvicorn.Server
    discoveries: dict[str, Discovery]

    def key(self, role: str, authority: str = "exempelby", **values: object) -> str:
        return create_key(self.data_dir, authority, role, **values)  # type: ignore[arg-type]

    def client(self, role: str = "", **values: object) -> httpx.AsyncClient:
        """An HTTP client, with a key of that role when one is given."""
        headers = {"Authorization": f"Bearer {self.key(role, **values)}"} if role else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20)

    @contextlib.asynccontextmanager
    async def signed_in(self, role: str, **options: object) -> AsyncIterator[httpx.AsyncClient]:
        """A browser without scripts, signed in to the pages."""
        async with self.client() as client:
            answer = await client.post("/signin", data={"key": self.key(role, **options)})
            assert answer.status_code == 303
            yield client

    async def put_document(self, document_id: str = "altan", data: bytes = b"<html>", **values: object) -> None:
        """A document that is indexed, with its original and its text."""
        described = version(document_id, version=document_id.ljust(64, "0"), **values)
        originals = Objects(self.bus, "originals")
        await originals.put(f"sha-{document_id}", data)
        await originals.put(f"{described.version}.txt", TEXT.encode())
        self.script.documents[document_id] = ingest.Document(
            version=described, state=ingest.State.INDEXED, object=f"sha-{document_id}", passages=3, size_bytes=len(data)
        )


async def until(condition: Callable[[], bool] | Callable[[], Awaitable[bool]], within_s: float = 5.0) -> None:
    """Wait until `condition()` holds."""
    async with asyncio.timeout(within_s):
        while True:
            result = condition()
            if await result if isinstance(result, Awaitable) else result:
                return
            await asyncio.sleep(0.02)


@pytest.fixture
async def gateway(nats, bus: Bus, tmp_path: Path) -> AsyncIterator[Running]:
    script = Script()
    async with contextlib.AsyncExitStack() as stack:
        servers: dict[str, Server] = {}
        discoveries: dict[str, Discovery] = {}
        own: dict[str, Bus] = {}
        for name in ("generate", "retrieve", "ingest", "audit", "index"):
            own[name] = await Bus.connect(nats.settings(name), name=name)
            stack.push_async_callback(own[name].close)
        for name, endpoints in services(script, Objects(own["audit"], "exports")).items():
            answered = [*endpoints, sealing_endpoint()] if name == "audit" else endpoints
            servers[name] = Server(own[name].nc, name)
            await servers[name].start([(each, EndpointStats(each.subject, each.subject)) for each in answered])
            discoveries[name] = Discovery(name, "1.0.0", name, [])
            await discoveries[name].announce(own[name].nc)
        settings = GatewaySettings.model_validate(
            {
                "nats_url": f"nats://127.0.0.1:{nats.port}",
                "nats_user": "gateway",
                "nats_password": nats.password,
                "data_dir": tmp_path / "data",
                "max_document_bytes": 50_000,
                "max_json_bytes": 20_000,
                "webhook_private_hosts": "127.0.0.1",
            }
        )
        put_authority(settings.data_dir, "exempelby", "Exempelby kommun", "0123-45 67 89")
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings), port=0, log_config=None, lifespan="on", server_header=False)
        )
        serving = asyncio.create_task(server.serve())
        async with asyncio.timeout(15):
            while not server.started:
                await asyncio.sleep(0.01)
                if serving.done():
                    serving.result()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Running(f"http://127.0.0.1:{port}", script, settings.data_dir, bus, servers["audit"], server, discoveries)
        server.should_exit = True
        await serving
