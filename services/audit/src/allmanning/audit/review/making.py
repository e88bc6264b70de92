"""The decision that a caseworker makes by letting an answer out in a case, written down as FL 31 § asks."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select

from allmanning.audit.review.case import File, cases
from allmanning.audit.review.desk import Desk, Key
from allmanning.audit.review.events import KEPT
from allmanning.audit.review.projection import DECISION_MADE, LET_OUT
from allmanning.audit.review.schema import reviews
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Content, Json
from allmanning.runtime.swedish_day import today

LOOK_EVERY_S: Final = 60.0

log = logging.getLogger(__name__)


class Making:
    """Writes `decision.made` after a review in a case was closed; also what a process that was killed did not.

    It tells the day, the content, who decided, who took part (a first reviewer) and that nobody presented it. Which
    provisions and facts decided it the platform does not know: a caseworker writes a `decision.made` that says so.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turns: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def settle(self, key: Key) -> None:
        """Write down the decision that this review made, unless it made none or that is done.

        Raises:
            Unavailable: `audit.unavailable`, `audit.pending`; it is then written within a minute or so.
        """
        async with self._turns[key]:
            file = await self._desk.look(key)
            if file.case.to_be_made:
                await self._write(file)
        if not self._turns[key].locked():
            self._turns.pop(key, None)

    async def run(self) -> None:
        """Write what is missing, until cancelled."""
        while True:
            try:
                for key in await asyncio.to_thread(self._missing):
                    await self.settle(key)
            except PlatformError as error:
                log.warning("a decision is not written down yet: %s", error.code)
            await asyncio.sleep(LOOK_EVERY_S)

    def _missing(self) -> list[Key]:
        unwritten = (reviews.c.in_case, reviews.c.made == "", reviews.c.state.in_(LET_OUT))
        with self._desk.ledger.records.reading("") as every:
            authorities = every.connection.scalars(select(reviews.c.authority).where(*unwritten).distinct()).all()
        return [key for each in authorities for key in self._of(each, unwritten)]

    def _of(self, authority: str, unwritten: tuple[ColumnElement[bool], ...]) -> list[Key]:
        with self._desk.ledger.records.reading(authority) as log:
            return [Key(authority, each.decision) for each in cases(log, *unwritten) if each.to_be_made]

    async def _write(self, file: File) -> None:
        case = file.case
        closed, said = file.said[case.closed_by]
        edited = said.get("text") if case.state == "edited" else file.draft
        took_part = {file.who(case.assessed)} - {"", file.who(case.closed_by)}
        people: dict[str, list[Json]] = {
            "decided_by": [file.who(case.closed_by)],
            "presented_by": [],
            "participated": [*sorted(took_part)],
        }
        asked = next((leaf for leaf, _ in file.said.values() if leaf.text("appeal_route")), closed)
        await self._desk.leave(
            case,
            DECISION_MADE,
            {
                "decided_on": today(datetime.fromisoformat(closed.time)).isoformat(),
                "mode": "official",
                "appeal_route": asked.text("appeal_route"),
                "review": {"closing": closed.id},
                # What it is under FL 31 § the law does not say; it shows, and is nobody who took part.
                "machine_participation": "draft",
            },
            {
                "content": Content(edited, retention=KEPT),
                **{name: Content(each, retention=KEPT) for name, each in people.items()},
                "actor": Content(said.get("reviewer"), retention=KEPT),
            },
        )
