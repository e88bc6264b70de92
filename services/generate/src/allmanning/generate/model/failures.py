"""What a client library's error means to the asker. Both speak HTTP, so both fail in the same few ways."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
import httpx2
import openai
from huggingface_hub.errors import InferenceTimeoutError

from allmanning.runtime.errors import Busy, PlatformError, TimedOut, Unavailable

_TIMEOUTS = (
    TimeoutError,
    InferenceTimeoutError,
    openai.APITimeoutError,
    httpx.TimeoutException,
    httpx2.TimeoutException,
)
_NOT_REACHED = (httpx.ConnectTimeout, httpx2.ConnectTimeout)
_NO_CONNECTION = (httpx.ConnectError, httpx2.ConnectError, ConnectionRefusedError)
_RETRY_AFTER_S: Final = 5.0
_LONGEST_RETRY_AFTER_S: Final = 3600.0
# The request itself is refused: another server of the same model would refuse it too.
_REJECTED: Final = frozenset({400, 413, 422})


def failure_of(error: BaseException, *, begun: bool) -> PlatformError:
    """The platform's error for what a model client raised, by its cause where a wrapper hides it.

    `begun`: the model had already written something.
    """
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, PlatformError):
            return each
    if any(isinstance(each, _NOT_REACHED) for each in chain):
        return unavailable()
    for each in chain:
        if isinstance(each, _TIMEOUTS):
            return late()
        status = _status(each)
        if status == httpx2.codes.TOO_MANY_REQUESTS:
            return busy(_retry_after(each))
        if status in _REJECTED:
            return Unavailable("model.rejected", "Språkmodellen tog inte emot frågan. Försök med en kortare fråga.")
        if status:
            return unavailable(_retry_after(each))
    lost = any(isinstance(each, _NO_CONNECTION) for each in chain)
    return unavailable() if lost and not begun else interrupted()


def told_to_wait_s(error: BaseException) -> float | None:
    """How long the server asked us to stay away (`Retry-After` of a 429 or 503; RFC 9110 §10.2.3)."""
    for each in _chain(error):
        if _status(each) in (httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.SERVICE_UNAVAILABLE):
            return _retry_after(each)
    return None


def cause_of(error: BaseException) -> str:
    """For our logs: the status, or the error's kind; never its text, which may quote what was asked."""
    for each in _chain(error):
        if isinstance(each, PlatformError):
            return each.code
        if status := _status(each):
            return f"HTTP {status}"
    return type(error).__name__


def busy(retry_after_s: float | None = None) -> Busy:
    """Every place is taken."""
    return Busy(
        "model.busy",
        "Många frågar just nu. Försök igen om en stund.",
        retry_after_s=_RETRY_AFTER_S if retry_after_s is None else retry_after_s,
    )


def unavailable(retry_after_s: float | None = None) -> Unavailable:
    """The server does not answer, or not as it should."""
    return Unavailable(
        "model.unavailable",
        "Språkmodellen svarar inte just nu. Försök igen om en stund.",
        retry_after_s=_RETRY_AFTER_S if retry_after_s is None else retry_after_s,
    )


def late() -> TimedOut:
    """The server said nothing for too long, or would not end."""
    return TimedOut("model.timeout", "Språkmodellen svarade inte i tid. Försök igen om en stund.")


def interrupted() -> Unavailable:
    """The answer broke off."""
    return Unavailable("model.interrupted", "Svaret avbröts. Försök igen om en stund.", retry_after_s=_RETRY_AFTER_S)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        yield cause
        cause = cause.__cause__ or cause.__context__


def _status(error: BaseException) -> int:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None) or getattr(error, "status_code", None)
    return status if isinstance(status, int) else 0


def _retry_after(error: BaseException) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None)
    text = str(headers.get("retry-after", "")).strip() if headers is not None else ""
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except ValueError:
            return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER_S) if math.isfinite(seconds) else None
