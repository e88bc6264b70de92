"""The log's events for a watcher, in the order of the log, from any place in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import select

from allmanning.audit.export.siem.cef import cef
from allmanning.audit.export.siem.event import SiemEvent, event_of, refusal_of
from allmanning.audit.export.siem.ocsf import ocsf
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.audit.log.refusal import SigningRefused
from allmanning.audit.log.schema import leaves
from allmanning.runtime.record import now

FORMATS: Final[Mapping[str, Callable[[SiemEvent], str]]] = {"cef": cef, "ocsf": ocsf}
# Records looked at in one go; few of them are events.
PAGE: Final = 2_000


class Page(NamedTuple):
    """Some events; go on after `next`. `more`: there are records after it now."""

    events: list[SiemEvent]
    next: int
    more: bool


def events_after(log: Reading, after: int, since: str = "") -> Page:
    """The events among the records after a place (0: from the beginning), those from `since` (RFC 3339) on."""
    query = select(leaves.c.place, leaves.c.data).where(leaves.c.authority == log.authority, leaves.c.place > after)
    rows = log.connection.execute(query.order_by(leaves.c.place).limit(PAGE)).all()
    found = [event_of(Leaf.stored(row.data), row.place) for row in rows]
    return Page(
        [each for each in found if each is not None and each.time >= since],
        rows[-1].place if rows else after,
        len(rows) == PAGE,
    )


class Refusals:
    """Logs that are not signed now, as events: the same refusal is the same event as long as it lasts."""

    def __init__(self, refused: Mapping[str, SigningRefused]) -> None:
        self._refused = refused
        self._since: dict[tuple[str, str], str] = {}

    def events(self, log: Reading) -> list[SiemEvent]:
        """Those of one authority."""
        found = [(each.origin, self._refused[each.origin]) for each in log.logs() if each.origin in self._refused]
        return [
            refusal_of(origin, log.authority, refusal, self._since.setdefault((origin, refusal.code), now()))
            for origin, refusal in found
        ]
