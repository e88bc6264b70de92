"""Shows the logs to the world: files first, then cosignatures, then the checkpoint that covers them.

It runs behind the signing and may lag, be stopped or die: it goes on from the checkpoint that is shown. Nothing that a
record waits for happens here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from opentelemetry import metrics

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import BadNote, Note, VerifierKey
from allmanning.audit.log.origin import place_of
from allmanning.audit.log.reading import LogState
from allmanning.audit.log.store import Store
from allmanning.audit.publication.folder import LogFolder, PublishedDiffers, folder_of
from allmanning.audit.publication.source import (
    Witnessed,
    bytes_of,
    keep_witnessed,
    signed_logs,
    waiting_since,
    witnessed_of,
)
from allmanning.audit.publication.tile import tiles_of
from allmanning.audit.publication.witnesses import Submitted, Witnesses
from allmanning.runtime.errors import PlatformError

# So many files are written before others may read the database's newest state again.
_FILES_AT_A_TIME: Final = 64

log = logging.getLogger(__name__)
_meter: Final = metrics.get_meter("allmanning")
_lag: Final = _meter.create_gauge(
    "allmanning.log.witness_lag", unit="s", description="Age of the oldest signed record that no quorum has seen"
)
_behind: Final = _meter.create_gauge(
    "allmanning.log.witnesses_behind", description="Witnesses that have not cosigned the newest shown checkpoint"
)


class Publisher:
    """Writes the files of every log, and has them witnessed when there is a policy."""

    def __init__(
        self, store: Store, root: Path, witnesses: Witnesses | None, *, every_s: float, alarm_after_s: float
    ) -> None:
        self._store = store
        self._root = root
        self.witnesses = witnesses
        self._every_s = every_s
        self._alarm_after_s = alarm_after_s
        self._alarm_at: dict[str, float] = {}
        self._failing: dict[str, str] = {}
        # What is shown, by origin: asked of the disk once.
        self._shown: dict[str, str] = {}

    async def run(self) -> None:
        """Publish for ever."""
        while True:
            try:
                await self.round()
            except (PlatformError, OSError) as error:
                log.error("the logs are not published: %s", error)
            await asyncio.sleep(self._every_s)

    async def round(self) -> None:
        """Publish every log as it is now. A log that can't be published does not hold up the others."""
        for each in await asyncio.to_thread(self._logs):
            try:
                await self._publish(each)
                self._failing.pop(each.origin, None)
            except (PublishedDiffers, LookupError, BadNote, OSError) as error:
                why = f"{type(error).__name__}: {error}"
                if self._failing.get(each.origin) != why:
                    log.error("%s is not published: %s", each.origin, why)
                self._failing[each.origin] = why

    def _logs(self) -> list[LogState]:
        with self._store.database.snapshot() as connection:
            return signed_logs(connection)

    async def _publish(self, state: LogState) -> None:
        folder = LogFolder(folder_of(self._root, state.origin))
        shown = self._shown.get(state.origin)
        if shown is None:
            shown = await asyncio.to_thread(self._continued, folder, state)
        since = Checkpoint.parse(Note.parse(shown).text).size if shown else 0
        if since > state.signed:
            raise PublishedDiffers(f"{since} poster är visade, och loggen har {state.signed}")
        if since == state.signed and self._complete(state):
            return
        if since < state.signed:
            await asyncio.to_thread(self._write, folder, state, since)
        note = await self._cosigned(state)
        if note != shown:
            await asyncio.to_thread(folder.show, note)
        self._shown[state.origin] = note

    def _complete(self, state: LogState) -> bool:
        standings = self.witnesses.standings(state.origin) if self.witnesses else []
        return all(each.size == state.signed for each in standings)

    def _continued(self, folder: LogFolder, state: LogState) -> str:
        """The checkpoint that is shown, after checking that the log still begins with what it covers."""
        shown = folder.checkpoint()
        if shown:
            checkpoint = Checkpoint.parse(Note.parse(shown).text)
            with self._store.reading(place_of(state.origin)[0]) as reading:
                if checkpoint.size <= state.size and reading.tree(state).root(checkpoint.size) != checkpoint.root:
                    raise PublishedDiffers("loggen är inte en fortsättning på den som är visad")
        return shown

    def _write(self, folder: LogFolder, state: LogState, since: int) -> None:
        tiles = list(tiles_of(state.signed, since))
        for start in range(0, len(tiles), _FILES_AT_A_TIME):
            with self._store.database.snapshot() as connection:
                for tile in tiles[start : start + _FILES_AT_A_TIME]:
                    folder.add(tile, bytes_of(connection, state, tile))

    async def _cosigned(self, state: LogState) -> str:
        """The newest note with the cosignatures that there are."""
        if self.witnesses is None:
            return state.note

        def prove(old: int) -> Sequence[bytes]:
            with self._store.reading(place_of(state.origin)[0]) as reading:
                return reading.tree(state).consistency(old, state.signed)

        submitted = Submitted(state.origin, state.signed, state.note, prove)
        signatures = await self.witnesses.cosign(submitted)
        note = str(Note.parse(state.note).with_signatures(signatures))
        key = self._store.keys.of(state.origin).verifier
        await asyncio.to_thread(self._remember, state, note, key)
        return note

    def _remember(self, state: LogState, note: str, key: VerifierKey) -> None:
        if self.witnesses is None:
            return
        with self._store.database.snapshot() as connection:
            known = witnessed_of(connection, state.origin)
        if self.witnesses.policy.judge(note, [key]).quorum and known.note != note:
            known = Witnessed(state.signed, note)
            with self._store.database.transaction() as connection:
                keep_witnessed(connection, state.origin, known)
        self._measure(state, known)

    def _measure(self, state: LogState, known: Witnessed) -> None:
        lag_s = self.lag_s(state, known)
        standings = self.witnesses.standings(state.origin) if self.witnesses else []
        behind = [each.witness for each in standings if each.size != state.signed]
        _lag.set(lag_s, {"log": state.origin})
        _behind.set(len(behind), {"log": state.origin})
        if lag_s > self._alarm_after_s and time.monotonic() >= self._alarm_at.get(state.origin, 0.0):
            self._alarm_at[state.origin] = time.monotonic() + self._alarm_after_s
            log.error(
                "%s: no quorum of witnesses for %.0f s; %d of %d records are witnessed; behind: %s",
                state.origin,
                lag_s,
                known.size,
                state.signed,
                ", ".join(behind),
            )

    def lag_s(self, state: LogState, known: Witnessed) -> float:
        """Age in seconds of the oldest signed record that no quorum has seen; 0 when all are seen."""
        with self._store.database.snapshot() as connection:
            since = waiting_since(connection, state, known.size)
        return max(0.0, time.time() - datetime.fromisoformat(since).timestamp()) if since else 0.0
