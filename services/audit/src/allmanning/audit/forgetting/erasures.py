"""Ask for an erasure, and settle what another person asked for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import date
from typing import Final

from allmanning.audit.forgetting.classes import decided
from allmanning.audit.forgetting.overview import due_months, erasures_of, request_of
from allmanning.audit.forgetting.persons import administrator, refuse_the_same, stated
from allmanning.audit.forgetting.projection import APPROVED, REFUSED, REQUESTED, records_of
from allmanning.audit.forgetting.retention import is_due, is_month
from allmanning.audit.forgetting.targets import Targets, of_month, of_records
from allmanning.audit.log.actor import actor
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content, Json
from allmanning.runtime.swedish_day import today

# A record's id takes 39 bytes of a leaf, which holds 65,535.
MOST_RECORDS: Final = 1_000
MOST_MONTHS: Final = 600
MOST_TOLD: Final = 200
MAX_CHARS: Final = 200
_FOR_A_PERSON: Final = re.compile(r"GDPR 17\.1\.[a-f]")


class Erasures:
    """`wake` is called when something has been approved."""

    def __init__(self, ledger: Ledger, wake: Callable[[], None]) -> None:
        self._ledger = ledger
        self._wake = wake

    async def request(self, request: proto.RequestErasureRequest) -> proto.Erasure:
        """Ask for gallring of a class up to a month, or for the erasure of records for a person; or only count.

        Raises:
            Forbidden: `forget.forbidden`.
            InvalidInput: `erasure.invalid`, `erasure.not_due`, `retention.unknown`, `forget.reason`.
            Conflict: `retention.not_decided`, `erasure.held`, `erasure.nothing`. NotFound: `record.not_found`.
        """
        administrator(request.principal)
        return await self.ask(request)

    async def ask(self, request: proto.RequestErasureRequest) -> proto.Erasure:
        """The same, for whoever the caller has let ask: an administrator settles it in any case."""
        principal = request.principal or Principal()
        if bool(request.retention_class) == bool(request.record_ids):
            raise InvalidInput(
                "erasure.invalid", "Ange antingen en gallringsklass eller poster. (Give either a class or records.)"
            )
        counted, fields = await asyncio.to_thread(self._counted, principal.authority, request)
        if request.dry_run:
            return counted
        erasure = uuid7()
        parts = {"actor": actor(principal), "reason": stated(request.reason)}
        if request.subject:
            parts["subject"] = Content(_short("subject", request.subject), retention="B")
        await self._ledger.leave(
            REQUESTED, authority=principal.authority, decision=erasure, fields={"erasure": fields}, parts=parts
        )
        return await self.one(principal.authority, erasure)

    def _counted(self, authority: str, request: proto.RequestErasureRequest) -> tuple[proto.Erasure, dict[str, Json]]:
        with self._ledger.records.reading(authority) as log:
            return _gallring(log, request) if request.retention_class else _for_a_person(log, request)

    async def settle(self, request: proto.SettleErasureRequest) -> proto.Erasure:
        """Approve or refuse what another person has asked for. Saying the same again gives the same answer.

        Raises:
            Forbidden: `forget.forbidden`, `forget.two_persons`. NotFound: `erasure.unknown`.
            Conflict: `erasure.settled`, `erasure.held`. InvalidInput: `erasure.invalid`, `forget.reason`.
        """
        principal = administrator(request.principal)
        known = await self.one(principal.authority, request.id)
        if known.state != "requested":
            return _unchanged(known, request)
        await refuse_the_same(self._ledger, principal, request.id, REQUESTED)
        if request.approve:
            await asyncio.to_thread(self._refuse_held, principal.authority, request.id)
            await self._say(APPROVED, principal, request, {})
            self._wake()
        else:
            ground = _short("ground", request.ground)
            if not ground.strip():
                raise InvalidInput(
                    "erasure.invalid", "Ange grunden för avslaget, till exempel GDPR 17.3.b. (Give the ground.)"
                )
            await self._say(REFUSED, principal, request, {"ground": ground})
        settled = await self.one(principal.authority, request.id)
        return settled if settled.state != "requested" else _unchanged(settled, request)

    async def _say(
        self, kind: str, principal: Principal, request: proto.SettleErasureRequest, fields: dict[str, Json]
    ) -> None:
        parts = {"actor": actor(principal), "reason": stated(request.reason)}
        await self._ledger.leave(
            kind, authority=principal.authority, decision=request.id, fields={"erasure": fields}, parts=parts
        )

    def _refuse_held(self, authority: str, erasure: str) -> None:
        """What was asked for a person is all or nothing; gallring leaves what is held for later."""
        with self._ledger.records.reading(authority) as log:
            request = request_of(log, erasure)
            if request is not None and of_records(log.connection, authority, records_of(request)).held:
                raise _held()

    async def one(self, authority: str, erasure: str) -> proto.Erasure:
        """An erasure with its receipt.

        Raises:
            NotFound: `erasure.unknown`.
        """
        found = await asyncio.to_thread(self._list, authority, erasure) if erasure else []
        if not found:
            raise NotFound("erasure.unknown", "Det finns ingen sådan gallring. (No such erasure.)")
        return found[0]

    async def listed(self, request: proto.ListErasuresRequest) -> list[proto.Erasure]:
        if request.id:
            return [await self.one(request.authority, request.id)]
        return await asyncio.to_thread(self._list, request.authority, "")

    def _list(self, authority: str, erasure: str) -> list[proto.Erasure]:
        with self._ledger.records.reading(authority) as log:
            return erasures_of(log, erasure)


def _gallring(log: Reading, request: proto.RequestErasureRequest) -> tuple[proto.Erasure, dict[str, Json]]:
    retention = decided(log, request.retention_class)
    if not is_month(request.until_month):
        raise InvalidInput("erasure.invalid", "Skriv månaden ÅÅÅÅ-MM. (Write the month as YYYY-MM.)")
    day = today()
    if not is_due(request.until_month, retention.keep_days, day):
        raise InvalidInput(
            "erasure.not_due",
            f"Månaden {request.until_month} är inte gallringsbar än i klassen {retention.name}. (It is not due yet.)",
        )
    reached: dict[str, Targets] = {}
    for month in due_months(log, retention, request.until_month)[:MOST_MONTHS]:
        found = of_month(log.connection, log.authority, retention.name, month, day)
        if found.leaves or found.kept:
            reached[month] = found
    ground = _short("ground", request.ground or retention.decision_dnr)
    decided_on = _day(request.decided_on)
    erasable = [month for month, found in reached.items() if found.leaves]
    if not erasable and not request.dry_run:
        raise Conflict("erasure.nothing", "Det finns inget att gallra. (There is nothing to erase.)")
    counted = proto.Erasure(
        state="counted",
        retention_class=retention.name,
        months=erasable,
        records=sum(len(each.leaves) for each in reached.values()),
        held=sum(each.held for each in reached.values()),
        floored=sum(each.floored for each in reached.values()),
        ground=ground,
        decided_on=decided_on,
        record_ids=[leaf.id for each in reached.values() for leaf in each.leaves][:MOST_TOLD],
    )
    months: list[Json] = list(erasable)
    return counted, {"class": retention.name, "months": months, "ground": ground, "decided_on": decided_on}


def _for_a_person(log: Reading, request: proto.RequestErasureRequest) -> tuple[proto.Erasure, dict[str, Json]]:
    wanted = sorted(set(request.record_ids))
    if len(wanted) > MOST_RECORDS:
        raise InvalidInput("erasure.invalid", f"Högst {MOST_RECORDS} poster åt gången. (Too many records at once.)")
    if not _FOR_A_PERSON.fullmatch(request.ground):
        raise InvalidInput(
            "erasure.invalid", "Ange grunden, GDPR 17.1.a till GDPR 17.1.f. (Give the ground, GDPR 17.1.a to f.)"
        )
    found = of_records(log.connection, log.authority, wanted)
    if len(found.leaves) + found.held < len(wanted):
        raise NotFound("record.not_found", "Alla poster finns inte i myndighetens logg. (Not all records are there.)")
    if found.held and not request.dry_run:
        raise _held()
    decided_on = _day(request.decided_on)
    counted = proto.Erasure(
        state="counted",
        records=len(found.leaves),
        held=found.held,
        ground=request.ground,
        decided_on=decided_on,
        record_ids=[leaf.id for leaf in found.leaves][:MOST_TOLD],
    )
    records: list[Json] = list(wanted)
    return counted, {"records": records, "ground": request.ground, "decided_on": decided_on}


def _unchanged(known: proto.Erasure, request: proto.SettleErasureRequest) -> proto.Erasure:
    if (known.state == "refused") == request.approve:
        raise Conflict("erasure.settled", "Någon har redan beslutat om gallringen. (It is already settled.)")
    return known


def _held() -> Conflict:
    return Conflict(
        "erasure.held",
        "Överklagande, JO eller domstol hindrar gallring av något av detta. (A legal hold keeps some of it.)",
    )


def _short(name: str, text: str) -> str:
    if len(text) > MAX_CHARS:
        raise InvalidInput("erasure.invalid", f"Fältet {name} får vara högst {MAX_CHARS} tecken. (It is too long.)")
    return text


def _day(written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat() if written else today().isoformat()
    except ValueError as error:
        raise InvalidInput("erasure.invalid", "Skriv dagen ÅÅÅÅ-MM-DD. (Write the day as YYYY-MM-DD.)") from error
