"""Runs a service within a test, on the test's own bus."""

from __future__ import annotations

import asyncio
from typing import Self

from nats.errors import Error as NatsError

from allmanning.runtime.bus import Bus
from allmanning.runtime.run import Service, serve


class Serving:
    """Runs a service in the background of a test."""

    def __init__(self, bus: Bus, name: str, service: Service) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(serve(bus, name, service, self._stop, drain_timeout_s=2))
        self._bus = bus
        self._name = name

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(10):
            while not await self._found():
                await asyncio.sleep(0.01)
        return self

    async def _found(self) -> bool:
        if self._task.done():
            self._task.result()
        try:
            await self._bus.nc.request(f"$SRV.PING.{self._name}", timeout=1)
        except NatsError:
            return False
        return True

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._task
