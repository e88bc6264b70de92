"""What changed in what the assistant runs with, between two times (AI Act art. 12(2)(a): substantial modification)."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection

from allmanning.audit.log.schema import pins
from allmanning.audit.registers.schema import changes, pins_now

# Newest changes first, and no more of them than a person reads.
MAX_LISTED: Final = 500
MAX_DIFF_LINES: Final = 2_000


class Change(NamedTuple):
    """One kind that became another; `told` is the config.changed record, empty until it is written."""

    record: str
    kind: str
    at: str
    before: str
    after: str
    told: str


class Modification(NamedTuple):
    """What one kind was at the first time and at the last, and the difference as a unified diff of the texts.

    `diff` is empty when a text is not kept, such as an index version, which has none.
    """

    kind: str
    before: str
    after: str
    diff: str


def changes_between(connection: Connection, authority: str, first: str, last: str) -> list[Change]:
    """The newest changes after `first` up to and including `last` (RFC 3339; empty: no limit), newest first."""
    query = select(changes).where(changes.c.authority == authority).order_by(changes.c.at.desc(), changes.c.kind)
    if first:
        query = query.where(changes.c.at > first)
    if last:
        query = query.where(changes.c.at <= last)
    rows = connection.execute(query.limit(MAX_LISTED))
    return [Change(row.record, row.kind, row.at, row.before, row.after, row.told) for row in rows]


def modifications(connection: Connection, authority: str, first: str, last: str) -> list[Modification]:
    """What differs between two times, kind by kind; what changed and changed back does not."""
    then, now = (_in_force(connection, authority, each) for each in (first, last))
    found = []
    for kind in sorted(then.keys() | now.keys()):
        before, after = then.get(kind, ""), now.get(kind, "")
        if before != after:
            found.append(Modification(kind, before, after, _diff(connection, authority, kind, before, after)))
    return found


def _in_force(connection: Connection, authority: str, at: str) -> dict[str, str]:
    """What was in force at a time, by kind: what is now, with every later change taken back."""
    rows = connection.execute(select(pins_now).where(pins_now.c.authority == authority))
    found: dict[str, str] = {row.kind: row.value for row in rows}
    later = select(changes).where(changes.c.authority == authority)
    if at:
        for row in connection.execute(later.where(changes.c.at > at).order_by(changes.c.at.desc())):
            found[row.kind] = row.before
    return found


def text_of(connection: Connection, authority: str, hashed: str) -> str | None:
    """A pinned text as a person reads it: JSON with one value a line; None when it is not kept, or is no text."""
    content = connection.scalar(select(pins.c.content).where(pins.c.authority == authority, pins.c.hash == hashed))
    if content is None:
        return None
    try:
        text = bytes(content).decode()
    except UnicodeDecodeError:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) if isinstance(value, Mapping) else text


def _diff(connection: Connection, authority: str, kind: str, before: str, after: str) -> str:
    old, new = (text_of(connection, authority, each) for each in (before, after))
    if old is None or new is None:
        return ""
    lines = list(
        difflib.unified_diff(old.splitlines(), new.splitlines(), f"{kind} {before}", f"{kind} {after}", "", "", 3, "")
    )
    if len(lines) > MAX_DIFF_LINES:
        lines = [*lines[:MAX_DIFF_LINES], f"… ({len(lines) - MAX_DIFF_LINES} rader till)"]
    return "\n".join(lines)
