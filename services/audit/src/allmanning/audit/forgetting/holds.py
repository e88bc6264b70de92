"""Legal hold: while a decision is appealed, or asked for by JO or a court, nothing of it is erased."""

from __future__ import annotations

import asyncio
from typing import Final

from sqlalchemy import select

from allmanning.audit.forgetting.persons import administrator, stated
from allmanning.audit.forgetting.projection import LIFTED, PLACED
from allmanning.audit.forgetting.schema import held_decisions, holds
from allmanning.audit.log.actor import actor
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.reading import Reading
from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content

KINDS: Final = ("appeal", "jo", "court")
MOST_DECISIONS: Final = 1_000
MAX_REFERENCE_CHARS: Final = 200


def holds_of(log: Reading, *, every: bool = False) -> list[proto.Hold]:
    """The holds that stand, oldest first; lifted ones too when `every`."""
    query = select(holds).where(holds.c.authority == log.authority)
    if not every:
        query = query.where(holds.c.lifted_at == "")
    rows = log.connection.execute(query.order_by(holds.c.placed_at, holds.c.id)).all()
    held: dict[str, list[str]] = {}
    for row in log.connection.execute(select(held_decisions).where(held_decisions.c.authority == log.authority)):
        held.setdefault(row.hold, []).append(row.decision)
    return [
        proto.Hold(
            id=row.id,
            kind=row.kind,
            decision_ids=sorted(held.get(row.id, [])),
            placed_at=row.placed_at,
            lifted_at=row.lifted_at,
        )
        for row in rows
    ]


class Holds:
    """Places and lifts."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def listed(self, request: proto.ListHoldsRequest) -> list[proto.Hold]:
        return await asyncio.to_thread(self._list, request.authority, every=request.all)

    def _list(self, authority: str, *, every: bool) -> list[proto.Hold]:
        with self._ledger.records.reading(authority) as log:
            return holds_of(log, every=every)

    async def place(self, request: proto.PlaceHoldRequest) -> proto.Hold:
        """Keep decisions from being erased, from now until the hold is lifted.

        Raises:
            Forbidden: `forget.forbidden`. InvalidInput: `hold.invalid`, `forget.reason`.
            NotFound: `decision.not_found`.
        """
        principal = administrator(request.principal)
        decisions = sorted(set(request.decision_ids))
        if request.kind not in KINDS or not 1 <= len(decisions) <= MOST_DECISIONS:
            raise InvalidInput(
                "hold.invalid",
                f"Ange appeal, jo eller court, och 1 till {MOST_DECISIONS} beslut. (Give a kind and its decisions.)",
            )
        if len(request.reference) > MAX_REFERENCE_CHARS:
            raise InvalidInput("hold.invalid", "Målnumret är för långt. (The reference is too long.)")
        missing = await asyncio.to_thread(self._missing, principal.authority, decisions)
        if missing:
            raise NotFound("decision.not_found", f"Beslutet {missing[0]} finns inte i loggen. (No such decision.)")
        hold = uuid7()
        await self._ledger.leave(
            PLACED,
            authority=principal.authority,
            decision=hold,
            fields={"hold": {"kind": request.kind, "decisions": list(decisions)}},
            parts={
                "actor": actor(principal),
                "reason": stated(request.reason),
                "reference": Content(request.reference, retention="B"),
            },
        )
        return await self._one(principal.authority, hold)

    async def lift(self, request: proto.LiftHoldRequest) -> proto.Hold:
        """Let what was held be erased again, by the rules for that. May be repeated.

        Raises:
            Forbidden: `forget.forbidden`. NotFound: `hold.unknown`. InvalidInput: `forget.reason`.
        """
        principal = administrator(request.principal)
        known = await self._one(principal.authority, request.id)
        if known.lifted_at:
            return known
        await self._ledger.leave(
            LIFTED,
            authority=principal.authority,
            decision=request.id,
            parts={"actor": actor(principal), "reason": stated(request.reason)},
        )
        return await self._one(principal.authority, request.id)

    async def _one(self, authority: str, hold: str) -> proto.Hold:
        for each in await asyncio.to_thread(self._list, authority, every=True):
            if each.id == hold:
                return each
        raise NotFound("hold.unknown", "Det finns inget sådant förbud mot gallring. (No such hold.)")

    def _missing(self, authority: str, decisions: list[str]) -> list[str]:
        with self._ledger.records.reading(authority) as log:
            return [each for each in decisions if not log.records(each)]
