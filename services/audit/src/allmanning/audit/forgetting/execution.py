"""Carry out what two persons have decided. Killed at any moment, it goes on at the next start.

The record `erased` does the erasing when the log takes it in (see `projection`), so all there is to do here is to leave
the ones that are missing. One that was left twice changes nothing the second time.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from allmanning.audit.forgetting.overview import request_of
from allmanning.audit.forgetting.projection import APPROVED, ERASED, REQUESTED, months_of, records_of
from allmanning.audit.forgetting.schema import erasure_units, erasures
from allmanning.audit.forgetting.targets import of_records
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.reading import Reading
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Content, Json
from allmanning.runtime.swedish_day import today

log = logging.getLogger(__name__)

# An approval is carried out at once; this is for what a fault left undone.
_LOOK_EVERY_S: Final = 30.0


@dataclass(frozen=True)
class Unit:
    """One `erased` record that is missing."""

    authority: str
    erasure: str
    fields: dict[str, Json]
    persons: Json


class Execution:
    """Runs beside the service."""

    def __init__(self, ledger: Ledger, backup_days: int) -> None:
        self._ledger = ledger
        self._backup_days = backup_days
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        self._wanted.set()

    async def run(self) -> None:
        """Carry out what is approved, at once when woken, until cancelled."""
        while True:
            try:
                await self.carry_out()
            except PlatformError as error:
                log.warning("an erasure waits: %s", error.code)
            try:
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._wanted.wait()
            except TimeoutError:
                continue
            self._wanted.clear()

    async def carry_out(self) -> None:
        """Leave every `erased` record that is missing, and see each in the log.

        Raises:
            Unavailable: `audit.unavailable`, `audit.pending`.
        """
        for unit in await asyncio.to_thread(self._missing):
            await self._ledger.leave(
                ERASED,
                authority=unit.authority,
                decision=unit.erasure,
                fields={"erasure": unit.fields},
                parts={"persons": Content(unit.persons, retention="B")},
            )

    def _missing(self) -> list[Unit]:
        with self._ledger.records.reading("") as every:
            query = select(erasures.c.id, erasures.c.authority).where(erasures.c.state == "approved")
            approved = every.connection.execute(query.order_by(erasures.c.settled_at)).all()
        return [unit for row in approved for unit in self._units(row.authority, row.id)]

    def _units(self, authority: str, erasure: str) -> list[Unit]:
        with self._ledger.records.reading(authority) as read:
            request = request_of(read, erasure)
            if request is None:
                return []
            done = set(read.connection.scalars(select(erasure_units.c.month).where(erasure_units.c.erasure == erasure)))
            shared: dict[str, Json] = {
                "ground": request.text("erasure", "ground"),
                "decided_on": request.text("erasure", "decided_on"),
                "horizon": (today() + timedelta(self._backup_days)).isoformat(),
            }
            name, records = request.text("erasure", "class"), list[Json](records_of(request))
            if of_records(read.connection, authority, records_of(request)).held:
                # Placed after the approval; it is carried out when the hold is lifted.
                return []
            wanted: list[tuple[str, dict[str, Json]]] = (
                [(month, {"class": name, "month": month}) for month in months_of(request)]
                if name
                else [("", {"records": records})]
            )
            persons = dict(_persons(read, erasure))
            return [Unit(authority, erasure, shared | fields, persons) for month, fields in wanted if month not in done]


def _persons(read: Reading, erasure: str) -> Iterator[tuple[str, Json]]:
    """Keys of who asked and who approved."""
    for placed in read.records(erasure):
        name = {REQUESTED: "requested_by", APPROVED: "approved_by"}.get(placed.leaf.kind())
        part = read.parts(placed.leaf).get("actor")
        if name and part:
            yield name, json.loads(part.content)
