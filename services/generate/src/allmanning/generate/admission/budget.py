"""Model tokens that an authority may use in a day, counted where a restart and other processes find them."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError

from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Busy, Unavailable
from allmanning.runtime.swedish_day import beginning, today

log = logging.getLogger(__name__)

_STREAM: Final = "TOKENS"
# What other processes have used shows after so long at most; one's own use shows at once.
_FRESH_S: Final = 10.0


@dataclass
class _Count:
    day: date
    used: int = 0
    read_at: float = float("-inf")


class Budget:
    """Counts what answers used against each authority's limit.

    An answer begins while the tokens used today, and those that answers under way may still use, are below the limit:
    what is used beyond it is less than one answer.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._counts: dict[str, _Count] = {}
        self._reserved: dict[str, int] = defaultdict(int)
        self._unwritten: dict[tuple[str, date], int] = {}
        self._writing: asyncio.Task[None] | None = None

    async def used(self, authority: str) -> int:
        """Tokens used today, by all processes.

        Raises:
            Unavailable: `budget.unavailable`.
        """
        count, now = self._count_of(authority), time.monotonic()
        if now - count.read_at > _FRESH_S:
            count.used = await self._read(authority, count.day)
            count.read_at = now
        return count.used + self._unwritten.get((authority, count.day), 0)

    async def check(self, authority: str, limit: int) -> None:
        """Let an answer begin; `limit` is in tokens a day, 0 for none.

        Raises:
            Busy: `budget.used_up`, with the time to the next Swedish day.
            Unavailable: `budget.unavailable`: an unknown count allows nothing.
        """
        if not limit or await self.used(authority) + self._reserved.get(authority, 0) < limit:
            return
        tomorrow = beginning(today() + timedelta(days=1))
        wait_s = max(1.0, (tomorrow - datetime.now(UTC)).total_seconds())
        if await self.used(authority) < limit:
            # Answers under way may use up the rest, or leave enough of it.
            wait_s = min(wait_s, _FRESH_S)
        raise Busy(
            "budget.used_up",
            "Myndighetens utrymme för AI-svar är slut för i dag. I morgon går det att fråga igen. "
            "Det går fortfarande att söka. "
            "(The authority's room for AI answers is used up for today. Ask again tomorrow. Search still works.)",
            retry_after_s=wait_s,
        )

    def reserve(self, authority: str, tokens: int) -> None:
        """An answer begins that may use so many."""
        self._reserved[authority] += tokens

    def charge(self, authority: str, reserved: int, used: int) -> None:
        """An answer that had reserved `reserved` has used `used`.

        It counts here at once, and for good a moment later (`written`): those that end meanwhile are written together.
        What can't be written now is written with the next answer.
        """
        self._reserved[authority] -= reserved
        if self._reserved[authority] <= 0:
            del self._reserved[authority]
        if used:
            key = authority, today()
            self._unwritten[key] = self._unwritten.get(key, 0) + used
        if self._unwritten and self._writing is None:
            self._writing = asyncio.create_task(self._write_all())

    async def written(self) -> None:
        """What has been charged is counted for good, or can't be now."""
        if self._writing is not None:
            await self._writing

    async def _write_all(self) -> None:
        try:
            failed: set[tuple[str, date]] = set()
            while left := self._unwritten.keys() - failed:
                for key in left:
                    if not await self._write(*key):
                        failed.add(key)
        finally:
            self._writing = None

    async def _write(self, authority: str, day: date) -> bool:
        tokens = self._unwritten[authority, day]
        try:
            # One whose confirmation is lost on the way is counted twice, which allows less and never more.
            total = await self._bus.count(subjects.tokens_used(authority, day), tokens)
        except Unavailable:
            log.warning("tokens that were used could not be counted yet")
            return False
        self._unwritten[authority, day] -= tokens
        if not self._unwritten[authority, day]:
            del self._unwritten[authority, day]
        if (count := self._count_of(authority)).day == day:
            count.used, count.read_at = total, time.monotonic()
        return True

    def _count_of(self, authority: str) -> _Count:
        day = today()
        count = self._counts.get(authority)
        if count is None or count.day != day:
            count = self._counts[authority] = _Count(day)
        return count

    async def _read(self, authority: str, day: date) -> int:
        try:
            message = await self._bus.js.get_last_msg(_STREAM, subjects.tokens_used(authority, day))
        except NotFoundError:
            return 0
        except (NatsError, JetStreamError, TimeoutError) as error:
            raise Unavailable(
                "budget.unavailable",
                "Det går inte att läsa hur mycket som är använt i dag. Försök igen om en stund. "
                "(How much was used today cannot be read. Try again in a while.)",
            ) from error
        return int(json.loads(message.data or b"{}").get("val", 0))
