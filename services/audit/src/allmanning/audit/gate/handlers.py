"""What the audit service answers about rules, deployments and stops, and the rules' verdict on a question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from allmanning.audit.gate.deployments import Deployments
from allmanning.audit.gate.facts import COLUMNS, WORDS, kind_of
from allmanning.audit.gate.gate import ENGINE, Gate
from allmanning.audit.gate.in_force import InForce
from allmanning.audit.gate.problem import Problem
from allmanning.audit.gate.proposals import Proposals
from allmanning.audit.gate.ruleset import PIN_KIND, Ruleset
from allmanning.audit.gate.steering import RULES_PROPOSED
from allmanning.audit.gate.table import Table
from allmanning.contracts.audit.v1.audit_pb import GateInput, GateRequest, GateResponse
from allmanning.contracts.audit.v1.rules_pb import (
    ApproveDeploymentRequest,
    ApproveDeploymentResponse,
    AssessRulesRequest,
    AssessRulesResponse,
    CheckRulesRequest,
    CheckRulesResponse,
    EndDeploymentRequest,
    EndDeploymentResponse,
    HaltRequest,
    HaltResponse,
    ListDeploymentsRequest,
    ListDeploymentsResponse,
    ProposeDeploymentRequest,
    ProposeDeploymentResponse,
    ProposeRulesRequest,
    ProposeRulesResponse,
    ResumeRequest,
    ResumeResponse,
    RulesColumn,
    RulesProblem,
    SettleRulesRequest,
    SettleRulesResponse,
    ShowRulesRequest,
    ShowRulesResponse,
)
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import NotFound
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Recorder
from allmanning.runtime.swedish_day import today

# A table that was never meant to be one has a fault in every row.
MAX_TOLD: Final = 200


class GateHandlers:
    """One method for each request; errors are those of what it calls."""

    def __init__(
        self, gate: Gate, recorder: Recorder, in_force: InForce, proposals: Proposals, deployments: Deployments
    ) -> None:
        self._gate = gate
        self._recorder = recorder
        self._in_force = in_force
        self._proposals = proposals
        self._deployments = deployments
        # The rules that are in the log, by authority and hash.
        self._pinned: set[tuple[str, str]] = set()

    def endpoints(self) -> list[Answering]:
        return [
            Endpoint(subjects.AUDIT_GATE, GateRequest, self.gate, concurrency=64),
            Endpoint(subjects.AUDIT_SHOW_RULES, ShowRulesRequest, self.show),
            Endpoint(subjects.AUDIT_CHECK_RULES, CheckRulesRequest, self.check),
            Endpoint(subjects.AUDIT_PROPOSE_RULES, ProposeRulesRequest, self.propose),
            # Each reads 30 days of the log.
            Endpoint(subjects.AUDIT_ASSESS_RULES, AssessRulesRequest, self.assess, concurrency=2),
            Endpoint(subjects.AUDIT_SETTLE_RULES, SettleRulesRequest, self.settle),
            Endpoint(subjects.AUDIT_LIST_DEPLOYMENTS, ListDeploymentsRequest, self.deployments),
            Endpoint(subjects.AUDIT_PROPOSE_DEPLOYMENT, ProposeDeploymentRequest, self.propose_deployment),
            Endpoint(subjects.AUDIT_APPROVE_DEPLOYMENT, ApproveDeploymentRequest, self.approve_deployment),
            Endpoint(subjects.AUDIT_END_DEPLOYMENT, EndDeploymentRequest, self.end_deployment),
            Endpoint(subjects.AUDIT_HALT, HaltRequest, self.halt),
            Endpoint(subjects.AUDIT_RESUME, ResumeRequest, self.resume),
        ]

    async def gate(self, request: GateRequest) -> GateResponse:
        """The verdict. The rules are in the log before the first verdict that rests on them.

        Raises:
            InvalidInput: `authority.invalid`, `gate.input`. Unavailable: `audit.unavailable`.
        """
        authority, given = checked_authority(request.authority), request.input or GateInput()
        rules, around = await self._in_force.of(authority, given)
        if (authority, rules.hash) not in self._pinned:
            await self._recorder.pin(authority, PIN_KIND, rules.pinned)
            self._pinned.add((authority, rules.hash))
        return self._gate.decide(given, around, rules)

    async def show(self, request: ShowRulesRequest) -> ShowRulesResponse:
        """The rules in force, or one version's.

        Raises:
            NotFound: `rules.unknown`. Unavailable: `rules.pending`.
        """
        authority = checked_authority(request.authority)
        steering = self._in_force.steering(authority)
        matter = steering.matter(request.id) if request.id else steering.published(today().isoformat())
        if request.id and (matter is None or RULES_PROPOSED not in matter.records):
            raise NotFound("rules.unknown", "Det finns inget sådant regelförslag.")
        own, rules = "", self._gate.baseline
        if matter is not None:
            pin = matter.text(RULES_PROPOSED, "rules", "source")
            own = await asyncio.to_thread(self._in_force.source, authority, pin)
            rules = Ruleset(self._gate.national, Table.from_yaml(own))
        return ShowRulesResponse(
            national=self._gate.source,
            own=own,
            rules=rules.hash,
            engine=ENGINE,
            versions=await self._proposals.versions(authority),
            columns=[RulesColumn(name=each, kind=kind_of(each), words=sorted(WORDS.get(each, ()))) for each in COLUMNS],
        )

    async def check(self, request: CheckRulesRequest) -> CheckRulesResponse:
        table, problems = await self._proposals.check(request.source)
        return CheckRulesResponse(problems=_told(problems), rules=len(table.rules) if table else 0)

    async def propose(self, request: ProposeRulesRequest) -> ProposeRulesResponse:
        version, problems = await self._proposals.propose(
            request.principal, request.source, request.effective, request.reason
        )
        return ProposeRulesResponse(version=version, problems=_told(problems))

    async def assess(self, request: AssessRulesRequest) -> AssessRulesResponse:
        return AssessRulesResponse(version=await self._proposals.assess(request.principal, request.id))

    async def settle(self, request: SettleRulesRequest) -> SettleRulesResponse:
        version = await self._proposals.settle(
            request.principal, request.id, approve=request.approve, reason=request.reason
        )
        return SettleRulesResponse(version=version)

    async def deployments(self, request: ListDeploymentsRequest) -> ListDeploymentsResponse:
        return ListDeploymentsResponse(
            deployments=await self._deployments.deployments(request.authority),
            stops=self._deployments.stops(request.authority),
        )

    async def propose_deployment(self, request: ProposeDeploymentRequest) -> ProposeDeploymentResponse:
        proposed = await self._deployments.propose(request.principal, request.deployment)
        return ProposeDeploymentResponse(deployment=proposed)

    async def approve_deployment(self, request: ApproveDeploymentRequest) -> ApproveDeploymentResponse:
        return ApproveDeploymentResponse(deployment=await self._deployments.approve(request.principal, request.id))

    async def end_deployment(self, request: EndDeploymentRequest) -> EndDeploymentResponse:
        ended = await self._deployments.end(request.principal, request.id, request.reason)
        return EndDeploymentResponse(deployment=ended)

    async def halt(self, request: HaltRequest) -> HaltResponse:
        stop = await self._deployments.halt(request.principal, request.use_cases, request.channels, request.reason)
        return HaltResponse(stop=stop)

    async def resume(self, request: ResumeRequest) -> ResumeResponse:
        return ResumeResponse(stop=await self._deployments.resume(request.principal, request.id, request.reason))


def _told(problems: Sequence[Problem]) -> list[RulesProblem]:
    return [
        RulesProblem(
            line=each.place.line, position=each.place.column, rule=each.rule, column=each.column, text=each.text
        )
        for each in problems[:MAX_TOLD]
    ]
