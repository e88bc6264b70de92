"""RFC 8785 canonical JSON, mostly by a faster library that writes most values alike."""

from __future__ import annotations

from typing import Final, TypeAlias, Union, cast

import orjson
import rfc8785

_Written: TypeAlias = Union[bool, int, float, str, list["_Written"], dict[str, "_Written"], None]

_MAX_INTEGER: Final = 2**53 - 1
# Written by both as the shortest decimal that reads back; outside there are exponents.
_SMALLEST, _LARGEST = 1e-3, 1e9


class _Unlike(Exception):
    """A value that the two might write differently, or that neither can write."""


def canonical(value: object) -> bytes:
    """The same value always gives the same bytes.

    Raises:
        ValueError: for NaN, infinities, integers beyond 2^53 and what is no JSON.
    """
    quick = quickly(value)
    return rfc8785.dumps(cast("_Written", value)) if quick is None else quick


def quickly(value: object) -> bytes | None:
    """The same bytes at a tenth of the time; None for a value that orjson and RFC 8785 might write differently."""
    try:
        return orjson.dumps(_alike(value), option=orjson.OPT_SORT_KEYS)
    except (_Unlike, TypeError, RecursionError):
        return None


def _alike(value: object) -> _Written:
    """The value with what both write alike."""
    # Exact types: a subclass may be written in its own way.
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return cast("str | bool | None", value)
    if kind is dict:
        told = cast("dict[str, object]", value)
        # Characters beyond the BMP sort otherwise in UTF-16, which RFC 8785 sorts keys by.
        if not "".join(told).isascii():
            raise _Unlike
        return {key: each if type(each) is str else _alike(each) for key, each in told.items()}
    if kind is list or kind is tuple:
        return [each if type(each) is str else _alike(each) for each in cast("list[object]", value)]
    if kind is int or kind is float:
        return _number(cast("int | float", value))
    raise _Unlike


def _number(value: float) -> int | float:
    if value == 0:
        return 0
    if -_MAX_INTEGER <= value <= _MAX_INTEGER and value == int(value):
        return int(value)
    if type(value) is float and _SMALLEST <= abs(value) <= _LARGEST:
        return value
    raise _Unlike
