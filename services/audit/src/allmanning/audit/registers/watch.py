"""Write what the log shows by itself: that the configuration changed, and that use left the declared band."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from sqlalchemy import select

from allmanning.audit.log.protocol import Log
from allmanning.audit.registers.band import Outside
from allmanning.audit.registers.book import BOOK, OUTSIDE, book_of
from allmanning.audit.registers.card import months_before
from allmanning.audit.registers.modification import Change
from allmanning.audit.registers.projection import CONFIG_CHANGED
from allmanning.audit.registers.schema import changes
from allmanning.audit.registers.use import measured
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json, Recorder, now

log = logging.getLogger(__name__)

EVERY_S: Final = 15.0


class _Due(NamedTuple):
    """A record to write, and what it must not be written twice for."""

    authority: str
    key: tuple[str, ...]
    kind: str
    fields: dict[str, Json]


class Watch:
    """Writes each such record once: what it writes shows in the log, and what shows there is not written.

    After a start it waits until the log has taken in all that was in the stream then (`last_sequence`), because what a
    killed process wrote may still be on its way.
    """

    def __init__(self, store: Log, recorder: Recorder, last_sequence: Callable[[], Awaitable[int]]) -> None:
        self._store = store
        self._recorder = recorder
        self._last_sequence = last_sequence
        self._written: set[tuple[str, ...]] = set()

    async def run(self) -> None:
        """Look again and again until cancelled."""
        caught_up = False
        while True:
            try:
                caught_up = caught_up or await self._caught_up()
                if caught_up:
                    await self.once()
            except PlatformError as error:
                log.warning("what the log shows could not be written: %s", error.code)
            await asyncio.sleep(EVERY_S if caught_up else 1.0)

    async def _caught_up(self) -> bool:
        last = await self._last_sequence()
        return await asyncio.to_thread(lambda: self._store.sequence) >= last

    async def once(self) -> None:
        """Write what is due.

        Raises:
            Unavailable: `audit.unavailable`, `audit.database_unavailable`.
        """
        for due in await asyncio.to_thread(self._due):
            if due.key in self._written:
                continue
            if due.kind == OUTSIDE:
                log.warning("%s: use outside the declared band: %s", due.authority, due.fields["outside"])
            await self._recorder.record(due.kind, authority=due.authority, decision_id=BOOK, fields=due.fields)
            self._written.add(due.key)

    def _due(self) -> list[_Due]:
        with self._store.reading("") as every:
            authorities = every.authorities()
        return [due for each in authorities for due in (*self._changed(each), *self._outside(each))]

    def _changed(self, authority: str) -> list[_Due]:
        """One record for all that changed with one record."""
        with self._store.reading(authority) as reading:
            query = select(changes).where(changes.c.authority == authority, changes.c.told == "").order_by(changes.c.at)
            rows = [
                Change(row.record, row.kind, row.at, row.before, row.after, row.told)
                for row in reading.connection.execute(query)
            ]
        causes = {row.record: [each for each in rows if each.record == row.record] for row in rows}
        return [
            _Due(
                authority, (CONFIG_CHANGED, authority, cause), CONFIG_CHANGED, {"cause": cause, "changes": _said(found)}
            )
            for cause, found in causes.items()
        ]

    def _outside(self, authority: str) -> list[_Due]:
        this = now()[:7]
        with self._store.reading(authority) as reading:
            book = book_of(reading)
            if book.declared is None:
                return []
            declared = book.declared
            months = [this]
            # A month is over once for the least, and only if the band stood throughout it.
            if declared.at[:7] < months_before(this, 1):
                months.insert(0, months_before(this, 1))
            found = [
                outside
                for month in months
                for outside in declared.band.outside(
                    month, measured(reading.connection, authority, month, month), over=month != this
                )
            ]
        return [
            _Due(
                authority,
                (OUTSIDE, authority, declared.record, *_named(outside)),
                OUTSIDE,
                _alarm(declared.record, outside),
            )
            for outside in found
            if not book.raised(declared.record, outside)
        ]


def _said(found: list[Change]) -> Json:
    return [{"kind": each.kind, "from": each.before, "to": each.after} for each in found]


def _named(outside: Outside) -> tuple[str, ...]:
    """What tells alarms apart: a count grows on in the month that it is too high in."""
    counted = outside.measure in ("least_a_month", "most_a_month", "most_automated")
    return (outside.month, outside.measure) if counted else (outside.month, outside.measure, outside.value)


def _alarm(band: str, outside: Outside) -> dict[str, Json]:
    return {"band": band, "outside": dict(outside._asdict())}
