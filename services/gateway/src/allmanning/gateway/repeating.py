"""What a caller wrote, as an error can repeat it."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 200


def repeatable(text: object) -> str:
    """`text` without what no UTF-8 can hold (JSON may spell half a character), and cut where nobody reads on."""
    return str(text).encode("utf-8", "replace").decode()[:LONGEST]
