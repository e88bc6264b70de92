"""A stand-in for the audit service where only sealing is asked of it, and what is sealed for it."""

from __future__ import annotations

import json
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from allmanning.contracts.audit.v1.audit_pb import ContentStored
from allmanning.contracts.audit.v1.sealing_pb import SealingKeyRequest, SealingKeyResponse
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.sealing import open_content

PRIVATE: Final = X25519PrivateKey.generate()


async def key(request: SealingKeyRequest) -> SealingKeyResponse:
    return SealingKeyResponse(
        key_id=f"{request.authority}/2026-11-27", public_key=PRIVATE.public_key().public_bytes_raw(), valid_for_s=60
    )


def sealing_endpoint() -> Endpoint[SealingKeyRequest, SealingKeyResponse]:
    return Endpoint(subjects.AUDIT_SEALING_KEY, SealingKeyRequest, key)


def opened(event: ContentStored) -> dict[str, Any]:
    """The parts of an event that was sealed for the stand-in, by name."""
    return {part.name: json.loads(part.content) for part in open_content(PRIVATE, event)}
