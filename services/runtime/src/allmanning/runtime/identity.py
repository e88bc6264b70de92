"""Identifiers."""

from __future__ import annotations

import os
import re
import time
import uuid

from allmanning.runtime.errors import InvalidInput

_AUTHORITY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def uuid7() -> str:
    """A time-ordered identifier (RFC 9562 §5.7), so that logs and indexes sort by creation."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def checked_authority(authority: str) -> str:
    """The authority's identifier, fit to be a part of a subject, a path and a log origin.

    Raises:
        InvalidInput: `authority.invalid`.
    """
    if not _AUTHORITY.fullmatch(authority):
        raise InvalidInput(
            "authority.invalid",
            "Myndighetens id får bara innehålla a-z, 0-9 och bindestreck, högst 63 tecken, till exempel exempelby.",
        )
    return authority
