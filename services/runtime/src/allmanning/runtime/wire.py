"""Headers that the bus adds to messages, and how an error and the end of a stream look on the wire.

An error uses the NATS micro headers (ADR-32), so that any NATS client understands it, plus our stable code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

from allmanning.runtime.errors import Internal, PlatformError, error_of

MESSAGE_ID: Final = "Nats-Msg-Id"
ERROR_STATUS: Final = "Nats-Service-Error-Code"
ERROR_MESSAGE: Final = "Nats-Service-Error"
ERROR_CODE: Final = "Allmanning-Error-Code"
RETRY_AFTER: Final = "Allmanning-Retry-After"
REQUEST_ID: Final = "Allmanning-Request-Id"
STREAM: Final = "Allmanning-Stream"
STREAM_END: Final = "end"
STREAM_ALIVE: Final = "alive"
DEAD_REASON: Final = "Allmanning-Dead-Reason"
DEAD_ATTEMPTS: Final = "Allmanning-Dead-Attempts"


def error_headers(error: Exception) -> dict[str, str]:
    """Headers that tell a caller of this error; only a `PlatformError` shows its text."""
    shown = error if isinstance(error, PlatformError) and not isinstance(error, Internal) else None
    shown = shown or Internal("internal", "Ett internt fel inträffade. Försök igen om en stund.")
    headers = {
        ERROR_STATUS: str(shown.status),
        # Header values are ASCII on the wire; Swedish text is not.
        ERROR_MESSAGE: quote(shown.message, safe=" ,.:;()/'"),
        ERROR_CODE: shown.code,
    }
    if shown.retry_after_s is not None:
        headers[RETRY_AFTER] = f"{shown.retry_after_s:g}"
    return headers


def raise_error(headers: Mapping[str, str]) -> None:
    """Raise the error that these headers tell of, if any."""
    if status := headers.get(ERROR_STATUS):
        retry_after = headers.get(RETRY_AFTER)
        raise error_of(
            int(status),
            headers.get(ERROR_CODE, "internal"),
            unquote(headers.get(ERROR_MESSAGE, "")),
            retry_after_s=float(retry_after) if retry_after else None,
        )
