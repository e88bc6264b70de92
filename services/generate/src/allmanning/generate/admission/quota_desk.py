"""The endpoints generate.v1.get_quota and set_quota: what an authority may use, and who changes it."""

from __future__ import annotations

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.generate.admission.budget import Budget
from allmanning.generate.admission.quota import Quota
from allmanning.generate.admission.quotas import KeptQuota, QuotaChange, Quotas, changed_meanwhile
from allmanning.generate.config_change import changed
from allmanning.runtime.errors import Forbidden, InvalidInput
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Json, Recorder, now


class QuotaDesk:
    """Shows and changes quotas.

    Whoever administers the platform (`operator`, as the gateway has established) sets any authority's part of what all
    share. An authority's own administrator shares out what is its own: channels, and a lower limit.
    """

    def __init__(self, quotas: Quotas, budget: Budget, recorder: Recorder) -> None:
        self._quotas = quotas
        self._budget = budget
        self._recorder = recorder

    async def get(self, request: proto.GetQuotaRequest) -> proto.GetQuotaResponse:
        """What is in force, what is used, and the latest changes.

        Raises:
            InvalidInput: `principal.missing`, `authority.invalid`. Forbidden: `quota.forbidden`, `quota.operator_only`.
            Unavailable: `quota.unavailable`, `budget.unavailable`.
        """
        _, authority = _whose(request.principal, request.authority, operator=request.operator)
        kept = await self._quotas.read(authority)
        return proto.GetQuotaResponse(
            quota=kept.quota.message(),
            revision=kept.revision,
            tokens_used=await self._budget.used(authority),
            changes=[
                proto.QuotaChange(
                    at=each.at,
                    by=each.by,
                    operator=each.operator,
                    record=each.record,
                    before=each.before.message(),
                    after=each.after.message(),
                )
                for each in kept.changes
            ],
        )

    async def set(self, request: proto.SetQuotaRequest) -> proto.SetQuotaResponse:
        """In force for the next question; on record before that. What changes nothing leaves no record.

        Raises:
            InvalidInput: `quota.invalid`, and as `get`. Forbidden: as `get`.
            Conflict: `quota.changed`. Unavailable: `audit.unavailable`, and as `get`.
        """
        principal, authority = _whose(request.principal, request.authority, operator=request.operator)
        if principal.role is not Role.ADMIN:
            raise Forbidden("quota.forbidden", "Bara en administratör ändrar kvoter.")
        wanted = Quota.of(request.quota, self._quotas.channels)
        kept = await self._quotas.read(authority)
        if wanted.common != kept.quota.common and not request.operator:
            raise _operator_only()
        if request.revision != kept.revision:
            raise changed_meanwhile()
        if wanted != kept.quota:
            kept = await self._change(principal, authority, kept, wanted, operator=request.operator)
        return proto.SetQuotaResponse(quota=kept.quota.message(), revision=kept.revision)

    async def _change(
        self, principal: Principal, authority: str, kept: KeptQuota, wanted: Quota, *, operator: bool
    ) -> KeptQuota:
        fields: dict[str, Json] = {
            "what": "quota",
            "operator": operator,
            "before": kept.quota.facts(),
            "after": wanted.facts(),
        }

        async def put(record: str) -> KeptQuota:
            change = QuotaChange(
                at=now(), by=principal.key_id, operator=operator, record=record, before=kept.quota, after=wanted
            )
            return await self._quotas.put(authority, kept, change)

        return await changed(self._recorder, principal, authority, fields, {}, put)


def _whose(principal: Principal | None, named: str, *, operator: bool) -> tuple[Principal, str]:
    if principal is None:
        raise InvalidInput("principal.missing", "Det framgår inte vem som frågar.")
    if principal.role not in (Role.ADMIN, Role.AUDITOR):
        raise Forbidden("quota.forbidden", "Bara administratörer och revisorer ser kvoter.")
    authority = checked_authority(named or principal.authority)
    if authority != checked_authority(principal.authority) and not operator:
        raise _operator_only()
    return principal, authority


def _operator_only() -> Forbidden:
    return Forbidden(
        "quota.operator_only",
        "Bara den som driver plattformen ändrar hur mycket en myndighet får använda av det som alla delar.",
    )
