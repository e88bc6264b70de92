"""What the audit service answers about what is kept and what is erased."""

from __future__ import annotations

import asyncio
from datetime import date

from allmanning.audit.forgetting.classes import Classes
from allmanning.audit.forgetting.erasures import Erasures
from allmanning.audit.forgetting.holds import Holds
from allmanning.audit.forgetting.overview import due, report
from allmanning.audit.forgetting.retention import is_month
from allmanning.audit.forgetting.search import Search
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.protocol import Records
from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.swedish_day import today


def forgetting_of(ledger: Ledger, erasures: Erasures) -> ForgettingHandlers:
    """Everything that concerns forgetting, put together."""
    return ForgettingHandlers(ledger.records, Classes(ledger), Holds(ledger), Search(ledger), erasures)


class ForgettingHandlers:
    """One method for each request; errors are those of what it calls."""

    def __init__(self, records: Records, classes: Classes, holds: Holds, search: Search, erasures: Erasures) -> None:
        self._records = records
        self._classes = classes
        self._holds = holds
        self._search = search
        self._erasures = erasures

    def endpoints(self) -> list[Answering]:
        return [
            Endpoint(subjects.AUDIT_LIST_RETENTION, proto.ListRetentionRequest, self.list_retention),
            Endpoint(subjects.AUDIT_PROPOSE_RETENTION, proto.ProposeRetentionRequest, self.propose_retention),
            Endpoint(subjects.AUDIT_DECIDE_RETENTION, proto.DecideRetentionRequest, self.decide_retention),
            Endpoint(subjects.AUDIT_LIST_HOLDS, proto.ListHoldsRequest, self.list_holds),
            Endpoint(subjects.AUDIT_PLACE_HOLD, proto.PlaceHoldRequest, self.place_hold),
            Endpoint(subjects.AUDIT_LIFT_HOLD, proto.LiftHoldRequest, self.lift_hold),
            Endpoint(subjects.AUDIT_LIST_DUE, proto.ListDueRequest, self.list_due, concurrency=2),
            Endpoint(subjects.AUDIT_SEARCH_PERSON, proto.SearchPersonRequest, self.search_person, concurrency=2),
            Endpoint(subjects.AUDIT_REQUEST_ERASURE, proto.RequestErasureRequest, self.request_erasure, concurrency=2),
            Endpoint(subjects.AUDIT_SETTLE_ERASURE, proto.SettleErasureRequest, self.settle_erasure),
            Endpoint(subjects.AUDIT_LIST_ERASURES, proto.ListErasuresRequest, self.list_erasures),
            Endpoint(subjects.AUDIT_REPORT_ERASURES, proto.ReportErasuresRequest, self.report_erasures),
        ]

    async def list_retention(self, request: proto.ListRetentionRequest) -> proto.ListRetentionResponse:
        return proto.ListRetentionResponse(classes=await self._classes.listed(checked_authority(request.authority)))

    async def propose_retention(self, request: proto.ProposeRetentionRequest) -> proto.ProposeRetentionResponse:
        return proto.ProposeRetentionResponse(retention=await self._classes.propose(request))

    async def decide_retention(self, request: proto.DecideRetentionRequest) -> proto.DecideRetentionResponse:
        return proto.DecideRetentionResponse(retention=await self._classes.decide(request))

    async def list_holds(self, request: proto.ListHoldsRequest) -> proto.ListHoldsResponse:
        checked_authority(request.authority)
        return proto.ListHoldsResponse(holds=await self._holds.listed(request))

    async def place_hold(self, request: proto.PlaceHoldRequest) -> proto.PlaceHoldResponse:
        return proto.PlaceHoldResponse(hold=await self._holds.place(request))

    async def lift_hold(self, request: proto.LiftHoldRequest) -> proto.LiftHoldResponse:
        return proto.LiftHoldResponse(hold=await self._holds.lift(request))

    async def list_due(self, request: proto.ListDueRequest) -> proto.ListDueResponse:
        """What falls due on a day.

        Raises:
            InvalidInput: `erasure.invalid`.
        """
        try:
            day = date.fromisoformat(request.on) if request.on else today()
        except ValueError as error:
            raise InvalidInput("erasure.invalid", "Skriv dagen ÅÅÅÅ-MM-DD. (Write the day as YYYY-MM-DD.)") from error
        return await asyncio.to_thread(self._due, checked_authority(request.authority), request.retention_class, day)

    def _due(self, authority: str, name: str, day: date) -> proto.ListDueResponse:
        with self._records.reading(authority) as log:
            return proto.ListDueResponse(due=due(log, name, day))

    async def search_person(self, request: proto.SearchPersonRequest) -> proto.SearchPersonResponse:
        return await self._search.find(request)

    async def request_erasure(self, request: proto.RequestErasureRequest) -> proto.RequestErasureResponse:
        return proto.RequestErasureResponse(erasure=await self._erasures.request(request))

    async def settle_erasure(self, request: proto.SettleErasureRequest) -> proto.SettleErasureResponse:
        return proto.SettleErasureResponse(erasure=await self._erasures.settle(request))

    async def list_erasures(self, request: proto.ListErasuresRequest) -> proto.ListErasuresResponse:
        checked_authority(request.authority)
        return proto.ListErasuresResponse(erasures=await self._erasures.listed(request))

    async def report_erasures(self, request: proto.ReportErasuresRequest) -> proto.ReportErasuresResponse:
        """What was erased in a month.

        Raises:
            InvalidInput: `erasure.invalid`.
        """
        if not is_month(request.month):
            raise InvalidInput("erasure.invalid", "Skriv månaden ÅÅÅÅ-MM. (Write the month as YYYY-MM.)")
        return await asyncio.to_thread(self._report, checked_authority(request.authority), request.month)

    def _report(self, authority: str, month: str) -> proto.ReportErasuresResponse:
        with self._records.reading(authority) as log:
            return report(log, month)
