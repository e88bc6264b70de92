"""Bytes too large for a message, in the JetStream object store."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedIOBase
from typing import Final

from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, ObjectInfo
from nats.js.errors import APIError, NotFoundError, ObjectNotFoundError
from nats.js.errors import Error as JetStreamError
from nats.js.object_store import OBJ_DEFAULT_CHUNK_SIZE, ObjectStore

from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound, Unavailable

# nats-py waits for ever for the next piece of an object, for example of one that is just being written again.
TIMEOUT_S = 20.0
_FILE_TIMEOUT_S = 600.0
# JSInsufficientResourcesErr, JSStorageResourcesExceededErr, JSStreamStoreFailedF: no room, or not as much as allowed.
_FULL: Final = frozenset({10023, 10047, 10077})
# Should this process end before it lets go of what it asked with.
_FORGOTTEN_AFTER_S: Final = 5.0


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
    except (JetStreamError, NatsError, TimeoutError) as error:
        if isinstance(error, APIError) and error.err_code in _FULL:
            raise Unavailable(
                "objects.full", "Lagret för originaldokument är fullt. Tala med driften. (The object store is full.)"
            ) from error
        raise Unavailable("objects.unavailable", "Lagret för originaldokument svarar inte.") from error


class Objects:
    """A bucket of named bytes. Writing the same name again replaces what was there.

    Every method raises `Unavailable`: `objects.unavailable` when the store does not answer within 20 s, `objects.full`
    when there is no room.
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

    async def read(self, name: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes]:
        """The bytes under `name` from `start` to `end` (exclusive), in pieces of at most 128 KB.

        A piece is fetched when it is asked for: a slow reader costs no memory. Raises `NotFound`: `object.not_found`.
        """
        info = await self._info(name)
        size = info.size or 0
        left = min(size if end is None else end, size) - start
        if left <= 0:
            return
        piece_bytes = (info.options and info.options.max_chunk_size) or OBJ_DEFAULT_CHUNK_SIZE
        index, skipped = divmod(start, piece_bytes)
        stream, pieces = f"OBJ_{self._bucket}", f"$O.{self._bucket}.C.{info.nuid}"
        with _answering():
            async with asyncio.timeout(TIMEOUT_S):
                at = await self._sequence(stream, pieces, (info.chunks or 0) - index) if index else 1
        while left > 0:
            with _answering():
                async with asyncio.timeout(TIMEOUT_S):
                    try:
                        message = await self._bus.js.get_msg(stream, seq=at, subject=pieces, direct=True, next=True)
                    except NotFoundError as error:
                        # Replaced or deleted while it was read.
                        raise _not_found(name) from error
            piece = (message.data or b"")[skipped : skipped + left]
            skipped, left, at = 0, left - len(piece), (message.seq or 0) + 1
            yield piece

    async def _sequence(self, stream: str, pieces: str, remaining: int) -> int:
        """Where in the stream the last `remaining` pieces begin.

        Nobody keeps an index of pieces, but a consumer says how many lie behind its start. They nearly always lie side
        by side, so that the first guess is right; one that is wrong is too early, by at least what it is off.
        """
        js = self._bus.js
        at = (await js.get_msg(stream, seq=1, subject=pieces, direct=True, next=True)).seq or 1
        while True:
            consumer = await js.add_consumer(
                stream,
                ConsumerConfig(
                    filter_subject=pieces,
                    deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                    opt_start_seq=at,
                    ack_policy=AckPolicy.NONE,
                    mem_storage=True,
                    inactive_threshold=_FORGOTTEN_AFTER_S,
                ),
            )
            await js.delete_consumer(stream, consumer.name)
            too_early = (consumer.num_pending or 0) - remaining
            if too_early <= 0:
                return at
            at += too_early

    async def _info(self, name: str) -> ObjectInfo:
        with _answering():
            async with asyncio.timeout(TIMEOUT_S):
                try:
                    return await (await self._store()).get_info(name)
                except (NotFoundError, ObjectNotFoundError) as error:
                    raise _not_found(name) from error

    async def describe(self, name: str) -> Described:
        """Size and SHA-256 of what lies under `name`. Raises `NotFound`: `object.not_found`."""
        info = await self._info(name)
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

    async def names(self) -> AsyncIterator[str]:
        """The names under which something is kept, one after the other."""
        async for info in self._infos():
            if info.name:
                yield info.name

    async def torn(self) -> set[str]:
        """Uploads, by the store's own ids, whose pieces are there without an object: begun now, or never finished."""
        found = set()
        with _answering():
            async with asyncio.timeout(_FILE_TIMEOUT_S):
                state = (await self._bus.js.stream_info(f"OBJ_{self._bucket}", f"$O.{self._bucket}.C.>")).state
                found = {subject.rpartition(".")[2] for subject in state.subjects or {}}
        async for info in self._infos():
            found.discard(info.nuid or "")
        return found

    async def tear_down(self, upload: str) -> None:
        """Remove the pieces of an upload that `torn` told of."""
        with _answering():
            async with asyncio.timeout(TIMEOUT_S):
                await self._bus.js.purge_stream(f"OBJ_{self._bucket}", subject=f"$O.{self._bucket}.C.{upload}")

    async def _infos(self) -> AsyncIterator[ObjectInfo]:
        with _answering():
            watcher = await (await self._store()).watch(ignore_deletes=True)
            try:
                # The watcher ends what there is now with a None.
                while (info := await watcher.updates(TIMEOUT_S)) is not None:  # type: ignore[no-untyped-call]
                    yield info
            finally:
                if watcher._sub:  # noqa: SLF001 - `stop` fails on a watcher of an empty bucket
                    await watcher.stop()  # type: ignore[no-untyped-call]
