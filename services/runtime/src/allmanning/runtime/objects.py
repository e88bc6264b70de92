"""Bytes too large for a message, in the JetStream object store."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedIOBase

from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError, ObjectNotFoundError
from nats.js.object_store import ObjectStore

from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound, Unavailable

# nats-py waits for ever for the next piece of an object, for example of one that is just being written again.
TIMEOUT_S = 20.0
_FILE_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Described:
    """What the store knows of an object; the SHA-256, in lower-case hex, was computed when it was written."""

    size_bytes: int
    sha256: str


def _not_found(name: str) -> NotFound:
    return NotFound("object.not_found", f"Det finns inget original med namnet {name}.")


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

    async def put(self, name: str, data: bytes | BufferedIOBase) -> None:
        """Keep `data`, or what a file holds from where it stands, under `name`; returns when it is stored."""
        with _answering():
            # A large file takes longer than any other answer.
            async with asyncio.timeout(TIMEOUT_S if isinstance(data, bytes) else _FILE_TIMEOUT_S):
                await (await self._store()).put(name, data)

    async def copy(self, name: str, file: BufferedIOBase) -> None:
        """Write the bytes under `name` to a file, a piece at a time. Raises `NotFound`: `object.not_found`."""
        with _answering():
            async with asyncio.timeout(_FILE_TIMEOUT_S):
                try:
                    await (await self._store()).get(name, writeinto=file)
                except (NotFoundError, ObjectNotFoundError) as error:
                    raise _not_found(name) from error

    async def describe(self, name: str) -> Described:
        """Size and SHA-256 of what lies under `name`. Raises `NotFound`: `object.not_found`."""
        with _answering():
            async with asyncio.timeout(TIMEOUT_S):
                try:
                    info = await (await self._store()).get_info(name)
                except (NotFoundError, ObjectNotFoundError) as error:
                    raise _not_found(name) from error
        digest = base64.urlsafe_b64decode((info.digest or "").partition("=")[2] or "")
        return Described(info.size or 0, digest.hex())

    async def get(self, name: str) -> bytes:
        """The bytes under `name`. Raises `NotFound`: `object.not_found`."""
        with _answering():
            async with asyncio.timeout(TIMEOUT_S):
                try:
                    found = await (await self._store()).get(name)
                except (NotFoundError, ObjectNotFoundError) as error:
                    raise _not_found(name) from error
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
