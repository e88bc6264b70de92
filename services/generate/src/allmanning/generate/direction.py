"""Numbers, names and addresses in a text that is written from right to left."""

from __future__ import annotations

import re
from typing import Final

_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa"})
# Unicode isolates (UAX 9): without them "020-50 50 50" is shown with its groups in the other order.
_ISOLATE, _END = "\u2066", "\u2069"
_LEFT_TO_RIGHT: Final = re.compile(r"\{\w+\}|[A-Za-z0-9+](?:[A-Za-z0-9ÅÄÖåäöé@.,:/+ –-]*[A-Za-z0-9ÅÄÖåäöé])?")


def isolated(text: str, language: str) -> str:
    """The text with what runs from left to right kept in its order; as it is in other languages."""
    if language not in _RIGHT_TO_LEFT:
        return text
    return _LEFT_TO_RIGHT.sub(lambda match: f"{_ISOLATE}{match[0]}{_END}", text)
