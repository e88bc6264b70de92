"""Ends logs: when their half-year is over, and when somebody must change a key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from allmanning.audit.log.origin import end_of, origin_of, period_after, place_of, rest_of
from allmanning.audit.log.reading import LogState
from allmanning.audit.log.store import Store
from allmanning.audit.log.succession import PERIOD_OVER, SEALED, Sealed
from allmanning.audit.publication.clock import Clock
from allmanning.audit.publication.source import newest_time, signed_logs
from allmanning.runtime.errors import Conflict, NotFound, PlatformError, Unavailable
from allmanning.runtime.record import Content, Recorder

_EVERY_S: Final = 60.0
_SEALED_WITHIN_S: Final = 10.0
_POLL_S: Final = 0.05

log = logging.getLogger(__name__)


class _Asked(NamedTuple):
    """A seal that is on its way through the stream."""

    origin: str
    next_origin: str


class Sealer:
    """Writes the record that seals a log; the log itself does the rest when the record comes."""

    def __init__(self, store: Store, recorder: Recorder, *, grace_s: float, most_gap: timedelta) -> None:
        """`most_gap`: how old the newest record may be at the start for the machine's clock to be believed."""
        self._store = store
        self._recorder = recorder
        self._grace = timedelta(seconds=grace_s)
        self._most_gap = most_gap
        self._doubted = ""
        self._asked: set[_Asked] = set()
        self._one = asyncio.Lock()

    async def run(self) -> None:
        """Seal logs as their half-years end, for ever; none while the machine's clock is in doubt."""
        clock: Clock | None = None
        while True:
            try:
                clock = clock or Clock(await asyncio.to_thread(self._newest), self._most_gap)
                now = datetime.now(UTC)
                doubt = clock.doubt(now)
                self._tell(doubt)
                if not doubt:
                    await self.round(now)
            except PlatformError as error:
                log.error("logs whose half-year is over are not sealed: %s", error)
            await asyncio.sleep(_EVERY_S)

    def _tell(self, doubt: str) -> None:
        if doubt and doubt != self._doubted:
            log.error(
                "no log is sealed by itself: %s; check the clock, start the service again when it is right, or seal "
                "with: allmanning log seal", doubt,
            )  # fmt: skip
        self._doubted = doubt

    def _newest(self) -> datetime | None:
        """The time of the newest record of all logs; None before the first."""
        with self._store.database.snapshot() as connection:
            return newest_time(connection)

    async def round(self, now: datetime) -> None:
        """Seal every open log whose half-year, and the time for late records after it, is over."""
        for state in await asyncio.to_thread(self._open):
            if end_of(state.period) + self._grace <= now:
                await self._seal(state, PERIOD_OVER, {})

    def _open(self) -> list[LogState]:
        with self._store.database.snapshot() as connection:
            return [each for each in signed_logs(connection) if not each.next]

    async def seal(self, authority: str, period: str, reason: str, parts: Mapping[str, Content]) -> Sealed:
        """Seal an open log, the newest unless a half-year is given; returns when the log shows it.

        Raises:
            NotFound: `log.not_open`. Conflict: `log.parted_out`. Unavailable: `audit.unavailable`, `log.seal_pending`.
        """
        mine = [
            each
            for each in await asyncio.to_thread(self._open)
            if place_of(each.origin)[0] == authority and period in ("", each.period)
        ]
        if not mine:
            raise NotFound(
                "log.not_open", "Det finns ingen öppen logg för det halvåret. (There is no open log of that half-year.)"
            )
        sealed = await self._seal(mine[-1], reason, parts)
        deadline = asyncio.get_running_loop().time() + _SEALED_WITHIN_S
        while any(each.origin == sealed.origin for each in await asyncio.to_thread(self._open)):
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(
                    "log.seal_pending", "Förseglingen är sparad men syns inte ännu. (The seal is on its way.)"
                )
            await asyncio.sleep(_POLL_S)
        return sealed

    async def _seal(self, state: LogState, reason: str, parts: Mapping[str, Content]) -> Sealed:
        async with self._one:
            authority, period = place_of(state.origin)
            following = _following(period, reason)
            sealed = await asyncio.to_thread(self._named, state.origin, authority, following, reason)
            asked = _Asked(sealed.origin, sealed.next_origin)
            if asked not in self._asked:
                await self._recorder.record(
                    SEALED,
                    authority=authority,
                    decision_id=f"log.{period}",
                    fields=sealed.fields(),
                    parts=parts,
                )
                self._asked.add(asked)
                log.warning("%s is being sealed (%s); %s follows", sealed.origin, reason, sealed.next_origin)
            return sealed

    def _named(self, origin: str, authority: str, following: str, reason: str) -> Sealed:
        """The seal, with the open log that follows and its keys, which are on disk before anybody is told of them."""
        with self._store.reading(authority) as reading:
            following_of = {each.origin: each.next for each in reading.logs()}
        next_origin = origin_of(authority, following)
        while following_of.get(next_origin):
            next_origin = following_of[next_origin]
        self._store.keys.ensure(next_origin)
        return Sealed(origin, reason, next_origin, tuple(self._store.keys.vkeys(next_origin)))


def _following(period: str, reason: str) -> str:
    """The period of the log that comes after. Raises Conflict: `log.parted_out`."""
    if reason == PERIOD_OVER:
        return period_after(period)
    try:
        return rest_of(period)
    except ValueError as error:
        raise Conflict(
            "log.parted_out",
            "Halvåret har delats så många gånger som går. Nästa halvår börjar en ny logg av sig själv."
            " (The half-year has been parted as often as it can be. A new log begins with the next one.)",
        ) from error
