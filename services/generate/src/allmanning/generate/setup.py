"""The endpoint generate.v1.get_setup: what decides how answers come about now, for whoever has to answer for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.generate.v1.generate_pb import GetSetupRequest, GetSetupResponse
from allmanning.generate.terms import Terms
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import digest


class Setup:
    """Shows the pins that the next answer will be recorded with."""

    def __init__(
        self,
        terms: Callable[[str], Awaitable[Terms]],
        models: Callable[[Terms], Sequence[GetSetupResponse.Model]],
    ) -> None:
        """`models`: those there are now, in the order that an authority's questions ask them."""
        self._terms = terms
        self._models = models

    async def get(self, request: GetSetupRequest) -> GetSetupResponse:
        """Every pin by kind, in the order of kinds, and every model.

        Raises:
            InvalidInput: `authority.invalid`. Unavailable: `choice.unavailable`.
        """
        terms = await self._terms(checked_authority((request.principal or Principal()).authority))
        return GetSetupResponse(
            pins=[
                GetSetupResponse.Pin(kind=kind, hash=digest(content), content=content.decode("utf-8", "replace"))
                for kind, content in sorted(terms.pins.items())
            ],
            models=list(self._models(terms)),
        )
