"""From request to answer."""

from __future__ import annotations

import asyncio

from allmanning.audit import decisions
from allmanning.audit.export.exports import Exports
from allmanning.audit.log.protocol import Log
from allmanning.contracts.audit.v1.audit_pb import (
    ExportRequest,
    ExportResponse,
    FindRequest,
    FindResponse,
    GetRequest,
    GetResponse,
    ProveRequest,
    ProveResponse,
)


class Handlers:
    """One method per request; errors are those of what it calls."""

    def __init__(self, store: Log, exports: Exports) -> None:
        self._store = store
        self._exports = exports

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
