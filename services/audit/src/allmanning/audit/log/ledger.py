"""Leave a record, and see it in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from allmanning.audit.log.protocol import Records
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.record import Content, Json, Recorder

# The writer takes a record from the stream within some 100 ms.
SEEN_WITHIN_S: Final = 10.0
POLL_S: Final = 0.02


class Ledger:
    """For those whose answer must say what the log says, and not what they meant to write in it."""

    def __init__(self, records: Records, recorder: Recorder) -> None:
        self.records = records
        self._recorder = recorder

    async def leave(
        self,
        kind: str,
        *,
        authority: str,
        decision: str,
        fields: Mapping[str, Json] | None = None,
        parts: Mapping[str, Content] | None = None,
    ) -> str:
        """Leave a record; returns its id once the record and all its content are in the log.

        Raises:
            Unavailable: `audit.unavailable`; `audit.pending`, when it is durable and not yet in the log.
        """
        record = await self._recorder.record(
            kind, authority=authority, decision_id=decision, fields=fields, parts=parts
        )
        deadline = asyncio.get_running_loop().time() + SEEN_WITHIN_S
        while not await asyncio.to_thread(self._seen, authority, decision, record, set(parts or {})):
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(
                    "audit.pending",
                    "Det är sparat men syns inte ännu. (Saved, and not yet seen.)",
                    retry_after_s=1,
                )
            await asyncio.sleep(POLL_S)
        return record

    def _seen(self, authority: str, decision: str, record: str, parts: set[str]) -> bool:
        with self.records.reading(authority) as log:
            return any(each.leaf.id == record and parts <= set(log.parts(each.leaf)) for each in log.records(decision))
