"""An authority's own rules: proposed by one person, tried on what was logged, and published or rejected by another."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.in_force import InForce
from allmanning.audit.gate.person import check_another, checked, kept, reasoned
from allmanning.audit.gate.problem import BadRules, Problem
from allmanning.audit.gate.replay import impact_json, impact_of, would_change
from allmanning.audit.gate.ruleset import Ruleset, check_own
from allmanning.audit.gate.steering import (
    RULES_ASSESSED,
    RULES_PROPOSED,
    RULES_PUBLISHED,
    RULES_REJECTED,
    Matter,
)
from allmanning.audit.gate.table import Table
from allmanning.audit.log.actor import actor
from allmanning.audit.log.store import Store
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.rules_pb import Impact, RulesVersion
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound, Unprocessable
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.record import Content, Json, Recorder
from allmanning.runtime.swedish_day import today

SOURCE_PIN_KIND: Final = "rules.source"
IMPACT: Final = "impact"
REPLAYED: Final = timedelta(days=30)


class Proposals:
    """Keeps the proposals of every authority. What is done is recorded first and seen after."""

    def __init__(self, gate: Gate, store: Store, recorder: Recorder, in_force: InForce) -> None:
        self._gate = gate
        self._store = store
        self._recorder = recorder
        self._in_force = in_force
        self._settling: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def check(self, source: str) -> tuple[Table | None, tuple[Problem, ...]]:
        """The table, or every reason why it can't be an authority's own."""
        return await asyncio.to_thread(self._checked, source)

    def _checked(self, source: str) -> tuple[Table | None, tuple[Problem, ...]]:
        try:
            table = Table.from_yaml(source)
            check_own(table, self._gate.national)
        except BadRules as error:
            return None, error.problems
        return table, ()

    async def propose(
        self, principal: Principal | None, source: str, effective: str, reason: str
    ) -> tuple[RulesVersion | None, tuple[Problem, ...]]:
        """Record a proposal, unless the table has faults.

        Raises:
            Forbidden: `rules.forbidden`. InvalidInput: `rules.effective`, `rules.reason`.
            Unavailable: `audit.unavailable`, `rules.pending`.
        """
        who = checked(principal, Role.ADMIN)
        day, why = _day(effective), reasoned(reason)
        table, problems = await self.check(source)
        if table is None:
            return None, problems
        matter = uuid7()
        pin = await self._recorder.pin(who.authority, SOURCE_PIN_KIND, source.encode())
        rules: Json = {
            "source": pin, "table": table.hash, "name": table.name, "edition": table.edition, "effective": day,
        }  # fmt: skip
        return await self._record(who, matter, RULES_PROPOSED, rules, {"reason": kept(why)}), ()

    async def assess(self, principal: Principal | None, matter_id: str) -> RulesVersion:
        """Try a proposal on what was logged in the last 30 days, and record what would have become of it.

        Raises:
            Forbidden: `rules.forbidden`. NotFound: `rules.unknown`. Conflict: `rules.settled`.
            Unavailable: `audit.unavailable`, `rules.pending`. Unprocessable: `rules.invalid`.
        """
        who = checked(principal, Role.ADMIN, Role.AUDITOR)
        matter = self._open(who.authority, matter_id)
        rules = await self._ruleset(who.authority, matter)
        day = max(matter.text(RULES_PROPOSED, "rules", "effective"), today().isoformat())
        until = datetime.now(UTC)
        impact = await asyncio.to_thread(self._replayed, who.authority, rules, until, day)
        counts: Json = {
            "decisions": impact.decisions,
            "unreadable": impact.unreadable,
            "moved": [{"was": each.was, "would": each.would, "count": each.count} for each in impact.moved],
        }
        fields: Json = {"since": impact.since, "until": impact.until, "day": day, "counts": counts}
        return await self._record(who, matter_id, RULES_ASSESSED, fields, {IMPACT: kept(impact_json(impact))})

    def _replayed(self, authority: str, rules: Ruleset, until: datetime, day: str) -> Impact:
        since, end = (at.isoformat(timespec="milliseconds").replace("+00:00", "Z") for at in (until - REPLAYED, until))
        with self._store.reading(authority) as reading:
            return would_change(reading, rules, since=since, until=end, day=day).impact(since, end, day)

    async def settle(self, principal: Principal | None, matter_id: str, *, approve: bool, reason: str) -> RulesVersion:
        """Publish a proposal that was assessed, or reject it; publishing takes another person than the proposer.

        Raises:
            Forbidden: `rules.forbidden`. InvalidInput: `rules.reason`. NotFound: `rules.unknown`.
            Conflict: `rules.settled`, `rules.not_assessed`, `rules.same_person`, `rules.proposer_unknown`.
            Unprocessable: `rules.invalid`, when the baseline has changed and the table no longer fits it.
            Unavailable: `audit.unavailable`, `rules.pending`.
        """
        who = checked(principal, Role.ADMIN)
        why = reasoned(reason)
        async with self._settling[who.authority, matter_id]:
            matter = self._open(who.authority, matter_id)
            proposed = matter.records[RULES_PROPOSED]
            parts = {"reason": kept(why)}
            if not approve:
                return await self._record(who, matter_id, RULES_REJECTED, {}, parts)
            if RULES_ASSESSED not in matter.records:
                raise Conflict(
                    "rules.not_assessed", "Pröva först förslaget på det som loggats: allmanning rules impact ID."
                )
            with self._store.reading(who.authority) as reading:
                check_another(reading, proposed, who)
            rules = await self._ruleset(who.authority, matter)
            effective = max(proposed.text("rules", "effective"), today().isoformat())
            fields: Json = {
                "source": proposed.text("rules", "source"),
                "table": proposed.text("rules", "table"),
                "rules": rules.hash,
                "effective": effective,
            }
            return await self._record(who, matter_id, RULES_PUBLISHED, fields, parts)

    def _open(self, authority: str, matter_id: str) -> Matter:
        matter = self._in_force.steering(authority).matter(matter_id)
        if matter is None or RULES_PROPOSED not in matter.records:
            raise NotFound("rules.unknown", "Det finns inget sådant regelförslag.")
        if RULES_PUBLISHED in matter.records or RULES_REJECTED in matter.records:
            raise Conflict("rules.settled", "Förslaget är redan avgjort. Lägg ett nytt.")
        return matter

    async def _ruleset(self, authority: str, matter: Matter) -> Ruleset:
        source = await asyncio.to_thread(
            self._in_force.source, authority, matter.text(RULES_PROPOSED, "rules", "source")
        )
        table, problems = await self.check(source)
        if table is None:
            raise Unprocessable("rules.invalid", "\n".join(map(str, problems[:10])))
        return Ruleset(self._gate.national, table)

    async def _record(
        self, who: Principal, matter: str, kind: str, rules: Json, parts: Mapping[str, Content]
    ) -> RulesVersion:
        record = await self._recorder.record(
            kind,
            authority=who.authority,
            decision_id=matter,
            fields={"rules": rules},
            parts={"actor": actor(who), **parts},
        )
        await self._in_force.until_seen(who.authority, record)
        return await self.version(who.authority, matter)

    async def version(self, authority: str, matter_id: str) -> RulesVersion:
        """One version as it stands.

        Raises:
            NotFound: `rules.unknown`.
        """
        found = next((each for each in await self.versions(authority) if each.id == matter_id), None)
        if found is None:
            raise NotFound("rules.unknown", "Det finns inget sådant regelförslag.")
        return found

    async def versions(self, authority: str) -> list[RulesVersion]:
        """Every version, newest first."""
        return await asyncio.to_thread(self._versions, checked_authority(authority))

    def _versions(self, authority: str) -> list[RulesVersion]:
        steering = self._in_force.steering(authority)
        in_force = steering.published(today().isoformat())
        return [
            self._version(authority, matter, in_force=in_force is not None and in_force.id == matter.id)
            for matter in steering.proposals()
        ]

    def _version(self, authority: str, matter: Matter, *, in_force: bool) -> RulesVersion:
        settled = matter.at(RULES_REJECTED) or matter.at(RULES_PUBLISHED)
        state = "proposed" if not settled else "rejected" if RULES_REJECTED in matter.records else "published"
        return RulesVersion(
            id=matter.id,
            state=state,
            name=matter.text(RULES_PROPOSED, "rules", "name"),
            edition=matter.text(RULES_PROPOSED, "rules", "edition"),
            table=matter.text(RULES_PROPOSED, "rules", "table"),
            source=matter.text(RULES_PROPOSED, "rules", "source"),
            effective=matter.text(RULES_PUBLISHED, "rules", "effective")
            or matter.text(RULES_PROPOSED, "rules", "effective"),
            proposed_at=matter.at(RULES_PROPOSED),
            settled_at=settled,
            in_force=in_force,
            impact=self._impact(authority, matter),
        )

    def _impact(self, authority: str, matter: Matter) -> Impact | None:
        if RULES_ASSESSED not in matter.records:
            return None
        with self._store.reading(authority) as reading:
            part = reading.parts(matter.records[RULES_ASSESSED]).get(IMPACT)
        return impact_of(json.loads(part.content)) if part else None


def _day(written: str) -> str:
    """A day from today on; empty means today.

    Raises:
        InvalidInput: `rules.effective`.
    """
    try:
        day = date.fromisoformat(written) if written else today()
    except ValueError as error:
        raise InvalidInput("rules.effective", "Skriv första dagen som 2026-12-01.") from error
    if day < today():
        raise InvalidInput("rules.effective", "Regler kan inte börja gälla bakåt i tiden.")
    return day.isoformat()
