"""From a leaf to how the assistant is used and what it runs with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import ClauseElement, ColumnElement, and_, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from allmanning.audit.log.bulk import EMPTY, Bulk, Value
from allmanning.audit.log.database import upserting
from allmanning.audit.log.decision_list import STEPS
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.numbered import Numbered
from allmanning.audit.registers.schema import TABLES, changes, pins_now, pins_of_process, use
from allmanning.audit.registers.tally import kept
from allmanning.runtime.record import EVALUATION, Json

VERSION: Final = 3
CONFIG_CHANGED: Final = "config.changed"
KINDS: Final = STEPS | {CONFIG_CHANGED}
_CONTROL: Final = "control"
__all__ = ["CONFIG_CHANGED", "KINDS", "TABLES", "VERSION", "apply"]


def apply(connection: Connection, new: Sequence[Numbered]) -> None:
    """Take new leaves in."""
    asked: list[tuple[Value, ...]] = []
    ended: dict[tuple[str, str], str] = {}
    seen: dict[tuple[str, str, str], str | None] = {}
    for leaf, _ in new:
        kind, name = leaf.kind(), (leaf.authority, leaf.decision)
        if kind == "question.received":
            if name in ended:
                # An end that comes before its question is nobody's, whatever they are taken in together with.
                _use(connection, asked, ended)
                asked, ended = [], {}
            if leaf.text("channel") != EVALUATION:
                asked.append(_row(leaf))
        elif kind == "review.closed":
            _use(connection, asked, ended)
            asked, ended = [], {}
            _reviewed(connection, leaf)
        elif kind == CONFIG_CHANGED:
            _told(connection, leaf)
        elif outcome := leaf.text("outcome"):
            # The first end counts: what comes later is a person's.
            ended.setdefault(name, outcome)
        if pins_in := _PINS.get(kind):
            _pinned(connection, leaf, pins_in(leaf), seen)
    _use(connection, asked, ended)


def _row(leaf: Leaf) -> tuple[Value, ...]:
    said = (leaf.text(name) for name in ("role", "channel", "language", "unit", "use_case"))
    return (leaf.authority, leaf.decision, leaf.time[:7], *said, "")


def _use(connection: Connection, asked: Sequence[tuple[Value, ...]], ended: Mapping[tuple[str, str], str]) -> None:
    names = [(str(row[0]), str(row[1])) for row in asked]
    with kept(connection, [*names, *ended]):
        _OPENING.run(connection, asked)
        _ENDING.run(connection, [(outcome, *name) for name, outcome in ended.items()])


def _ending(_: str) -> ClauseElement:
    return (
        update(use)
        .where(use.c.authority == bindparam("of"), use.c.decision == bindparam("which"), use.c.outcome == EMPTY)
        .values(outcome=bindparam("ended"))
    )


_OPENING: Final = Bulk.new_only(use)
_ENDING: Final = Bulk(("ended", "of", "which"), _ending)
# Made once: for each leaf anew it would cost more than what it does.
_OWN: Final = select(pins_of_process.c.pins).where(
    pins_of_process.c.authority == bindparam("authority"),
    pins_of_process.c.producer == bindparam("producer"),
    pins_of_process.c.source == bindparam("source"),
)


def _reviewed(connection: Connection, leaf: Leaf) -> None:
    """A known-wrong draft that was put among the others is nobody's question; its closing tells that it was one."""
    if leaf.text("outcome") == _CONTROL:
        with kept(connection, [(leaf.authority, leaf.decision)]):
            connection.execute(delete(use).where(_this(leaf)))


def _this(leaf: Leaf) -> ColumnElement[bool]:
    return and_(use.c.authority == leaf.authority, use.c.decision == leaf.decision)


def _pinned(
    connection: Connection, leaf: Leaf, pins: Mapping[str, str], seen: dict[tuple[str, str, str], str | None]
) -> None:
    """Note what a process works with, and a change where it is another than the authority's questions had before.

    `seen` is what the processes of this call worked with last.
    """
    if not pins:
        return
    name = (leaf.authority, leaf.source.producer, leaf.kind())
    key = dict(zip(("authority", "producer", "source"), name, strict=True))
    said = json.dumps(pins, sort_keys=True)
    own = seen[name] if name in seen else connection.scalar(_OWN, key)
    seen[name] = said
    if own == said:
        return
    upsert = upserting(connection, pins_of_process).values(**key, pins=said)
    connection.execute(upsert.on_conflict_do_update(index_elements=list(key), set_={"pins": said}))
    for kind, value in pins.items():
        _now(connection, leaf, kind, value)


def _now(connection: Connection, leaf: Leaf, kind: str, value: str) -> None:
    before = connection.scalar(select(pins_now.c.value).filter_by(authority=leaf.authority, kind=kind))
    if before == value:
        return
    row = {"authority": leaf.authority, "kind": kind, "value": value, "since": leaf.time}
    upsert = upserting(connection, pins_now).values(row)
    connection.execute(
        upsert.on_conflict_do_update(index_elements=["authority", "kind"], set_={"value": value, "since": leaf.time})
    )
    if before is not None:
        connection.execute(
            insert(changes).values(
                authority=leaf.authority, record=leaf.id, kind=kind, at=leaf.time, before=before, after=value
            )
        )


def _told(connection: Connection, leaf: Leaf) -> None:
    """The first record of a change is the one that counts."""
    key = and_(changes.c.authority == leaf.authority, changes.c.record == leaf.text("cause"))
    connection.execute(update(changes).where(key, changes.c.told == "").values(told=leaf.id))


def _asked_with(leaf: Leaf) -> dict[str, str]:
    return _texts(leaf.fields.get("pins"))


def _ruled_by(leaf: Leaf) -> dict[str, str]:
    return _known({"rules": leaf.text("gate", "rules")})


def _searched_in(leaf: Leaf) -> dict[str, str]:
    return _known({"index": leaf.text("index_version")})


def _known(found: Mapping[str, str]) -> dict[str, str]:
    return {kind: value for kind, value in found.items() if value}


def _texts(value: Json) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {kind: each for kind, each in value.items() if isinstance(each, str) and each}


_PINS: Final[Mapping[str, Callable[[Leaf], Mapping[str, str]]]] = {
    "question.received": _asked_with,
    "gate.evaluated": _ruled_by,
    "retrieval.done": _searched_in,
}
