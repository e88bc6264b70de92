"""A deployment decision for tests, made as a real one is: proposed by one person and approved by another."""

from __future__ import annotations

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.rules_pb import (
    ApproveDeploymentRequest,
    ApproveDeploymentResponse,
    Deployment,
    ProposeDeploymentRequest,
    ProposeDeploymentResponse,
)
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus

CHANNELS = ("medborgare", "intern", "api")


def admin(authority: str, key: str) -> Principal:
    return Principal(authority=authority, role=Role.ADMIN, channel="api", key_id=key)


async def deployed(bus: Bus, authority: str, **changes: object) -> Deployment:
    """Take the service into use for general questions in every channel."""
    wanted = {
        "use_cases": ["allmän fråga"],
        "channels": list(CHANNELS),
        "dnr": "KS 2026-114",
        "official": "Kommundirektör Kim Larsson",
        "quality": "KS 2026-114, aktbilaga 7",
    }
    request = ProposeDeploymentRequest(
        principal=admin(authority, "first"),
        deployment=Deployment(**(wanted | changes)),  # type: ignore[arg-type]
    )
    proposed = await bus.call(subjects.AUDIT_PROPOSE_DEPLOYMENT, request, ProposeDeploymentResponse)
    assert proposed.deployment is not None
    approval = ApproveDeploymentRequest(principal=admin(authority, "second"), id=proposed.deployment.id)
    approved = await bus.call(subjects.AUDIT_APPROVE_DEPLOYMENT, approval, ApproveDeploymentResponse)
    assert approved.deployment is not None
    return approved.deployment
