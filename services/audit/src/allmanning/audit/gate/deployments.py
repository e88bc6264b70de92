"""Where the service may answer by itself (beslut om ibruktagande), and the button that stops it (AI Act 14.4 e)."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from allmanning.audit.gate.facts import CHANNELS
from allmanning.audit.gate.in_force import InForce
from allmanning.audit.gate.person import check_another, checked, kept, reasoned
from allmanning.audit.gate.steering import (
    DEPLOYMENT_APPROVED,
    DEPLOYMENT_ENDED,
    DEPLOYMENT_PROPOSED,
    HALTED,
    RESUMED,
    Matter,
    Steering,
    scope,
    stands,
)
from allmanning.audit.log.actor import actor
from allmanning.audit.log.store import Store
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.rules_pb import Deployment, Stop
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound, PlatformError
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.record import Content, Json, Recorder
from allmanning.runtime.swedish_day import today

_AREA: Final = "deployment"
_TEXTS: Final = ("rules", "valid_from", "valid_to", "dnr", "delegation", "ai_act")
# What a person wrote or who it was; kept with the log, and not in it.
_PARTS: Final = ("official", "quality")
_USE_CASE: Final = re.compile(r"[\w .:@/-]{1,80}")
_REFERENCE: Final = re.compile(r"[\w .:,/#§()–-]{1,80}")
_HIGH_RISK: Final = re.compile(r"annexIII\.[1-8][a-e]?")
MAX_USES: Final = 100
MAX_CHARS: Final = 500


class Deployments:
    """Keeps the deployments and stops of every authority. What is done is recorded first and seen after."""

    def __init__(self, store: Store, recorder: Recorder, in_force: InForce) -> None:
        self._store = store
        self._recorder = recorder
        self._in_force = in_force
        self._approving: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def propose(self, principal: Principal | None, wanted: Deployment | None) -> Deployment:
        """Record a proposal to take the service into use.

        Raises:
            Forbidden: `rules.forbidden`. InvalidInput: `deployment.invalid`, with what to write.
            Unavailable: `audit.unavailable`, `rules.pending`.
        """
        who = checked(principal, Role.ADMIN)
        asked = _checked(wanted or Deployment())
        rules = await self._in_force.rules(who.authority, self._published(who.authority))
        fields: dict[str, Json] = {
            "use_cases": list(asked.use_cases),
            "channels": list(asked.channels),
            "rules": rules.hash if rules else "",
            "valid_from": asked.valid_from or today().isoformat(),
            "valid_to": asked.valid_to,
            "dnr": asked.dnr,
            "delegation": asked.delegation,
            "ai_act": asked.ai_act,
            "demo": asked.demo,
        }
        parts = {"official": kept(asked.official), "quality": kept(asked.quality)}
        return await self._deployment(who, uuid7(), DEPLOYMENT_PROPOSED, fields, parts)

    async def approve(self, principal: Principal | None, matter_id: str) -> Deployment:
        """Put a proposal into force; it takes another person than the proposer.

        Raises:
            Forbidden: `rules.forbidden`. NotFound: `deployment.unknown`.
            Conflict: `deployment.settled`, `rules.same_person`, `rules.proposer_unknown`.
            Unavailable: `audit.unavailable`, `rules.pending`.
        """
        who = checked(principal, Role.ADMIN)
        async with self._approving[who.authority, matter_id]:
            matter = self._matter(who.authority, matter_id)
            if DEPLOYMENT_APPROVED in matter.records or DEPLOYMENT_ENDED in matter.records:
                raise Conflict("deployment.settled", "Beslutet är redan fattat eller återkallat.")
            proposed = matter.records[DEPLOYMENT_PROPOSED]
            with self._store.reading(who.authority) as reading:
                check_another(reading, proposed, who)
            fields = proposed.fields.get(_AREA)
            return await self._deployment(who, matter_id, DEPLOYMENT_APPROVED, fields, {})

    async def end(self, principal: Principal | None, matter_id: str, reason: str) -> Deployment:
        """Withdraw a deployment, or a proposal; one person is enough, and it counts at once.

        Raises:
            Forbidden: `rules.forbidden`. InvalidInput: `rules.reason`. NotFound: `deployment.unknown`.
            Conflict: `deployment.settled`. Unavailable: `audit.unavailable`, `rules.pending`.
        """
        who, why = checked(principal, Role.ADMIN), reasoned(reason)
        matter = self._matter(who.authority, matter_id)
        if DEPLOYMENT_ENDED in matter.records:
            raise Conflict("deployment.settled", "Beslutet är redan återkallat.")
        return await self._deployment(who, matter_id, DEPLOYMENT_ENDED, {}, {"reason": kept(why)})

    async def halt(
        self, principal: Principal | None, use_cases: Sequence[str], channels: Sequence[str], reason: str
    ) -> Stop:
        """Stop automatic answers; nothing named means every one.

        Raises:
            Forbidden: `rules.forbidden`. InvalidInput: `rules.reason`, `deployment.invalid`.
            Unavailable: `audit.unavailable`, `rules.pending`.
        """
        who, why = checked(principal, Role.ADMIN, Role.CASEWORKER, Role.AUDITOR), reasoned(reason)
        _check_scope(use_cases, channels)
        matter = uuid7()
        fields: Json = {"use_cases": list(use_cases), "channels": list(channels)}
        known = await self._record(who, matter, HALTED, {"halt": fields}, {"reason": kept(why)})
        return _stop(_known(known, matter))

    async def resume(self, principal: Principal | None, matter_id: str, reason: str) -> Stop:
        """Lift a stop.

        Raises:
            Forbidden: `rules.forbidden`. InvalidInput: `rules.reason`. NotFound: `halt.unknown`.
            Conflict: `halt.lifted`. Unavailable: `audit.unavailable`, `rules.pending`.
        """
        who, why = checked(principal, Role.ADMIN), reasoned(reason)
        matter = self._in_force.steering(who.authority).matter(matter_id)
        if matter is None or HALTED not in matter.records:
            raise NotFound("halt.unknown", "Det finns inget sådant stopp.")
        if RESUMED in matter.records:
            raise Conflict("halt.lifted", "Stoppet är redan hävt.")
        known = await self._record(who, matter_id, RESUMED, {}, {"reason": kept(why)})
        return _stop(_known(known, matter_id))

    async def deployments(self, authority: str) -> list[Deployment]:
        """Every deployment decision, newest first: they are public."""
        checked_authority(authority)
        rules = await self._in_force.rules(authority, self._published(authority))
        known = self._in_force.steering(authority)
        return await asyncio.to_thread(self._listed, authority, known, rules.hash if rules else "")

    def stops(self, authority: str) -> list[Stop]:
        """Every stop, newest first."""
        return [_stop(matter) for matter in self._in_force.steering(checked_authority(authority)).stops()]

    def _published(self, authority: str) -> Matter | None:
        return self._in_force.steering(authority).published(today().isoformat())

    def _matter(self, authority: str, matter_id: str) -> Matter:
        matter = self._in_force.steering(authority).matter(matter_id)
        if matter is None or DEPLOYMENT_PROPOSED not in matter.records:
            raise NotFound("deployment.unknown", "Det finns inget sådant beslut om ibruktagande.")
        return matter

    async def _deployment(
        self, who: Principal, matter: str, kind: str, fields: Json, parts: Mapping[str, Content]
    ) -> Deployment:
        await self._record(who, matter, kind, {_AREA: fields}, parts)
        return next(each for each in await self.deployments(who.authority) if each.id == matter)

    async def _record(
        self, who: Principal, matter: str, kind: str, fields: Mapping[str, Json], parts: Mapping[str, Content]
    ) -> Steering:
        record = await self._recorder.record(
            kind, authority=who.authority, decision_id=matter, fields=fields, parts={"actor": actor(who), **parts}
        )
        return await self._in_force.until_seen(who.authority, record)

    def _listed(self, authority: str, known: Steering, rules: str) -> list[Deployment]:
        day = today().isoformat()
        with self._store.reading(authority) as reading:
            listed = []
            for matter in known.deployments():
                parts = reading.parts(matter.records[DEPLOYMENT_PROPOSED])
                written = {name: str(json.loads(parts[name].content)) for name in _PARTS if name in parts}
                listed.append(_deployment(matter, written, rules, in_force=stands(matter, day)))
        return listed


def _known(steering: Steering, matter_id: str) -> Matter:
    matter = steering.matter(matter_id)
    if matter is None:
        raise NotFound("halt.unknown", "Det finns inget sådant stopp.")
    return matter


def _deployment(matter: Matter, written: Mapping[str, str], rules: str, *, in_force: bool) -> Deployment:
    texts = {name: matter.text(DEPLOYMENT_PROPOSED, _AREA, name) for name in _TEXTS}
    fields = matter.records[DEPLOYMENT_PROPOSED].fields.get(_AREA)
    ended, approved = matter.at(DEPLOYMENT_ENDED), matter.at(DEPLOYMENT_APPROVED)
    return Deployment(
        id=matter.id,
        state="ended" if ended else "approved" if approved else "proposed",
        use_cases=scope(matter, DEPLOYMENT_PROPOSED, _AREA, "use_cases"),
        channels=scope(matter, DEPLOYMENT_PROPOSED, _AREA, "channels"),
        rules=texts["rules"],
        valid_from=texts["valid_from"],
        valid_to=texts["valid_to"],
        dnr=texts["dnr"],
        delegation=texts["delegation"],
        ai_act=texts["ai_act"],
        official=written.get("official", ""),
        quality=written.get("quality", ""),
        demo=isinstance(fields, Mapping) and fields.get("demo") is True,
        approved_at=approved,
        ended_at=ended,
        rules_changed=bool(rules) and texts["rules"] != rules,
        in_force=in_force,
    )


def _stop(matter: Matter) -> Stop:
    return Stop(
        id=matter.id,
        use_cases=scope(matter, HALTED, "halt", "use_cases"),
        channels=scope(matter, HALTED, "halt", "channels"),
        at=matter.at(HALTED),
        resumed_at=matter.at(RESUMED),
    )


def _invalid(text: str) -> PlatformError:
    return InvalidInput("deployment.invalid", text)


def _check_scope(use_cases: Sequence[str], channels: Sequence[str]) -> None:
    if len(use_cases) > MAX_USES or not all(_USE_CASE.fullmatch(each) for each in use_cases):
        raise _invalid("Skriv användningarna som i regeltabellen, till exempel ”allmän fråga”.")
    if unknown := [each for each in channels if each not in CHANNELS.values()]:
        raise _invalid(f"Kanalen {unknown[0]} finns inte, välj bland {', '.join(CHANNELS.values())}.")


def _checked(wanted: Deployment) -> Deployment:
    """The proposal, when it says all that it must.

    Raises:
        InvalidInput: `deployment.invalid`.
    """
    _check_scope(wanted.use_cases, wanted.channels)
    if not wanted.use_cases or not wanted.channels:
        raise _invalid("Skriv vilka användningar och kanaler beslutet gäller.")
    if not _REFERENCE.fullmatch(wanted.dnr):
        raise _invalid("Skriv beslutets diarienummer.")
    if wanted.delegation and not _REFERENCE.fullmatch(wanted.delegation):
        raise _invalid("Skriv punkten i delegationsordningen, till exempel ”KS 4.2”.")
    if wanted.ai_act and not _HIGH_RISK.fullmatch(wanted.ai_act):
        raise _invalid("Skriv punkten i AI-förordningens bilaga III, till exempel ”annexIII.5a”.")
    if not wanted.official.strip() or not wanted.quality.strip():
        raise _invalid("Skriv vem som ansvarar för beslutet, och var underlaget för kvalitetssäkringen finns.")
    if max(len(wanted.official), len(wanted.quality)) > MAX_CHARS:
        raise _invalid(f"Ansvarig och underlag får vara högst {MAX_CHARS} tecken.")
    days = [_day(each) for each in (wanted.valid_from, wanted.valid_to)]
    first, last = days[0] or today(), days[1]
    if last and last < first:
        raise _invalid("Sista dagen ligger före den första.")
    return wanted


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError as error:
        raise _invalid(f"Skriv dagen som 2026-12-01, inte {written!r}.") from error
    if day.isoformat() != written:
        raise _invalid(f"Skriv dagen som 2026-12-01, inte {written!r}.")
    return day
