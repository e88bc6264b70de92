"""A part as the log knows it, opened."""

from __future__ import annotations

from typing import NamedTuple


class StoredPart(NamedTuple):
    """Content of one part of one record: canonical JSON, its salt, and the month its keys go with (`2026-11`)."""

    record: str
    name: str
    commitment: str
    authority: str
    salt: bytes
    content: bytes
    retention: str
    month: str
