"""Administrators who decide over what is kept, and records of earlier times."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from datetime import datetime
from unittest import mock

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.runtime import subjects
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.integration.audit.office import Person, until


@contextlib.contextmanager
def at(time: str) -> Iterator[None]:
    """Records that are left in here were left then."""
    milliseconds = int(datetime.fromisoformat(time).timestamp() * 1_000)

    def then() -> str:
        value = milliseconds << 80 | 0x7 << 76 | 0x2 << 62 | uuid.uuid4().int & ((1 << 62) - 1)
        return str(uuid.UUID(int=value))

    with (
        mock.patch("allmanning.runtime.record.now", return_value=time),
        mock.patch("allmanning.runtime.record.uuid7", then),
    ):
        yield


class Archivist(Person):
    """An administrator."""

    def __init__(self, asker: Asker, key: str) -> None:
        super().__init__(asker.bus, key, Role.ADMIN)

    async def propose(self, name: str = "G1", days: int | None = 365) -> proto.Retention:
        wanted = proto.Retention(
            retention_class=name, meaning="Gallras efter 1 år.", plan_item="2.3", plan_version="4", decision_dnr="KS 7"
        )
        if days is not None:
            wanted.keep_days = days
        request = proto.ProposeRetentionRequest(principal=self.principal, retention=wanted, reason="Ny plan.")
        found = (await self.call(subjects.AUDIT_PROPOSE_RETENTION, request, proto.ProposeRetentionResponse)).retention
        assert found is not None
        return found

    async def decide(self, proposal: str) -> proto.Retention:
        request = proto.DecideRetentionRequest(principal=self.principal, id=proposal)
        found = (await self.call(subjects.AUDIT_DECIDE_RETENTION, request, proto.DecideRetentionResponse)).retention
        assert found is not None
        return found

    async def due(self, name: str = "G1", on: str = "") -> list[proto.ListDueResponse.Due]:
        request = proto.ListDueRequest(authority=AUTHORITY, retention_class=name, on=on)
        return list((await self.call(subjects.AUDIT_LIST_DUE, request, proto.ListDueResponse)).due)

    async def request(self, **fields: object) -> proto.Erasure:
        request = proto.RequestErasureRequest(principal=self.principal, reason="Enligt planen.", **fields)  # type: ignore[arg-type]
        found = (await self.call(subjects.AUDIT_REQUEST_ERASURE, request, proto.RequestErasureResponse)).erasure
        assert found is not None
        return found

    async def settle(self, erasure: str, *, approve: bool = True, ground: str = "") -> proto.Erasure:
        request = proto.SettleErasureRequest(
            principal=self.principal, id=erasure, approve=approve, ground=ground, reason="Granskad."
        )
        found = (await self.call(subjects.AUDIT_SETTLE_ERASURE, request, proto.SettleErasureResponse)).erasure
        assert found is not None
        return found

    async def erasure(self, erasure: str) -> proto.Erasure:
        request = proto.ListErasuresRequest(authority=AUTHORITY, id=erasure)
        [found] = (await self.call(subjects.AUDIT_LIST_ERASURES, request, proto.ListErasuresResponse)).erasures
        return found

    async def done(self, erasure: str) -> proto.Erasure:
        """The erasure once it is carried out and its keys are gone."""

        async def is_done() -> bool:
            found = await self.erasure(erasure)
            return found.state == "done" and bool(found.keys_destroyed_at)

        await until(is_done, within_s=20)
        return await self.erasure(erasure)

    async def hold(self, *decisions: str, kind: str = "appeal") -> proto.Hold:
        request = proto.PlaceHoldRequest(
            principal=self.principal, kind=kind, decision_ids=list(decisions), reason="Överklagat.", reference="T 1-26"
        )
        found = (await self.call(subjects.AUDIT_PLACE_HOLD, request, proto.PlaceHoldResponse)).hold
        assert found is not None
        return found

    async def lift(self, hold: str) -> proto.Hold:
        request = proto.LiftHoldRequest(principal=self.principal, id=hold, reason="Laga kraft.")
        found = (await self.call(subjects.AUDIT_LIFT_HOLD, request, proto.LiftHoldResponse)).hold
        assert found is not None
        return found

    async def search(self, **fields: object) -> proto.SearchPersonResponse:
        request = proto.SearchPersonRequest(principal=self.principal, reason="Begäran 2026-11-20.", **fields)  # type: ignore[arg-type]
        return await self.call(subjects.AUDIT_SEARCH_PERSON, request, proto.SearchPersonResponse)

    async def report(self, month: str) -> proto.ReportErasuresResponse:
        request = proto.ReportErasuresRequest(authority=AUTHORITY, month=month)
        return await self.call(subjects.AUDIT_REPORT_ERASURES, request, proto.ReportErasuresResponse)
