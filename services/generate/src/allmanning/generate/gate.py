"""Ask the audit service which rule applies."""

from __future__ import annotations

from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import GateInput, GateRequest, GateResponse, Stage, Verdict
from allmanning.contracts.generate.v1.generate_pb import Matter
from allmanning.generate.signals import Signals
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, PlatformError, Unavailable

NO_CASE: Final = "ej_ärende"


class Gate:
    """The gate, over the bus."""

    def __init__(
        self,
        bus: Bus,
        *,
        timeout_s: float,
        use_case: str,
        appeal_route: str,
        delegation_ref: str = "",
        delegable: bool = False,
    ) -> None:
        self._bus = bus
        self._timeout_s = timeout_s
        self._use_case = use_case
        self._appeal_route = appeal_route
        self._delegation_ref = delegation_ref
        self._delegable = delegable

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
            # In a case, what whoever it concerns is told is the decision; what the staff is told is not.
            is_decision=self._appeal_route != NO_CASE and principal.role == Role.CITIZEN,
            appeal_route=self._appeal_route,
        )
        if given.is_decision:
            given.delegation_ref = self._delegation_ref
            if self._delegable:
                given.procurement = given.choice_system = given.not_delegable = False
        return _with(given, matter)

    async def evaluate(self, authority: str, decision_id: str, given: GateInput) -> GateResponse:
        """The verdict on `given`.

        Raises:
            Unavailable: `audit.unavailable`, whatever kept the rules from being applied: without them nothing is said.
            Conflict: `decision.delegation`, where the answer would be a decision and no delegation is told (KL 6:37).
        """
        request = GateRequest(authority=authority, decision_id=decision_id, input=given)
        try:
            rule = await self._bus.call(subjects.AUDIT_GATE, request, GateResponse, timeout_s=self._timeout_s)
        except PlatformError as error:
            raise Unavailable(
                "audit.unavailable",
                "Reglerna för svar går inte att läsa just nu, och utan dem lämnas inget svar. Försök igen om en stund.",
                retry_after_s=10,
            ) from error
        delegated = rule.circumstances is not None and bool(rule.circumstances.delegation)
        if given.is_decision and rule.verdict == Verdict.AUTO and not delegated:
            raise Conflict("decision.delegation", "En automatisk funktion får inte besluta utan delegation (KL 6:37).")
        return rule


def _with(given: GateInput, matter: Matter) -> GateInput:
    """The input with what the caller knows; what it does not say stays unknown."""
    for name in ("protected_identity", "child", "no_ai"):
        if matter.has_field(name):
            setattr(given, name, getattr(matter, name))
    return given
