"""The endpoint generate.v1.get_load: the limits in force, and how busy this process is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from allmanning.contracts.generate.v1.generate_pb import GetLoadRequest, GetLoadResponse
from allmanning.generate.admission.admission import Admission
from allmanning.generate.admission.budget import Budget
from allmanning.generate.admission.quotas import Quotas
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority


class Load:
    """Tells an authority what it may use and what it uses. Places are those of the model that it asks first."""

    def __init__(self, line: Callable[[str], Awaitable[Admission]], budget: Budget, quotas: Quotas) -> None:
        """`line`: where an authority's questions wait now."""
        self._line = line
        self._budget = budget
        self._quotas = quotas

    async def get(self, request: GetLoadRequest) -> GetLoadResponse:
        """The numbers for the asker's authority.

        Raises:
            InvalidInput: `principal.missing`, `authority.invalid`.
            Unavailable: `budget.unavailable`, `quota.unavailable`, `choice.unavailable`.
        """
        if request.principal is None:
            raise InvalidInput("principal.missing", "Det framgår inte vem som frågar.")
        authority = checked_authority(request.principal.authority)
        line, quota = await self._line(authority), await self._quotas.now(authority)
        return GetLoadResponse(
            places=line.places,
            taken=line.taken,
            waiting=line.waiting,
            answer_s=line.pace.measured_s,
            own_taken=line.taken_by(authority),
            own_waiting=line.waiting_of(authority),
            weight=quota.weight,
            max_own_waiting=line.limits.waiting_of_one,
            max_waiting=line.limits.waiting,
            max_wait_s=line.limits.wait_s,
            tokens_used=await self._budget.used(authority),
            tokens_per_day=quota.limit,
            channel_weights=dict(quota.channel_weights),
        )
