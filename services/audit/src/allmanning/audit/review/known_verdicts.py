"""What was measured with each verdict, opened once.

To open ten thousand takes a second and a half, and a page of figures is read again and again. What is remembered is
told only as long as its parts lie in the log: who erases them, by whatever way, takes it from here too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Final

from sqlalchemy import and_, func, or_, select

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.audit.log.schema import leaves
from allmanning.audit.review.oversight import Verdict
from allmanning.audit.review.schema import reviews, verdicts
from allmanning.audit.sealing.schema import sealed_parts
from allmanning.runtime.record import Json
from allmanning.runtime.swedish_day import SWEDEN

# Of all authorities together; some 8 MB.
MOST: Final = 20_000
_PARTS: Final = ("measured", "reviewer", "action")
_CHUNK: Final = 500


class KnownVerdicts:
    """In the memory of this process alone, the newest read last to go. May be used by several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._opened: dict[str, Verdict] = {}
        self._lock = Lock()

    def verdicts(self, log: Reading, first: str, last: str) -> list[Verdict | None]:
        """Those that count, given from one moment and before another (RFC 3339), oldest first; None when a part of it
        is erased.
        """
        same = and_(reviews.c.authority == verdicts.c.authority, reviews.c.decision == verdicts.c.decision)
        left = (
            select(func.count(sealed_parts.c.name.distinct()))
            .where(sealed_parts.c.record == verdicts.c.record, sealed_parts.c.name.in_(_PARTS))
            .scalar_subquery()
        )
        rows = log.connection.execute(
            select(verdicts.c.record, left, or_(verdicts.c.overturned, reviews.c.reversed), reviews.c.control)
            .join_from(verdicts, reviews, same)
            .where(verdicts.c.authority == log.authority, verdicts.c.time >= first, verdicts.c.time < last)
            .order_by(verdicts.c.time, verdicts.c.record)
        ).all()
        whole = [row[0] for row in rows if row[1] == len(_PARTS)]
        known = self._known(log, whole)
        with self._lock:
            for row in rows:
                if row[1] != len(_PARTS):
                    self._opened.pop(row[0], None)
        found: list[Verdict | None] = []
        for record, _, turned, control in rows:
            said = known.get(record)
            found.append(said._replace(reversed=bool(turned), control=control) if said else None)
        return found

    def _known(self, log: Reading, records: Sequence[str]) -> dict[str, Verdict]:
        with self._lock:
            known = {each: self._opened.pop(each) for each in records if each in self._opened}
        missing = [each for each in records if each not in known]
        for start in range(0, len(missing), _CHUNK):
            chunk = missing[start : start + _CHUNK]
            query = select(leaves.c.data).where(leaves.c.authority == log.authority, leaves.c.id.in_(chunk))
            known |= measured(log, [Leaf.stored(data) for data in log.connection.scalars(query)])
        with self._lock:
            self._opened |= known
            for each in list(self._opened)[: max(0, len(self._opened) - self._most)]:
                del self._opened[each]
        return known


def measured(log: Reading, records: Sequence[Leaf]) -> dict[str, Verdict]:
    """What was measured by record, without those of which a part is erased. What became of it since is not in it."""
    opened = log.parts_of(records, *_PARTS)
    found = {
        leaf.id: _verdict(leaf, {name: json.loads(part.content) for name, part in opened[leaf.id].items()})
        for leaf in records
    }
    return {record: each for record, each in found.items() if each}


def _verdict(leaf: Leaf, said: Mapping[str, Json]) -> Verdict | None:
    taken, who, action = (said.get(name) for name in _PARTS)
    if not isinstance(taken, dict) or not isinstance(who, dict) or not isinstance(action, str):
        return None
    seconds = taken.get("active_seconds")
    return Verdict(
        unit=str(who.get("unit") or ""),
        hour=datetime.fromisoformat(leaf.time).astimezone(SWEDEN).hour,
        reviewer=str(who.get("key_id") or ""),
        action=action,
        active_seconds=seconds if isinstance(seconds, int) else None,
        sources_opened=int(_figure(taken.get("sources_opened"))),
        sources=int(_figure(taken.get("sources"))),
        draft_chars=int(_figure(taken.get("draft_chars"))),
        edited_share=_figure(taken.get("edited_share")),
        reversed=False,
        control=False,
    )


def _figure(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
