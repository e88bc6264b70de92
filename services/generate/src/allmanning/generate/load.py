"""The endpoint generate.v1.get_load: the limits in force, and how busy this process is."""

from __future__ import annotations

from allmanning.contracts.generate.v1.generate_pb import GetLoadRequest, GetLoadResponse
from allmanning.generate.admission.admission import Admission
from allmanning.generate.admission.budget import Budget
from allmanning.generate.admission.quotas import Quotas
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority


class Load:
    """Tells an authority what it may use and what it uses."""

    def __init__(self, admission: Admission, budget: Budget, quotas: Quotas) -> None:
        self._admission = admission
        self._budget = budget
        self._quotas = quotas

    async def get(self, request: GetLoadRequest) -> GetLoadResponse:
        """The numbers for the asker's authority.

        Raises:
            InvalidInput: `principal.missing`, `authority.invalid`.
            Unavailable: `budget.unavailable`, `quota.unavailable`.
        """
        if request.principal is None:
            raise InvalidInput("principal.missing", "Det framgår inte vem som frågar.")
        authority = checked_authority(request.principal.authority)
        quota, limits = await self._quotas.now(authority), self._admission.limits
        return GetLoadResponse(
            places=self._admission.places,
            taken=self._admission.taken,
            waiting=self._admission.waiting,
            answer_s=self._admission.pace.measured_s,
            own_taken=self._admission.taken_by(authority),
            own_waiting=self._admission.waiting_of(authority),
            weight=quota.weight,
            max_own_waiting=limits.waiting_of_one,
            max_waiting=limits.waiting,
            max_wait_s=limits.wait_s,
            tokens_used=await self._budget.used(authority),
            tokens_per_day=quota.limit,
            channel_weights=dict(quota.channel_weights),
        )
