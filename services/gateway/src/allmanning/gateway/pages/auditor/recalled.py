"""What a recall is of, by the name that people know it by."""

from __future__ import annotations

from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.gateway.parts import Parts
from allmanning.gateway.reading import permitted, registered
from allmanning.runtime.errors import PlatformError

_OF_DOCUMENTS: Final = ("document", "version")


async def title_of(parts: Parts, principal: Principal, kind: str, value: str) -> str:
    """The document's title; empty for what has none, is gone, or is not for the reader, who then has its number."""
    if kind not in _OF_DOCUMENTS:
        return ""
    document, _, version = value.partition("@")
    try:
        _, described = await registered(parts.bus, principal.authority, document, version)
    except PlatformError:
        return ""
    return described.title if permitted(described, principal) else ""
