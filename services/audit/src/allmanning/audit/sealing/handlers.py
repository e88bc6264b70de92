"""What the audit service answers about sealing."""

from __future__ import annotations

import asyncio

from allmanning.audit.sealing.day_keys import DayKeys
from allmanning.contracts.audit.v1.sealing_pb import SealingKeyRequest, SealingKeyResponse
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.identity import checked_authority


class SealingHandlers:
    """One method for each request."""

    def __init__(self, days: DayKeys) -> None:
        self._days = days

    def endpoints(self) -> list[Answering]:
        return [Endpoint(subjects.AUDIT_SEALING_KEY, SealingKeyRequest, self.key)]

    async def key(self, request: SealingKeyRequest) -> SealingKeyResponse:
        """Today's key of an authority.

        Raises:
            InvalidInput: `authority.invalid`. Unavailable: as `DayKeys.newest`.
        """
        key, valid_for_s = await asyncio.to_thread(self._days.newest, checked_authority(request.authority))
        return SealingKeyResponse(key_id=key.id, public_key=key.public, valid_for_s=valid_for_s)
