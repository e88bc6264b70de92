"""Pack an authority's log for an auditor, into the object store."""

from __future__ import annotations

import asyncio

from allmanning.audit.export.bundle import Bundle, pack
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.protocol import Records
from allmanning.contracts.audit.v1.audit_pb import ExportRequest, ExportResponse
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Recorder


class Exports:
    """Packs one bundle at a time: a large log takes a core for a while."""

    def __init__(self, records: Records, keys: Keys, objects: Objects, recorder: Recorder) -> None:
        self._records = records
        self._keys = keys
        self._objects = objects
        self._recorder = recorder
        self._one = asyncio.Lock()

    async def export(self, request: ExportRequest) -> ExportResponse:
        """Pack, store and record that it was done; the record itself comes with the next bundle.

        Raises:
            NotFound: `log.empty`. Unavailable: `objects.unavailable`, `audit.unavailable`.
        """
        authority = checked_authority(request.authority)

        def work() -> Bundle:
            with self._records.reading(authority) as log:
                return pack(log, self._keys, with_content=request.with_content)

        async with self._one:
            bundle = await asyncio.to_thread(work)
        export = uuid7()
        name = f"{authority}-{export}.zip"
        await self._objects.put(name, bundle.data)
        await self._recorder.record(
            "export.made",
            authority=authority,
            decision_id=export,
            fields={"export": {"records": bundle.records, "with_content": request.with_content}},
        )
        return ExportResponse(object=name, records=bundle.records, size_bytes=len(bundle.data))
