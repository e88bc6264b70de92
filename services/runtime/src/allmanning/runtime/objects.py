"""Bytes too large for a message, in the JetStream object store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError, ObjectNotFoundError
from nats.js.object_store import ObjectStore

from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound, Unavailable

# nats-py waits for ever for the next piece of an object, for example of one that is just being written again.
TIMEOUT_S = 20.0


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (JetStreamError, TimeoutError) as error:
        raise Unavailable("objects.unavailable", "Lagret för originaldokument svarar inte.") from error


class Objects:
    """A bucket of named bytes. Writing the same name again replaces what was there.

    Every method raises `Unavailable` (`objects.unavailable`) when the store does not answer within 20 s.
    """

    def __init__(self, bus: Bus, bucket: str) -> None:
        self._bus = bus
        self._bucket = bucket
        self._opened: ObjectStore | None = None

    async def _store(self) -> ObjectStore:
        if self._opened is None:
            self._opened = await self._bus.js.object_store(self._bucket)
        return self._opened

    async def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`; returns when it is stored."""
        with _answering():
            async with asyncio.timeout(TIMEOUT_S):
                await (await self._store()).put(name, data)

    async def get(self, name: str) -> bytes:
        """The bytes under `name`. Raises `NotFound`: `object.not_found`."""
        with _answering():
            async with asyncio.timeout(TIMEOUT_S):
                try:
                    found = await (await self._store()).get(name)
                except (NotFoundError, ObjectNotFoundError) as error:
                    raise NotFound("object.not_found", f"Det finns inget original med namnet {name}.") from error
        return found.data or b""

    async def exists(self, name: str) -> bool:
        """Whether something is kept under `name`."""
        with _answering():
            async with asyncio.timeout(TIMEOUT_S):
                try:
                    info = await (await self._store()).get_info(name)
                except (NotFoundError, ObjectNotFoundError):
                    return False
        return not info.deleted

    async def delete(self, name: str) -> None:
        """Forget `name`; nothing happens when it is not there."""
        with _answering(), suppress(NotFoundError, ObjectNotFoundError):
            async with asyncio.timeout(TIMEOUT_S):
                await (await self._store()).delete(name)
