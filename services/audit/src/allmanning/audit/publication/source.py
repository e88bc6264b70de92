"""What a log's files hold, from its leaves and nodes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import LogState, Placed, logs_of
from allmanning.audit.log.schema import leaves, logs, nodes
from allmanning.audit.publication.schema import witnessed
from allmanning.audit.publication.tile import ENTRIES, HEIGHT, Tile, bundle_of


class Witnessed(NamedTuple):
    """A checkpoint with a quorum of cosignatures; size 0 and no note before the first."""

    size: int = 0
    note: str = ""


def bytes_of(connection: Connection, log: LogState, tile: Tile) -> bytes:
    """The bytes of a file of a log.

    Raises:
        LookupError: when the log does not have all that the file holds.
    """
    end = tile.start + tile.width
    if tile.level == ENTRIES:
        query = (
            select(leaves.c.data)
            .where(leaves.c.log == log.id, leaves.c.idx >= tile.start, leaves.c.idx < end)
            .order_by(leaves.c.idx)
        )
    else:
        query = (
            select(nodes.c.hash)
            .where(nodes.c.log == log.id, nodes.c.level == HEIGHT * tile.level)
            .where(nodes.c.idx >= tile.start, nodes.c.idx < end)
            .order_by(nodes.c.idx)
        )
    found = [bytes(each) for each in connection.scalars(query)]
    if len(found) != tile.width:
        raise LookupError(f"{log.origin}: {tile.path} har {len(found)} av {tile.width}")
    return bundle_of(found) if tile.level == ENTRIES else b"".join(found)


def signed_logs(connection: Connection) -> list[LogState]:
    """Every authority's logs that have a checkpoint."""
    authorities = connection.scalars(select(logs.c.authority).where(logs.c.signed > 0).distinct()).all()
    return [log for each in authorities for log in logs_of(connection, each) if log.signed]


def newest_time(connection: Connection) -> datetime | None:
    """The latest time of any log's last record; None before the first."""
    last = select(leaves.c.data).join(logs, logs.c.id == leaves.c.log).where(leaves.c.idx == logs.c.size - 1)
    return max((datetime.fromisoformat(Leaf.stored(data).time) for data in connection.scalars(last)), default=None)


def witnessed_of(connection: Connection, origin: str) -> Witnessed:
    query = select(witnessed.c.size, witnessed.c.note).where(witnessed.c.origin == origin)
    row = connection.execute(query).one_or_none()
    return Witnessed(row.size, row.note) if row else Witnessed()


def as_witnessed(connection: Connection, records: Sequence[Placed]) -> list[Placed]:
    """Records under their logs' newest witnessed checkpoints, where those cover all of them in the log."""
    states: dict[str, LogState] = {}
    for each in records:
        known = witnessed_of(connection, each.log.origin)
        covered = all(other.index < known.size for other in records if other.log.origin == each.log.origin)
        states[each.log.origin] = each.log._replace(signed=known.size, note=known.note) if covered else each.log
    return [Placed(states[each.log.origin], each.index, each.leaf) for each in records]


def keep_witnessed(connection: Connection, origin: str, known: Witnessed) -> None:
    """Remember a log's newest checkpoint with a quorum."""
    insert = upserting(connection, witnessed).values(origin=origin, size=known.size, note=known.note)
    values = {"size": known.size, "note": known.note}
    connection.execute(insert.on_conflict_do_update(index_elements=["origin"], set_=values))


def waiting_since(connection: Connection, log: LogState, size: int) -> str:
    """The time of the first record that is signed but not among the first `size`; empty when there is none."""
    if size >= log.signed:
        return ""
    data = connection.scalars(select(leaves.c.data).where(leaves.c.log == log.id, leaves.c.idx == size)).one()
    return Leaf.stored(data).time
