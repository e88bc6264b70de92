"""Retention classes of an authority: proposed by one person, decided by another."""

from __future__ import annotations

import asyncio
from typing import Final

from sqlalchemy import select

from allmanning.audit.forgetting.persons import administrator, refuse_the_same, stated
from allmanning.audit.forgetting.projection import DECIDED, PROPOSED
from allmanning.audit.forgetting.retention import CLASS, DEFAULTS, Retention
from allmanning.audit.forgetting.schema import retention_decisions
from allmanning.audit.log.actor import actor
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.reading import Reading
from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json

MAX_CHARS: Final = 200
MAX_DAYS: Final = 40_000


def classes_of(log: Reading) -> dict[str, Retention]:
    """What applies: the newest decision on each class, otherwise the platform's default."""
    found = {each.name: each for each in DEFAULTS}
    return found | {each.name: each for each in proposals(log) if each.decided}


def proposals(log: Reading) -> list[Retention]:
    """What has been proposed, and decided: oldest decision first, and what is not decided before that."""
    table = retention_decisions
    rows = log.connection.execute(
        select(table).where(table.c.authority == log.authority).order_by(table.c.decided_at, table.c.id)
    )
    return [
        Retention(
            name=row.retention_class,
            meaning=row.meaning,
            keep_days=row.keep_days,
            plan_item=row.plan_item,
            plan_version=row.plan_version,
            decision_dnr=row.decision_dnr,
            id=row.id,
            decided=bool(row.decided_at),
        )
        for row in rows
    ]


class Classes:
    """Lists, proposes and decides."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def listed(self, authority: str) -> list[proto.Retention]:
        """What applies, and then what waits for a second person."""
        return await asyncio.to_thread(self._list, authority)

    def _list(self, authority: str) -> list[proto.Retention]:
        with self._ledger.records.reading(authority) as log:
            waiting = [each for each in proposals(log) if not each.decided]
            return [message(each) for each in (*classes_of(log).values(), *waiting)]

    async def propose(self, request: proto.ProposeRetentionRequest) -> proto.Retention:
        """Propose what a class means and how long it is kept.

        Raises:
            Forbidden: `forget.forbidden`. InvalidInput: `retention.invalid`, `forget.reason`.
        """
        principal = administrator(request.principal)
        wanted = _checked(request.retention or proto.Retention())
        fields: dict[str, Json] = {
            "class": wanted.name,
            "meaning": wanted.meaning,
            "plan_item": wanted.plan_item,
            "plan_version": wanted.plan_version,
            "decision_dnr": wanted.decision_dnr,
            "keep_days": wanted.keep_days,
        }
        proposal = uuid7()
        await self._ledger.leave(
            PROPOSED,
            authority=principal.authority,
            decision=proposal,
            fields={"retention": fields},
            parts={"actor": actor(principal), "reason": stated(request.reason)},
        )
        return await asyncio.to_thread(self._one, principal.authority, proposal)

    async def decide(self, request: proto.DecideRetentionRequest) -> proto.Retention:
        """Decide what somebody else has proposed. May be repeated.

        Raises:
            Forbidden: `forget.forbidden`, `forget.two_persons`. NotFound: `retention.unknown`.
        """
        principal = administrator(request.principal)
        known = await asyncio.to_thread(self._one, principal.authority, request.id)
        if known.state != "proposed":
            return known
        await refuse_the_same(self._ledger, principal, request.id, PROPOSED)
        await self._ledger.leave(
            DECIDED, authority=principal.authority, decision=request.id, parts={"actor": actor(principal)}
        )
        return await asyncio.to_thread(self._one, principal.authority, request.id)

    def _one(self, authority: str, proposal: str) -> proto.Retention:
        with self._ledger.records.reading(authority) as log:
            for each in proposals(log):
                if each.id == proposal:
                    return message(each)
        raise NotFound("retention.unknown", "Det finns inget sådant förslag. (No such proposal.)")


def decided(log: Reading, name: str) -> Retention:
    """The authority's own decision on a class: without one, nothing may be erased by it.

    Raises:
        InvalidInput: `retention.unknown`. Conflict: `retention.not_decided`.
    """
    known = classes_of(log).get(name)
    if known is None:
        raise InvalidInput("retention.unknown", f"Gallringsklassen {name} finns inte. (No such retention class.)")
    if not known.decided:
        raise Conflict(
            "retention.not_decided",
            f"Myndigheten har inte beslutat om gallringsklassen {name}. Utan beslut får inget gallras. "
            "(Without a decision nothing may be erased.)",
        )
    return known


def _checked(wanted: proto.Retention) -> Retention:
    days = wanted.keep_days if wanted.has_field("keep_days") else None
    said = (wanted.meaning, wanted.plan_item, wanted.plan_version, wanted.decision_dnr)
    if not CLASS.fullmatch(wanted.retention_class) or any(not each.strip() or len(each) > MAX_CHARS for each in said):
        raise InvalidInput(
            "retention.invalid",
            f"Ange klass, innebörd, post i informationshanteringsplanen, planens version och beslutets diarienummer, "
            f"högst {MAX_CHARS} tecken var. (Give class, meaning, plan item, plan version and diary number.)",
        )
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise InvalidInput(
            "retention.invalid", f"Tiden ska vara 1 till {MAX_DAYS} dagar. (Keep for 1 to {MAX_DAYS} days.)"
        )
    return Retention(wanted.retention_class, wanted.meaning, days, *said[1:])


def message(known: Retention) -> proto.Retention:
    state = "decided" if known.decided else "proposed" if known.id else "default"
    told = proto.Retention(
        retention_class=known.name,
        meaning=known.meaning,
        plan_item=known.plan_item,
        plan_version=known.plan_version,
        decision_dnr=known.decision_dnr,
        id=known.id,
        state=state,
    )
    if known.keep_days is not None:
        told.keep_days = known.keep_days
    return told
