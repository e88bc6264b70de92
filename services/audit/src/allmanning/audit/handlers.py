"""From request to answer."""

from __future__ import annotations

import asyncio

from allmanning.audit import decisions
from allmanning.audit.export.exports import Exports
from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.table import PIN_KIND
from allmanning.audit.log.protocol import Log
from allmanning.contracts.audit.v1.audit_pb import (
    ExportRequest,
    ExportResponse,
    FindRequest,
    FindResponse,
    GateInput,
    GateRequest,
    GateResponse,
    GetRequest,
    GetResponse,
    ProveRequest,
    ProveResponse,
)
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Recorder


class Handlers:
    """One method per request; errors are those of what it calls."""

    def __init__(self, gate: Gate, store: Log, recorder: Recorder, exports: Exports) -> None:
        self._gate = gate
        self._store = store
        self._recorder = recorder
        self._exports = exports

    async def gate(self, request: GateRequest) -> GateResponse:
        """The verdict. The rules are in the log before the first verdict that rests on them."""
        await self._recorder.pin(checked_authority(request.authority), PIN_KIND, self._gate.table.pinned)
        return self._gate.decide(request.input or GateInput())

    async def get(self, request: GetRequest) -> GetResponse:
        return await asyncio.to_thread(decisions.get, self._store, request)

    async def find(self, request: FindRequest) -> FindResponse:
        return await asyncio.to_thread(decisions.find, self._store, request)

    async def prove(self, request: ProveRequest) -> ProveResponse:
        receipt = await asyncio.to_thread(
            decisions.prove, self._store, self._store.keys, request.authority, request.decision_id
        )
        return ProveResponse(receipt=receipt)

    async def export(self, request: ExportRequest) -> ExportResponse:
        return await self._exports.export(request)
