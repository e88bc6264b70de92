"""Where the service may answer by itself (beslut om ibruktagande), and what is stopped."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.rules_pb import (
    ApproveDeploymentRequest,
    ApproveDeploymentResponse,
    Deployment,
    EndDeploymentRequest,
    EndDeploymentResponse,
    HaltRequest,
    HaltResponse,
    ListDeploymentsRequest,
    ListDeploymentsResponse,
    ProposeDeploymentRequest,
    ProposeDeploymentResponse,
    ResumeRequest,
    ResumeResponse,
    Stop,
)
from allmanning.gateway.api.exact import YesNo
from allmanning.gateway.api.rules import Settling
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import STAFF, Anybody, Keyed, TheParts, reader_authority
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(tags=["rules"], route_class=IdempotentRoute)

Channel = Literal["medborgare", "intern", "api"]
UseCases = Annotated[list[Text], Field(max_length=100, examples=[["allmän fråga"]])]
Channels = Annotated[list[Channel], Field(max_length=3)]
_WITHIN_S: Final = 30.0


class DeploymentIn(BaseModel):
    """A decision to let the service answer by itself, to be approved by another person."""

    use_cases: UseCases
    channels: Channels
    dnr: Text = Field(max_length=80, description="Case number in the authority's register.")
    official: Text = Field(max_length=500, description="Name and title of who answers for it; published.")
    quality: Text = Field(max_length=500, description="Where the evidence of quality assurance is; published.")
    valid_from: Text = Field(default="", max_length=10, description="First day; empty for today.")
    valid_to: Text = Field(default="", max_length=10, description="Last day; empty without an end.")
    delegation: Text = Field(default="", max_length=80, description="Item of the delegation order (KL 6:37).")
    ai_act: Text = Field(default="", max_length=20, description="Point of annex III, such as annexIII.5a; else empty.")
    demo: YesNo = Field(default=False, description="Nobody has decided this: it shows the platform.")


class HaltIn(BaseModel):
    """What to stop; nothing named stops every automatic answer."""

    use_cases: UseCases = Field(default_factory=list)
    channels: Channels = Field(default_factory=list)
    reason: Text = Field(max_length=2_000)


class DeploymentOut(TypedDict):
    """A published decision. `state` is proposed, approved or ended; `rules` the hash it was decided on."""

    id: str
    state: str
    in_force: bool
    use_cases: list[str]
    channels: list[str]
    rules: str
    rules_changed: bool
    valid_from: str
    valid_to: str
    dnr: str
    delegation: str
    ai_act: str
    official: str
    quality: str
    demo: bool
    approved_at: str
    ended_at: str


class StopOut(TypedDict):
    """A stop; empty lists mean every use and channel, an empty `resumed_at` that it stands."""

    id: str
    use_cases: list[str]
    channels: list[str]
    at: str
    resumed_at: str


class DeploymentsOut(TypedDict):
    """Newest first."""

    authority: str
    deployments: list[DeploymentOut]
    stops: list[StopOut]


def deployment(known: Deployment) -> DeploymentOut:
    return DeploymentOut(
        id=known.id,
        state=known.state,
        in_force=known.in_force,
        use_cases=list(known.use_cases),
        channels=list(known.channels),
        rules=known.rules,
        rules_changed=known.rules_changed,
        valid_from=known.valid_from,
        valid_to=known.valid_to,
        dnr=known.dnr,
        delegation=known.delegation,
        ai_act=known.ai_act,
        official=known.official,
        quality=known.quality,
        demo=known.demo,
        approved_at=known.approved_at,
        ended_at=known.ended_at,
    )


def stop(known: Stop) -> StopOut:
    return StopOut(
        id=known.id,
        use_cases=list(known.use_cases),
        channels=list(known.channels),
        at=known.at,
        resumed_at=known.resumed_at,
    )


@router.get("/v1/deployments")
async def deployments(request: Request, asker: Anybody, parts: TheParts) -> DeploymentsOut:
    """An authority's decisions on automatic answers, for anybody to read: `?authority=` names another."""
    authority = reader_authority(request, asker)
    found = await parts.bus.call(
        subjects.AUDIT_LIST_DEPLOYMENTS, ListDeploymentsRequest(authority=authority), ListDeploymentsResponse
    )
    # What is only proposed is not yet a decision, and no document to publish.
    public = [each for each in found.deployments if each.state != "proposed" or asker.principal.role in STAFF]
    return DeploymentsOut(
        authority=authority,
        deployments=[deployment(each) for each in public],
        stops=[stop(each) for each in found.stops],
    )


@router.post("/v1/deployments")
async def propose(given: DeploymentIn, asker: Keyed, parts: TheParts) -> DeploymentOut:
    """Propose a decision; it counts once another administrator has approved it."""
    asker.require(Permission.DEPLOYMENTS_WRITE)
    wanted = Deployment(
        use_cases=given.use_cases,
        channels=list(given.channels),
        dnr=given.dnr,
        official=given.official,
        quality=given.quality,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        delegation=given.delegation,
        ai_act=given.ai_act,
        demo=given.demo,
    )
    request = ProposeDeploymentRequest(principal=asker.principal, deployment=wanted)
    made = await parts.bus.call(
        subjects.AUDIT_PROPOSE_DEPLOYMENT, request, ProposeDeploymentResponse, timeout_s=_WITHIN_S
    )
    return deployment(made.deployment or Deployment())


@router.post("/v1/deployments/{deployment_id}/approve")
async def approve(deployment_id: str, asker: Keyed, parts: TheParts) -> DeploymentOut:
    """Put a proposed decision into force; the key must be another than the proposer's."""
    asker.require(Permission.DEPLOYMENTS_WRITE)
    request = ApproveDeploymentRequest(principal=asker.principal, id=deployment_id)
    done = await parts.bus.call(
        subjects.AUDIT_APPROVE_DEPLOYMENT, request, ApproveDeploymentResponse, timeout_s=_WITHIN_S
    )
    return deployment(done.deployment or Deployment())


@router.post("/v1/deployments/{deployment_id}/end")
async def end(deployment_id: str, given: Settling, asker: Keyed, parts: TheParts) -> DeploymentOut:
    """Withdraw a decision; it counts at once."""
    asker.require(Permission.DEPLOYMENTS_WRITE)
    request = EndDeploymentRequest(principal=asker.principal, id=deployment_id, reason=given.reason)
    done = await parts.bus.call(subjects.AUDIT_END_DEPLOYMENT, request, EndDeploymentResponse, timeout_s=_WITHIN_S)
    return deployment(done.deployment or Deployment())


@router.post("/v1/halts")
async def halt(given: HaltIn, asker: Keyed, parts: TheParts) -> StopOut:
    """Stop automatic answers at once; whoever works here may."""
    asker.require(Permission.HALT)
    request = HaltRequest(
        principal=asker.principal, use_cases=given.use_cases, channels=list(given.channels), reason=given.reason
    )
    done = await parts.bus.call(subjects.AUDIT_HALT, request, HaltResponse, timeout_s=_WITHIN_S)
    return stop(done.stop or Stop())


@router.post("/v1/halts/{halt_id}/resume")
async def resume(halt_id: str, given: Settling, asker: Keyed, parts: TheParts) -> StopOut:
    """Lift a stop."""
    asker.require(Permission.DEPLOYMENTS_WRITE)
    request = ResumeRequest(principal=asker.principal, id=halt_id, reason=given.reason)
    done = await parts.bus.call(subjects.AUDIT_RESUME, request, ResumeResponse, timeout_s=_WITHIN_S)
    return stop(done.stop or Stop())
