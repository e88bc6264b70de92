"""A witness that has seen another history of a log than ours: the alarm, as a record of the log."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from allmanning.audit.log.origin import place_of
from allmanning.audit.publication.witnesses import Contradiction, Witnesses
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.record import Recorder

CONFLICT: Final = "witness.conflict"
_EVERY_S: Final = 1.0

log = logging.getLogger(__name__)


class Alarm:
    """Records what the witnesses contradict. The witness keeps the signed checkpoints that prove it."""

    def __init__(self, witnesses: Witnesses, recorder: Recorder) -> None:
        self._witnesses = witnesses
        self._recorder = recorder

    async def run(self) -> None:
        """Record contradictions as they are met, for ever; one that can't be recorded now is recorded later."""
        while True:
            await asyncio.sleep(_EVERY_S)
            await self.round()

    async def round(self) -> None:
        while self._witnesses.contradictions:
            try:
                await self._record(self._witnesses.contradictions[0])
            except Unavailable:
                return
            del self._witnesses.contradictions[0]

    async def _record(self, met: Contradiction) -> None:
        authority, period = place_of(met.origin)
        await self._recorder.record(
            CONFLICT,
            authority=authority,
            decision_id=f"log.{period}",
            fields={
                "log": {"origin": met.origin, "size": met.size},
                "witness": {
                    "name": met.witness.name,
                    "vkey": str(met.witness.key),
                    "status": met.status,
                    "seen": met.seen,
                },
            },
        )
