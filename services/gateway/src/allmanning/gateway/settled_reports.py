"""Gallring of what people told of documents: a report that has been dealt with is erased when a decision says so.

A report is a public document (TF 2 kap.) of little use once its document is put right; how long it is kept stands in
the authority's plan, which is the ground that is given. What is erased is on record first, in numbers only.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Final, NamedTuple

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.gateway.desk import Desk
from allmanning.runtime.errors import Conflict, InvalidInput
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content, Json, Recorder
from allmanning.runtime.swedish_day import today

_ERASED: Final = "reports.erased"
_SETTLED: Final = "authority = ? AND settled_at <> '' AND settled_at < ?"


class Kept(NamedTuple):
    """How many reports are kept of a year: settled in it, or open and made in it."""

    year: str
    settled: int
    open: int


class SettledReports:
    """Counts and erases."""

    def __init__(self, desk: Desk, recorder: Recorder) -> None:
        self._desk = desk
        self._recorder = recorder

    async def kept(self, authority: str) -> list[Kept]:
        """By year, the oldest first."""

        def look(file: sqlite3.Connection) -> list[Kept]:
            rows = file.execute(
                "SELECT substr(CASE settled_at WHEN '' THEN reported_at ELSE settled_at END, 1, 4) AS year,"
                " sum(settled_at <> ''), sum(settled_at = '') FROM report WHERE authority = ?"
                " GROUP BY year ORDER BY year",
                (authority,),
            )
            return [Kept(*row) for row in rows]

        return await self._desk.work(look)

    async def count(self, authority: str, before: date) -> int:
        """How many were settled before a day."""

        def look(file: sqlite3.Connection) -> int:
            row = file.execute(f"SELECT count(*) FROM report WHERE {_SETTLED}", (authority, before.isoformat()))  # noqa: S608
            return int(row.fetchone()[0])

        return await self._desk.work(look)

    async def erase(self, principal: Principal, before: date, ground: str, reason: str) -> int:
        """Erase them; how many went.

        Raises:
            InvalidInput: `field.invalid`, for a day that is not over yet, or without ground or reason.
            Conflict: `reports.none`. Unavailable: `audit.unavailable`.
        """
        if before > today() or not ground.strip() or not reason.strip():
            raise InvalidInput(
                "field.invalid",
                "Ange en dag som inte är senare än i dag, en grund och ett skäl. "
                "(Give a day no later than today, a ground and a reason.)",
            )
        authority = principal.authority
        number = await self.count(authority, before)
        if not number:
            raise Conflict(
                "reports.none", "Ingen åtgärdad anmälan är så gammal. (No report that was dealt with is that old.)"
            )
        by: Json = {"key": principal.key_id, "unit": principal.unit, "reason": reason.strip()}
        await self._recorder.record(
            _ERASED,
            authority=authority,
            decision_id=uuid7(),
            fields={"before": before.isoformat(), "reports": number, "ground": ground.strip()[:200]},
            parts={"actor": Content(by, retention="B")},
        )

        def write(file: sqlite3.Connection) -> int:
            return file.execute(f"DELETE FROM report WHERE {_SETTLED}", (authority, before.isoformat())).rowcount  # noqa: S608

        return await self._desk.work(write)
