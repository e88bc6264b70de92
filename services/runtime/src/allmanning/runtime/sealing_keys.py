"""What to seal with now: for a key that is asked of the audit service, and kept as long as it says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from allmanning.contracts.audit.v1.sealing_pb import SealingKeyRequest, SealingKeyResponse
from allmanning.runtime import subjects
from allmanning.runtime.sealing import Sealer, SealingKey

if TYPE_CHECKING:
    # The type alone, as in `record`.
    from allmanning.runtime.bus import Bus

TIMEOUT_S: Final = 5.0
# How long a producer's own key is in use; the audit service decapsulates once for it.
RENEW_AFTER_S: Final = 600.0


class SealingKeys:
    """One sealer for each authority."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._known: dict[str, tuple[Sealer, float]] = {}

    async def of(self, authority: str) -> Sealer:
        """A sealer that may be used now.

        Raises:
            PlatformError: `audit.unavailable`, `audit.timeout` and what else the audit service answers.
        """
        sealer, until = self._known.get(authority, (None, 0.0))
        if sealer is None or time.monotonic() >= until:
            asked = time.monotonic()
            answer = await self._bus.call(
                subjects.AUDIT_SEALING_KEY,
                SealingKeyRequest(authority=authority),
                SealingKeyResponse,
                timeout_s=TIMEOUT_S,
            )
            sealer = Sealer(SealingKey(answer.key_id, answer.public_key), authority)
            self._known[authority] = (sealer, asked + min(answer.valid_for_s, RENEW_AFTER_S))
        return sealer
