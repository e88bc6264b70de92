"""Changes of keys and accounts, put on record: who was given access, and by whom.

A note is on disk with its change (change_note.py) and goes when its record is durable. A process that dies in between
tells it once more, under the same id. The record shows roles; who it was, and whose access, is in sealed parts.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from allmanning.gateway.keys import writing
from allmanning.gateway.signin.database import KeyDatabase
from allmanning.runtime.cancel import cancel
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Content, Recorder

log = logging.getLogger(__name__)

# A command on the machine can't wake the gateway.
_LOOK_EVERY_S: Final = 2.0
# A process that took a note and died lets it go after this.
_LEASE_S: Final = 30.0
# Who was given access is preserved.
_RETENTION: Final = "B"


class Changes:
    """Tells the log of what was noted."""

    def __init__(self, database: KeyDatabase, recorder: Recorder, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._recorder = recorder
        self._clock = clock
        self._telling = asyncio.Lock()
        self._wake = asyncio.Event()

    async def tell(self) -> None:
        """Put every note on record, before anybody hears of what was changed.

        Raises:
            Unavailable: `audit.unavailable`; the change stands, and is told later.
        """
        async with self._telling:
            while (note := await asyncio.to_thread(self._take)) is not None:
                await self._tell(note)

    def tell_soon(self) -> None:
        """The same in a moment: to end somebody's access waits for no log."""
        self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tell of what commands on the machine change, and of what could not be told, until the block ends."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            await cancel([task])

    async def _run(self) -> None:
        while True:
            try:
                if self._database.reading.execute("SELECT 1 FROM untold LIMIT 1").fetchone():
                    await self.tell()
            except (PlatformError, sqlite3.OperationalError) as error:
                log.warning("changes of keys and accounts wait for the log: %s", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK_EVERY_S)
            self._wake.clear()

    async def _tell(self, note: sqlite3.Row) -> None:
        try:
            await self._recorder.record(
                note["kind"],
                authority=note["authority"],
                decision_id=note["id"],
                fields=json.loads(note["fields"]),
                parts={
                    "actor": Content(json.loads(note["actor"]), _RETENTION),
                    "subject": Content({"key_id": note["subject"]}, _RETENTION),
                },
            )
        except BaseException:
            await asyncio.to_thread(self._write, "UPDATE untold SET taken_until = 0 WHERE id = ?", note["id"])
            raise
        await asyncio.to_thread(self._write, "DELETE FROM untold WHERE id = ?", note["id"])

    def _take(self) -> sqlite3.Row | None:
        with writing(self._database.data_dir) as database:
            row: sqlite3.Row | None = database.execute(
                "UPDATE untold SET taken_until = ?1 + ?2 WHERE id ="
                " (SELECT id FROM untold WHERE taken_until <= ?1 ORDER BY id LIMIT 1) RETURNING *",
                (self._clock(), _LEASE_S),
            ).fetchone()
        return row

    def _write(self, statement: str, note_id: str) -> None:
        with writing(self._database.data_dir) as database:
            database.execute(statement, (note_id,))
