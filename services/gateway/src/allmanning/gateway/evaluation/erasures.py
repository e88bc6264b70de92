"""What is erased in the log goes here too: an evaluation's answer is a copy of what its decision holds."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from functools import partial
from typing import Final, NamedTuple

from allmanning.contracts.audit.v1.audit_pb import GetRequest, GetResponse
from allmanning.contracts.audit.v1.erasure_pb import ListErasuresRequest, ListErasuresResponse
from allmanning.gateway.desk import Desk
from allmanning.gateway.evaluation.sealed import SealedTexts
from allmanning.gateway.evaluation.told import Told
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound, PlatformError

# Erasures are decided by people and rare; the log keeps backups for weeks after one.
LOOKS_EVERY_S: Final = 60.0

log = logging.getLogger(__name__)


class _Kept(NamedTuple):
    evaluation: str
    question: str
    sealed: str


class Erasures:
    """Follows the log's erasures."""

    def __init__(self, bus: Bus, desk: Desk, texts: SealedTexts) -> None:
        self._bus = bus
        self._desk = desk
        self._texts = texts
        # How many records of erasures each authority had when its answers were last gone through.
        self._known: dict[str, int] = {}

    async def follow(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except (PlatformError, sqlite3.Error) as error:
                log.warning("erasures of evaluations: %s", getattr(error, "code", type(error).__name__))
            await asyncio.sleep(LOOKS_EVERY_S)

    async def look(self) -> None:
        """Take away each answer of whose decision content has been erased; how it was judged stays in the figures.

        Raises:
            PlatformError: what the log says; the rest is looked at the next time.
        """
        for authority in await self._desk.work(_authorities):
            request = ListErasuresRequest(authority=authority)
            found = await self._bus.call(subjects.AUDIT_LIST_ERASURES, request, ListErasuresResponse)
            done = sum(len(each.log_records) for each in found.erasures)
            if done == self._known.get(authority, 0):
                continue
            for each in await self._desk.work(partial(_kept, authority)):
                if await self._is_erased(authority, each):
                    await self._desk.work(partial(_forget, each), scrub=True)
            self._known[authority] = done

    async def _is_erased(self, authority: str, kept: _Kept) -> bool:
        told = Told.model_validate_json(self._texts.opened(kept.sealed, kept.evaluation, kept.question))
        if not told.decision:
            return False
        request = GetRequest(authority=authority, decision_id=told.decision)
        try:
            found = await self._bus.call(subjects.AUDIT_GET, request, GetResponse)
        except NotFound:
            return False
        return any(each.erased for each in found.records)


def _authorities(file: sqlite3.Connection) -> list[str]:
    return [authority for (authority,) in file.execute("SELECT DISTINCT authority FROM evaluation")]


def _kept(authority: str, file: sqlite3.Connection) -> list[_Kept]:
    query = (
        "SELECT evaluation, question, told FROM evaluation_answer JOIN evaluation ON evaluation.id = evaluation"
        " WHERE authority = ? AND told <> ''"
    )
    return [_Kept(*row) for row in file.execute(query, (authority,))]


def _forget(kept: _Kept, file: sqlite3.Connection) -> None:
    # The row stays: the question has been asked.
    query = "UPDATE evaluation_answer SET told = '' WHERE evaluation = ? AND question = ?"
    file.execute(query, (kept.evaluation, kept.question))
