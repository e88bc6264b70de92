"""Find decisions, and read one as a timeline."""

from __future__ import annotations

import time
from typing import Final
from uuid import UUID

from allmanning.audit.export.receipt import receipt_of
from allmanning.audit.forgetting.projection import ERASED
from allmanning.audit.forgetting.telling import erased_of
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.protocol import Records
from allmanning.audit.log.reading import Placed
from allmanning.audit.publication.source import as_witnessed
from allmanning.contracts.audit.v1.audit_pb import FindRequest, FindResponse, GetRequest, GetResponse, Part, Record
from allmanning.runtime.errors import NotFound, PlatformError, Unavailable
from allmanning.runtime.identity import checked_authority

# An ended decision is in a checkpoint within a second. One that still has no end after this was broken off.
UNFINISHED_AFTER_S: Final = 60.0
# Records reach the log within a second; an identifier older than this and still without one is nobody's.
NEW_FOR_S: Final = 5.0


def _ended(records: list[Placed]) -> bool:
    return any(placed.leaf.text("outcome") or placed.leaf.kind() == ERASED for placed in records)


def _age_s(decision: str) -> float:
    """Seconds since a decision's identifier was made (RFC 9562 §5.7); infinite when it is no UUIDv7."""
    try:
        value = UUID(decision)
    except ValueError:
        return float("inf")
    return time.time() - (value.int >> 80) / 1000 if value.version == 7 else float("inf")


def _missing(decision: str) -> PlatformError:
    """A decision that was just made may be a moment behind in the log."""
    if abs(_age_s(decision)) < NEW_FOR_S:
        return _pending()
    return NotFound("decision.not_found", "Det finns inget beslut med det numret.")


def _pending() -> Unavailable:
    return Unavailable(
        "decision.pending", "Beslutet är på väg in i loggen. Försök igen om ett ögonblick.", retry_after_s=1
    )


def get(records: Records, request: GetRequest) -> GetResponse:
    """The records of a decision, oldest first.

    Raises:
        NotFound: `decision.not_found`; Unavailable: `decision.pending`.
    """
    with records.reading(checked_authority(request.authority)) as log:
        placed = log.records(request.decision_id)
        if not placed:
            raise _missing(request.decision_id)
        read = [
            Record(
                id=each.leaf.id,
                index=each.index,
                leaf=each.leaf.data,
                parts=[
                    Part(name=part.name, content=part.content, retention_class=part.retention)
                    for part in (log.parts(each.leaf).values() if request.with_content else ())
                ],
                erased=erased_of(log, each.leaf),
            )
            for each in placed
        ]
    return GetResponse(records=read, complete=_ended(placed) and all(each.signed for each in placed))


def find(records: Records, request: FindRequest) -> FindResponse:
    """A page of decisions, newest first; the last one's `index` is the next page's `before`."""
    with records.reading(checked_authority(request.authority)) as log:
        found, total = log.decisions(request.outcome, request.limit, request.before, request.evaluations)
    return FindResponse(
        decisions=[
            FindResponse.Decision(
                decision_id=each.decision,
                opened_at=each.opened_at,
                outcome=each.outcome,
                rule_id=each.rule_id,
                channel=each.channel,
                index=each.place,
            )
            for each in found
        ],
        total=total,
    )


def prove(records: Records, keys: Keys, authority: str, decision: str) -> bytes:
    """A receipt over every record of a decision, under the newest checkpoint that its witnesses have seen, if any.

    Raises:
        Unavailable: `decision.pending`, until the decision's end is in a checkpoint.
        NotFound: `decision.not_found`.
    """
    with records.reading(checked_authority(authority)) as log:
        placed = log.records(decision)
        if not placed:
            raise _missing(decision)
        broken_off = abs(_age_s(decision)) > UNFINISHED_AFTER_S
        if not all(each.signed for each in placed) or not (_ended(placed) or broken_off):
            raise _pending()
        logs = {each.log.id: each.log for each in placed}
        trees = {row: log.tree(state) for row, state in logs.items()}
        verifiers = {row: keys.of(state.origin).verifier for row, state in logs.items()}
        shown = as_witnessed(log.connection, placed)
        return receipt_of(authority, decision, shown, trees, verifiers)
