"""A leaf: the public skeleton of one record, exactly as it stands in the Merkle tree."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson

from allmanning.audit.log.json_path import text
from allmanning.audit.log.origin import origin_of, period_of
from allmanning.runtime.canonical_json import quickly
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import MAX_LEAF_BYTES, NAME, Json, canonical

_TYPE: Final = re.compile(r"se\.audit\.[a-z0-9_.]{1,80}\.v\d{1,3}")
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COMMITMENT: Final = re.compile(r"[A-Za-z0-9+/]{43}=")
_PREVIOUS: Final = re.compile(r"(?:sha256:[0-9a-f]{64})?")


class Committed(NamedTuple):
    """What a leaf says of a part: its salted commitment, and the class that says how long it is kept."""

    commitment: str
    retention: str


class Source(NamedTuple):
    """Who wrote the record, its number in that writer's sequence, and the hash of the one before (empty: the first)."""

    producer: str
    number: int
    previous: str


@dataclass(frozen=True)
class Leaf:
    """A checked leaf. `data` are the bytes that the tree hashes."""

    data: bytes
    id: str
    authority: str
    decision: str
    type: str
    time: str
    source: Source
    parts: Mapping[str, Committed]
    fields: Mapping[str, Json]

    @classmethod
    def parse(cls, data: bytes) -> Leaf:
        """Read and check a leaf.

        Raises:
            InvalidInput: `leaf.too_large`, `leaf.not_canonical` or `leaf.invalid`.
        """
        if len(data) > MAX_LEAF_BYTES:
            raise InvalidInput("leaf.too_large", f"Posten är {len(data)} byte; gränsen är {MAX_LEAF_BYTES}.")
        fields = canonical_object(data)
        if fields is None:
            raise InvalidInput("leaf.not_canonical", "Posten är inte kanonisk JSON (RFC 8785).")
        return cls._of(data, fields)

    @classmethod
    def stored(cls, data: bytes) -> Leaf:
        """Read a leaf of our own log, which was checked when it came."""
        return cls._of(data, fields_of(data))

    @classmethod
    def _of(cls, data: bytes, fields: Mapping[str, Json]) -> Leaf:
        if fields.get("v") != 1:
            raise _invalid("v")
        authority, time = _text(fields, "tenant"), _text(fields, "time")
        checked_authority(authority)
        try:
            period_of(time)
        except ValueError as error:
            raise _invalid("time") from error
        return cls(
            data=data,
            id=_text(fields, "id", _ID),
            authority=authority,
            decision=_text(fields, "decision", NAME),
            type=_text(fields, "type", _TYPE),
            time=time,
            source=_source(fields.get("src")),
            parts=_parts(fields.get("parts")),
            fields=fields,
        )

    @property
    def period(self) -> str:
        return period_of(self.time)

    @property
    def origin(self) -> str:
        return origin_of(self.authority, self.period)

    def kind(self) -> str:
        """`gate.evaluated` for `se.audit.gate.evaluated.v1`."""
        return kind_of(self.type)

    def text(self, *path: str) -> str:
        """A text of the leaf by its path, such as `gate`, `rule_id`; empty when it is not there."""
        return text(self.fields, *path)


def kind_of(type_: str) -> str:
    """`gate.evaluated` for `se.audit.gate.evaluated.v1`."""
    return type_.removeprefix("se.audit.").rpartition(".")[0]


def fields_of(data: bytes) -> dict[str, Any]:
    """The JSON object of a leaf of our own log."""
    try:
        fields: dict[str, Any] = orjson.loads(data)
    except orjson.JSONDecodeError:
        # What orjson can't read, RFC 8785 may.
        fields = json.loads(data)
    return fields


def canonical_object(data: bytes) -> dict[str, Json] | None:
    """The JSON object that these bytes are the canonical form of; None when they are not."""
    try:
        value: Json = orjson.loads(data)
    except ValueError:
        # What orjson can't read, RFC 8785 may.
        return _canonical_object(data)
    return value if isinstance(value, dict) and quickly(value) == data else _canonical_object(data)


def _canonical_object(data: bytes) -> dict[str, Json] | None:
    try:
        value = json.loads(data)
        exact = isinstance(value, dict) and canonical(value) == data
    except (ValueError, RecursionError):
        return None
    return value if exact else None


def _invalid(field: str) -> InvalidInput:
    return InvalidInput("leaf.invalid", f"Postens fält {field} saknas eller har fel form.")


def _text(fields: Mapping[str, Json], name: str, pattern: re.Pattern[str] | None = None) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or (pattern and not pattern.fullmatch(value)):
        raise _invalid(name)
    return value


def _source(value: Json) -> Source:
    if not isinstance(value, dict):
        raise _invalid("src")
    number = value.get("pseq")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise _invalid("src.pseq")
    source = Source(_text(value, "producer", NAME), number, _text(value, "pprev", _PREVIOUS))
    if (number == 1) != (source.previous == ""):
        raise _invalid("src.pprev")
    return source


def _parts(value: Json) -> Mapping[str, Committed]:
    if not isinstance(value, dict):
        raise _invalid("parts")
    parts: dict[str, Committed] = {}
    for name, each in value.items():
        if not NAME.fullmatch(name) or not isinstance(each, dict):
            raise _invalid("parts")
        parts[name] = Committed(_text(each, "c", _COMMITMENT), _text(each, "ret", NAME))
    return MappingProxyType(parts)
