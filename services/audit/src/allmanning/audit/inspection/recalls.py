"""Open a recall, see how far it has come, and settle it decision by decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from allmanning.audit.inspection.chain import Chain
from allmanning.audit.inspection.desk import Desk
from allmanning.audit.inspection.journal import AUDITORS, require, stated
from allmanning.audit.inspection.recall import OPENED, RECALLABLE, SETTLED, STATES, affected, progress, used_by
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json

PAGE: Final = 100
MAX_PAGE: Final = 1_000


class Recalls:
    """Each method is one request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def open(self, principal: Principal, reason: str, kind: str, value: str) -> dict[str, Json]:
        """Begin to recall a document, version, passage, model, prompt, rule, rules or index.

        Decisions that come to use it later are part of the recall too.

        Raises:
            InvalidInput: `recall.kind_unknown`, `recall.value_missing`, `audit.reason_missing`.
            Forbidden: `audit.forbidden`. Unavailable: `audit.unavailable`, `task.pending`.
        """
        require(principal, *AUDITORS)
        if kind not in RECALLABLE:
            raise InvalidInput(
                "recall.kind_unknown",
                f"Välj vad som återkallas: {', '.join(RECALLABLE)}. (Choose what is recalled.)",
            )
        if not value.strip():
            raise InvalidInput("recall.value_missing", "Ange vad som återkallas. (Say what is recalled.)")
        recall = uuid7()
        fields: dict[str, Json] = {"recall": {"kind": kind, "value": value.strip()}}
        await self._desk.step(OPENED, principal, recall, note=stated(reason), fields=fields)
        return await self.show(principal, recall, (), PAGE, 0)

    async def show(
        self, principal: Principal, recall: str, states: Sequence[str], limit: int, offset: int
    ) -> dict[str, Json]:
        """How many decisions are in each state, and a page of them, those with the greatest effect first.

        Raises:
            NotFound: `task.not_found`. Forbidden: `audit.forbidden`.
        """
        require(principal, *AUDITORS, Role.CASEWORKER)
        chain = await self._desk.task(principal.authority, recall, OPENED)
        kind, value = _what(chain)

        def look(log: Reading) -> dict[str, Json]:
            standing = progress(log.connection, log.authority, recall, kind, value)
            most = max(1, min(limit or PAGE, MAX_PAGE))
            listed = affected(log.connection, log.authority, recall, kind, value, states, most, offset)
            return {
                "recall": recall,
                "kind": kind,
                "value": value,
                "opened_at": chain.links[0].leaf.time,
                "reason": chain.links[0].content("note") or None,
                "counts": dict(standing.counts),
                "closed": standing.closed,
                "decisions": [dict(each._asdict()) for each in listed],
            }

        return await self._desk.read(principal.authority, look)

    async def settle(
        self, principal: Principal, reason: str, recall: str, decision: str, state: str
    ) -> dict[str, Json]:
        """Say what came of looking at one decision; the newest word stands. It is recorded with the decision.

        Raises:
            InvalidInput: `recall.state_unknown`, `audit.reason_missing`. Forbidden: `audit.forbidden`.
            NotFound: `task.not_found`, `recall.not_affected`. Unavailable: `audit.unavailable`, `task.pending`.
        """
        require(principal, *AUDITORS, Role.CASEWORKER)
        if state not in STATES:
            raise InvalidInput("recall.state_unknown", f"Välj {', '.join(STATES)}. (Choose one of these.)")
        chain = await self._desk.task(principal.authority, recall, OPENED)
        if not await self._desk.read(principal.authority, lambda log: _is_affected(log, recall, chain, decision)):
            raise NotFound(
                "recall.not_affected", "Beslutet berörs inte av återkallelsen. (The recall does not concern it.)"
            )
        fields: dict[str, Json] = {"recall": {"id": recall, "state": state}}
        await self._desk.step(SETTLED, principal, decision, note=stated(reason), fields=fields)
        return await self.show(principal, recall, (), 1, 0)


def _what(chain: Chain) -> tuple[str, str]:
    opened = chain.of(OPENED)[0].leaf
    return opened.text("recall", "kind"), opened.text("recall", "value")


def _is_affected(log: Reading, recall: str, chain: Chain, decision: str) -> bool:
    kind, value = _what(chain)
    used = used_by(log.authority, recall, kind, value)
    return log.connection.scalar(select(used.c.decision).where(used.c.decision == decision)) is not None
