"""Push the log's events to a sink as they come, each at least once, also over a kill -9."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from allmanning.audit.export.siem.event import SiemEvent
from allmanning.audit.export.siem.sink import Sink
from allmanning.audit.export.siem.stream import Refusals, events_after
from allmanning.audit.log.protocol import Log
from allmanning.runtime import durable
from allmanning.runtime.errors import PlatformError

log = logging.getLogger(__name__)

EVERY_S: Final = 2.0
_RETRY_S: Final = 10.0


class Cursor:
    """How far each authority's events are pushed, in a file that is whole after a crash."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            said = json.loads(path.read_text())
        except FileNotFoundError:
            said = {}
        self._places: dict[str, int] = {name: int(place) for name, place in said.items()}

    def place(self, authority: str) -> int:
        return self._places.get(authority, 0)

    def move(self, authority: str, place: int) -> None:
        """On disk when it returns."""
        self._places[authority] = place
        durable.write(self._path, json.dumps(self._places).encode())


class Push:
    """Reads on from the cursor, sends, and only then moves the cursor."""

    def __init__(self, store: Log, sink: Sink, line: Callable[[SiemEvent], str], cursor: Cursor) -> None:
        self._store = store
        self._sink = sink
        self._line = line
        self._cursor = cursor
        self._refusals = Refusals(store.refusals)
        self._told: set[str] = set()

    async def run(self) -> None:
        """Push until cancelled. What the receiver does not take now is sent when it is back."""
        try:
            while True:
                try:
                    more = await self.once()
                except PlatformError as error:
                    log.warning("events are not pushed now: %s: %s", error.code, error.message)
                    await asyncio.sleep(_RETRY_S)
                else:
                    await asyncio.sleep(0 if more else EVERY_S)
        finally:
            await self._sink.close()

    async def once(self) -> bool:
        """Push a page of each authority's events; whether there is more now.

        Raises:
            Unavailable: `siem.unavailable`, `audit.database_unavailable`.
        """
        more = False
        for authority in await asyncio.to_thread(self._authorities):
            more = await self._push(authority) or more
        return more

    def _authorities(self) -> list[str]:
        with self._store.reading("") as every:
            return every.authorities()

    async def _push(self, authority: str) -> bool:
        after = self._cursor.place(authority)

        def look() -> tuple[list[SiemEvent], list[SiemEvent], int, bool]:
            with self._store.reading(authority) as reading:
                page = events_after(reading, after)
                return page.events, self._refusals.events(reading), page.next, page.more

        events, refused, following, more = await asyncio.to_thread(look)
        fresh = [each for each in refused if each.id not in self._told]
        if sending := [*events, *fresh]:
            await self._sink.send([(each, self._line(each)) for each in sending])
        self._told |= {each.id for each in fresh}
        if following != after:
            await asyncio.to_thread(self._cursor.move, authority, following)
        return more
