"""Each authority's quota: as the operator's file has it, until somebody sets another, for all processes.

What somebody set lies in a NATS key-value bucket with its history. A question reads it when it was last read half a
second ago, so that a change is in force for the next one without a restart.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue
from pydantic import BaseModel, ConfigDict

from allmanning.generate.admission.quota import Quota
from allmanning.generate.authorities import Authorities
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Unavailable

BUCKET: Final = "quotas"
MAX_CHANGES: Final = 50
_FRESH_S: Final = 0.5
# A question does not wait long for a bucket that is slow, nor ask one that did not answer again and again.
_QUESTION_TIMEOUT_S: Final = 0.3
_TIMEOUT_S: Final = 5.0
_RETRY_S: Final = 3.0

log = logging.getLogger(__name__)


class QuotaChange(BaseModel):
    """One change: by whom (a pseudonym), and the record of it."""

    model_config = ConfigDict(frozen=True)

    at: str
    by: str
    operator: bool
    record: str
    before: Quota
    after: Quota


class KeptQuota(BaseModel):
    """What is in force, with the latest changes, newest first. `revision` 0: the operator's file."""

    model_config = ConfigDict(frozen=True)

    quota: Quota
    changes: tuple[QuotaChange, ...] = ()
    revision: int = 0


@dataclass
class _Known:
    kept: KeptQuota
    fresh_until: float


class Quotas:
    """Looks quotas up, and keeps other ones. Also the weights of the queue (`queue.Weights`)."""

    def __init__(self, bus: Bus, authorities: Authorities, channels: Mapping[str, float]) -> None:
        """`channels`: weights of the channels there are, for an authority that has set none."""
        self.channels = channels
        self._bus = bus
        self._authorities = authorities
        self._bucket: KeyValue | None = None
        self._known: dict[str, _Known] = {}

    def of(self, authority: str) -> Quota:
        """As it was known last."""
        known = self._known.get(authority)
        return known.kept.quota if known else self._by_file(authority)

    def of_authority(self, authority: str) -> float:
        return self.of(authority).weight

    def of_channel(self, authority: str, channel: str) -> float:
        return self.of(authority).of_channel(channel)

    async def now(self, authority: str) -> Quota:
        """At most half a second old; while the bucket does not answer, the last known.

        Raises:
            Unavailable: `quota.unavailable`, when none is known: an unknown limit allows nothing.
        """
        known, at = self._known.get(authority), time.monotonic()
        if known is not None:
            if at < known.fresh_until:
                return known.kept.quota
            # One question reads; those that come meanwhile take what is known.
            known.fresh_until = at + _FRESH_S
        try:
            return (await self.read(authority, _QUESTION_TIMEOUT_S if known else _TIMEOUT_S)).quota
        except Unavailable:
            if known is None:
                raise
            log.warning("the quota of an authority can't be read: the last known is used")
            known.fresh_until = time.monotonic() + _RETRY_S
            return known.kept.quota

    async def read(self, authority: str, timeout_s: float = _TIMEOUT_S) -> KeptQuota:
        """What is kept now.

        Raises:
            Unavailable: `quota.unavailable`.
        """
        try:
            async with asyncio.timeout(timeout_s):
                entry = await (await self._opened()).get(authority)
        except KeyNotFoundError:
            kept = KeptQuota(quota=self._by_file(authority))
        except (NatsError, JetStreamError, TimeoutError) as error:
            raise _unavailable() from error
        else:
            kept = KeptQuota.model_validate_json(entry.value or b"").model_copy(update={"revision": entry.revision})
        self._known[authority] = _Known(kept, time.monotonic() + _FRESH_S)
        return kept

    async def put(self, authority: str, before: KeptQuota, change: QuotaChange) -> KeptQuota:
        """Keep a changed quota in place of `before`.

        Raises:
            Conflict: `quota.changed`, when somebody else has meanwhile. Unavailable: `quota.unavailable`.
        """
        kept = KeptQuota(quota=change.after, changes=(change, *before.changes)[:MAX_CHANGES])
        body = kept.model_dump_json(exclude={"revision"}).encode()
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                revision = await (await self._opened()).update(authority, body, last=before.revision)
        except KeyWrongLastSequenceError as error:
            raise changed_meanwhile() from error
        except (NatsError, JetStreamError, TimeoutError) as error:
            raise _unavailable() from error
        kept = kept.model_copy(update={"revision": revision})
        self._known[authority] = _Known(kept, time.monotonic() + _FRESH_S)
        return kept

    def _by_file(self, authority: str) -> Quota:
        share = self._authorities.of(authority).share
        return Quota(weight=share.weight, tokens_per_day=share.tokens_per_day, channel_weights=self.channels)

    async def _opened(self) -> KeyValue:
        if self._bucket is None:
            self._bucket = await self._bus.js.key_value(BUCKET)
        return self._bucket


def changed_meanwhile() -> Conflict:
    return Conflict(
        "quota.changed", "Någon annan har ändrat kvoten medan du skrev. Ladda om, se vad som gäller nu och försök igen."
    )


def _unavailable() -> Unavailable:
    return Unavailable("quota.unavailable", "Kvoterna går inte att läsa eller ändra just nu. Försök igen om en stund.")
