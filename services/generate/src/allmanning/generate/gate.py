"""Ask the audit service which rule applies."""

from __future__ import annotations

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.audit.v1.audit_pb import GateInput, GateRequest, GateResponse, Stage
from allmanning.contracts.generate.v1.generate_pb import Matter
from allmanning.generate.signals import Signals
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import PlatformError, Unavailable


class Gate:
    """The gate, over the bus."""

    def __init__(self, bus: Bus, *, timeout_s: float, use_case: str, appeal_route: str) -> None:
        self._bus = bus
        self._timeout_s = timeout_s
        self._use_case = use_case
        self._appeal_route = appeal_route

    def request_input(self, principal: Principal, signals: Signals, matter: Matter) -> GateInput:
        """What the table reads before anything is searched."""
        given = GateInput(
            stage=Stage.REQUEST,
            use_case=self._use_case,
            role=principal.role,
            channel=principal.channel,
            language=signals.language,
            individual_decision=signals.individual_decision,
            wants_human=signals.wants_human,
            acute=signals.acute,
            personal_data=signals.personal_data,
            manipulation=signals.manipulation,
            appeal_route=self._appeal_route,
        )
        return _with(given, matter)

    def release_input(
        self,
        principal: Principal,
        language: str,
        matter: Matter,
        *,
        weakest_support: float,
        highest_secrecy: Secrecy,
        retrieved_secrecy: Secrecy,
        verbatim: bool,
        model_approved: bool,
    ) -> GateInput:
        """What the table reads before a sentence leaves. Sentences without a source never come this far."""
        given = GateInput(
            stage=Stage.RELEASE,
            use_case=self._use_case,
            role=principal.role,
            channel=principal.channel,
            language=language,
            weakest_support=weakest_support,
            citation_coverage=1.0,
            highest_secrecy=highest_secrecy,
            retrieved_secrecy=retrieved_secrecy,
            verbatim=verbatim,
            model_approved=model_approved,
            is_decision=False,
            appeal_route=self._appeal_route,
        )
        return _with(given, matter)

    async def evaluate(self, authority: str, decision_id: str, given: GateInput) -> GateResponse:
        """The verdict on `given`.

        Raises:
            Unavailable: `audit.unavailable`, whatever kept the rules from being applied: without them nothing is said.
        """
        request = GateRequest(authority=authority, decision_id=decision_id, input=given)
        try:
            return await self._bus.call(subjects.AUDIT_GATE, request, GateResponse, timeout_s=self._timeout_s)
        except PlatformError as error:
            raise Unavailable(
                "audit.unavailable",
                "Reglerna för svar går inte att läsa just nu, och utan dem lämnas inget svar. Försök igen om en stund.",
                retry_after_s=10,
            ) from error


def _with(given: GateInput, matter: Matter) -> GateInput:
    """The input with what the caller knows; what it does not say stays unknown."""
    for name in ("protected_identity", "child", "no_ai"):
        if matter.has_field(name):
            setattr(given, name, getattr(matter, name))
    return given
