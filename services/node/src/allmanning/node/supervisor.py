"""Start the whole platform on one machine, watch it, and stop it in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2

from allmanning.node.folder import DataFolder, RunningNode
from allmanning.node.local_model import MODEL, LocalModel
from allmanning.node.port import HOST, check_port, free_port
from allmanning.node.process import Process
from allmanning.runtime import streams
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Unavailable
from allmanning.runtime.permissions import SERVICES, server_conf
from allmanning.runtime.settings import Settings

# The first start converts the embedder's weights, which takes most of this on a slow machine.
READY_TIMEOUT_S = 240.0
NATS_TIMEOUT_S = 20.0
# Who asks stops before who answers.
STOP_ORDER = ("gateway", "generate", "retrieve", "ingest", "audit", "index")


class Supervisor:
    """The processes of one node: nats-server, then every service as its own process."""

    def __init__(
        self,
        folder: DataFolder,
        port: int,
        *,
        default_authority: str = "",
        authorities: Path | None = None,
        reindex: bool = False,
        model: LocalModel | None = None,
    ) -> None:
        self._folder = folder
        self._port = port
        self._default_authority = default_authority
        self._authorities = authorities
        self._reindex = reindex
        self._model = model
        self._nats_port = free_port()
        self._processes: dict[str, Process] = {}
        self._watching: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    async def start(self, progress: Callable[[str], None]) -> None:
        """Start everything and return when every service is ready.

        Raises:
            Conflict: `port.in_use`, `node.running`, `node.refused`, with what the operator must settle.
            Unavailable: `node.not_ready`, with what did not come up.
        """
        check_port(self._port)
        passwords = self._folder.passwords()
        self._start(self._nats(passwords))
        progress("nats-server")
        await self._declare_streams(passwords["node"])
        if self._model is not None:
            self._start(self._model.process(self._folder.logs))
        for name in SERVICES:
            self._start(self._service(name, passwords[name]))
        await self._until_ready(progress)
        self._folder.announce(RunningNode(os.getpid(), self.url, self._nats_url))

    @property
    def _nats_url(self) -> str:
        return f"nats://{HOST}:{self._nats_port}"

    def _nats(self, passwords: dict[str, str]) -> Process:
        conf = self._folder.nats / "server.conf"
        conf.write_text(server_conf())
        environment = {f"NATS_{name.upper()}_PASSWORD": password for name, password in passwords.items()} | {
            "NATS_HOST": HOST,
            "NATS_PORT": str(self._nats_port),
            "NATS_STORE_DIR": str(self._folder.nats / "store"),
        }
        server = Path(sys.executable).parent / "nats-server"
        command = [str(server) if server.exists() else "nats-server", "-c", str(conf)]
        return Process("nats-server", command, environment, self._folder.logs / "nats-server.log")

    def _service(self, name: str, password: str) -> Process:
        environment = {
            "ALLMANNING_NATS_URL": self._nats_url,
            "ALLMANNING_NATS_USER": name,
            "ALLMANNING_NATS_PASSWORD": password,
            "ALLMANNING_DATA_DIR": str(self._folder.path),
            "ALLMANNING_GATEWAY_HOST": HOST,
            "ALLMANNING_GATEWAY_PORT": str(self._port),
            **({"ALLMANNING_AUTHORITIES": str(self._authorities)} if self._authorities else {}),
            **({"ALLMANNING_DEFAULT_AUTHORITY": self._default_authority} if self._default_authority else {}),
            **({"ALLMANNING_REINDEX": "true"} if self._reindex else {}),
            **(self._model.for_generate if self._model and name == "generate" else {}),
            # Several processes share the cores; a pool of threads in each would only fight for them.
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", f"allmanning.{name}"]
        return Process(name, command, environment, self._folder.logs / f"{name}.log")

    def _start(self, process: Process) -> None:
        self._processes[process.name] = process
        self._watching.append(asyncio.create_task(process.run()))

    async def _declare_streams(self, password: str) -> None:
        settings = Settings(nats_url=self._nats_url, nats_user="node", nats_password=password)
        try:
            bus = await Bus.connect(settings, name="node", timeout_s=NATS_TIMEOUT_S)
        except Unavailable as error:
            text = f"nats-server startade inte.\n{self._tail('nats-server')}"
            raise Unavailable("nats.unavailable", text) from error
        try:
            await streams.apply(bus.js)
        finally:
            await bus.close()

    async def _until_ready(self, progress: Callable[[str], None]) -> None:
        deadline = asyncio.get_running_loop().time() + READY_TIMEOUT_S
        ready: set[str] = set()
        wanted = {*SERVICES, *({MODEL} if self._model else ())}
        async with httpx2.AsyncClient(timeout=2) as client:
            while asyncio.get_running_loop().time() < deadline:
                states = await self._health(client)
                if self._model is not None and await self._model.is_ready(client):
                    states[MODEL] = "up"
                for name in sorted(name for name, state in states.items() if state == "up" and name not in ready):
                    ready.add(name)
                    progress(name)
                if wanted <= ready:
                    return
                for process in self._processes.values():
                    if process.refused:
                        raise Conflict("node.refused", f"{process.name} startar inte. {process.last_error()}")
                await asyncio.sleep(0.05)
        missing = sorted(wanted - ready)
        details = "\n".join(f"--- {name}\n{self._tail(name)}" for name in missing)
        raise Unavailable("node.not_ready", f"Det här startade inte: {', '.join(missing)}.\n{details}")

    async def _health(self, client: httpx2.AsyncClient) -> dict[str, str]:
        with contextlib.suppress(httpx2.HTTPError, ValueError):
            answer = (await client.get(f"{self.url}/health")).json()
            return {name: str(service["state"]) for name, service in answer["services"].items()}
        return {}

    def _tail(self, name: str) -> str:
        return self._processes[name].last_lines()

    async def stop(self) -> None:
        """Stop everything; what a service has begun it finishes first."""
        self._folder.forget()
        for group in ((STOP_ORDER[0],), STOP_ORDER[1:], ("nats-server", MODEL)):
            stops: list[Awaitable[None]] = [self._processes[name].stop() for name in group if name in self._processes]
            await asyncio.gather(*stops)
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
