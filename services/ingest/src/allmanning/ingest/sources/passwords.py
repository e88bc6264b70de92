"""Passwords of sources, which the operator keeps outside the database."""

from __future__ import annotations

import json
from pathlib import Path

from allmanning.runtime.errors import Refused


def passwords(told: str) -> dict[str, str]:
    """`<authority>/<source>` -> password, from a JSON object or from the file that holds one.

    Raises:
        Refused: `source.passwords_invalid`; the message does not show what was told.
    """
    if not told:
        return {}
    try:
        written = told if told.lstrip().startswith("{") else Path(told).read_text(encoding="utf-8")
        found = json.loads(written)
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        # Neither the value nor its parts: this is logged.
        raise Refused(
            "source.passwords_invalid",
            'ALLMANNING_SOURCE_PASSWORDS ska vara {"myndighet/källa": "lösenord"} eller en fil med det.',
        ) from None
    return found
