"""What each authority has chosen, for all processes: a NATS key-value bucket with its history.

A question reads it when it was last read half a second ago, so that a choice is in force for the next one without a
restart. While the bucket does not answer the last known holds; where none is known nothing is answered.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Final

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue
from pydantic import BaseModel, ConfigDict

from allmanning.generate.choices.choice import Choice
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Unavailable

BUCKET: Final = "choices"
MAX_CHANGES: Final = 50
_FRESH_S: Final = 0.5
_TIMEOUT_S: Final = 5.0
# A question does not wait long for a bucket that is slow when it is known what was chosen.
_QUESTION_TIMEOUT_S: Final = 0.3
_RETRY_S: Final = 3.0

log = logging.getLogger(__name__)


class ChoiceChange(BaseModel):
    """One change: by whom (a pseudonym), why, and the record of it."""

    model_config = ConfigDict(frozen=True)

    at: str
    by: str
    reason: str
    record: str
    before: Choice
    after: Choice


class KeptChoice(BaseModel):
    """What is in force, with the latest changes, newest first. `revision` 0: nothing was chosen."""

    model_config = ConfigDict(frozen=True)

    choice: Choice = Choice()
    changes: tuple[ChoiceChange, ...] = ()
    revision: int = 0


@dataclass
class _Known:
    kept: KeptChoice
    fresh_until: float


class Choices:
    """Looks choices up, and keeps other ones."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._bucket: KeyValue | None = None
        self._known: dict[str, _Known] = {}

    async def now(self, authority: str) -> Choice:
        """At most half a second old; while the bucket does not answer, the last known.

        Raises:
            Unavailable: `choice.unavailable`, when none is known.
        """
        known, at = self._known.get(authority), time.monotonic()
        if known is not None:
            if at < known.fresh_until:
                return known.kept.choice
            # One question reads; those that come meanwhile take what is known.
            known.fresh_until = at + _FRESH_S
        try:
            return (await self.read(authority, _QUESTION_TIMEOUT_S if known else _TIMEOUT_S)).choice
        except Unavailable:
            if known is None:
                raise
            log.warning("what an authority has chosen can't be read: the last known is used")
            known.fresh_until = time.monotonic() + _RETRY_S
            return known.kept.choice

    async def read(self, authority: str, timeout_s: float = _TIMEOUT_S) -> KeptChoice:
        """What is kept now. Raises `Unavailable`: `choice.unavailable`."""
        try:
            async with asyncio.timeout(timeout_s):
                entry = await (await self._opened()).get(authority)
        except KeyNotFoundError:
            kept = KeptChoice()
        except (NatsError, JetStreamError, TimeoutError) as error:
            raise _unavailable() from error
        else:
            kept = KeptChoice.model_validate_json(entry.value or b"").model_copy(update={"revision": entry.revision})
        self._known[authority] = _Known(kept, time.monotonic() + _FRESH_S)
        return kept

    async def put(self, authority: str, before: KeptChoice, change: ChoiceChange) -> KeptChoice:
        """Keep a choice in place of `before`.

        Raises:
            Conflict: `choice.changed`, when somebody else has meanwhile. Unavailable: `choice.unavailable`.
        """
        kept = KeptChoice(choice=change.after, changes=(change, *before.changes)[:MAX_CHANGES])
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

    async def _opened(self) -> KeyValue:
        if self._bucket is None:
            self._bucket = await self._bus.js.key_value(BUCKET)
        return self._bucket


def changed_meanwhile() -> Conflict:
    return Conflict(
        "choice.changed", "Någon annan har ändrat medan du skrev. Ladda om sidan, se vad som gäller nu och försök igen."
    )


def _unavailable() -> Unavailable:
    return Unavailable(
        "choice.unavailable",
        "Det går inte att läsa eller ändra vad myndigheten har valt just nu. Försök igen om en stund.",
    )
