"""Why a witness does not cosign; each has the HTTP status that the protocol gives it."""

from __future__ import annotations

from typing import ClassVar


class NotCosigned(Exception):
    """Base of what a witness answers instead of a cosignature."""

    status: ClassVar[int]


class Malformed(NotCosigned):
    """The request is not one."""

    status = 400


class NotSigned(NotCosigned):
    """No key that is trusted for this log signed it, or a signature under such a key's name is wrong."""

    status = 403


class UnknownLog(NotCosigned):
    """The witness was never told of this log."""

    status = 404


class SeenMore(NotCosigned):
    """The proof does not begin where the witness stands; it says where that is."""

    status = 409

    def __init__(self, size: int) -> None:
        super().__init__(f"vittnet har sett {size} poster")
        self.size = size


class NotConsistent(NotCosigned):
    """The log is not a continuation of what the witness has seen."""

    status = 422
