"""Bytes too large for a message, in the JetStream object store."""

from __future__ import annotations

from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound, Unavailable
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError, ObjectNotFoundError
from nats.js.object_store import ObjectStore


class Objects:
    """A bucket of named bytes. Writing the same name again replaces what was there."""

    def __init__(self, bus: Bus, bucket: str) -> None:
        self._bus = bus
        self._bucket = bucket
        self._opened: ObjectStore | None = None

    async def _store(self) -> ObjectStore:
        if self._opened is None:
            try:
                self._opened = await self._bus.js.object_store(self._bucket)
            except (JetStreamError, TimeoutError) as error:
                raise Unavailable("objects.unavailable", "Lagret för originaldokument svarar inte.") from error
        return self._opened

    async def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`; returns when it is stored.

        Raises:
            Unavailable: `objects.unavailable`.
        """
        store = await self._store()
        try:
            await store.put(name, data)
        except (JetStreamError, TimeoutError) as error:
            raise Unavailable("objects.unavailable", "Lagret för originaldokument svarar inte.") from error

    async def get(self, name: str) -> bytes:
        """The bytes under `name`.

        Raises:
            NotFound: `object.not_found`.
            Unavailable: `objects.unavailable`.
        """
        store = await self._store()
        try:
            found = await store.get(name)
        except (NotFoundError, ObjectNotFoundError) as error:
            raise NotFound("object.not_found", f"Det finns inget original med namnet {name}.") from error
        except (JetStreamError, TimeoutError) as error:
            raise Unavailable("objects.unavailable", "Lagret för originaldokument svarar inte.") from error
        return found.data or b""

    async def exists(self, name: str) -> bool:
        """Whether something is kept under `name`."""
        store = await self._store()
        try:
            info = await store.get_info(name)
        except (NotFoundError, ObjectNotFoundError):
            return False
        return not info.deleted

    async def delete(self, name: str) -> None:
        """Forget `name`; nothing happens when it is not there."""
        store = await self._store()
        try:
            await store.delete(name)
        except (NotFoundError, ObjectNotFoundError):
            return
