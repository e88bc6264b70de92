"""The key to seal with today, asked of the audit service and kept as long as it says."""

from __future__ import annotations

import time

from allmanning.contracts.audit.v1.sealing_pb import SealingKeyRequest, SealingKeyResponse
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.sealing import SealingKey

TIMEOUT_S = 5.0


class SealingKeys:
    """The newest key of each authority."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._known: dict[str, tuple[SealingKey, float]] = {}

    async def of(self, authority: str) -> SealingKey:
        """A key that may be used now.

        Raises:
            PlatformError: `audit.unavailable`, `audit.timeout` and what else the audit service answers.
        """
        key, until = self._known.get(authority, (None, 0.0))
        if key is None or time.monotonic() >= until:
            asked = time.monotonic()
            answer = await self._bus.call(
                subjects.AUDIT_SEALING_KEY,
                SealingKeyRequest(authority=authority),
                SealingKeyResponse,
                timeout_s=TIMEOUT_S,
            )
            key = SealingKey(answer.key_id, answer.public_key)
            self._known[authority] = (key, asked + answer.valid_for_s)
        return key
