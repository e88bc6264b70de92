"""Run a service: connect, build, serve, be found, and stop without losing what has begun."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Protocol

import uvloop

from allmanning.runtime import heap, streams, telemetry
from allmanning.runtime.bus import Bus
from allmanning.runtime.cancel import cancel
from allmanning.runtime.discovery import Discovery, EndpointStats
from allmanning.runtime.endpoint import Answering, Server
from allmanning.runtime.errors import PlatformError, Refused
from allmanning.runtime.settings import Settings

CONNECT_FOR_S = 30.0
# EX_CONFIG of sysexits.h: what the operator has set does not fit what is there.
REFUSED = 78

log = logging.getLogger(__name__)


class Consuming(Protocol):
    """A consumer, of events one by one or in batches."""

    async def run(self, bus: Bus) -> None: ...


@dataclass
class Service:
    """What a service offers and does.

    `tasks` are background coroutines that live as long as the service; one that fails stops the service, so that
    whoever watches it starts a fresh one.
    """

    endpoints: Sequence[Answering]
    consumers: Sequence[Consuming] = ()
    tasks: Sequence[Callable[[], Awaitable[None]]] = field(default=())


def run(name: str, settings: Settings, build: Callable[[Bus], AbstractAsyncContextManager[Service]]) -> None:
    """Serve until SIGTERM or SIGINT.

    Exits 0 after a clean stop, 1 when something failed, and `REFUSED` when starting again would not help.
    """
    provider = telemetry.set_up(name, settings)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(name, settings, build))
    except asyncio.CancelledError:
        log.info("%s was stopped while it started", name)
    except PlatformError as error:
        log.error("%s: %s", error.code, error.message)
        sys.exit(REFUSED if isinstance(error, Refused) else 1)
    finally:
        provider.shutdown()


async def _serve(name: str, settings: Settings, build: Callable[[Bus], AbstractAsyncContextManager[Service]]) -> None:
    starting = asyncio.current_task()
    if starting:
        # It may be waiting for another service that never comes, and has nothing to finish.
        _on_signal(starting.cancel)
    bus = await Bus.connect(settings, name=name, timeout_s=CONNECT_FOR_S)
    try:
        await streams.ensure(bus.js)
        async with build(bus) as service:
            stop = asyncio.Event()
            _on_signal(stop.set)
            await serve(bus, name, service, stop, settings.drain_timeout_s)
    finally:
        await bus.close()


def _on_signal(callback: Callable[[], object]) -> None:
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, callback)


async def serve(bus: Bus, name: str, service: Service, stop: asyncio.Event, drain_timeout_s: float) -> None:
    """Serve until `stop` is set or a background task fails."""
    pairs = [(each, EndpointStats(each.subject.rpartition(".")[2], each.subject)) for each in service.endpoints]
    package = "allmanning-runtime"
    discovery = Discovery(name, version(package), f"Allmänning {name}", [stats for _, stats in pairs])
    server = Server(bus.nc, name)
    background = [asyncio.create_task(consumer.run(bus)) for consumer in service.consumers]
    background += [asyncio.ensure_future(task()) for task in service.tasks]
    stopping = asyncio.create_task(stop.wait())
    try:
        await server.start(pairs)
        await discovery.announce(bus.nc)
        heap.settle()
        log.info("%s is ready", name)
        done, _ = await asyncio.wait({stopping, *background}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stopping}:
            await task
    finally:
        stopping.cancel()
        await discovery.withdraw()
        await server.stop(drain_timeout_s)
        await cancel(background)
        log.info("%s has stopped", name)
