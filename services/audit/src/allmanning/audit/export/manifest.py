"""What a bundle says of itself: whose it is, what it covers, what of it is opened, and every file's checksum.

    {"kind": "allmanning.bundle/v2", "authority", "scope": {"kind": "all"}
     | {"kind": "period", "from", "to"} | {"kind": "decisions", "decisions": […]},
     "opened": "all" | [part names],
     "logs": [{"origin", "period", "start", "end", "before": [base64], "after": [base64], "witnessed": [base64]}],
     "files": {name: "sha256:<hex>"}}

Of each log the leaves [start, end) are there. `before` are the nodes that cover the leaves before them, left to right;
`after` is the consistency proof (RFC 9162 §2.1.4) from the tree of `end` leaves to that of the checkpoint, `witnessed`
that from the cosigned checkpoint, when there is one.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from allmanning.audit.export.layout import KIND
from allmanning.audit.log.json_form import list_in, object_with, text_in
from allmanning.audit.log.note import from_base64
from allmanning.audit.log.tree import HASH_BYTES
from allmanning.runtime.record import Json, canonical

ScopeKind: TypeAlias = Literal["all", "period", "decisions"]

_PERIOD: Final = re.compile(r"\d{4}h[12][b-z]?")
_MAX_LOGS: Final = 1000


class Scope(NamedTuple):
    """Everything, the records from `start` up to but not including `end` (RFC 3339), or some decisions."""

    kind: ScopeKind = "all"
    start: str = ""
    end: str = ""
    decisions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Json]:
        told: dict[str, Json] = {"kind": self.kind}
        if self.kind == "period":
            told |= {"from": self.start, "to": self.end}
        if self.kind == "decisions":
            told["decisions"] = list(self.decisions)
        return told


class LogRange(NamedTuple):
    """Which leaves of a log are there, and what ties them to its checkpoint."""

    origin: str
    period: str
    start: int
    end: int
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]
    witnessed: tuple[bytes, ...] = ()

    def as_json(self) -> dict[str, Json]:
        return {
            "origin": self.origin,
            "period": self.period,
            "start": self.start,
            "end": self.end,
            "before": [base64.b64encode(each).decode() for each in self.before],
            "after": [base64.b64encode(each).decode() for each in self.after],
            "witnessed": [base64.b64encode(each).decode() for each in self.witnessed],
        }


@dataclass(frozen=True)
class Manifest:
    """A manifest that has the right form. `opened` are the names of the parts that are shown; None means all."""

    authority: str
    scope: Scope
    opened: frozenset[str] | None
    logs: tuple[LogRange, ...]
    files: Mapping[str, str]

    def canonical(self) -> bytes:
        opened: Json = "all" if self.opened is None else [*sorted(self.opened)]
        return canonical(
            {
                "kind": KIND,
                "authority": self.authority,
                "scope": self.scope.as_json(),
                "opened": opened,
                "logs": [each.as_json() for each in self.logs],
                "files": dict(self.files),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            ValueError: says in Swedish what is wrong with it.
        """
        try:
            value: Json = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise ValueError("inte JSON") from error
        told = object_with(value, {"kind", "authority", "scope", "opened", "logs", "files"})
        if told["kind"] != KIND:
            raise ValueError(f"paketet är av en annan sort än {KIND}")
        files, logs, opened = told["files"], told["logs"], told["opened"]
        if not isinstance(files, dict) or not isinstance(logs, list) or len(logs) > _MAX_LOGS:
            raise ValueError("files eller logs har fel form")
        return cls(
            authority=text_in(told["authority"]),
            scope=_scope(told["scope"]),
            opened=None if opened == "all" else frozenset(_texts(opened)),
            logs=tuple(_log(each) for each in logs),
            files={name: text_in(each) for name, each in files.items()},
        )


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(text_in(each) for each in list_in(value))


def _scope(value: Json) -> Scope:
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == "all":
        object_with(value, {"kind"})
        return Scope()
    if kind == "period":
        told = object_with(value, {"kind", "from", "to"})
        return Scope("period", text_in(told["from"]), text_in(told["to"]))
    if kind == "decisions":
        return Scope("decisions", decisions=_texts(object_with(value, {"kind", "decisions"})["decisions"]))
    raise ValueError("omfattningen är av okänd sort")


def _log(value: Json) -> LogRange:
    told = object_with(value, {"origin", "period", "start", "end", "before", "after", "witnessed"})
    period = text_in(told["period"])
    if not _PERIOD.fullmatch(period):
        raise ValueError("ett halvår har fel form")
    start, end = _index(told["start"]), _index(told["end"])
    if start > end:
        raise ValueError("en loggs poster slutar före sin början")
    proofs = (_hashes(told[name]) for name in ("before", "after", "witnessed"))
    return LogRange(text_in(told["origin"]), period, start, end, *proofs)


def _index(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError("ett tal har fel form")
    return value


def _hashes(value: Json) -> tuple[bytes, ...]:
    hashes = tuple(from_base64(each) for each in _texts(value))
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ValueError("en kontrollsumma har fel längd")
    return hashes
