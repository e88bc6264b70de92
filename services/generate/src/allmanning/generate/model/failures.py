"""What a client library's error means to the asker. Both speak HTTP, so both fail in the same few ways."""

from __future__ import annotations

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
_NO_CONNECTION = (httpx.ConnectError, httpx2.ConnectError, openai.APIConnectionError, ConnectionRefusedError)
_RETRY_AFTER_S = 5.0


def failure_of(error: BaseException, *, begun: bool) -> PlatformError:
    """The platform's error for what a model client raised, by its cause where a wrapper hides it.

    `begun`: the model had already written something.
    """
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    for each in chain:
        if isinstance(each, PlatformError):
            return each
        if isinstance(each, _TIMEOUTS):
            return TimedOut("model.timeout", "Språkmodellen svarade inte i tid. Försök igen om en stund.")
        status = _status(each)
        if status == httpx2.codes.TOO_MANY_REQUESTS:
            return Busy("model.busy", "Många frågar just nu. Försök igen om en stund.", retry_after_s=_RETRY_AFTER_S)
        if status:
            return unavailable()
    lost = any(isinstance(each, _NO_CONNECTION) for each in chain)
    return unavailable() if lost and not begun else interrupted()


def unavailable() -> Unavailable:
    """The server does not answer, or not as it should."""
    return Unavailable(
        "model.unavailable", "Språkmodellen svarar inte just nu. Försök igen om en stund.", retry_after_s=_RETRY_AFTER_S
    )


def interrupted() -> Unavailable:
    """The answer broke off."""
    return Unavailable("model.interrupted", "Svaret avbröts. Försök igen om en stund.", retry_after_s=_RETRY_AFTER_S)


def _status(error: BaseException) -> int:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None) or getattr(error, "status_code", None)
    return status if isinstance(status, int) else 0
