"""What each authority has set, for all processes: a NATS key-value bucket with its history.

A question reads it when it was last read half a second ago, so that a change is in force for the next one without a
restart.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue
from pydantic import BaseModel, ConfigDict

from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Unavailable

MAX_CHANGES: Final = 50
"""How many of the latest changes are kept beside what is in force."""
_FRESH_S: Final = 0.5
# A question does not wait long for a bucket that is slow, nor ask one that did not answer again and again.
_QUESTION_TIMEOUT_S: Final = 0.3
_TIMEOUT_S: Final = 5.0
_RETRY_S: Final = 3.0

log = logging.getLogger(__name__)


class Kept(BaseModel):
    """What is in force. `revision` 0: nobody has set anything."""

    model_config = ConfigDict(frozen=True)

    revision: int = 0


K = TypeVar("K", bound=Kept)


@dataclass(frozen=True)
class Keeping(Generic[K]):
    """Of a bucket: its name, what lies in it, what holds where nothing was set, and the errors of its callers."""

    bucket: str
    kind: type[K]
    unset: Callable[[str], K]
    unavailable: Callable[[], Unavailable]
    changed: Callable[[], Conflict]


@dataclass
class _Known(Generic[K]):
    kept: K
    fresh_until: float


class KeptByAuthority(Generic[K]):
    """Looks up what is kept, and keeps something else."""

    def __init__(self, bus: Bus, keeping: Keeping[K]) -> None:
        self._bus = bus
        self._keeping = keeping
        self._bucket: KeyValue | None = None
        self._known: dict[str, _Known[K]] = {}

    def known(self, authority: str) -> K:
        """As it was known last."""
        known = self._known.get(authority)
        return known.kept if known else self._keeping.unset(authority)

    async def now(self, authority: str) -> K:
        """At most half a second old; while the bucket does not answer, the last known.

        Raises:
            Unavailable: when none is known: what is unknown allows nothing.
        """
        known, at = self._known.get(authority), time.monotonic()
        if known is not None:
            if at < known.fresh_until:
                return known.kept
            # One question reads; those that come meanwhile take what is known.
            known.fresh_until = at + _FRESH_S
        try:
            return await self.read(authority, _QUESTION_TIMEOUT_S if known else _TIMEOUT_S)
        except Unavailable:
            if known is None:
                raise
            log.warning("%s of an authority can't be read: the last known are used", self._keeping.bucket)
            known.fresh_until = time.monotonic() + _RETRY_S
            return known.kept

    async def read(self, authority: str, timeout_s: float = _TIMEOUT_S) -> K:
        """What is kept now. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(timeout_s):
                entry = await (await self._opened()).get(authority)
        except KeyNotFoundError:
            kept = self._keeping.unset(authority)
        except (NatsError, JetStreamError, TimeoutError) as error:
            raise self._keeping.unavailable() from error
        else:
            read = self._keeping.kind.model_validate_json(entry.value or b"")
            kept = read.model_copy(update={"revision": entry.revision})
        return self._learnt(authority, kept)

    async def put(self, authority: str, before: K, after: K) -> K:
        """Keep `after` in place of `before`. Raises `Conflict` when somebody else has meanwhile, and `Unavailable`."""
        body = after.model_dump_json(exclude={"revision"}).encode()
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                revision = await (await self._opened()).update(authority, body, last=before.revision)
        except KeyWrongLastSequenceError as error:
            raise self._keeping.changed() from error
        except (NatsError, JetStreamError, TimeoutError) as error:
            raise self._keeping.unavailable() from error
        return self._learnt(authority, after.model_copy(update={"revision": revision}))

    def _learnt(self, authority: str, kept: K) -> K:
        self._known[authority] = _Known(kept, time.monotonic() + _FRESH_S)
        return kept

    async def _opened(self) -> KeyValue:
        if self._bucket is None:
            self._bucket = await self._bus.js.key_value(self._keeping.bucket)
        return self._bucket
