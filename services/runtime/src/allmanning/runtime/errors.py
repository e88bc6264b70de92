"""Errors that may cross a service boundary.

    PlatformError
      InvalidInput 400 · Unauthenticated 401 · Forbidden 403 · NotFound 404 · Conflict 409 · TooLarge 413
      Unsupported 415 · Unprocessable 422 · Busy 429 · Internal 500 · Unavailable 503 · TimedOut 504

Each carries a stable code (`document.encrypted`) that programs match on and a sentence that people read. Anything
else that a handler raises reaches the caller as `Internal`, without its details.
"""

from __future__ import annotations

from typing import ClassVar


class PlatformError(Exception):
    """Base of every error a caller may see; `status` is the HTTP status that says the same."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[type[PlatformError], tuple[str, str]]:
        # Parse workers send errors between processes; Exception's own pickling would pass one argument.
        return (type(self), (self.code, self.message))

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status >= 500 or self.status == 429


class InvalidInput(PlatformError):
    """The request itself is wrong."""

    status = 400


class Unauthenticated(PlatformError):
    """No credential, or one that is not known."""

    status = 401


class Forbidden(PlatformError):
    """The credential is known and does not allow this."""

    status = 403


class NotFound(PlatformError):
    """There is no such thing, or the asker may not know of it."""

    status = 404


class Conflict(PlatformError):
    """The state of the thing does not allow this now."""

    status = 409


class Refused(Conflict):
    """A process will not start until its operator has settled something."""


class TooLarge(PlatformError):
    """More bytes than a limit allows."""

    status = 413


class Unsupported(PlatformError):
    """A kind of file or content the platform does not read."""

    status = 415


class Unprocessable(PlatformError):
    """Well-formed, but it can never be processed, such as a locked document."""

    status = 422


class Busy(PlatformError):
    """Too much at once; `retry_after_s` says when to come back."""

    status = 429


class Internal(PlatformError):
    """A fault of ours; the details are in our logs only."""

    status = 500


class Unavailable(PlatformError):
    """Something this needs is not running."""

    status = 503


class TimedOut(PlatformError):
    """No answer in time."""

    status = 504


_BY_STATUS: dict[int, type[PlatformError]] = {
    kind.status: kind
    for kind in (
        InvalidInput,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        TooLarge,
        Unsupported,
        Unprocessable,
        Busy,
        Internal,
        Unavailable,
        TimedOut,
    )
}


def error_of(status: int, code: str, message: str, *, retry_after_s: float | None = None) -> PlatformError:
    """The error that another service meant by these three."""
    return _BY_STATUS.get(status, Internal)(code, message, retry_after_s=retry_after_s)
